"""The steps of the form: every POST saves what was typed, whatever is wrong with it.

Then the form goes on, also when answers are still missing: the request's page and the last step list them. It stays,
with 422, when something that was typed cannot be right, or when an answer makes a question necessary that the page did
not ask; from there a link goes on without mending.
"""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from exporters.forms import goods, journey
from exporters.forms.fields import Writer, summary
from exporters.forms.typed import typed
from exporters.presenters.clock import classes
from exporters.views import merging
from exporters.views.acting import answering, filing_door
from exporters.views.frame import after, frame, sent_meanwhile, step_url
from exporters.views.live import drawn
from exporters.views.loading import load_request
from exporters.views.two_tabs import contacts_of, two_tabs
from nopic.frames.policies import obstacles_to_ask
from nopic.presentation.typed import whole
from nopic.requests import actions, steps
from nopic.requests.checks import Finding, findings
from nopic.requests.models import CertificateRequest
from nopic.requests.policies import may_be_changed
from nopic.requests.statuses import Coverage, RequestStatus
from nopic.tenants.access import PortalRequest
from nopic.workflow.transitions import Overtaken, Refused

FORM_STEPS = ("departure", "importer", "products", "transport")


@require_http_methods(["GET", "POST"])
@filing_door
def request_step(request: PortalRequest, reference: str, step: str) -> HttpResponse:
    """Show or save one of the first four steps."""
    if step not in FORM_STEPS:
        raise Http404
    asked = load_request(request, reference)
    if not may_be_changed(asked, request.user):
        return sent_meanwhile(request, asked)
    if request.method == "POST":
        return _save(request, asked, step)
    return _page(request, asked, step, asked.raw.get(step, {}), findings(asked, moment="draft"))


def _problems(found: list[Finding], step: str) -> list[steps.Problem]:
    """What the rules say about a saved step: what cannot be read, and what cannot be right beside everything else."""
    return [
        steps.Problem(one.field.partition("#")[2], one.sentence, one.box, not one.is_stop)
        for one in found
        if one.step == step
    ]


def _save(request: PortalRequest, asked: CertificateRequest, step: str) -> HttpResponse:
    raw = typed(request.POST)
    go = request.POST.get("go", "continue")
    anchor = _change(raw, step, go)
    try:
        actions.revise(
            request=asked, step=step, raw=raw, revision=whole(request.POST.get("revision")) or 0, by=request.user
        )
    except Overtaken:
        if not may_be_changed(asked, request.user):
            return sent_meanwhile(request, asked)
        return two_tabs(request, asked, step, raw)
    here = step_url(request, asked.reference, step)
    if go.startswith(merging.MERGE):
        return merging.merge(request, asked, asked.revision)
    if go == "later":
        messages.success(request, _("Saved. You can go on at any time."))
        return redirect("request_hub", certifier=request.certifier.slug, reference=asked.reference)
    if go == "supplier":
        return redirect("supplier", certifier=request.certifier.slug, reference=asked.reference)
    if anchor is not None:
        return redirect(f"{here}{anchor}")
    found = findings(asked, moment="draft")
    stops = [one for one in _problems(found, step) if not one.hint]
    if any(_stays(one, step, request.POST) for one in stops):
        return _page(request, asked, step, asked.raw[step], found, status=422)
    if asked.status == RequestStatus.QUESTIONS_OPEN:
        return redirect(answering(request), certifier=request.certifier.slug, reference=asked.reference)
    if stops:
        messages.info(request, _("Saved. What is still missing is listed on the last step."))
    return redirect(step_url(request, asked.reference, after(step)))


def _stays(problem: steps.Problem, step: str, post: Mapping[str, str]) -> bool:
    """Whether a problem is about something typed, or about a question that the page did not have yet."""
    if problem.field in post:
        return bool(post[problem.field].strip())
    return problem.field not in journey.RADIOS.get(step, ())  # of radios nothing is posted until one is chosen


def _change(raw: dict[str, Any], step: str, go: str) -> str | None:
    """Buttons that change the form itself: add or remove a product, a lot, a container, or use what is left.

    Returns the anchor to show afterwards, or None when no such button was pressed.
    """
    verb, _colon, rest = go.partition(":")
    lines = raw.setdefault("lines", []) if step == "products" else []
    if verb == "add-line":
        lines.append({})
        return f"#lines-{len(lines) - 1}-item"
    if verb == "add-container":
        raw.setdefault("containers", []).append({"number": ""})
        return f"#containers-{len(raw['containers']) - 1}-number"
    if verb == "put-back" and step == "products":
        raw["put_back"] = rest
        return f"#lines-{len(lines)}-item"
    at, _colon, value = rest.partition(":")
    index = whole(at)
    if index is None or index >= len(lines):
        return None
    line = lines[index]
    if verb == "remove-line":
        line["remove"] = "1"
        return "#removed"
    if verb == "add-lot":
        line.setdefault("lots", []).append({"code": ""})
        return f"#lines-{at}-lots-{len(line['lots']) - 1}-code"
    if verb == "remove-lot":
        gone, rows = whole(value), line.get("lots", [])
        line["lots"] = [row for place, row in enumerate(rows) if place != gone]
        return f"#lines-{at}-lots-0-code"
    if verb == "use":
        line["net"], line["unit"] = value, "kg"
        return f"#lines-{at}-net"
    return None


def _page(
    request: PortalRequest,
    asked: CertificateRequest,
    step: str,
    raw: Mapping[str, Any],
    found: list[Finding],
    status: int = 200,
) -> HttpResponse:
    problems = _problems(found, step)
    context = frame(request, asked, step, found)
    context["next"] = step_url(request, asked.reference, after(step))
    contacts = contacts_of(asked) if step == "importer" else []
    if step == "importer":
        raw = journey.importer_defaults(raw, contacts[0] if len(contacts) == 1 else None)
    write = Writer(raw, problems)
    if step == "departure":
        picture = context["ruler"]
        context["fields"] = journey.departure(
            write,
            certifier=request.certifier.name,
            lead_days=context["rules"].lead_days,
            late=bool(picture and picture.late),
            classes=classes(asked, context["policy"]),
            terms=steps.choices("departure", asked, rules=context["rules"]).terms,
        )
        context["may_ask"] = not obstacles_to_ask(context["rules"])
    elif step == "importer":
        context["choose"], context["new"], context["to"] = journey.importer(write, contacts, context["zone"])
        context["importer"] = asked.importer
    elif step == "transport":
        context["way"], context["containers"], context["rest"] = journey.transport(
            write, several=asked.coverage == Coverage.TIME_FRAME
        )
        context["ports"] = journey.port_options()
    else:
        known, context["merges"] = steps.choices(step, asked), merging.offered(asked)
        weighed = drawn(asked, raw)
        context["cards"] = goods.cards(write, known, weighed)
        context["receive"] = goods.receives(weighed, context["cards"])
        context["removed"] = goods.removed(asked.raw.get(step, {}), known)
    context["problems"] = summary(problems, journey.RADIOS.get(step, ()))
    context["has_errors"] = status == 422
    return render(request, f"exporters/steps/{step}.html", context, status=status)


@require_http_methods(["GET", "POST"])
@filing_door
def supplier(request: PortalRequest, reference: str) -> HttpResponse:
    """Add somebody from whom lots are bought."""
    asked = load_request(request, reference)
    problems: list[steps.Problem] = []
    if request.method == "POST":
        try:
            actions.add_supplier(
                exporter=asked.exporter,
                name=request.POST.get("supplier-name", ""),
                nop_id=request.POST.get("supplier-nop_id", ""),
                certifier_name=request.POST.get("supplier-certifier_name", ""),
                same_certifier=request.POST.get("supplier-same", "") == "yes",
                by=request.user,
            )
            return redirect(step_url(request, reference, "products"))
        except Refused as refusal:
            problems = [steps.Problem(one.field.partition("#")[2], one.sentence, one.box) for one in refusal.findings]
    write = Writer({name: value for name, value in request.POST.items() if isinstance(value, str)}, problems)
    context = {
        "asked": asked,
        "fields": journey.supplier(write, certifier=request.certifier.name),
        "problems": summary(problems, ("supplier-same",)),
        "has_errors": bool(problems),
    }
    return render(request, "exporters/steps/supplier.html", context, status=422 if problems else 200)
