"""The verified lists of the demo: 25 products with their tariff codes, packages, quantities and opening balances.

Products, codes and customs flags follow customs' report of 21 February 2026; harvests and balances are invented.
"""

from decimal import Decimal
from typing import NamedTuple


class Product(NamedTuple):
    """One line of a verified list. Kilograms of the running harvest year; `verified` None: no cap."""

    exporter: str
    code: str
    wording: str
    form: str
    hts: str
    origin: str  # ISO code
    region: str
    package: str
    package_kg: Decimal
    tare_kg: Decimal  # of one package
    verified: Decimal | None
    opening: Decimal  # certified elsewhere this year
    price: Decimal  # US$ per kg on the invoices
    spanish: str
    brand: str = ""
    processed: str = ""  # ISO code of the last processing, if another country
    earlier_wording: str = ""  # of the version before, which held until the end of last year


def _rows() -> tuple[Product, ...]:
    """Read the table below; fields are parted by |, numbers are written with a point."""
    products = []
    for line in filter(None, _TABLE.strip().splitlines()):
        cells = [cell.strip() for cell in line.split("|")]
        (exporter, code, wording, form, hts, place, package, weights, verified, opening, price, spanish, more) = cells
        origin, _, region = place.partition(" ")
        package_kg, tare_kg = weights.split("+")
        extra = dict(pair.split("=", 1) for pair in more.split(";") if pair)
        products.append(
            Product(
                exporter, code, wording, form, hts, origin, region, package, Decimal(package_kg), Decimal(tare_kg),
                None if verified == "no cap" else Decimal(verified), Decimal(opening), Decimal(price), spanish, **extra,
            )
        )  # fmt: skip
    return tuple(products)


_TABLE = """
valle-verde|PV-01|Organic cocoa beans, fermented and dried|dried|1801.00.0010|PE Cajamarca|sacks|62.5+0.8|85000|21250|7.90|Cacao orgánico en grano, fermentado y seco|
valle-verde|PV-03|Organic green coffee, Arabica, washed|green|0901.11.0015|PE Cajamarca|bags|60+1|412000|216000|5.85|Café verde orgánico, Arábica, lavado|earlier_wording=Organic green coffee, Arabica
valle-verde|PV-05|Organic white quinoa, pearled|grain|1008.50.0010|PE Cajamarca|sacks|25+0.2|96000|50500|2.95|Quinua blanca orgánica, perlada|brand=Valle Verde
jengibre-junin|GN-01|Organic ginger, fresh|fresh|0910.11.0010|PE Junín|cartons|13.6+0.9|310000|61200|2.10|Jengibre orgánico fresco|
jengibre-junin|GN-02|Organic turmeric, fresh|fresh|0910.30.0000|PE Junín|cartons|13.6+0.9|60000|8160|2.45|Cúrcuma orgánica fresca|
rio-chira|BA-01|Organic Cavendish bananas, fresh|fresh|0803.90.0025|PE Piura|boxes|18.14+1.4|900000|391824|0.82|Banano orgánico Cavendish fresco|
rio-chira|BA-02|Organic mangoes, fresh, Kent|fresh|0804.50.4045|PE Piura|boxes|4+0.4|260000|0|1.35|Mango orgánico fresco, Kent|
rio-chira|BA-03|Organic Persian limes, fresh|fresh|0805.50.3020|PE Piura|boxes|18+1.1|70000|12600|1.15|Limón Tahití orgánico fresco|
quinua-altiplano|QU-01|Organic royal quinoa, white|grain|1008.50.0010|BO Potosí|sacks|25+0.15|240000|78000|3.10|Quinua real blanca orgánica|
quinua-altiplano|QU-02|Organic royal quinoa, red|grain|1008.50.0010|BO Potosí|sacks|25+0.15|90000|42000|3.65|Quinua real roja orgánica|
quinua-altiplano|QU-03|Organic royal quinoa, tricolour|grain|1008.50.0010|BO Potosí|sacks|25+0.15|45000|0|3.80|Quinua real tricolor orgánica|
sesamo-chaco|SE-01|Organic sesame seed, hulled|seed|1207.40.0010|PY Central|bags|25+0.12|280000|76000|2.40|Sésamo orgánico descortezado|
sesamo-chaco|SE-02|Organic chia seed, black|seed|1207.99.0391|PY Central|bags|25+0.12|no cap|0|3.20|Chía orgánica negra|
sesamo-chaco|SE-03|Organic raw cane sugar|crystals|1701.14.1020|PY Guairá|bags|50+0.25|500000|125000|1.05|Azúcar de caña orgánica|
aguacates|AG-01|Organic Hass avocados, fresh|fresh|0804.40.0020|MX Michoacán|boxes|11.34+0.9|520000|190512|3.05|Aguacate Hass orgánico fresco|
aguacates|AG-02|Organic Persian limes, fresh|fresh|0805.50.3020|MX Michoacán|boxes|18.144+1.2|140000|36288|1.25|Limón persa orgánico fresco|
aguacates|AG-03|Organic blue agave syrup|syrup|1702.60.4030|MX Jalisco|drums|275+18|176000|44000|2.80|Jarabe de agave azul orgánico|brand=Tancítaro Dulce
ecofruits|EF-01|Organic mango, dried, slices|dried|0804.50.8020|BF Hauts-Bassins|cartons|10+0.6|84000|36000|9.40|Mango orgánico seco|
ecofruits|EF-02|Organic mango, frozen, chunks|frozen|0811.90.5210|BF Hauts-Bassins|cartons|10+0.5|60000|0|2.70|Mango orgánico congelado|
ecofruits|EF-03|Organic sesame seed, natural|seed|1207.40.0010|BF Hauts-Bassins|bags|50+0.25|190000|57000|1.95|Sésamo orgánico natural|
ecofruits|EF-04|Organic cashew kernels, W320|kernels|0801.32.0000|BF Cascades|cartons|22.68+1.1|70000|15876|7.25|Anacardo orgánico en almendra|
vesuvio|VE-01|Organic tomato paste, 28/30 Brix|paste|2002.90.8010|IT Campania|drums|230+12|330000|110400|1.70|Concentrado de tomate orgánico|brand=Vesuvio Bio
vesuvio|VE-02|Organic extra virgin olive oil|oil|1509.20.2030|IT Campania|cartons|5.5+0.9|88000|22000|8.90|Aceite de oliva virgen extra orgánico|brand=Vesuvio Bio
vesuvio|VE-03|Organic almonds, shelled|kernels|0802.12.0005|IT Puglia|cartons|11.34+0.7|56700|11340|8.10|Almendra orgánica sin cáscara|
vesuvio|VE-04|Organic cocoa powder, alkalised|powder|1805.00.0000|DO|bags|25+0.3|100000|20000|6.30|Cacao en polvo orgánico|processed=IT
"""
PRODUCTS = _rows()


def product(exporter: str, code: str) -> Product:
    """The line of an exporter's list with this code; StopIteration when there is none."""
    return next(each for each in PRODUCTS if (each.exporter, each.code) == (exporter, code))
