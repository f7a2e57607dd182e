"""Step 4, transport (boxes 14, 15, 16). Of a time frame only mode, places, ports and treatment: the rest per shipment.

Values: mode, place_of_loading, country_of_loading, port_of_entry, port_code, arrival_on, carrier, vessel, containers
([{number, seal}]), transport_document, treatment, treatment_text.
"""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from nopic.presentation.words import day as in_words
from nopic.requests import ports
from nopic.requests.containers import MOST_CONTAINERS, ContainerError, read_container
from nopic.requests.statuses import Mode, Treatment
from nopic.requests.steps.reading import Choices, Reading, date_answer, entries, line, short, text
from nopic.tenants.countries import countries, country_name

PER_SHIPMENT = ("arrival_on", "carrier", "vessel", "containers", "transport_document")
LONGEST_VOYAGE = timedelta(days=366)  # what is longer is a slip in the year
MOST = 120  # characters of a place, a carrier, a vessel


def earliest_arrival(departure: date, mode: str) -> date:
    """A ship needs a night at least; a truck, a train or a plane may arrive on the day it leaves."""
    return departure + timedelta(days=1 if mode in ("", Mode.SEA) else 0)


def why_not_arrival(arrival: date, departure: date | None, mode: str, today: date) -> str:
    """The sentence about an arrival that does not follow the departure, or nothing."""
    if departure is None:
        return ""
    if arrival - departure > LONGEST_VOYAGE:
        return _("Enter the estimated arrival date, it is more than a year after %(day)s") % {
            "day": in_words(departure, today)
        }
    if arrival >= (earliest := earliest_arrival(departure, mode)):
        return ""
    if earliest > departure:
        return _("Enter the estimated arrival date, it must be after %(day)s") % {"day": in_words(departure, today)}
    return _("Enter the estimated arrival date, it must be %(day)s or later") % {"day": in_words(departure, today)}


def read(raw: Mapping[str, Any], choices: Choices) -> Reading:
    """How the goods travel, from where to which US port, in what, and how they are treated."""
    reading = Reading()
    mode = line(raw, "mode")
    if mode not in Mode.values:
        reading.problem("mode", _("Choose how the goods travel"), 14)
        mode = ""
    place, country = _loading(reading, raw)
    port = _port_of_entry(reading, line(raw, "port_of_entry"))
    if choices.time_frame:
        raw = {name: value for name, value in raw.items() if name not in PER_SHIPMENT}
    arrival = (
        None
        if choices.time_frame
        else date_answer(
            reading,
            raw,
            "arrival_on",
            missing=_arrival_missing(choices, mode),
            what=_("the estimated arrival date"),
            box=15,
            wrong=lambda day: why_not_arrival(day, choices.departure_on, mode, choices.today),
        )
    )
    treatment, described = _treatment(reading, raw)
    reading.values = {
        "mode": mode,
        "place_of_loading": place,
        "country_of_loading": country,
        "port_of_entry": f"{port.name}, {port.state}" if port else "",
        "port_code": port.code if port else "",
        "arrival_on": arrival,
        "carrier": short(reading, "carrier", line(raw, "carrier"), MOST, _("The carrier"), 14),
        "vessel": short(reading, "vessel", line(raw, "vessel"), MOST, _("Vessel and voyage, flight or plate"), 14),
        "containers": _containers(reading, raw),
        "transport_document": short(
            reading, "transport_document", line(raw, "transport_document"), 60,
            _("The number of the transport document"), 14,
        ),
        "treatment": treatment,
        "treatment_text": described,
    }  # fmt: skip
    return reading


def _loading(reading: Reading, raw: Mapping[str, Any]) -> tuple[str, str]:
    """Place and country; a place that the list knows once brings its country along."""
    typed, country = line(raw, "place_of_loading"), line(raw, "country_of_loading")
    missing = _("Enter the place where the goods are loaded")
    place = short(reading, "place_of_loading", typed, MOST, _("Place of loading"), 15, missing=missing)
    if place and not country and len(found := ports.search(place, limit=2)) == 1:
        return found[0].name, country_name(found[0].country)
    if not country:
        reading.problem("country_of_loading", _("Enter the country where the goods are loaded"), 15)
    elif country not in countries().values():
        reading.problem("country_of_loading", _("Choose the country of loading from the list"), 15)
        country = ""
    return place, country


def _arrival_missing(choices: Choices, mode: str) -> str:
    if choices.departure_on is None:
        return _("Enter the estimated arrival date")
    return why_not_arrival(choices.departure_on - timedelta(days=1), choices.departure_on, mode, choices.today)


def _port_of_entry(reading: Reading, typed: str) -> ports.PortOfEntry | None:
    """A port by its four digits, with or without the name behind them, or by a name that fits one port only: Portland is in Maine and in Oregon."""
    port = ports.port_of_entry(typed[:4])
    if port is None and typed:
        found = ports.search_ports_of_entry(typed, limit=4)
        if len(found) == 1:
            port = found[0]
        elif found:
            several = _("Choose the US port of entry. There are several: %(ports)s") % {
                "ports": "; ".join(each.label for each in found)
            }
            reading.problem("port_of_entry", several, 15)
            return None
    if port is None:
        reading.problem("port_of_entry", _("Choose the US port of entry"), 15)
    return port


def _containers(reading: Reading, raw: Mapping[str, Any]) -> list[dict[str, str]]:
    """Containers and seals; a number that cannot be right is kept as typed, with a hint beside it."""
    typed = raw.get("containers")
    if isinstance(typed, str):
        rows: list[Mapping[str, Any]] = [{"number": each} for each in re.split(r"[,;\n\r]+", typed)]
    else:
        rows = entries(raw, "containers")
    containers: dict[str, dict[str, str]] = {}
    for at, row in enumerate(rows):
        number, sealed = line(row, "number").upper(), line(row, "seal")
        seal = short(reading, f"containers-{at}-seal", sealed, 40, _("A seal"), 14)
        if number and not short(reading, f"containers-{at}-number", number, 30, _("A container number"), 14):
            continue
        if not number:
            if sealed:
                reading.problem(f"containers-{at}-number", _("Enter the number of the container with this seal"), 14)
            continue
        try:
            number = read_container(number)
        except ContainerError as error:
            reading.problem(f"containers-{at}-number", str(error), 14, hint=True)
        containers.setdefault(number, {"number": number, "seal": seal})
    if len(containers) > MOST_CONTAINERS:
        reading.problem("containers-0-number", _("Enter at most %(most)s containers") % {"most": MOST_CONTAINERS}, 14)
    return list(containers.values())[:MOST_CONTAINERS]


def _treatment(reading: Reading, raw: Mapping[str, Any]) -> tuple[str, str]:
    treatment, typed = line(raw, "treatment"), text(raw, "treatment_text")
    described = short(reading, "treatment_text", typed, 500, _("The description of the treatment"), 16)
    if treatment not in Treatment.values:
        reading.problem("treatment", _("Choose whether the goods are treated before they leave"), 16)
        return "", described
    if treatment == Treatment.OTHER and not typed:
        reading.problem("treatment_text", _("Describe the treatment: what is used, when and where"), 16)
    return treatment, described
