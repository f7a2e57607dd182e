"""Whether what is said of a truck was said before: the same one looks back at whoever records it a second time."""

from datetime import timedelta

from django.db.models import Q

from nopic.frames.actions.saying import Said
from nopic.frames.models import Allowance, Shipment
from nopic.frames.statuses import EntryKind, ShipmentStatus

NEAR = timedelta(days=7)  # a plate that brings the same lots again within a week is rather the same truck


def twins(allowance: Allowance, said: Said, *, but: Shipment | None = None) -> list[Shipment]:
    """The standing shipments that may be the one spoken of, newest first.

    Of a planned one (`but`) that leaves now only what has left by the same plate or document counts: that two planned
    trucks look alike was asked when the second one was recorded.
    """
    days = Q(departs_on__range=(said.departs_on - NEAR, said.departs_on + NEAR))
    mine = Shipment.objects.filter(certifier_id=allowance.certifier_id, allowance=allowance)
    standing = mine.exclude(status=ShipmentStatus.UNDONE).filter(days | ~Q(document=""))
    if but is not None:
        standing = standing.exclude(pk=but.pk).exclude(status=ShipmentStatus.PLANNED)
    named_only = but is not None
    return [one for one in standing.order_by("-number") if _same(one, said, named_only=named_only)]


def told_by(shipment: Shipment, said: Said, *, has_left: bool) -> bool:
    """Whether it was recorded in these very words: a double click, and no second truck from a page of before."""
    first = shipment.entries.get(certifier_id=shipment.certifier_id, sequence=1)
    return Said.of(first.said) == said and (first.kind == EntryKind.DEPART) == has_left


def _same(one: Shipment, said: Said, *, named_only: bool) -> bool:
    unit, paper = _plain(said.unit), _plain(said.document)
    their_unit, their_paper = _plain(one.unit), _plain(one.document)
    other_unit = bool(unit and their_unit and unit != their_unit)
    other_paper = bool(paper and their_paper and paper != their_paper)
    same_day, same_kg = one.departs_on == said.departs_on, one.kg == said.kg
    same_lots = {_plain(lot) for lot in one.lots} == {_plain(lot) for lot in said.lots}
    if paper and paper == their_paper:
        return not other_unit  # one transport document may cover several containers
    if unit and unit == their_unit:
        if same_day:
            return same_kg or same_lots
        return same_lots and bool(said.lots) and not other_paper and abs(one.departs_on - said.departs_on) <= NEAR
    return not named_only and same_day and same_kg and same_lots and not (other_unit or other_paper)


def _plain(text: str) -> str:
    return "".join(letter for letter in text.upper() if letter.isalnum())
