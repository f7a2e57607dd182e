"""One file: seen as the reviewer sees it, replaced, removed, and its original handed out."""

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from exporters.views.filing import closed, count_anew, door, receive
from exporters.views.frame import frame
from exporters.views.loading import load_request
from nopic.certificates import actions as certificates
from nopic.certificates import policies
from nopic.delivery.access import handed_out
from nopic.documents import files
from nopic.documents.acceptance import KINDS, OFFICE_ONLY, NotAccepted, accept_of
from nopic.documents.models import Document, PageImage
from nopic.requests import queries
from nopic.requests.models import CertificateRequest
from nopic.requests.slots import Opening, SlotView, opening
from nopic.tenants.access import PortalRequest
from nopic.tenants.context import tenant
from nopic.workflow.transitions import Overtaken


def _document(request: PortalRequest, reference: str, document_id: int) -> tuple[CertificateRequest, Document]:
    asked = load_request(request, reference)
    mine = Document.objects.filter(certifier=request.certifier, dossier_id=asked.dossier_id)
    found = mine.exclude(rule__in=OFFICE_ONLY).filter(pk=document_id).first()
    if found is None:
        raise Http404
    return asked, found


@require_http_methods(["GET", "HEAD", "POST"])
@door
def document(request: PortalRequest, reference: str, document_id: int) -> HttpResponse:
    """See a file as the reviewer sees it: its pages as pictures or as text and tables. While its row is open it can be replaced or removed."""
    with tenant(request.certifier, request.user):
        asked, found = _document(request, reference, document_id)
        slot = _slot_of(asked, found)
        if request.method != "POST":
            return _document_page(request, asked, found, slot)
        if request.POST.get("go") == "remove":
            return _removed(request, asked, found)
    upload = request.FILES.get("file")
    name, error, status = slot.name if slot else found.name, "", 422
    newer = found
    if upload is None:
        error = _("Choose the file: %(document)s") % {"document": name}
    elif slot is None:
        error, status = closed(name), 409
    else:
        try:
            newer = receive(request, asked, slot, found.kind, upload, replaces=found.pk)
        except NotAccepted as refusal:
            error, status = refusal.sentence(name), refusal.status
        except Overtaken:
            error, status = closed(name), 409
    with tenant(request.certifier, request.user):
        asked, found = _document(request, reference, document_id)
        if error:
            return _document_page(request, asked, found, slot, error, status)
        count_anew(request, asked)
    return redirect("document", certifier=request.certifier.slug, reference=reference, document_id=newer.pk)


def _slot_of(asked: CertificateRequest, found: Document) -> SlotView | None:
    """The row a file is in, if the list still has it."""
    return next((s for s in queries.documents(asked) if (s.rule, s.subject) == (found.rule, found.subject)), None)


def _removed(request: PortalRequest, asked: CertificateRequest, found: Document) -> HttpResponse:
    try:
        certificates.take_paper_off(request=asked, document=found, by=request.user)
        count_anew(request, asked)
        messages.success(request, _("%(name)s was removed.") % {"name": found.name})
    except Overtaken:
        messages.error(request, closed(found.name))
    return redirect("request_documents", certifier=request.certifier.slug, reference=asked.reference)


def _document_page(
    request: PortalRequest,
    asked: CertificateRequest,
    found: Document,
    slot: SlotView | None,
    error: str = "",
    status: int = 200,
) -> HttpResponse:
    now = opening(slot, asked, certified=policies.is_certified(asked)) if slot else Opening()
    context = frame(request, asked, "documents") | {
        "document": found,
        "slot": slot,
        "pages": list(
            found.pages.filter(certifier=request.certifier)
            .order_by("number")
            .only("number", "width", "height", "sha256", "blocks")
        ),
        "may_replace": now.may_replace(found),
        "may_remove": now.takes_off and found.removed_at is None,
        "accept": accept_of(slot.accepts if slot and slot.accepts else KINDS),
        "error": error,
        "problems": [(error, "file")] if error else [],
        "has_errors": bool(error),
    }
    return render(request, "exporters/steps/document.html", context, status=status)


@require_safe
@door
def original(request: PortalRequest, reference: str, document_id: int) -> FileResponse:
    """The uploaded bytes, unchanged, to be saved."""
    with tenant(request.certifier, request.user):
        _asked, found = _document(request, reference, document_id)
    return _hand_out(
        request, found.sha256, files.download_headers(found.name, found.media_type, found.size), area="documents"
    )


@require_safe
@door
def page_image(request: PortalRequest, reference: str, document_id: int, number: int) -> FileResponse:
    """One page as a picture that we drew ourselves."""
    with tenant(request.certifier, request.user):
        _asked, found = _document(request, reference, document_id)
        page = (
            PageImage.objects.filter(certifier=request.certifier, document=found, number=number)
            .exclude(sha256="")
            .first()
        )
    if page is None:
        raise Http404
    return _hand_out(request, page.sha256, files.picture_headers(page.sha256, 0), area="pages")


def _hand_out(request: PortalRequest, sha256: str, headers: dict[str, str], *, area: str) -> FileResponse:
    try:
        stream = files.open_verified(request.certifier.pk, sha256, area=area)
    except files.Damaged as damage:
        raise Http404(_("The stored file is damaged and is not handed out")) from damage
    return handed_out(stream, headers)
