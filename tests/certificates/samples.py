"""Certificates as trade writes them: fifty products of a season, and the awkward ones.

One row is one shipment. The awkward rows have what a layout fails on: long names in Spanish, French and Vietnamese,
six containers, forty lots of forty characters, a final handler who is not the exporter, no consignee.
"""

from copy import deepcopy
from typing import Any

PERU = ("Peru", "Callao", "Peru")
LONG_ES = (
    "Cooperativa Agraria Cafetalera y de Servicios Múltiples San Fernando de la Provincia de Jaén Limitada N.º 412"
)
LONG_FR = (
    "Société Coopérative Simplifiée des Producteurs d’Anacarde Équitable et Biologique de la Région des Hauts-Bassins"
)
LONG_VI = "Công ty Trách nhiệm hữu hạn Một thành viên Xuất nhập khẩu Nông sản Hữu cơ Nguyễn Đặng Thủy Tây Nguyên"

COFFEE: dict[str, Any] = {
    "schema": "nopic-certificate/1",
    "request": {"reference": "2026-0398", "received_on": "2026-11-09"},
    "coverage": {"kind": "single", "first_departure": "2026-11-14", "last_departure": "2026-11-18"},
    "certifier": {
        "name": "Tierra Firme Certification",
        "legal_name": "Tierra Firme Certification SAC",
        "address_lines": ["Calle Los Tulipanes 147", "Santiago de Surco, Lima"],
        "country": "Peru",
        "nop_code": "417",
        "role_text": "Accredited certifying agent, USDA National Organic Program",
        "email": "nop@tierrafirme.example",
        "phone": "+51 1 555 0147",
        "mark": "tierra-firme",
    },
    "exporter": {
        "name": "Cooperativa Agraria Cafetalera Valle Verde",
        "address_lines": ["Jr. Los Cafetales 418", "San Ignacio, Cajamarca"],
        "country": "Peru",
        "nop_id": "8150004127",
    },
    "final_handler": None,
    "importer": {
        "name": "Bay Bridge Coffee Traders LLC",
        "address_lines": ["1450 Embarcadero West", "Oakland, CA 94607"],
        "state": "CA",
        "nop_id": "8150019836",
    },
    "consignee": {
        "name": "Embarcadero Dry Storage, Unit 7",
        "address_lines": ["2200 Adeline Street", "Oakland, CA 94607"],
    },
    "product": {
        "name": "Organic green coffee, Arabica, washed",
        "brand": "Valle Verde",
        "form": "green, in jute bags",
        "label_category": "organic",
        "item_code": "PV-03",
        "crop_year": "2026",
    },
    "hts": "0901.11.0015",
    "standard": {"code": "NOP", "name": "USDA organic", "basis": "7 CFR part 205"},
    "net_weight_kg": "38400",
    "packages": {"count": 640, "kind": "jute bags"},
    "gross_weight_kg": "39040",
    "lots": [{"code": f"VV-26-0{n}", "kg": "9600"} for n in (88, 89, 90, 91)],
    "origin": {"country": "Peru", "region": "San Ignacio and Jaén, Cajamarca", "last_processing_country": "Peru"},
    "transport": {
        "mode": "sea",
        "carrier": "Pacific Crane Lines",
        "vessel": "Andes Courier, voyage 0646N",
        "containers": [
            {"number": "APLU 417512 5", "seal": "PE881960"},
            {"number": "APLU 418066 7", "seal": "PE881961"},
        ],
        "document_number": "APLCLLOAK26094",
    },
    "route": {
        "place_of_loading": "Callao",
        "country_of_loading": "Peru",
        "port_of_entry": "Oakland, CA",
        "port_code": "2811",
        "departure_on": "2026-11-14",
        "arrival_on": "2026-12-03",
    },
    "treatment": {
        "kind": "none",
        "text": "No fumigation with prohibited substances, no ionizing radiation",
        "phyto_seen": True,
    },
    "documents": [
        "Commercial invoice",
        "Packing list",
        "Traceability declaration",
        "Supplier transaction certificate",
        "Draft bill of lading",
        "Phytosanitary certificate",
    ],
    "statement": "Tierra Firme Certification SAC reviewed the request and the documents in box 18 and published this certificate.",
    "decided_by": {"name": "Inés Carrasco León", "title": "Certification officer"},
    "approved_on": "2026-11-12",
}

ISSUE: dict[str, Any] = {
    "number": "417-8150004127-000318",
    "published_at": "2026-11-12T15:42:07+00:00",
    "verification_url": "https://portal.tierrafirme.example/v/417-8150004127-000318?k=K7QW3M9X2R4T8VBC",
    "verification_key": "K7QW3M9X2R4T8VBC",
    "registry_is_mock": True,
    "replaces": None,
    "statuses": [],
}

# product, HTS, country of origin, place and country of loading, mode, US entry, port code, kg, packages, exporter
TRADE = [
    ("Bananas, fresh, Cavendish", "0803.90.0025", "Ecuador", "Guayaquil", "Ecuador", "sea", "Port Everglades, FL", "5203", "20160", (1080, "cartons"), "Asociación de Pequeños Productores Bananeros El Guabo"),
    ("Bananas, fresh", "0803.90.0025", "Dominican Republic", "Caucedo", "Dominican Republic", "sea", "Philadelphia, PA", "1101", "19958", (1100, "cartons"), "Banelino, Bananos Ecológicos de la Línea Noroeste"),
    ("Avocados, Hass, fresh", "0804.40.0020", "Mexico", "Uruapan", "Mexico", "road", "Laredo, TX", "2304", "19050", (1680, "cartons"), "Aguacates Orgánicos de Michoacán, S. de R.L. de C.V."),
    ("Mangoes, fresh, Kent", "0804.50.4045", "Peru", "Paita", "Peru", "sea", "Philadelphia, PA", "1101", "21600", (5400, "boxes"), LONG_ES),
    ("Mangoes, dried slices", "0804.50.8020", "Burkina Faso", "Tema", "Ghana", "sea", "New York, NY", "1001", "12000", (1200, "cartons"), LONG_FR),
    ("Mango chunks, frozen", "0811.90.5210", "Peru", "Callao", "Peru", "sea", "Los Angeles, CA", "2704", "22000", (2200, "cartons"), "Agroindustrias del Norte Congelados SAC"),
    ("Pineapples, fresh, in crates", "0804.30.4010", "Costa Rica", "Moín", "Costa Rica", "sea", "Wilmington, DE", "1103", "20400", (1700, "crates"), "Piñas Orgánicas de Upala, S.A."),
    ("Lemons, fresh", "0805.50.2010", "Argentina", "Buenos Aires", "Argentina", "sea", "Philadelphia, PA", "1101", "24000", (1600, "cartons"), "Citrícola Ayuí, S.A.A.I.C."),
    ("Blueberries, frozen, cultivated", "0811.90.2030", "Canada", "Abbotsford", "Canada", "road", "Buffalo, NY", "0901", "20000", (1470, "cases"), "Les Bleuets Sauvages du Québec inc."),
    ("Strawberries, frozen", "0811.10.0075", "Egypt", "Alexandria", "Egypt", "sea", "New York, NY", "1001", "24000", (2400, "cartons"), "Nile Delta Organic Foods S.A.E."),
    ("Asparagus, fresh, green", "0709.20.9040", "Peru", "Lima", "Peru", "air", "Miami, FL", "5201", "2500", (500, "cartons"), "Espárragos de Ica SAC"),
    ("Tomatoes, round, greenhouse", "0702.00.6037", "Mexico", "Culiacán", "Mexico", "road", "Nogales, AZ", "2604", "16000", (1600, "cartons"), "Invernaderos Orgánicos de Sinaloa, S.P.R. de R.L."),
    ("Coffee, green, Arabica", "0901.11.0015", "Honduras", "Puerto Cortés", "Honduras", "sea", "New Orleans, LA", "2002", "18975", (275, "bags of 69 kg"), "Cooperativa Mixta Subirana Yoro Limitada"),
    ("Coffee, green, Arabica, natural", "0901.11.0015", "Ethiopia", "Djibouti", "Djibouti", "sea", "Oakland, CA", "2811", "19200", (320, "bags of 60 kg"), "Yirgacheffe Coffee Farmers’ Cooperative Union"),
    ("Green tea, sencha", "0902.10.9015", "Japan", "Shimizu", "Japan", "sea", "Long Beach, CA", "2709", "4000", (400, "cartons"), "Shizuoka Yūki Chaen K.K."),
    ("Cocoa beans, fermented", "1801.00.0010", "Dominican Republic", "Haina", "Dominican Republic", "sea", "Philadelphia, PA", "1101", "25000", (357, "jute bags of 70 kg"), "Confederación Nacional de Cacaocultores Dominicanos, Inc."),
    ("Cocoa powder, alkalized 10/12", "1805.00.0000", "Netherlands", "Rotterdam", "Netherlands", "sea", "New York, NY", "1001", "20000", (800, "bags of 25 kg"), "Crown of Holland Organic Cocoa B.V."),
    ("Quinoa, white, royal", "1008.50.0010", "Bolivia", "Arica", "Chile", "sea", "Oakland, CA", "2811", "19500", (780, "bags of 25 kg"), "Asociación Nacional de Productores de Quinua"),
    ("Jasmine rice, milled", "1006.30.9015", "Thailand", "Laem Chabang", "Thailand", "sea", "Long Beach, CA", "2709", "24000", (960, "bags of 25 kg"), "Sunfood Organic Rice Co., Ltd."),
    ("Corn, yellow dent, in bulk", "1005.90.2015", "Argentina", "Rosario", "Argentina", "sea", "Baltimore, MD", "1303", "25000000", (1, "vessel hold"), "Granos Orgánicos del Litoral S.A."),
    ("Soybeans", "1201.90.0010", "Togo", "Lomé", "Togo", "sea", "Norfolk, VA", "1401", "126000", (2520, "bags of 50 kg"), "Coopérative Soja Bio des Plateaux"),
    ("Sesame seed, natural", "1207.40.0010", "Burkina Faso", "Lomé", "Togo", "sea", "New York, NY", "1001", "19000", (380, "bags of 50 kg"), LONG_FR),
    ("Sunflower oil, refined", "1512.19.0025", "Ukraine", "Constanța", "Romania", "sea", "Houston, TX", "5301", "21500", (1, "flexitank"), "Țară Verde Ulei Ecologic S.R.L."),
    ("Olive oil, extra virgin, in bottles", "1509.20.2030", "Tunisia", "Tunis", "Tunisia", "sea", "New York, NY", "1001", "17000.5", (1417, "cartons"), "Les Huileries Réunies du Sahel, S.A."),
    ("Cane sugar, raw", "1701.14.1020", "Paraguay", "Montevideo", "Uruguay", "sea", "Baltimore, MD", "1303", "25000", (500, "bags of 50 kg"), "Azucarera Paraguaya Ñemby S.A."),
    ("Honey", "0409.00.0005", "Brazil", "Santos", "Brazil", "sea", "Jacksonville, FL", "1803", "20300", (70, "drums of 290 kg"), "Apiários Orgânicos do Piauí Exportação Ltda."),
    ("Red wine, 0.75 L", "2204.21.5035", "Italy", "Livorno", "Italy", "sea", "New York, NY", "1001", "11340", (1260, "cases of 12"), "Fattoria Biologica Poggio alle Querce, Società Agricola"),
    ("Almonds, shelled", "0802.12.0005", "Spain", "Valencia", "Spain", "sea", "New York, NY", "1001", "20000", (20, "big bags"), "Almendras Ecológicas de la Alpujarra, S.C.A."),
    ("Cashew kernels, WW320", "0801.32.0000", "Vietnam", "Cát Lái", "Vietnam", "sea", "New York, NY", "1001", "15876", (700, "cartons of 22.68 kg"), LONG_VI),
    ("Lentils, green", "0713.40.2015", "Turkey", "Mersin", "Turkey", "sea", "New York, NY", "1001", "24000", (960, "bags of 25 kg"), "Güneydoğu Işık Organik Tarım Ürünleri A.Ş."),
]  # fmt: skip


def row(trade: tuple[Any, ...]) -> dict[str, Any]:
    """A whole shipment from a line of `TRADE`; what the line does not say is as for the coffee."""
    product, hts, origin, loading, loading_country, mode, entry, code, kg, (count, kind), exporter = trade
    data = deepcopy(COFFEE)
    data["exporter"] |= {"name": exporter, "address_lines": ["Carretera Central km 14.5", loading], "country": origin}
    data["product"] |= {"name": product, "form": None}
    data["origin"] = {"country": origin, "region": None, "last_processing_country": origin}
    data["transport"]["mode"] = mode
    data["route"] |= {
        "place_of_loading": loading,
        "country_of_loading": loading_country,
        "port_of_entry": entry,
        "port_code": code,
    }
    data |= {"hts": hts, "net_weight_kg": kg, "packages": {"count": count, "kind": kind}}
    data["gross_weight_kg"] = str(int(float(kg) * 1.02))
    data["lots"] = [{"code": f"{hts[:4]}-26-{n:03}", "kg": None} for n in range(1, 5)]
    if mode != "sea":
        data["transport"] |= {"vessel": None, "containers": [{"number": "TRL 48-2210", "seal": "MX-0042117"}]}
    return data


def crowded() -> dict[str, Any]:
    """Every box as full as trade makes it: three long names, a final handler, six containers, ten lots."""
    data = deepcopy(COFFEE)
    data["exporter"]["name"] = LONG_ES
    data["exporter"]["address_lines"] = [
        "Carretera Fernando Belaúnde Terry km 24.5, Sector Nuevo Horizonte",
        "Jaén, Cajamarca",
    ]
    data["final_handler"] = {
        "name": LONG_FR,
        "nop_id": "8150007733",
        "certifier": "Contrôle Biologique de l’Afrique de l’Ouest",
    }
    data["importer"]["name"] = LONG_VI
    data["consignee"]["name"] = (
        "Great Lakes Organic Ingredients Distribution and Cold Storage Company, Dock Doors 14 to 22"
    )
    data["product"]["name"] = (
        "Organic green coffee, Arabica, washed, strictly hard bean, shade grown, screen 15 and above, European preparation"
    )
    data["transport"]["containers"] = [{"number": f"MSKU 41751{n} {n}", "seal": f"PE88196{n}"} for n in range(6)]
    data["lots"] = [{"code": f"VV-26-{n:03}", "kg": "3840"} for n in range(1, 11)]
    data["treatment"] = {
        "kind": "permitted",
        "text": "Carbon dioxide under controlled atmosphere, 21 days",
        "phyto_seen": False,
    }
    data["documents"] += ["Bill of sale", "Clean transport affidavit", "Fumigation declaration", "Weight certificate"]
    data["decided_by"] = {
        "name": "María del Carmen Etchegoyhen-Quispe Huamaní",
        "title": "Certification officer, NOP desk",
    }
    return data


def many_lots() -> dict[str, Any]:
    """Forty lots of forty characters: box 12 goes to the annex."""
    data = deepcopy(COFFEE)
    data["lots"] = [{"code": f"VV-26-{n:03}-{'ABCDEFGHJK' * 3}"[:40], "kg": "960"} for n in range(40)]
    return data


def realistic() -> dict[str, dict[str, Any]]:
    """Every sample that belongs on one page, by name."""
    rows = {f"{line[0]} from {line[4]}": row(line) for line in TRADE}
    no_consignee = deepcopy(COFFEE) | {"consignee": None}
    return {"coffee": COFFEE, "crowded": crowded(), "no consignee": no_consignee} | rows
