"""Several requests of one exporter a day: near-identical ones are pointed out, and none is held up by it."""

from django.utils.translation import gettext as _

from nopic.presentation.words import day as in_words
from nopic.requests.checks.finding import Finding, Moment
from nopic.requests.facts import Facts
from nopic.requests.models import CertificateRequest
from nopic.requests.statuses import OPEN_REQUEST, Mode, RequestStatus

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
