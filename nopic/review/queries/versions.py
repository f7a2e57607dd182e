"""A version as it was sent, in the order of the certificate's boxes, from the snapshot that was kept of it."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from nopic.presentation.words import full_day, kg

Box = tuple[str, str, str]  # number, title, text


def boxes_of(snapshot: Mapping[str, Any]) -> list[Box]:
    """What the exporter had declared; a box without an answer is left out. Reads every schema that was ever kept."""
    importer, route, transport = (snapshot.get(name) or {} for name in ("importer", "route", "transport"))
    found: list[Box] = [("5", _("Importer of record"), str(importer.get("name") or ""))]
    for line in snapshot.get("lines") or []:
        lots = ", ".join(str(lot.get("code", "")) for lot in line.get("lots") or [])
        found += [
            ("7", _("Product"), str(line.get("wording") or "")),
            ("8", _("US tariff code"), str(line.get("hts") or "")),
            ("10", _("Net weight"), _weight(line.get("net_kg"))),
            ("11", _("Packages"), " ".join(str(line[name]) for name in ("packages", "package_kind") if line.get(name))),
            ("12", _("Lots"), lots),
        ]
    containers = ", ".join(str(each.get("number", "")) for each in transport.get("containers") or [])
    found += [
        ("14", _("Transport"), ", ".join(filter(None, (str(transport.get("vessel") or ""), containers)))),
        ("15", _("Route"), " → ".join(str(route[n]) for n in ("place_of_loading", "port_of_entry") if route.get(n))),
        ("17", _("Departure"), _day(route.get("departure_on"))),
        (
            "18",
            _("Documents"),
            ", ".join(str(d.get("name", "")) for d in snapshot.get("documents") or [] if d.get("files")),
        ),
    ]
    return [box for box in found if box[2]]


def _day(raw: object) -> str:
    try:
        return full_day(date.fromisoformat(str(raw)))
    except ValueError:
        return ""


def _weight(raw: object) -> str:
    try:
        return _("%(kg)s kg") % {"kg": kg(Decimal(str(raw)))}
    except InvalidOperation:
        return ""
