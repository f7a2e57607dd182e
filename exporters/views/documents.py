"""The documents step, and what follows after sending: files and answers, row by row."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from exporters.views.acting import answering
from exporters.views.filing import closed, count_anew, door, receive
from exporters.views.frame import after, frame, step_url
from exporters.views.loading import load_request
from nopic.certificates import actions as certificates
from nopic.certificates import policies
from nopic.documents.acceptance import KINDS as FILE_KINDS
from nopic.documents.acceptance import NotAccepted, accept_of
from nopic.documents.queries import current_templates
from nopic.requests import actions, queries
from nopic.requests.models import CertificateRequest
from nopic.requests.slots import DOES_NOT_APPLY, LATER, SlotView, opening
from nopic.requests.statuses import RequestStatus
from nopic.requests.steps.reading import day
from nopic.tenants.access import PortalRequest
from nopic.tenants.context import tenant
from nopic.tenants.policy import FILE_TYPES
from nopic.watch import queries as afterwards
from nopic.workflow.transitions import Overtaken, Refused

KINDS = {"final": gettext_lazy("Final"), "draft": gettext_lazy("Draft"), "booking": gettext_lazy("Booking")}


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
        of_row = bool(request.headers.get("HX-Request"))
        if said and of_row:
            status = 422  # the one refusal that htmx swaps in
        go = request.POST.get("go", "continue")
        if not said:
            target = step_url(request, reference, after("documents") if go == "continue" else "documents")
            if asked.status == RequestStatus.QUESTIONS_OPEN and not of_row:  # a row that sent itself stays on its page
                return redirect(answering(request), certifier=request.certifier.slug, reference=reference)
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
        if uploads and slot.kinds and kind not in slot.kinds and asked.status != RequestStatus.DRAFT:
            said[slot.anchor] = [
                _("%(document)s: say which one it is, then choose the file again") % {"document": slot.name}
            ]
            status = max(status, 422)
            continue
        for upload in uploads:
            name = slot.name if len(uploads) == 1 else f"{slot.name}, {(upload.name or '')[:60]}"
            try:
                receive(request, asked, slot, kind, upload)
            except NotAccepted as refusal:
                said.setdefault(slot.anchor, []).append(refusal.sentence(name))
                status = max(status, refusal.status)
            except Overtaken:
                said.setdefault(slot.anchor, []).append(closed(name))
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
                said.setdefault(slot.anchor, []).append(closed(slot.name))
                status = max(status, 409)
        for slot in queries.documents(fresh):
            asks = f"kind-{slot.anchor}" in request.POST or f"file-{slot.anchor}" in request.FILES
            if slot.without_kind and asks and request.POST.get("go") != "later":
                said.setdefault(slot.anchor, []).append(slot.sentence)
                status = max(status, 422)
        count_anew(request, fresh)
    return said, status


def _answer(request: PortalRequest, asked: CertificateRequest, slot: SlotView) -> None:
    """Answers and removals of one row."""
    pressed = request.POST.get("go", "")
    for document in slot.files:
        if pressed == f"remove:{document.pk}":
            certificates.take_paper_off(request=asked, document=document, by=request.user)
    answer = request.POST.get(f"answer-{slot.anchor}", "")
    if pressed == f"clear:{slot.anchor}":
        actions.clear_slot(request=asked, rule=slot.rule, subject=slot.subject, by=request.user)
    elif asked.status == RequestStatus.DRAFT and slot.kinds:
        kind = request.POST.get(f"kind-{slot.anchor}", "")
        actions.say_kind(request=asked, rule=slot.rule, subject=slot.subject, kind=kind, by=request.user)
    if answer in (DOES_NOT_APPLY, LATER) and asked.status == RequestStatus.DRAFT:
        actions.answer_slot(
            request=asked,
            rule=slot.rule,
            subject=slot.subject,
            answer=answer,
            reason=request.POST.get(f"reason-{slot.anchor}", ""),
            due_on=day(request.POST, f"due-{slot.anchor}"),
            by=request.user,
        )


def _page(
    request: PortalRequest, asked: CertificateRequest, said: dict[str, list[str]], status: int = 200
) -> HttpResponse:
    slots = queries.documents(asked)
    certified = policies.is_certified(asked)
    owed = policies.still_owed(slots) if certified else []
    due = {(one.rule, one.subject): one.due_on for one in afterwards.owed_of(asked)} if owed else {}
    forms = current_templates(asked.certifier_id)
    rows: list[dict[str, Any]] = [
        {
            "slot": slot,
            "open": (now := opening(slot, asked, certified=certified)),
            "replaceable": {file.pk for file in slot.files if now.may_replace(file)},
            "owed": slot in owed,
            "by": due.get((slot.rule, slot.subject)),
            "errors": said.get(slot.anchor, []),
            "kinds": [(kind, KINDS.get(kind, kind)) for kind in slot.kinds],
            "choices": [(kind, KINDS.get(kind, kind)) for kind in now.kinds],
            "kind": request.POST.get(f"kind-{slot.anchor}", ""),
            "mark": slot.state,
            "due": request.POST.get(f"due-{slot.anchor}", ""),
            "template": forms.get(slot.rule),
            "accept": accept_of(slot.accepts or FILE_KINDS),
            "takes_only": ", ".join(str(FILE_TYPES[one]) for one in slot.accepts),
            "reason": request.POST.get(f"reason-{slot.anchor}", slot.answer.reason if slot.answer else ""),
        }
        for slot in slots
    ]
    context: dict[str, Any] = frame(request, asked, "documents") | {
        "now": [row for row in rows if row["slot"].must_before_sending],
        "later": [row for row in rows if not row["slot"].must_before_sending],
        "todo": [slot for slot in slots if not slot.is_complete or slot in owed],
        "ready": sum(slot.is_complete for slot in slots if slot.must_before_sending),
        "problems": [(text, f"file-{anchor}") for anchor, texts in said.items() for text in texts],
        "is_draft": asked.status == RequestStatus.DRAFT,
        "takes": any(row["open"].adds for row in rows),
        "has_errors": bool(said),
    }
    return render(request, "exporters/steps/documents.html", context, status=status)
