"""`/c/<token>/`: one consignment for whoever holds the link of the e-mail, without an account."""

import json

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from nopic.delivery import actions, links
from nopic.delivery.access import Reader, hand_out, hand_out_record, hand_out_registrys, may_download
from nopic.delivery.presenters import MOCK, as_csv, as_json, for_ace, show
from nopic.delivery.views.frame import open_to_everybody, text_file
from nopic.tenants.context import tenant

A_MINUTE = 60  # knocks from one network; a broker opens several consignments and their files


def _opened(request: HttpRequest, token: str) -> links.Opened:
    opened = links.find(token)
    if opened is None:
        raise Http404("no such link")
    if request.method == "GET":
        links.note_opening(opened)
    return opened


def _over(request: HttpRequest, *, sent: bool = False) -> HttpResponse:
    return render(request, "delivery/link_over.html", {"sent": sent, "home_url": "/v/"}, status=200 if sent else 410)


@require_http_methods(["GET", "HEAD", "POST"])
@open_to_everybody("consignment", most=A_MINUTE)
def consignment(request: HttpRequest, token: str) -> HttpResponse:
    """Every certificate of the consignment, its values to copy, its state now. POST sends a new link for an old one."""
    opened = _opened(request, token)
    if request.method == "POST":
        if not opened.is_over:
            return redirect(request.path)
        with tenant(opened.link.certifier_id):
            actions.send_new_link(link=opened.link)
        return _over(request, sent=True)
    if opened.is_over:
        return _over(request)
    records = opened.records
    context = {
        "certifier": records[0].certifier if records else None,
        "home_url": "/v/",
        "certificates": [show(record, request.GET) for record in records],
        "for_ace": for_ace(records),
        "mock": MOCK if settings.OID_IS_MOCK else "",
        "expires_at": opened.link.expires_at,
    }
    return render(request, "delivery/consignment.html", context)


@require_safe
@open_to_everybody("consignment", most=A_MINUTE)
def consignment_csv(request: HttpRequest, token: str) -> HttpResponse:
    """The consignment as CSV."""
    opened = _opened(request, token)
    if opened.is_over:
        return _over(request)
    return text_file(as_csv(opened.records), "certificates.csv", "text/csv")


@require_safe
@open_to_everybody("consignment", most=A_MINUTE)
def consignment_json(request: HttpRequest, token: str) -> HttpResponse:
    """The consignment as JSON."""
    opened = _opened(request, token)
    if opened.is_over:
        return _over(request)
    body = json.dumps([as_json(record, "importer") for record in opened.records], ensure_ascii=False)
    return text_file(body, "certificates.json", "application/json")


@require_safe
@open_to_everybody("consignment", most=A_MINUTE)
def consignment_pdf(request: HttpRequest, token: str, number: str) -> HttpResponseBase:
    """The PDF of one certificate of the consignment."""
    opened = _opened(request, token)
    if opened.is_over:
        return _over(request)
    reader = Reader(link_request_id=opened.link.request_id)
    for record in opened.records:
        if number == f"{record.number}-shipments" and record.record_sha256 and may_download(record, reader):
            return hand_out_record(request, record)
        if number == f"{record.number}-integrity" and record.registry_sha256 and may_download(record, reader):
            return hand_out_registrys(request, record)
        if record.number == number and record.file_sha256 and may_download(record, reader):
            return hand_out(request, record)
    raise Http404("no such certificate in this consignment")
