"""`/in/`: everything addressed to one importer or one broker, from any certifier."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from nopic.certificates.models import PublicRecord
from nopic.delivery import queries
from nopic.delivery.access import Reader, hand_out, hand_out_record, hand_out_registrys, may_download
from nopic.delivery.presenters import MOCK, as_csv, boxes, show
from nopic.delivery.views.frame import text_file
from nopic.oid.numbers import WrongFormat, read_certificate_number
from nopic.presentation.typed import whole
from nopic.tenants.access import PortalRequest, inbox_door
from nopic.tenants.context import organisation
from nopic.tenants.statuses import Role


def _whose(request: PortalRequest) -> dict[str, int | None]:
    member = request.inbox_of
    return {"importer_id": member.importer_id, "broker_id": member.broker_id}


def _search(typed: str) -> tuple[str, str]:
    """Digits (with their dashes) to look for in numbers, and a sentence about what was typed instead of a number."""
    if not typed.strip():
        return "", ""
    try:
        return read_certificate_number(typed), ""
    except WrongFormat as error:
        fragment = "".join(typed.split())
        if len(fragment) >= 3 and fragment.replace("-", "").isdecimal() and not _is_nop_id(fragment):
            return fragment, ""
        return "", str(error.sentence)


def _is_nop_id(text: str) -> bool:
    return len(text) == 10 and text.isdecimal()


def _chosen(request: PortalRequest) -> tuple[Any, dict[str, str], str]:
    """The records that the filters of the address leave, the filters, and what is wrong with the search."""
    wishes = {
        "state": request.GET.get("state", "") if request.GET.get("state") in queries.STATES else "",
        "arriving": request.GET.get("arriving", "") if request.GET.get("arriving") in queries.ARRIVING_DAYS else "",
        "q": request.GET.get("q", "")[:60],
    }
    digits, problem = _search(wishes["q"])
    records = queries.narrowed(queries.addressed_to(**_whose(request)), wishes, digits=digits)
    return (records.none() if problem else records), wishes, problem


@require_safe
@inbox_door(Role.IMPORTER, Role.BROKER)
def inbox(request: PortalRequest) -> HttpResponse:
    """The list, newest first, a page at a time."""
    records, wishes, problem = _chosen(request)
    before = whole(request.GET.get("before"))
    page = queries.page(records, before)
    filters = {name: value for name, value in wishes.items() if value}
    context = {
        "certificates": [show(record) for record in page.rows],
        "wishes": wishes,
        "filtered": bool(filters),
        "problem": problem,
        "csv_url": f"{reverse('inbox_csv')}?{urlencode(filters)}",
        "first_url": f"?{urlencode(filters)}" if before else "",
        "older_url": f"?{urlencode(filters | {'before': page.next_before})}" if page.next_before else "",
        "places": request.inbox_choices if len(request.inbox_choices) > 1 else [],
        "here": request.inbox_of,
    }
    return render(request, "delivery/inbox.html", context)


@require_safe
@inbox_door(Role.IMPORTER, Role.BROKER)
def inbox_csv(request: PortalRequest) -> HttpResponse:
    """The same list as a file, without pages."""
    records, _wishes, _problem = _chosen(request)
    return text_file(as_csv(records[: queries.MOST_EXPORTED]), "certificates.csv", "text/csv")


@require_safe
@inbox_door(Role.IMPORTER, Role.BROKER)
def inbox_certificate(request: PortalRequest, number: str) -> HttpResponse:
    """One certificate."""
    record = _one(request, number)
    context = {"shown": show(record, request.GET), "boxes": boxes(record), "mock": MOCK if settings.OID_IS_MOCK else ""}
    return render(request, "delivery/inbox_certificate.html", context)


@require_safe
@inbox_door(Role.IMPORTER, Role.BROKER, opens_door=False)
def inbox_pdf(request: PortalRequest, number: str) -> HttpResponseBase:
    """Its PDF."""
    record = record_of(request, number)
    if not record.file_sha256 or not may_download(record, Reader(**_whose(request))):
        raise Http404("no PDF")
    return hand_out(request, record)


@require_safe
@inbox_door(Role.IMPORTER, Role.BROKER, opens_door=False)
def inbox_shipments_pdf(request: PortalRequest, number: str) -> HttpResponseBase:
    """The dated record of its shipments."""
    with organisation(**_whose(request), actor=request.user):
        record = _one(request, number)
    if not record.record_sha256 or not may_download(record, Reader(**_whose(request))):
        raise Http404("no record of shipments")
    return hand_out_record(request, record)


@require_safe
@inbox_door(Role.IMPORTER, Role.BROKER, opens_door=False)
def inbox_registrys_pdf(request: PortalRequest, number: str) -> HttpResponseBase:
    """The registry's own PDF."""
    with organisation(**_whose(request), actor=request.user):
        record = _one(request, number)
    if not record.registry_sha256 or not may_download(record, Reader(**_whose(request))):
        raise Http404("no PDF of the registry")
    return hand_out_registrys(request, record)


@require_POST
@inbox_door(Role.IMPORTER, Role.BROKER)
def choose_inbox(request: PortalRequest) -> HttpResponse:
    """Work for another of one's own organisations from now on."""
    chosen = request.POST.get("inbox", "")
    if chosen not in {str(place.pk) for place in request.inbox_choices}:
        raise Http404("not one of this person's organisations")
    request.session["inbox"] = int(chosen)
    return redirect("inbox")


def record_of(request: PortalRequest, number: str) -> PublicRecord:
    """The record with this number that is addressed to the reader, or 404; opens their door itself."""
    with organisation(**_whose(request), actor=request.user):
        return _one(request, number)


def _one(request: PortalRequest, number: str) -> PublicRecord:
    record: PublicRecord | None = queries.addressed_to(**_whose(request)).filter(number=number).first()
    if record is None:
        raise Http404("not addressed to this organisation")
    return record
