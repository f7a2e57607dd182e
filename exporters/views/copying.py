"""A request like an earlier one: copy it, for another importer on the same truck as well, or keep it as a template.

A copy leads to one short page, "What is new today?", which always saves and then goes on to the documents.
"""

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from exporters.forms import today as news
from exporters.forms.fields import Writer, summary
from exporters.forms.typed import typed
from exporters.presenters.rows import address, step_address
from exporters.views.acting import filing_door
from exporters.views.frame import calendar, sent_meanwhile
from exporters.views.loading import load_request
from nopic.presentation.typed import whole
from nopic.presentation.words import day
from nopic.requests import actions, queries, steps
from nopic.requests.actions import copying
from nopic.requests.checks import findings
from nopic.requests.checks.alike import OTHER_REQUESTS
from nopic.requests.facts import policy_of
from nopic.requests.models import CertificateRequest, RequestTemplate
from nopic.requests.statuses import RequestStatus
from nopic.tenants.access import PortalRequest, exporter_door
from nopic.workflow.transitions import Overtaken, Refused


def key_of(posted: str) -> UUID | None:
    """The form's own key; None when somebody posts without the form."""
    try:
        return UUID(posted)
    except ValueError:
        return None


@require_http_methods(["GET", "POST"])
@exporter_door
def copy_request(request: PortalRequest, reference: str) -> HttpResponse:
    """Copy this request for another day, for another importer on the same truck, or keep it as a template."""
    source = load_request(request, reference)
    why_not = queries.why_not_start(source.exporter)
    go, problem = request.POST.get("go", "copy"), ""
    if request.method == "POST" and go == "template":
        try:
            kept = actions.keep_as_template(source=source, name=request.POST.get("name", ""), by=request.user)
            messages.success(request, _("“%(name)s” is kept as a template.") % {"name": kept})
            return redirect("request_templates", request.certifier.slug)
        except Refused as refused:
            problem = refused.findings[0].sentence
    elif request.method == "POST" and not why_not:
        started = actions.copy(
            source=source, by=request.user, key=key_of(request.POST.get("key", "")), same_truck=go == "truck"
        )
        return redirect(after_copy(started))
    context = {
        "found": source,
        "why_not": why_not,
        "key": uuid4(),
        "name": request.POST.get("name", ""),
        "problem": problem,
        "problems": [(problem, "name")] if problem else [],
        "has_errors": bool(problem),
        "back": address("request_hub", source),
    }
    return render(request, "exporters/copy.html", context, status=422 if request.method == "POST" else 200)


def after_copy(started: CertificateRequest) -> str:
    """Where a copy goes on: what is new today, or the importer when the truck is the same."""
    return step_address(started, "importer") if "departure" in started.raw else address("request_today", started)


@require_http_methods(["GET", "POST"])
@filing_door
def today(request: PortalRequest, reference: str) -> HttpResponse:
    """ "What is new today?": one POST that saves date, weights, lots, plate and document number, then the documents."""
    asked = load_request(request, reference)
    if asked.status != RequestStatus.DRAFT:
        return sent_meanwhile(request, asked)
    if request.method != "POST":
        return _page(request, asked, _stored(asked), [])
    raw, go = typed(request.POST), request.POST.get("go", "continue")
    if go == "add-container":
        raw.setdefault("containers", []).append({"number": ""})
    try:
        problems = actions.fill_in_today(
            request=asked, raw=raw, revision=whole(request.POST.get("revision")) or 0, by=request.user
        )
    except Overtaken:
        if asked.status != RequestStatus.DRAFT:
            return sent_meanwhile(request, asked)
        asked = load_request(request, reference)
        messages.info(
            request, _("The request was changed in another window. What you typed is below: compare it and save again.")
        )
        return _page(request, asked, {**_stored(asked), **raw, "lines": _merged(asked, raw)}, [], status=422)
    wrong = [one for one in problems if not one.hint and _stays(one, request)]
    if go == "add-container" or wrong:
        stops = [] if go == "add-container" else problems
        return _page(request, asked, _stored(asked), stops, status=422 if wrong and stops else 200)
    if any(not one.hint for one in problems):
        messages.info(request, _("Saved. What is still missing is listed on the last step."))
    return redirect("request_documents", certifier=request.certifier.slug, reference=asked.reference)


def _stays(problem: steps.Problem, request: PortalRequest) -> bool:
    """Whether a problem is about something typed on this page, or about the reason that it did not ask for yet."""
    if problem.field in request.POST:
        return bool(request.POST[problem.field].strip())
    return problem.field == "late_reason"


def _stored(asked: CertificateRequest) -> dict[str, Any]:
    """The answers of the three steps as they were typed, in one."""
    raw = [asked.raw.get(step, {}) for step in copying.TODAY_STEPS]
    return {**raw[0], **raw[2], "lines": raw[1].get("lines", [])}


def _merged(asked: CertificateRequest, raw: dict[str, Any]) -> list[dict[str, Any]]:
    stored = asked.raw.get("products", {}).get("lines", [])
    said = raw.get("lines", [])
    return [{**each, **(said[at] if at < len(said) else {})} for at, each in enumerate(stored)]


def _page(
    request: PortalRequest,
    asked: CertificateRequest,
    raw: dict[str, Any],
    problems: list[steps.Problem],
    status: int = 200,
) -> HttpResponse:
    write, known = Writer(raw, problems), steps.choices("products", asked)
    ruler = calendar(asked.departure_on, policy_of(request.certifier.pk))
    source = asked.copied_from
    days = (
        (source.arrival_on - source.departure_on).days if source and source.departure_on and source.arrival_on else None
    )
    hint = _("Empty: %(days)s days after the departure, as last time") % {"days": days} if days is not None else ""
    alike = [one for one in findings(asked, moment="draft") if one.rule in OTHER_REQUESTS]
    vessel, containers = news.truck(write, asked.mode)
    context = {
        "asked": asked,
        "source": source,
        "copied": [
            (box, step_address(asked, box.anchor.partition("#")[0]) + "#" + box.anchor.partition("#")[2])
            for box in queries.summary(asked)
            if box.number in (5, 6, 7, 13, 15, 16) and box.values and box.anchor
        ],
        "when": news.when(write, late=bool(ruler and ruler.late), hint=hint),
        "goods": news.goods(write, raw.get("lines", []), known),
        "vessel": vessel,
        "containers": containers,
        "alike": alike,
        "leaves": day(asked.departure_on) if asked.departure_on else "",
        "problems": summary(problems),
        "has_errors": status == 422 and bool(problems),
        "next": step_address(asked, "documents"),
    }
    return render(request, "exporters/today.html", context, status=status)


@require_safe
@exporter_door
def templates(request: PortalRequest) -> HttpResponse:
    """The templates of the company at the door, by name."""
    return _templates(request)


@require_POST
@exporter_door
def template(request: PortalRequest, template_id: int) -> HttpResponse:
    """Start from a template, rename it, or delete it, whichever button was pressed."""
    kept = get_object_or_404(
        _own(request).select_related("source__exporter", "source__certifier", "exporter__certifier"), pk=template_id
    )
    go = request.POST.get("go", "start")
    if go == "delete":
        actions.delete_template(template=kept, by=request.user)
        messages.success(request, _("“%(name)s” is deleted.") % {"name": kept.name})
    elif go == "rename":
        try:
            actions.rename_template(template=kept, name=request.POST.get("name", ""), by=request.user)
            messages.success(request, _("The template is called “%(name)s” now.") % {"name": kept.name})
        except Refused as refused:
            return _templates(request, wrong=(template_id, request.POST.get("name", ""), refused.findings[0].sentence))
    elif why_not := queries.why_not_start(kept.exporter):
        messages.info(request, f"{why_not}.")
    else:
        started = actions.start_from(template=kept, by=request.user, key=key_of(request.POST.get("key", "")))
        return redirect(after_copy(started))
    return redirect("request_templates", request.certifier.slug)


def _own(request: PortalRequest) -> Any:
    return RequestTemplate.objects.filter(certifier=request.certifier, exporter_id=request.exporter_id)


def _templates(request: PortalRequest, wrong: tuple[int, str, str] | None = None) -> HttpResponse:
    rows = [
        (
            each,
            wrong[1] if wrong and wrong[0] == each.pk else each.name,
            wrong[2] if wrong and wrong[0] == each.pk else "",
        )
        for each in _own(request).select_related("source").order_by("name")
    ]
    context = {
        "rows": rows,
        "key": uuid4(),
        "problems": [(wrong[2], f"name-{wrong[0]}")] if wrong else [],
        "has_errors": bool(wrong),
    }
    return render(request, "exporters/templates.html", context, status=422 if wrong else 200)
