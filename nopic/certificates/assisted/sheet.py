"""What to key for one operation, in the order in which the registry's own screen asks for it.

The rows are read from the payload, whose hash was frozen at approval: what is keyed is what the other channel sends.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from nopic.certificates import policies
from nopic.certificates.models import Certificate, RegistryOperation
from nopic.certificates.statuses import CertificateStatus, OperationKind
from nopic.presentation import words

LABEL_CATEGORIES: dict[str, str | Promise] = {
    "100_organic": gettext_lazy("100 percent organic"),
    "organic": gettext_lazy("Organic"),
    "made_with": gettext_lazy("Made with organic"),
}
MODES: dict[str, str | Promise] = {
    "sea": gettext_lazy("Sea"),
    "air": gettext_lazy("Air"),
    "road": gettext_lazy("Road"),
    "rail": gettext_lazy("Rail"),
}


@dataclass(frozen=True)
class Row:
    """One field of the registry's screen and what goes into it; `facts` is what must be found in its PDF."""

    label: str
    value: str
    facts: tuple[str, ...] = ()
    is_weight: bool = False


def rows(certificate: Certificate, operation: RegistryOperation) -> list[Row]:
    """Every field to key, without those that stay empty."""
    asked = {
        OperationKind.ISSUE: lambda: [
            *_replaces(certificate),
            *_issue(operation.payload.get("certificate", operation.payload)),
        ],
        OperationKind.CANCEL: lambda: _cancel(certificate),
        OperationKind.REVISE: lambda: _revise(operation.payload),
        OperationKind.WEIGHTS: lambda: _weights(operation.payload),
    }
    found = asked[OperationKind(operation.kind)]()
    return [row for row in found if row.value]


def _replaces(certificate: Certificate) -> Iterable[Row]:
    """In whose place it is: that one must not stay valid in the registry beside it."""
    if certificate.replaces:
        yield Row(_("Replaces certificate (ending that one is a task of its own)"), certificate.replaces.number or "")


def _issue(data: Mapping[str, Any]) -> Iterable[Row]:
    exporter, importer, shipment = data["exporter"], data["importer"], data["shipment"]
    handler, consignee, packages = data["final_handler"] or {}, data["consignee"] or {}, data["packages"] or {}
    coverage = data["coverage"]
    label = LABEL_CATEGORIES.get(data["product"]["label_category"], data["product"]["label_category"])
    yield Row(_("Exporter NOP ID"), exporter["nop_id"], (exporter["nop_id"],))
    yield Row(_("Exporter"), exporter["name"])
    yield Row(_("Exporter address"), ", ".join([*exporter["address_lines"], exporter["country"]]))
    yield Row(_("Final handler NOP ID"), handler.get("nop_id") or "", _known(handler.get("nop_id")))
    yield Row(_("Final handler"), handler.get("name") or "")
    yield Row(_("Final handler certified by"), handler.get("certifier") or "")
    yield Row(_("Importer NOP ID"), importer["nop_id"], _known(importer["nop_id"]))
    yield Row(_("Importer"), importer["name"])
    yield Row(_("Importer address"), ", ".join(importer["address_lines"]))
    yield Row(_("State of destination"), importer["state"])
    yield Row(_("Ultimate consignee"), consignee.get("name") or "")
    yield Row(_("Consignee address"), ", ".join(consignee.get("address_lines") or []))
    yield Row(_("Product"), data["product"]["name"])
    yield Row(_("Form"), data["product"]["form"] or "")
    yield Row(_("Label category"), str(label))
    yield Row(_("HTS code"), data["hts"], (data["hts"],))
    yield Row(_("Standard"), f"{data['standard']['code']}, {data['standard']['name']}")
    yield Row(_("Net weight, kg"), data["net_weight_kg"], (data["net_weight_kg"],), is_weight=True)
    yield Row(_("Packages"), f"{packages['count']} {packages['kind']}" if packages else "")
    lots = tuple(lot["code"] for lot in data["lots"])
    yield Row(_("Lots"), ", ".join(_lot(lot) for lot in data["lots"]), lots)
    yield Row(_("Country of origin"), data["origin"]["country"])
    yield Row(_("Country of last processing"), data["origin"]["last_processing_country"])
    yield Row(_("Mode of transport"), str(MODES.get(shipment["mode"], shipment["mode"])))
    yield Row(_("Containers"), ", ".join(shipment["containers"]))
    yield Row(_("Transport document"), shipment["document_number"])
    yield Row(
        _("Place of loading"), ", ".join(filter(None, (shipment["place_of_loading"], shipment["country_of_loading"])))
    )
    yield Row(_("US port of entry"), shipment["port_of_entry"])
    first, last = coverage["first_departure"], coverage["last_departure"]
    if coverage["kind"] == "single":
        yield Row(_("Departure"), _day(last))
    else:
        yield Row(_("First departure"), _day(first))
        yield Row(_("Last departure"), _day(last))


def _cancel(certificate: Certificate) -> Iterable[Row]:
    yield Row(_("Certificate number"), certificate.number or "", _known(certificate.number))
    if certificate.status == CertificateStatus.SUPERSEDED:
        yield Row(_("Set to"), _("Replaced, or cancelled where there is no such state"))
    yield Row(_("Reason"), policies.cancel_sentence(certificate))


def _revise(data: Mapping[str, Any]) -> Iterable[Row]:
    yield Row(_("Certificate number"), data["number"], _known(data["number"]))
    yield Row(_("Version"), str(data["version"]))
    yield Row(_("Importer NOP ID"), data["importer"]["nop_id"], _known(data["importer"]["nop_id"]))
    yield Row(_("HTS code"), data["hts"], (data["hts"],))
    yield Row(_("Net weight, kg"), data["net_weight_kg"], (data["net_weight_kg"],), is_weight=True)
    packages = data["packages"] or {}
    yield Row(_("Packages"), f"{packages['count']} {packages['kind']}" if packages else "")
    yield Row(_("Lots"), ", ".join(_lot(lot) for lot in data["lots"]), tuple(lot["code"] for lot in data["lots"]))
    yield Row(_("Remarks"), data["remarks"])


def _weights(data: Mapping[str, Any]) -> Iterable[Row]:
    yield Row(_("Certificate number"), data["number"], _known(data["number"]))
    yield Row(_("Net weight that left, kg"), data["net_weight_kg"], (data["net_weight_kg"],), is_weight=True)
    for n, one in enumerate(data["shipments"], 1):
        label = _("Shipment %(n)s, left %(day)s, kg") % {"n": n, "day": _day(one["departed_on"])}
        yield Row(label, one["net_weight_kg"], (one["net_weight_kg"],), is_weight=True)


def _lot(lot: Mapping[str, Any]) -> str:
    return f"{lot['code']} ({lot['kg']} kg)" if lot.get("kg") else str(lot["code"])


def _day(day: str) -> str:
    """Day, month in words, year: no screen's order of digits is guessed."""
    return words.full_day(date.fromisoformat(day)) if day else ""


def _known(value: str | None) -> tuple[str, ...]:
    return (value,) if value else ()
