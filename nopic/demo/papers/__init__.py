"""The papers of a shipment as companies and authorities write them: which there are, what each shows, what some get wrong.

They are made from the figures of the request they belong to. Planted differences are named by the story's `fault`:
a draft bill of lading that weighs less, a declaration that lacks a lot, a packing list that does not say organic, and
a packing list that comes as a photo.
"""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple

from nopic.demo.papers.drawing import draw, photo
from nopic.demo.papers.words import SPANISH_PACKAGES, WORDS
from nopic.demo.seed.parties import BROKER, Seller
from nopic.demo.seed.shipments import Line, Lot, Shipment
from nopic.presentation.words import full_day
from nopic.tenants.countries import country_name

POINTS = {"PY", "BO"}  # countries whose companies write 19.200 for nineteen thousand two hundred
LESS_PACKAGES, LESS_KG = 2, 120  # how much the wrong draft bill of lading lacks
CARRIERS_PAPER = {
    "sea": {"title": "Bill of lading", "means": "Vessel and voyage", "loading": "Port of loading",
            "discharge": "Port of discharge", "marks": "Container and seal", "departs": "Estimated sailing",
            "clause": "Shipper's load, stow and count. Said to contain."},
    "air": {"title": "Air waybill", "means": "Flight", "loading": "Airport of departure",
            "discharge": "Airport of destination", "marks": "Flight", "departs": "Flight date",
            "clause": "Not negotiable. Keep between 10 and 14 °C."},
    "road": {"title": "International consignment note (CMR), carta de porte", "means": "Truck",
             "loading": "Place of taking over the goods", "discharge": "Place of delivery", "marks": "Truck",
             "departs": "Date of taking over", "clause": "Goods counted and in good order."},
}  # fmt: skip


class Paper(NamedTuple):
    """A file for one row of the document list. `seller` for the guarantee of a purchased lot."""

    rule: str
    kind: str  # of a transport document: final, draft or booking
    seller: Seller | None
    name: str
    declared: str
    data: bytes


def papers(what: Shipment, *, transport: str, with_phyto: bool) -> list[Paper]:
    """Every paper of a shipment; `transport` is the kind of its transport document."""
    language, fault = what.exporter.language, what.story.fault
    words, shown = WORDS[language], _shown(what)
    base = {"t": words, "s": shown, "p": {}}
    pages: dict[str, tuple[str, dict[str, Any]]] = {
        "commercial_invoice": ("commercial_invoice", base),
        "packing_list": ("packing_list", base),
        "traceability_declaration": ("traceability_declaration", base),
        "transport_document": ("bill_of_lading", {**base, "p": _transport(what, shown, transport)}),
    }
    for seller in what.sellers:
        template = "purchase_invoice" if seller.same_certifier else "transaction_certificate"
        pages[f"{template} {seller.key}"] = (template, {**base, "p": _purchase(what, shown, seller)})
    if with_phyto:
        number = {
            "number": f"{what.exporter.country}-{what.issued:%Y}-{what.transport[-5:]}",
            "signed_by": "Ing. R. Vargas",
        }
        pages["phytosanitary_certificate"] = ("phytosanitary_certificate", {**base, "p": number})
    made = []
    for key, data in draw(pages, ink=sum(map(ord, what.exporter.lots)) % 4).items():
        rule, _, seller_key = key.partition(" ")
        sold_by = next((each for each in what.sellers if each.key == seller_key), None)
        name, declared = f"{_file_name(rule, what, transport)}.pdf", "application/pdf"
        if rule == "packing_list" and fault == "packing_list_is_a_photo":
            name, declared, data = "IMG_20431.jpg", "image/jpeg", photo(data)
        made.append(Paper(rule, transport if rule == "transport_document" else "", sold_by, name, declared, data))
    return made


def organic_certificate(seller: Seller, *, number: str, until: date) -> Paper:
    """The organic certificate of somebody who sells lots, as its certifier issued it."""
    shown = {
        "certifier": seller.certifier_name,
        "seller": seller.name,
        "place": seller.place,
        "nop_id": seller.nop_id,
        "number": number,
        "until": full_day(until),
        "signed_by": seller.certifier_name,
    }
    [data] = draw({"certificate": ("organic_certificate", {"p": shown, "s": shown})}, ink=0).values()
    return Paper("supplier_certificate", "", seller, f"{number}.pdf", "application/pdf", data)


def _file_name(rule: str, what: Shipment, transport: str) -> str:
    spanish = what.exporter.language == "es"
    names = {
        "commercial_invoice": f"Factura {what.invoice}" if spanish else f"Invoice {what.invoice}",
        "packing_list": f"Lista de empaque {what.invoice}" if spanish else f"Packing list {what.invoice}",
        "traceability_declaration": "Trazabilidad" if spanish else "Traceability declaration",
        "transport_document": f"{transport.capitalize()} {what.transport}",
        "purchase_invoice": f"Liquidacion {what.transport[-4:]}"
        if spanish
        else f"Purchase invoice {what.transport[-4:]}",
        "transaction_certificate": f"TC-{what.issued:%Y}-{what.transport[-4:]}",
        "phytosanitary_certificate": f"Phyto {what.exporter.country}-{what.transport[-5:]}",
    }
    return names[rule]


def number(value: Decimal | int, country: str = "") -> str:
    """A figure as companies of a country write it; without decimals where there are none."""
    exact = Decimal(value).quantize(Decimal("0.01"), ROUND_HALF_UP)
    text = f"{exact:,.2f}".removesuffix(".00")
    return text.translate(str.maketrans(",.", ".,")) if country in POINTS else text


def _shown(what: Shipment) -> dict[str, Any]:
    """What every paper may show, as text."""
    exporter, lines = what.exporter, what.lines
    land = exporter.country
    totals = {
        name: number(sum(getattr(line, name)(line.packages) for line in lines), land) for name in ("net", "gross")
    }
    origins = sorted({country_name(line.product.origin) for line in lines})
    amount = sum((line.net(line.packages) * line.product.price for line in lines), Decimal(0))
    spanish = exporter.language == "es"
    return {
        **totals,
        "name": exporter.name,
        "address": exporter.address,
        "address_line": exporter.address.replace("\n", ", "),
        "country": country_name(land),
        "nop_id": exporter.nop_id,
        "tax_id": exporter.tax_id,
        "signed_by": exporter.sender[1],
        "certifier": what.certifier,
        "certifier_code": what.certifier_code,
        "buyer": what.buyer,
        "broker": BROKER[0],
        "way": what.way,
        "port_name": what.port,
        "containers": what.containers,
        "invoice_no": what.invoice,
        "order_no": what.order,
        "transport_no": what.transport,
        "issued": f"{what.issued:%d/%m/%Y}" if spanish else full_day(what.issued),
        "issued_en": full_day(what.issued),
        "leaves": f"{what.leaves:%d/%m/%Y}" if spanish else full_day(what.leaves),
        "leaves_en": full_day(what.leaves),
        "incoterm": f"{'FCA' if what.way.mode == 'road' else 'FOB'} {what.way.place} (Incoterms 2020)",
        "origin": ", ".join(origins),
        "origin_en": ", ".join(origins),
        "amount": number(amount, land),
        "packages": number(sum(line.packages for line in lines), land),
        "named_organic": what.story.fault != "packing_list_not_organic",
        "lines": [_line(what, line) for line in lines],
    }


def _line(what: Shipment, line: Line) -> dict[str, Any]:
    land, goods, spanish = what.exporter.country, line.product, what.exporter.language == "es"
    lots = [_lot(what, line, lot) for lot in line.lots]
    traced = lots[:-1] if what.story.fault == "declaration_lacks_a_lot" else lots
    name = goods.spanish if spanish else goods.wording
    plain = name
    if what.story.fault == "packing_list_not_organic":
        for word in ("Organic ", " orgánica", " orgánico"):
            plain = plain.replace(word, "")
    return {
        "name": name,
        "english": goods.wording if spanish else "",
        "packed_as": plain,
        "wording": goods.wording,
        "brand": goods.brand,
        "hts": goods.hts,
        "hs": goods.hts[:7],
        "kind": goods.package,
        "package_word": SPANISH_PACKAGES[goods.package] if spanish else goods.package,
        "packages": number(line.packages, land),
        "packages_en": number(line.packages),
        "net": number(line.net(line.packages), land),
        "net_en": number(line.net(line.packages)),
        "gross": number(line.gross(line.packages), land),
        "price": number(goods.price, land),
        "amount": number(line.net(line.packages) * goods.price, land),
        "lots": lots,
        "traced_lots": traced,
        "lot_codes": ", ".join(lot.code for lot in line.lots),
        "year": what.year,
    }


def _lot(what: Shipment, line: Line, lot: Lot) -> dict[str, Any]:
    land = what.exporter.country
    own = f"{WORDS[what.exporter.language]['own']}, {line.product.region}".rstrip(", ")
    return {
        "code": lot.code,
        "product": line.product.spanish if what.exporter.language == "es" else line.product.wording,
        "packages": number(lot.packages, land),
        "net": number(line.net(lot.packages), land),
        "net_en": number(line.net(lot.packages)),
        "gross": number(line.gross(lot.packages), land),
        "source": f"{lot.seller.name}, {lot.seller.place}" if lot.seller else own,
    }


def _purchase(what: Shipment, shown: dict[str, Any], seller: Seller) -> dict[str, Any]:
    codes = {lot.code for line in what.lines for lot in line.lots if lot.seller == seller}
    return {
        "seller": seller.name,
        "place": seller.place,
        "nop_id": seller.nop_id,
        "certifier": seller.certifier_name,
        "number": f"TC-{what.issued:%Y}-{what.transport[-4:]}",
        "invoice": what.transport[-4:],
        "year": what.year,
        "lots": [lot for line in shown["lines"] for lot in line["lots"] if lot["code"] in codes],
        "signed_by": seller.name if seller.same_certifier else seller.certifier_name,
    }


def _transport(what: Shipment, shown: dict[str, Any], kind: str) -> dict[str, Any]:
    """The carrier's paper; the planted draft says two bags and 120 kg less."""
    less = (LESS_PACKAGES, LESS_KG) if what.story.fault == "draft_bl_weighs_less" else (0, 0)
    lines, packages, net, gross = [], 0, Decimal(0), Decimal(0)
    for at, (line, texts) in enumerate(zip(what.lines, shown["lines"], strict=True)):
        bags, kg = (line.packages - less[0], less[1]) if at == 0 else (line.packages, 0)
        own_net, own_gross = line.net(line.packages) - kg, line.gross(line.packages) - kg - (less[0] if at == 0 else 0)
        lines.append({**texts, "packages": number(bags), "net": number(own_net), "gross": number(own_gross)})
        packages, net, gross = packages + bags, net + own_net, gross + own_gross
    stamp = {"draft": "DRAFT, not negotiable", "booking": "BOOKING CONFIRMATION", "final": ""}[kind]
    return {
        **CARRIERS_PAPER[what.way.mode],
        "draft": stamp,
        "lines": lines,
        "packages": number(packages),
        "net": number(net),
        "gross": number(gross),
    }
