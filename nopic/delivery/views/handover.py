"""A certificate's e-mails and openings, and its PDF, for the staff of its certifier and for its exporter."""

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from nopic.certificates.models import Certificate, PublicRecord
from nopic.certificates.printed import marked_file
from nopic.delivery import actions, queries
from nopic.delivery.access import Reader, hand_out, hand_out_record, hand_out_registrys, hand_out_version, may_download
from nopic.delivery.mails.owing import recipients
from nopic.delivery.presenters import show
from nopic.requests.facts import policy_of
from nopic.tenants.access import PortalRequest, certifier_door
from nopic.tenants.context import tenant
from nopic.tenants.statuses import EXPORTERS, STAFF
from nopic.workflow.transitions import Overtaken

EVERYBODY = sorted(STAFF | EXPORTERS)


def _reader(request: PortalRequest) -> Reader:
    """Staff see every certificate of the certifier, exporters their own."""
    if request.roles & STAFF:
        return Reader(certifier_id=request.certifier.pk)
    return Reader(certifier_id=request.certifier.pk, exporter_id=request.exporter_id)


def certificate_of(request: PortalRequest, pk: int) -> Certificate:
    """A certificate that the person may read, or 404: staff any of their certifier, exporters their own."""
    reader = _reader(request)
    found = Certificate.objects.select_related("request__exporter", "request__submitted_by", "request__policy").filter(
        certifier_id=reader.certifier_id, pk=pk
    )
    if reader.exporter_id is not None or not request.roles & STAFF:
        found = found.filter(request__exporter_id=reader.exporter_id)
    certificate = found.first()
    if certificate is None:
        raise Http404("no such certificate")
    return certificate


@require_http_methods(["GET", "HEAD", "POST"])
@certifier_door(*EVERYBODY)
def handover(request: PortalRequest, certificate: int) -> HttpResponse:
    """Who was told what and when, what did not arrive, who opened the link; and send it again."""
    found = certificate_of(request, certificate)
    # Not by role alone: a sender of one company may be a mere member of the company they work for now.
    may_send = bool(request.roles & STAFF) or request.may_send
    if request.method == "POST":
        if not may_send:
            return render(request, "403.html", status=403)
        try:
            mail = actions.resend(certificate=found, recipient=request.POST.get("recipient", ""), by=request.user)
        except ValueError:
            raise Http404("no such recipient")
        except Overtaken:
            messages.warning(request, _("There is nothing to send yet: the certificate has no PDF."))
        else:
            messages.success(request, _("It is on its way to %(to)s.") % {"to": mail.to})
        return redirect(request.path)
    record = PublicRecord.objects.select_related("importer").filter(
        certifier_id=request.certifier.pk, certificate_id=found.pk
    )
    context = {
        "certificate": found,
        "shown": [show(one) for one in record],
        "deliveries": queries.deliveries(certifier_id=request.certifier.pk, certificate_id=found.pk),
        "recipients": list(recipients(found.request).items()) if found.rendered_at else [],
        "may_send": may_send,
        "back": f"/{request.certifier.slug}/"
        + (f"cases/{found.request.reference}/" if request.roles & STAFF else f"requests/{found.request.reference}/"),
        "reference": found.request.reference,
        "zone": policy_of(request.certifier.pk).rules.time_zone,
    }
    return render(request, "delivery/handover.html", context)


@require_safe
@certifier_door(*EVERYBODY, opens_tenant=False)
def certificate_pdf(request: PortalRequest, certificate: int) -> HttpResponseBase:
    """The PDF."""
    with tenant(request.certifier, request.user):
        pk = certificate_of(request, certificate).pk
        record = (
            PublicRecord.objects.select_related("certifier", "request")
            .filter(certifier_id=request.certifier.pk, certificate_id=pk)
            .first()
        )
    if record is None or not record.file_sha256 or not may_download(record, _reader(request)):
        raise Http404("no PDF yet")
    return hand_out(request, record)


@require_safe
@certifier_door(*EVERYBODY, opens_tenant=False)
def version_pdf(request: PortalRequest, certificate: int, version: int) -> HttpResponseBase:
    """The PDF of an earlier version, marked as one that a newer version took the place of."""
    with tenant(request.certifier, request.user):
        found = certificate_of(request, certificate)
        file = None
        if version < found.version:
            file = found.files.filter(certifier_id=found.certifier_id, version=marked_file(version)).first()
        record = (
            PublicRecord.objects.select_related("certifier")
            .filter(certifier_id=found.certifier_id, certificate_id=found.pk)
            .first()
        )
    if file is None or record is None:
        raise Http404("no PDF of this version")
    return hand_out_version(request, record, version, file)


@require_safe
@certifier_door(*EVERYBODY, opens_tenant=False)
def shipments_pdf(request: PortalRequest, certificate: int) -> HttpResponseBase:
    """The dated record of its shipments."""
    with tenant(request.certifier, request.user):
        pk = certificate_of(request, certificate).pk
        found = PublicRecord.objects.select_related("certifier", "request")
        record = found.filter(certifier_id=request.certifier.pk, certificate_id=pk).first()
    if record is None or not record.record_sha256 or not may_download(record, _reader(request)):
        raise Http404("no record of shipments yet")
    return hand_out_record(request, record)


@require_safe
@certifier_door(*EVERYBODY, opens_tenant=False)
def registrys_pdf(request: PortalRequest, certificate: int) -> HttpResponseBase:
    """The registry's own PDF."""
    with tenant(request.certifier, request.user):
        pk = certificate_of(request, certificate).pk
        found = PublicRecord.objects.select_related("certifier", "request")
        record = found.filter(certifier_id=request.certifier.pk, certificate_id=pk).first()
    if record is None or not record.registry_sha256 or not may_download(record, _reader(request)):
        raise Http404("no PDF of the registry")
    return hand_out_registrys(request, record)
