"""What an exporter types into the six steps for a shipment, as the form posts it."""

from datetime import timedelta
from typing import Any

from nopic.demo.seed.parties import BROKER, SUSPENDED
from nopic.demo.seed.shipments import FRAME_DAYS, Line, Shipment, arrives
from nopic.requests.models import Supplier
from nopic.tenants.models import Exporter, Importer, ImporterContact

Raw = dict[str, Any]


def answers(what: Shipment, exporter: Exporter) -> dict[str, Raw]:
    """Every step but the documents, complete; inside the certifier's door."""
    departure = {"coverage": "single", "departure_on": what.leaves.isoformat(), "late_reason": what.story.late_reason}
    if what.story.end == "framed":
        last = what.leaves + timedelta(days=FRAME_DAYS - 1)
        departure |= {"coverage": "time_frame", "last_departure_on": last.isoformat()}
    return {
        "departure": departure,
        "importer": _importer(what, exporter),
        "products": {"lines": [_line(what, line, exporter) for line in what.lines]},
        "transport": {
            "mode": what.way.mode,
            "place_of_loading": what.way.place,
            "country_of_loading": what.way.country,
            "port_of_entry": what.way.port,
            "arrival_on": arrives(what).isoformat(),
            "carrier": what.way.carrier,
            "vessel": what.way.vessel,
            "containers": list(what.containers),
            "transport_document": what.transport,
            "treatment": "none",
            "treatment_text": "",
        },
    }


def with_problems(raw: dict[str, Raw]) -> dict[str, Raw]:
    """The same with what goes wrong in a hurry: a letter among the figures, too little gross, a wrong check digit, a past date."""
    line = raw["products"]["lines"][0] | {
        "net": "19,5x0",
        "gross": "120",
        "lots": [{"code": "", "kg": "500", "supplier": "own"}],
    }
    box = raw["transport"]["containers"][0]
    wrong = box["number"][:-1] + str((int(box["number"][-1]) + 1) % 10)
    transport = {"arrival_on": raw["departure"]["departure_on"], "containers": [box | {"number": wrong}]}
    return raw | {"products": {"lines": [line]}, "transport": raw["transport"] | transport}


def _importer(what: Shipment, exporter: Exporter) -> Raw:
    """The importer: chosen when the exporter has used it before, described the first time."""
    importer = Importer.objects.filter(nop_id=what.buyer.nop_id).first()
    known = ImporterContact.objects.filter(exporter=exporter, importer=importer).first()
    broker = ("", "") if what.buyer.key == SUSPENDED else BROKER
    typed = {
        "contact": str(known.pk) if known else "new",
        "importer_email": what.buyer.email,
        "broker_name": broker[0],
        "broker_email": broker[1],
        "consignee_name": "",
        "consignee_address": "",
    }
    if known is None:
        typed |= {"nop_id": what.buyer.nop_id, "name": what.buyer.name, "address": what.buyer.address}
    return typed


def _line(what: Shipment, line: Line, exporter: Exporter) -> Raw:
    item = exporter.products.get(code=line.product.code)
    suppliers = {each.name: str(each.pk) for each in Supplier.objects.filter(exporter=exporter)}
    return {
        "id": "",
        "item": str(item.pk),
        "crop_year": "",
        "net": f"{line.net(line.packages):,.2f}".removesuffix(".00"),
        "unit": "kg",
        "packages": f"{line.packages:,}",
        "package_kind": line.product.package,
        "gross": f"{line.gross(line.packages):,.2f}".removesuffix(".00"),
        "lots": [
            {
                "code": lot.code,
                "kg": f"{line.net(lot.packages):,.2f}".removesuffix(".00"),
                "supplier": suppliers[lot.seller.name] if lot.seller else "own",
            }
            for lot in line.lots
        ],
        "origin_region": line.product.region,
        "remove": "",
    }
