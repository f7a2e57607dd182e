"""The documents step: files and answers row by row, seeing a file, and handing its original out."""

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from exporters.views.loading import load_request
from exporters.views.steps import after, frame, step_url
from nopic.documents import actions as documents
from nopic.documents import files
from nopic.documents.acceptance import NotAccepted
from nopic.documents.models import Document, PageImage
from nopic.requests import actions, queries
from nopic.requests.models import CertificateRequest
from nopic.requests.slots import DOES_NOT_APPLY, LATER, SlotView
from nopic.requests.statuses import OPEN_REQUEST, RequestStatus
from nopic.tenants.access import PortalRequest, certifier_door
from nopic.tenants.context import tenant
from nopic.tenants.statuses import EXPORTERS
from nopic.workflow.transitions import Overtaken, Refused

ACCEPT = "application/pdf,image/jpeg,image/png"
KINDS = {"final": gettext_lazy("Final"), "draft": gettext_lazy("Draft"), "booking": gettext_lazy("Booking")}
door = certifier_door(*sorted(EXPORTERS), opens_tenant=False)


@require_http_methods(["GET", "POST"])
@door
def request_documents(request: PortalRequest, reference: str) -> HttpResponse:
    """The document list; one POST carries files, answers and removals of any number of rows."""
    with tenant(request.certifier, request.user):
        asked = load_request(request, reference)
        slots = queries.documents(asked)
    said: dict[str, list[str]] = {}
    status = 200
    if request.method == "POST":
        said, status = _keep(request, asked, slots)
        if said and request.headers.get("HX-Request"):
            status = 422  # the one refusal that htmx swaps in
        go = request.POST.get("go", "continue")
        if not said:
            target = step_url(request, reference, after("documents") if go == "continue" else "documents")
            if go == "later":
                return redirect("request_hub", certifier=request.certifier.slug, reference=reference)
            return redirect(target)
    with tenant(request.certifier, request.user):
        asked = load_request(request, reference)
        return _page(request, asked, said, status)


def _keep(
    request: PortalRequest, asked: CertificateRequest, slots: Iterable[SlotView]
) -> tuple[dict[str, list[str]], int]:
    """Do what was posted, row by row; returns what to say at which row, and the status. Bytes come first, outside
    any transaction."""
    said: dict[str, list[str]] = {}
    status = 200
    for slot in slots:
        kind = request.POST.get(f"kind-{slot.anchor}", "")
        uploads = request.FILES.getlist(f"file-{slot.anchor}")
        if uploads and slot.kinds and kind not in slot.kinds:
            said[slot.anchor] = [
                _("%(document)s: say which one it is, then choose the file again") % {"document": slot.name}
            ]
            status = max(status, 422)
            continue
        for upload in uploads:
            name = slot.name if len(uploads) == 1 else f"{slot.name}, {(upload.name or '')[:60]}"
            try:
                _receive(request, asked, slot, kind, upload)
            except NotAccepted as refusal:
                said.setdefault(slot.anchor, []).append(refusal.sentence(name))
                status = max(status, refusal.status)
            except Overtaken:
                said.setdefault(slot.anchor, []).append(_closed(name))
                status = max(status, 409)
    with tenant(request.certifier, request.user):
        fresh = load_request(request, asked.reference)
        for slot in slots:
            try:
                _answer(request, fresh, slot)
            except Refused as refusal:
                said.setdefault(slot.anchor, []).extend(one.sentence for one in refusal.findings)
                status = max(status, 422)
            except Overtaken:
                said.setdefault(slot.anchor, []).append(_closed(slot.name))
                status = max(status, 409)
        _count_anew(request, fresh)
    return said, status


def _closed(name: str) -> str:
    return _("%(document)s: the request was sent or the list changed meanwhile, so nothing was changed here") % {
        "document": name
    }


def _receive(
    request: PortalRequest,
    asked: CertificateRequest,
    slot: SlotView,
    kind: str,
    upload: UploadedFile,
    replaces: int | None = None,
) -> Document:
    return documents.receive(
        certifier=request.certifier,
        dossier=lambda: actions.open_slot(
            request=load_request(request, asked.reference), rule=slot.rule, subject=slot.subject
        ),
        slot=documents.Slot(slot.rule, slot.subject, kind if kind in slot.kinds else ""),
        upload=documents.Upload(upload, upload.name or "", upload.content_type or ""),
        by=request.user,
        replaces=replaces,
    )


def _answer(request: PortalRequest, asked: CertificateRequest, slot: SlotView) -> None:
    """Answers and removals of one row."""
    pressed = request.POST.get("go", "")
    for document in slot.files:
        if pressed == f"remove:{document.pk}":
            actions.open_slot(request=asked, rule=slot.rule, subject=slot.subject)
            documents.remove(document=document, by=request.user)
    answer = request.POST.get(f"answer-{slot.anchor}", "")
    if pressed == f"clear:{slot.anchor}":
        actions.clear_slot(request=asked, rule=slot.rule, subject=slot.subject, by=request.user)
    elif answer in (DOES_NOT_APPLY, LATER) and asked.status == RequestStatus.DRAFT:
        actions.answer_slot(
            request=asked,
            rule=slot.rule,
            subject=slot.subject,
            answer=answer,
            reason=request.POST.get(f"reason-{slot.anchor}", ""),
            by=request.user,
        )


def _page(
    request: PortalRequest, asked: CertificateRequest, said: dict[str, list[str]], status: int = 200
) -> HttpResponse:
    slots = queries.documents(asked)
    rows = [
        {
            "slot": slot,
            "errors": said.get(slot.anchor, []),
            "kinds": [(kind, KINDS.get(kind, kind)) for kind in slot.kinds],
            "kind": request.POST.get(f"kind-{slot.anchor}", ""),
            "mark": {"received": "received", "later": "later", "not_needed": "not_needed", "refused": "refused"}.get(
                slot.state, "missing"
            ),
            "reason": request.POST.get(f"reason-{slot.anchor}", slot.answer.reason if slot.answer else ""),
        }
        for slot in slots
    ]
    context: dict[str, Any] = frame(request, asked, "documents") | {
        "now": [row for row in rows if row["slot"].must_before_sending],  # type: ignore[attr-defined]
        "later": [row for row in rows if not row["slot"].must_before_sending],  # type: ignore[attr-defined]
        "todo": [slot for slot in slots if not slot.is_complete],
        "ready": sum(slot.is_complete for slot in slots if slot.must_before_sending),
        "accept": ACCEPT,
        "problems": [(text, f"file-{anchor}") for anchor, texts in said.items() for text in texts],
        "is_draft": asked.status == RequestStatus.DRAFT,
        "waits": asked.status in OPEN_REQUEST,
        "has_errors": bool(said),
    }
    return render(request, "exporters/steps/documents.html", context, status=status)


def _document(request: PortalRequest, reference: str, document_id: int) -> tuple[CertificateRequest, Document]:
    asked = load_request(request, reference)
    found = Document.objects.filter(certifier=request.certifier, dossier_id=asked.dossier_id, pk=document_id).first()
    if found is None:
        raise Http404
    return asked, found


@require_http_methods(["GET", "HEAD", "POST"])
@door
def document(request: PortalRequest, reference: str, document_id: int) -> HttpResponse:
    """See a file as the reviewer sees it: its pages as pictures. While its row is open it can be replaced or removed."""
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
        error, status = _closed(name), 409
    else:
        try:
            newer = _receive(request, asked, slot, found.kind, upload, replaces=found.pk)
        except NotAccepted as refusal:
            error, status = refusal.sentence(name), refusal.status
        except Overtaken:
            error, status = _closed(name), 409
    with tenant(request.certifier, request.user):
        asked, found = _document(request, reference, document_id)
        if error:
            return _document_page(request, asked, found, slot, error, status)
        _count_anew(request, asked)
    return redirect("document", certifier=request.certifier.slug, reference=reference, document_id=newer.pk)


def _slot_of(asked: CertificateRequest, found: Document) -> SlotView | None:
    """The row a file is in, if the list still has it."""
    return next((s for s in queries.documents(asked) if (s.rule, s.subject) == (found.rule, found.subject)), None)


def _removed(request: PortalRequest, asked: CertificateRequest, found: Document) -> HttpResponse:
    try:
        actions.open_slot(request=asked, rule=found.rule, subject=found.subject)
        documents.remove(document=found, by=request.user)
        _count_anew(request, asked)
        messages.success(request, _("%(name)s was removed.") % {"name": found.name})
    except Overtaken:
        messages.error(request, _closed(found.name))
    return redirect("request_documents", certifier=request.certifier.slug, reference=asked.reference)


def _count_anew(request: PortalRequest, asked: CertificateRequest) -> None:
    """Note what the list misses now, if that changed; only a draft has a form to note it in."""
    missing = sum(not slot.is_complete for slot in queries.documents(asked))
    if asked.status == RequestStatus.DRAFT and asked.problems.get("documents") != missing:
        actions.revise(request=asked, step="documents", raw={}, revision=asked.revision, by=request.user)


def _document_page(
    request: PortalRequest,
    asked: CertificateRequest,
    found: Document,
    slot: SlotView | None,
    error: str = "",
    status: int = 200,
) -> HttpResponse:
    draft, waits = asked.status == RequestStatus.DRAFT, asked.status in OPEN_REQUEST
    context = frame(request, asked, "documents") | {
        "document": found,
        "slot": slot,
        "pages": list(
            found.pages.filter(certifier=request.certifier).order_by("number").only("number", "width", "height")
        ),
        "is_open": slot is not None and found.removed_at is None and (draft or (slot.may_follow and waits)),
        "accept": ACCEPT,
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
        page = PageImage.objects.filter(certifier=request.certifier, document=found, number=number).first()
    if page is None:
        raise Http404
    return _hand_out(request, page.sha256, files.picture_headers(page.sha256, 0), area="pages")


def _hand_out(request: PortalRequest, sha256: str, headers: dict[str, str], *, area: str) -> FileResponse:
    try:
        stream = files.open_verified(request.certifier.pk, sha256, area=area)
    except files.Damaged as damage:
        raise Http404(_("The stored file is damaged and is not handed out")) from damage
    response = FileResponse(stream)
    for name, value in headers.items():
        if name != "Content-Length":
            response[name] = value
    return response
