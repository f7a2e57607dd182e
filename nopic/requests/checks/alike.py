"""Requests that look alike: near-identical ones, a container in two of them, and no lot's kilograms counted twice.

Nothing of it stops what was sent: a person looks at the other request. An exporter reads of its own requests only.
"""

from django.utils.translation import gettext as _

from nopic.presentation.words import day as in_words
from nopic.presentation.words import kg
from nopic.requests.beside import LotBeside, Other, plainly
from nopic.requests.checks.finding import Finding, Moment
from nopic.requests.facts import Facts, LineFacts
from nopic.requests.models import Lot
from nopic.requests.statuses import RequestStatus

TO_STAFF: tuple[Moment, ...] = ("approval", "issue")
OTHER_REQUESTS = frozenset({"is_not_there_twice", "travels_by_itself"})  # rules whose notes an exporter reads at once


def is_not_there_twice(facts: Facts, moment: Moment) -> list[Finding]:
    """Another request of the same exporter to the same importer, on the same day, in the same truck or container."""
    same = [each for each in _others(facts, moment) if _is_alike(facts, each) and each.units]
    if not same:
        return []
    other = same[0]
    sentence = _(
        "%(reference)s of %(day)s goes to the same importer in the same truck or container, %(unit)s: is this another one?"
    ) % {
        "reference": other.reference, "unit": ", ".join(other.units), "day": in_words(other.departure_on, facts.today),
    }  # fmt: skip
    return [
        Finding(
            "is_not_there_twice", 14, "note", sentence, sentence, field="transport#vessel",
            inputs={"others": [each.reference for each in same], "units": list(other.units)},
        )
    ]  # fmt: skip


def travels_by_itself(facts: Facts, moment: Moment) -> list[Finding]:
    """Its containers, seals and transport document are named by no other request; of the same day and exporter, said.

    A truck shared by importers is everyday. The same container on another day, or a paper of somebody else, may be goods
    that are certified twice, or a wrong digit.
    """
    found = []
    for other in _others(facts, moment):
        if _is_alike(facts, other) and other.units:
            continue  # the rule above
        own = other.exporter_id == facts.request.exporter_id
        everyday = own and other.departure_on == facts.request.departure_on
        words = {
            "shared": other.shared,
            "reference": other.reference,
            "day": in_words(other.departure_on, facts.today),
            "importer": other.importer or _("no importer yet"),
        }
        staff = _("%(shared)s is in %(reference)s too, which leaves on %(day)s for %(importer)s") % words
        if not own:
            staff = (
                _("%(shared)s is in %(reference)s of another exporter, which leaves on %(day)s for %(importer)s")
                % words
            )
        elif everyday and moment not in TO_STAFF:
            continue  # the exporter knows who shares the truck
        sentence = staff
        if not own:
            sentence = _("%(shared)s is named in another request: is the number right?") % words
        elif not everyday:
            sentence = _("%(shared)s is in %(reference)s of %(day)s as well: is the number right?") % words
        found.append(
            Finding(
                "travels_by_itself", 14, "question" if moment in TO_STAFF and not everyday else "note", sentence, staff,
                field="transport#vessel",
                inputs={"others": [other.reference], "shared": [*other.units, *other.papers]},
            )
        )  # fmt: skip
    return found


def lots_are_not_counted_twice(facts: Facts, moment: Moment) -> list[Finding]:
    """A lot that another request names as well, on the same day in the same truck or container: shared, or typed again.

    Several importers may share a lot, each with its own kilograms; where a side that can still be typed does not say how
    many, that stops. What was sent cannot be typed any more, so of that it is only said, and a reviewer is asked. The same
    kilograms to the same importer look like the same goods: said, as people may know better.
    """
    return [
        _shared_lot(facts, line, at, lot, other, moment)
        for line in facts.lines
        for at, lot in enumerate(line.lots)
        for other in facts.beside.lots
        if (other.item_id, other.code) == (line.line.item_id, plainly(lot.code))
        and not (moment in TO_STAFF and other.status == RequestStatus.DRAFT)
    ]


def _shared_lot(facts: Facts, line: LineFacts, at: int, lot: Lot, other: LotBeside, moment: Moment) -> Finding:
    mine, theirs = line.kg_of(lot), other.kg
    words = {
        "lot": lot.code, "reference": other.reference, "product": line.name,
        "kg": kg(theirs) if theirs is not None else _("no weight"), "mine": kg(mine) if mine is not None else _("no weight"),
    }  # fmt: skip
    stops = mine is None or (theirs is None and other.status == RequestStatus.DRAFT)
    twice = other.importer_id == facts.request.importer_id and mine == theirs
    if stops:
        sentence = _(
            "%(product)s: lot %(lot)s is in %(reference)s too, in the same truck or container. Enter its kilograms in both"
        )
    elif theirs is None:
        sentence = _(
            "%(product)s: lot %(lot)s is in %(reference)s too, which was sent without its kilograms. Enter here only the kilograms of this request"
        )
    elif twice:
        sentence = _(
            "%(product)s: lot %(lot)s with %(kg)s kg is in %(reference)s already, for the same importer in the same truck or container. If it is the same goods, remove it here or there"
        )
    else:
        sentence = _(
            "%(product)s: lot %(lot)s is in %(reference)s too, with %(kg)s kg. Enter here only the kilograms of this request"
        )
    staff = _(
        "Lot %(lot)s is in %(reference)s too, in the same truck or container. Kilograms there: %(kg)s. Here: %(mine)s"
    )
    if moment in TO_STAFF:
        stops = False
    asks = moment in TO_STAFF and (twice or mine is None or theirs is None)
    return Finding(
        "lots_are_not_counted_twice", 12, "stop" if stops else "question" if asks else "note", sentence % words,
        staff % words, {"lot": lot.code, "others": [other.reference]}, field=line.at(f"lots-{at}-kg"),
        line_id=line.line.pk,
    )  # fmt: skip


def _others(facts: Facts, moment: Moment) -> list[Other]:
    """What a reader of this moment may know of: staff of nothing that is not sent, exporters of their own requests."""
    if moment in TO_STAFF:
        return [each for each in facts.beside.others if each.status != RequestStatus.DRAFT]
    return [each for each in facts.beside.others if each.exporter_id == facts.request.exporter_id]


def _is_alike(facts: Facts, other: Other) -> bool:
    request = facts.request
    return (other.exporter_id, other.importer_id, other.departure_on) == (
        request.exporter_id, request.importer_id, request.departure_on,
    ) and request.importer_id is not None  # fmt: skip
