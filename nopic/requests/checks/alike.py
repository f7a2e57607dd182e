"""Several requests of one exporter a day: near-identical ones are pointed out, and no lot's kilograms are counted twice."""

from collections import Counter, defaultdict
from decimal import Decimal

from django.utils.translation import gettext as _

from nopic.presentation.words import day as in_words
from nopic.presentation.words import kg
from nopic.requests.checks.finding import Finding, Moment
from nopic.requests.facts import Facts
from nopic.requests.models import CertificateRequest, Lot
from nopic.requests.statuses import OPEN_REQUEST, Coverage, LineStatus, Mode, RequestStatus

MOST_LOTS = 400  # of one exporter's products that leave on one day
MOST = 20  # requests of one exporter to one importer that leave on one day


def transport_units(request: CertificateRequest) -> set[str]:
    """What the goods travel in: container numbers, and by road or rail the plate as well, without spaces."""
    units = {str(each.get("number", "")) for each in request.containers}
    if request.mode in (Mode.ROAD, Mode.RAIL):
        units.add(request.vessel)
    return {"".join(unit.split()).upper() for unit in units if unit.strip()}


def is_not_there_twice(facts: Facts, moment: Moment) -> list[Finding]:
    """Another open request of the same exporter to the same importer, on the same day, in the same truck or container."""
    request, mine = facts.request, transport_units(facts.request)
    if request.departure_on is None or request.importer_id is None or not mine:
        return []
    others = (
        CertificateRequest.objects.filter(
            certifier_id=request.certifier_id, exporter_id=request.exporter_id, importer_id=request.importer_id,
            departure_on=request.departure_on, status__in=(RequestStatus.DRAFT, *OPEN_REQUEST),
        )
        .exclude(pk=request.pk)
        .only("reference", "containers", "vessel", "mode", "certifier_id")
        .order_by("-pk")[:MOST]
    )  # fmt: skip
    same = [(each, sorted(both)) for each in others if (both := mine & transport_units(each))]
    if not same:
        return []
    other, shared = same[0]
    words = {
        "reference": other.reference,
        "unit": ", ".join(shared),
        "day": in_words(request.departure_on, facts.today),
    }
    sentence = _(
        "%(reference)s of %(day)s goes to the same importer in the same truck or container, %(unit)s: is this another one?"
    )
    return [
        Finding(
            "is_not_there_twice", 14, "note", sentence % words, sentence % words, field="transport#vessel",
            inputs={"others": [each.reference for each, _units in same], "units": shared},
        )
    ]  # fmt: skip


def lots_are_not_counted_twice(facts: Facts, moment: Moment) -> list[Finding]:
    """A lot that another request names as well, on the same day in the same truck or container: shared, or typed again.

    Several importers may share a lot, each with its own kilograms; where a side that can still be typed does not say how
    many, that stops. What was sent cannot be typed any more, so of that it is only said. The same kilograms to the same
    importer look like the same goods: said, as people may know better.
    """
    found = []
    known = _lots_beside(facts)
    for line in facts.lines:
        for at, lot in enumerate(line.lots):
            for other, theirs in known.get((line.line.item_id, _plain(lot.code)), []):
                mine = line.kg_of(lot)
                words = {
                    "lot": lot.code,
                    "reference": other.reference,
                    "product": line.name,
                    "kg": kg(theirs) if theirs is not None else "",
                }
                stops = mine is None or (theirs is None and other.status == RequestStatus.DRAFT)
                if stops:
                    sentence = _(
                        "%(product)s: lot %(lot)s is in %(reference)s too, in the same truck or container. Enter its kilograms in both"
                    )
                elif theirs is None:
                    sentence = _(
                        "%(product)s: lot %(lot)s is in %(reference)s too, which was sent without its kilograms. Enter here only the kilograms of this request"
                    )
                elif other.importer_id == facts.request.importer_id and mine == theirs:
                    sentence = _(
                        "%(product)s: lot %(lot)s with %(kg)s kg is in %(reference)s already, for the same importer in the same truck or container. If it is the same goods, remove it here or there"
                    )
                else:
                    sentence = _(
                        "%(product)s: lot %(lot)s is in %(reference)s too, with %(kg)s kg. Enter here only the kilograms of this request"
                    )
                found.append(
                    Finding(
                        "lots_are_not_counted_twice", 12, "stop" if stops else "note", sentence % words,
                        sentence % words, {"lot": lot.code, "other": other.reference},
                        field=line.at(f"lots-{at}-kg"), line_id=line.line.pk,
                    )
                )  # fmt: skip
    return found


_Beside = dict[tuple[int | None, str], list[tuple[CertificateRequest, Decimal | None]]]


def _lots_beside(facts: Facts) -> _Beside:
    """By product and lot: the exporter's other requests of the same day and truck or container that name it, and its kg.

    One statement. What stands in the place of a certificate has that one's lots, and a time frame names them later.
    """
    request, mine = facts.request, transport_units(facts.request)
    items = {line.line.item_id for line in facts.lines if line.line.item_id and line.lots}
    if request.departure_on is None or not mine or not items or facts.time_frame or request.replaces_id:
        return {}
    others = (
        Lot.objects.filter(
            certifier_id=request.certifier_id, line__item_id__in=items, line__removed=False,
            line__request__exporter_id=request.exporter_id, line__request__departure_on=request.departure_on,
            line__request__coverage=Coverage.SINGLE, line__request__replaces_id=None,
        )
        .exclude(line__request_id=request.pk)
        .exclude(line__request__status=RequestStatus.WITHDRAWN)
        .exclude(line__status__in=(LineStatus.REFUSED, LineStatus.WITHDRAWN))
        .select_related("line__request")
        .order_by("-pk")[:MOST_LOTS]
    )  # fmt: skip
    rows = list(others)
    alone = Counter(lot.line_id for lot in rows)  # a line of one lot is that lot
    found: _Beside = defaultdict(list)
    for lot in rows:
        if mine & transport_units(lot.line.request):
            weight = lot.line.net_kg if lot.kg is None and alone[lot.line_id] == 1 else lot.kg
            found[lot.line.item_id, _plain(lot.code)].append((lot.line.request, weight))
    return found


def _plain(code: str) -> str:
    return "".join(code.split()).upper()
