"""Several shipments in a time frame: allowed for the product, short enough, light enough, within what was granted."""

from django.utils.translation import gettext as _

from nopic.frames.policies import Terms, why_not_period
from nopic.presentation.words import kg
from nopic.requests.checks.finding import Finding, Moment
from nopic.requests.facts import Facts, LineFacts

SPECIFIED_PERIOD = "7 CFR 205.273"


def time_frame_has_an_end(facts: Facts, moment: Moment) -> list[Finding]:
    """A time frame has a last departure, not before its first."""
    request = facts.request
    if not facts.time_frame or request.departure_on is None:
        return []
    if request.last_departure_on is None:
        sentence = _("Enter the last departure")
    elif request.last_departure_on < request.departure_on:
        longest = Terms(10_000, facts.rules.time_frames.max_kg)
        sentence = why_not_period(request.departure_on, request.last_departure_on, longest, facts.today)
    else:
        return []
    inputs = {"first": str(request.departure_on), "last": str(request.last_departure_on)}
    return [
        Finding("time_frame_has_an_end", 17, "stop", sentence, sentence, inputs, field="departure#last_departure_on")
    ]


def time_frame_is_permitted(facts: Facts, line: LineFacts, moment: Moment) -> list[Finding]:
    """The certifier allows time frames for this product, on the terms that hold now; asked again at approval."""
    request, item = facts.request, line.line.item_id
    if not facts.time_frame or item is None:
        return []
    words = {"product": line.name, "certifier": facts.certifier}
    terms = facts.terms.get(item)
    if terms is None:
        sentence = _(
            "%(product)s: %(certifier)s has not permitted a time frame for it. Ask for permission, or choose one shipment"
        )
        staff = _("%(product)s: no permission for a time frame is in force. Grant one, or refuse the line")
        return [
            Finding("time_frame_is_permitted", 2, "stop", sentence % words, staff % words, {"item": item},
                    field=line.at("item"))
        ]  # fmt: skip
    found = []
    first, last, net = request.departure_on, request.last_departure_on, line.line.net_kg
    inputs = {
        "first": str(first), "last": str(last), "most_days": terms.max_days, "most_kg": str(terms.max_kg),
        "net_kg": str(net),
    }  # fmt: skip
    if first and last and last >= first and (wrong := why_not_period(first, last, terms, facts.today)):
        sentence = _("%(product)s: %(why)s") % {**words, "why": wrong}
        found.append(
            Finding("time_frame_is_permitted", 17, "stop", sentence, sentence, inputs,
                    field="departure#last_departure_on")
        )  # fmt: skip
    if net is not None and net > terms.max_kg:
        sentence = too_heavy_in_words(line.name, terms)
        found.append(Finding("time_frame_is_permitted", 10, "stop", sentence, sentence, inputs, field=line.at("net")))
    return found


def too_heavy_in_words(product: str, terms: Terms) -> str:
    """What is said of a weight above the terms."""
    return _("%(product)s: the time frame may be for %(kg)s kg or less") % {"product": product, "kg": kg(terms.max_kg)}


def no_time_frame_covers_it(facts: Facts, line: LineFacts, moment: Moment) -> list[Finding]:
    """A shipment that a time frame in force covers needs no certificate of its own: a note, never an error."""
    number = facts.own_frames.get(line.line.item_id or 0)
    if not number:
        return []
    words = {"product": line.name, "number": number}
    told = _("%(product)s: your certificate %(number)s covers this importer and day. Add the shipment there") % words
    staff = _("%(product)s: certificate %(number)s of the same exporter covers this importer and day") % words
    return [Finding("no_time_frame_covers_it", 2, "note", told, staff, {"number": number}, field=line.at("item"))]
