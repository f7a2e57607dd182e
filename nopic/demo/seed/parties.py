"""Who there is in the demo: two certifiers that differ in policy, their exporters and suppliers, importers, a broker.

Invented, and shaped as in real life. NOP IDs of exporters begin with 90, of importers with 91, certifier codes with 9:
the registry gives none of these.
"""

from typing import Any, NamedTuple


class Office(NamedTuple):
    """A certifier: its columns and what its policy says otherwise than the defaults."""

    slug: str
    facts: dict[str, Any]
    rules: dict[str, Any]
    admin: tuple[str, str]
    reviewers: tuple[str, ...]  # e-mail addresses


class Operation(NamedTuple):
    """An exporter, and how its papers look."""

    key: str
    office: str
    name: str
    short_name: str
    address: str
    region: str
    country: str  # ISO code
    nop_id: str
    sender: tuple[str, str]  # e-mail and name of who sends its requests
    standard: str
    certified_from: str
    lots: str  # what its lot numbers begin with
    language: str  # of its own papers
    tax_id: str


class Seller(NamedTuple):
    """Who sells lots to an exporter."""

    key: str
    exporter: str
    name: str
    nop_id: str
    certifier_name: str
    same_certifier: bool
    place: str


class Buyer(NamedTuple):
    """An importer as the registry lists it, and whom to write to."""

    key: str
    nop_id: str
    name: str
    address: str
    state: str
    email: str


OFFICES = (
    Office(
        "tierra-firme",
        {
            "name": "Tierra Firme Certification",
            "legal_name": "Tierra Firme Certificación Orgánica SAC",
            "address": "Calle Los Tulipanes 147\nSurco, Lima 15048",
            "country": "Peru",
            "nop_code": "901",
            "role_text": "Accredited certifying agent, USDA National Organic Program",
            "email": "office@tierrafirme.example",
            "phone": "+51 1 555 0140",
            "mark": "tierra-firme",
        },
        {
            "time_zone": "America/Lima",
            "country": "PE",
            "cut_off": "17:00",
            "closing": "17:00",
            "lead_days": 3,
            "counting": "lenient",
            "page_size": "A4",
            "turnarounds": [
                {"code": "standard", "amount": 2},
                {"code": "express", "unit": "hours", "amount": 24},
            ],
            "fees": {
                "certificate": "75.00",
                "classes": [{"turnaround": "express", "price": "75.00"}],
                "time_frame": "15.00",
                "late": "40.00",
                "revision": "35.00",
                "replacement": "75.00",
            },
            "second_person": {"override": True},
            "low_risk": {"least_issued": 2},
        },
        ("ana@tierrafirme.example", "Ana Beltrán"),
        ("ines@tierrafirme.example", "marco@tierrafirme.example"),
    ),
    Office(
        "nordhof",
        {
            "name": "Nordhof Bio Control",
            "legal_name": "Nordhof Bio Control GmbH",
            "address": "Speicherstraße 12\n20457 Hamburg",
            "country": "Germany",
            "nop_code": "902",
            "role_text": (
                "Accredited certifying agent, USDA National Organic Program; "
                "control body under the US-EU organic equivalence arrangement"
            ),
            "email": "office@nordhof.example",
            "phone": "+49 40 5550 120",
            "mark": "nordhof",
            "brand": {
                "light": {"brand": "#4b5a14", "brand_tint": "#eef1df", "on_brand": "#ffffff"},
                "dark": {"brand": "#c5d47e", "brand_tint": "#2a3110", "on_brand": "#1c2206"},
            },
        },
        {
            "time_zone": "Europe/Berlin",
            "country": "DE",
            "subdivision": "HH",
            "lead_days": 2,
            "counting": "strict",
            "page_size": "Letter",
            "over_allocation": "ask_staff",
        },
        ("katrin@nordhof.example", "Katrin Voss"),
        ("jonas@nordhof.example",),
    ),
)

OPERATIONS = (
    Operation(
        "valle-verde", "tierra-firme", "Cooperativa Agraria Cafetalera Valle Verde", "Coop. Cafetalera Valle Verde",
        "Jr. Los Cafetales 418\nSan Ignacio", "Cajamarca", "PE", "9010004127",
        ("rosa@valleverde.example", "Rosa Quispe"), "NOP", "2014-03-14", "VV", "es", "RUC 20600000418",
    ),
    Operation(
        "jengibre-junin", "tierra-firme", "Jengibre Junín SAC", "Jengibre Junín SAC",
        "Carretera Marginal km 3.5\nPichanaqui", "Junín", "PE", "9010006305",
        ("elmer@jengibrejunin.example", "Elmer Poma"), "NOP", "2018-07-02", "JJ", "es", "RUC 20600000906",
    ),
    Operation(
        "rio-chira", "tierra-firme", "Asociación de Bananeros Orgánicos Río Chira", "Asoc. Bananera Río Chira",
        "Caserío Mallares s/n\nSullana", "Piura", "PE", "9010007719",
        ("nelly@riochira.example", "Nelly Sandoval"), "NOP", "2011-05-20", "RC", "es", "RUC 20600001341",
    ),
    Operation(
        "quinua-altiplano", "tierra-firme", "Quinua Altiplano SRL", "Quinua Altiplano SRL",
        "Av. Potosí 77\nUyuni", "Potosí", "BO", "9010009042",
        ("wilma@quinuaaltiplano.example", "Wilma Mamani"), "NOP", "2016-10-11", "QA", "es", "NIT 1020304021",
    ),
    Operation(
        "sesamo-chaco", "tierra-firme", "Sésamo del Chaco SA", "Sésamo del Chaco SA",
        "Ruta 2 km 21\nCapiatá", "Central", "PY", "9010011268",
        ("derlis@sesamochaco.example", "Derlis Benítez"), "NOP", "2013-02-26", "SC", "es", "RUC 80000000-7",
    ),
    Operation(
        "aguacates", "tierra-firme", "Aguacates Tancítaro SPR de RL", "Aguacates Tancítaro SPR",
        "Camino a Apo km 2\nTancítaro", "Michoacán", "MX", "9010012590",
        ("lupita@tancitaro.example", "Guadalupe Equihua"), "NOP", "2017-09-08", "AT", "es", "RFC ATA170908AA0",
    ),
    Operation(
        "ecofruits", "nordhof", "Ecofruits du Sahel SARL", "Ecofruits du Sahel",
        "Secteur 21, Rue 9.32\nBobo-Dioulasso", "Hauts-Bassins", "BF", "9020003318",
        ("awa@ecofruits.example", "Awa Traoré"), "NOP", "2015-04-17", "ES", "en", "IFU 00000412 K",
    ),
    Operation(
        "vesuvio", "nordhof", "Conserve del Vesuvio S.r.l.", "Conserve del Vesuvio",
        "Via Nazionale 212\n80042 Boscotrecase (NA)", "Campania", "IT", "9020005876",
        ("paola@conservevesuvio.example", "Paola Esposito"), "EU", "2012-01-30", "CV", "en", "P. IVA IT00000000417",
    ),
)  # fmt: skip

SELLERS = (
    Seller("el-huabo", "valle-verde", "Asociación de Productores El Huabo", "9010004890",
           "Tierra Firme Certification", True, "Chirinos, Cajamarca, Peru"),
    Seller("cabana", "valle-verde", "Cooperativa Agroindustrial Cabana", "9030001187",
           "Andes Bio Certifica", False, "Cabana, Puno, Peru"),
    Seller("salinas", "quinua-altiplano", "Asociación Salinas de Garci Mendoza", "9010009316",
           "Tierra Firme Certification", True, "Salinas de Garci Mendoza, Oruro, Bolivia"),
    Seller("loma-plata", "sesamo-chaco", "Cooperativa Loma Plata Ltda.", "9030002264",
           "Chaco Control SA", False, "Loma Plata, Boquerón, Paraguay"),
    Seller("sya-mangue", "ecofruits", "Coopérative Sya Mangue", "9020003722",
           "Nordhof Bio Control", True, "Orodara, Kénédougou, Burkina Faso"),
    Seller("cooproca", "vesuvio", "Cooperativa Cacao Yamasá", "9030004410",
           "Quisqueya Orgánica", False, "Yamasá, Monte Plata, Dominican Republic"),
)  # fmt: skip

BUYERS = (
    Buyer("bay-bridge", "9100019836", "Bay Bridge Coffee Traders LLC",
          "1450 Embarcadero West\nOakland, CA 94607", "CA", "bo@baybridge.example"),
    Buyer("northshore", "9100019863", "Northshore Organic Foods Inc.",
          "88 Doremus Avenue\nNewark, NJ 07105", "NJ", "docs@northshore.example"),
    Buyer("pacific-crest", "9100020417", "Pacific Crest Imports LLC",
          "2201 Alaskan Way South\nSeattle, WA 98134", "WA", "receiving@pacificcrest.example"),
)  # fmt: skip
SUSPENDED = "pacific-crest"  # the registry lists it as suspended, which the portal learns when it asks live

BROKER = ("Harbor Line Customs Brokers", "desk@harborline.example")
