"""Requests and certificates as rows of a list: what, how much, when, and where it is in the exporter's words."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from nopic.certificates import queries as certificates
from nopic.certificates.models import Certificate
from nopic.certificates.policies import said_left
from nopic.certificates.statuses import CertificateStatus
from nopic.presentation import words
from nopic.presentation.statuses import sentence
from nopic.requests.containers import units_in_words
from nopic.requests.models import CertificateRequest, RequestLine
from nopic.requests.queries import leaves_on
from nopic.requests.standing import entered
from nopic.requests.statuses import LineStatus, RequestStatus
from nopic.requests.steps import STEPS
from nopic.tenants.calendar import Office
from nopic.workflow.clock import now

READER = "exporter"


@dataclass(frozen=True)
class Row:
    """One request in a list."""

    reference: str
    url: str
    what: str
    route: str
    kg: str
    leaves: str
    state: str
    sentence: str
    is_draft: bool


@dataclass(frozen=True)
class CertificateRow:
    """One certificate in a list."""

    url: str
    what: str
    kg: str
    state: str
    sentence: str
    number: str
    to: str
    pdf_url: str
    reference: str
    request_url: str


def address(name: str, request: CertificateRequest, **more: object) -> str:
    """An exporter's address of a request."""
    return reverse(name, kwargs={"certifier": request.certifier.slug, "reference": request.reference, **more})


def step_address(request: CertificateRequest, step: str) -> str:
    """The address of one step of the form; it lies below the request's."""
    return f"{address('request_hub', request)}{step}/"


def lines_of(request: CertificateRequest) -> list[RequestLine]:
    """The standing lines, as `requests.queries.with_lines` loaded them."""
    found: list[RequestLine] = request.standing_lines  # type: ignore[attr-defined]
    return found


def product_of(line: RequestLine) -> str:
    """The wording of a line's product: as sent, or of a draft as it stands on the verified list now."""
    version = line.version or (next(iter(line.item.versions.all()), None) if line.item else None)
    return version.wording if version else _("Product %(n)s") % {"n": line.position}


def total(lines: Iterable[RequestLine]) -> Decimal:
    """Net kilograms of all lines together."""
    return sum((line.net_kg or Decimal(0) for line in lines), Decimal(0))


@dataclass(frozen=True)
class Said:
    """What a request says; of one that is being changed what was sent, not what is only typed."""

    names: list[str]
    kg: Decimal
    leaves: date | None
    places: tuple[str, str]
    units: str
    importer: str


def said(request: CertificateRequest, names: list[str], kg: Decimal, sent: Mapping[str, Any] | None) -> Said:
    """From the request with the names and kilograms of its lines, or from the snapshot of what was sent."""
    leaves = request.departed_on or leaves_on(request, sent)
    if sent is None:
        places, units = (request.place_of_loading, request.port_of_entry), units_of(request)
        return Said(names, kg, leaves, places, units, importer_of(request))
    lines, by, way = sent["lines"], sent["transport"], sent["route"]
    return Said(
        [line["wording"] for line in lines], sum((Decimal(line["net_kg"] or 0) for line in lines), Decimal(0)), leaves,
        (way["place_of_loading"], way["port_of_entry"]),
        units_in_words(by["mode"], by["vessel"] or "", [{**one, "seal": one["seal"] or ""} for one in by["containers"]]),
        sent["importer"]["name"],
    )  # fmt: skip


def _said(request: CertificateRequest) -> Said:
    """Of a request as `requests.queries.for_exporter` loaded it."""
    lines = lines_of(request)
    return said(request, [product_of(line) for line in lines], total(lines), getattr(request, "sent", None))


def goods(request: CertificateRequest) -> str:
    """`24,000 kg of White quinoa, pearled`, or the reference while nothing is filled in."""
    told = _said(request)
    if not told.kg:
        return _("request %(reference)s") % {"reference": request.reference}
    return _("%(kg)s kg of %(product)s") % {"kg": words.kg(told.kg), "product": what(told.names)}


def what(names: Sequence[str]) -> str:
    """The products of a request, two by name."""
    if len(names) < 3:
        return _(" and ").join(names)
    return _("%(first)s and %(n)s more products") % {"first": names[0], "n": len(names) - 1}


def state_of(
    request: CertificateRequest, issued: Sequence[Certificate], lines: Sequence[RequestLine], *, corrected: bool
) -> str:
    """The one word for a request, as the table of statuses knows it; of a decided one it follows its certificates."""
    if request.status == RequestStatus.DRAFT:
        if request.recalled_at:
            return "recalled"
        return "returned" if request.turn else "draft"
    if request.status == RequestStatus.IN_REVIEW and request.second_reasons:
        return "second_check"
    if request.status == RequestStatus.QUESTIONS_OPEN and corrected:
        return "correction"
    if request.status != RequestStatus.DECIDED:
        return request.status
    if any(one.status in certificates.UNDERWAY for one in issued):
        return "approved"
    if any(one.issued_at for one in issued):
        return "issued"
    return "refused" if lines and all(line.status == LineStatus.REFUSED for line in lines) else "decided"


def where(
    request: CertificateRequest,
    state: str,
    office: Office,
    *,
    issued: Sequence[Certificate] = (),
    points: int | None = None,
    since: date | None = None,
    reason: str = "",
) -> str:
    """The sentence under the status."""
    numbers = [one for one in issued if one.issued_at]
    last = max((one.issued_at for one in numbers if one.issued_at), default=None)
    zone = office.rules.time_zone
    moment_of_withdrawal = request.withdrawn_at
    promise = words.moment(request.decide_by, zone, words.city_of(zone)) if request.decide_by else ""
    is_overdue = bool(request.decide_by and request.decide_by < now())
    facts = {
        "done": sum(1 for step in STEPS if request.problems.get(step) == 0),
        "steps": len(STEPS),
        "points": ngettext("%(n)s point", "%(n)s points", points) % {"n": points} if points else "",
        "decision": promise,
        "promised": promise if is_overdue else "",
        "certificates": ngettext("%(n)s certificate", "%(n)s certificates", len(numbers)) % {"n": len(numbers)}
        if numbers
        else "",
        "reason": reason,
        "due": words.moment(request.questions_due_at, zone, words.city_of(zone)) if request.questions_due_at else "",
    }
    recalled = office.local(request.recalled_at).date() if request.recalled_at else None
    on = {"returned": since, "recalled": recalled, "issued": office.local(last).date() if last else None}.get(state)
    if state == RequestStatus.WITHDRAWN and moment_of_withdrawal:
        on = office.local(moment_of_withdrawal).date()
    return sentence("request", state, READER, **facts, day=words.day(on) if on else "")


def units_of(request: CertificateRequest) -> str:
    """Plate and containers of a request."""
    return units_in_words(request.mode, request.vessel, request.containers)


def importer_of(request: CertificateRequest) -> str:
    """The importer's name, as the exporter knows it."""
    return request.contact.name if request.contact else (request.importer.name if request.importer else "")


def tell_apart(request: CertificateRequest, sent: Mapping[str, Any] | None = None) -> str:
    """Departure, plate or container, and importer, in one line beside the reference; as it was sent, with a snapshot."""
    told = said(request, [], Decimal(0), sent)
    return " · ".join(filter(None, (words.day(told.leaves) if told.leaves else "", told.units, told.importer)))


def row(
    request: CertificateRequest,
    office: Office,
    *,
    issued: Sequence[Certificate] = (),
    points: int | None = None,
    since: date | None = None,
) -> Row:
    """A request of `with_entered` as its list shows it."""
    lines = lines_of(request)
    state = state_of(request, issued, lines, corrected=entered(request) is not None)
    told = _said(request)
    journey = _("%(place)s to %(port)s") % dict(zip(("place", "port"), told.places, strict=True))
    return Row(
        reference=request.reference,
        url=address("request_hub", request),
        what=what(told.names) if told.names else _("No product yet"),
        route=" · ".join(filter(None, (journey if all(told.places) else "", told.importer, told.units))),
        kg=words.kg(told.kg) if told.kg else "",
        leaves=words.day(told.leaves) if told.leaves else "",
        state=state,
        sentence=where(request, state, office, issued=issued, points=points, since=since),
        is_draft=request.status == RequestStatus.DRAFT,
    )


def certificate_row(certificate: Certificate, slug: str, office: Office, today: date) -> CertificateRow:
    """A certificate as its list shows it."""
    state = certificates.state(certificate, today)
    here = {"certifier": slug}
    pdf = reverse("certificate_pdf", kwargs={**here, "certificate": certificate.pk}) if certificate.rendered_at else ""
    version, request = certificate.line.version, certificate.request
    return CertificateRow(
        url=reverse("my_certificate", kwargs={**here, "certificate_id": certificate.pk}),
        what=version.wording if version else "",
        kg=words.kg(certificate.kilograms),
        state=state,
        sentence=certificate_sentence(certificate, state, office),
        number=certificate.number or "",
        to=certificate.importer.name,
        pdf_url=pdf,
        reference=request.reference,
        request_url=reverse("request_hub", kwargs={**here, "reference": request.reference}),
    )


def certificate_facts(certificate: Certificate, state: str, office: Office) -> dict[str, str]:
    """The days that the sentence of a certificate's state names."""
    request = certificate.request
    moment = certificate.issued_at
    if state == CertificateStatus.CANCELLED:
        moment = certificate.cancel_requested_at or certificate.cancelled_at
    elif state == CertificateStatus.SUPERSEDED:
        moment = certificate.superseded_at
    left = said_left(certificate) or request.departure_on
    left = {"used_up": certificate.used_up_on, "ended": request.last_departure_on}.get(state, left)
    return {
        "day": words.day(office.local(moment).date()) if moment else "",
        "date": words.full_day(left) if left else "",
        "kg": words.kg(certificate.line.net_kg) if certificate.line.net_kg else "",
    }


def certificate_sentence(certificate: Certificate, state: str, office: Office, reason: str = "") -> str:
    """The sentence under a certificate's state."""
    return sentence("certificate", state, READER, reason=reason, **certificate_facts(certificate, state, office))
