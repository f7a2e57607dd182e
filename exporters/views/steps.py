"""The steps of the form: every POST saves what was typed, whatever is wrong with it.

Then the form goes on, also when answers are still missing: the request's page and the last step list them. It stays,
with 422, when something that was typed cannot be right, or when an answer makes a question necessary that the page did
not ask; from there a link goes on without mending.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from exporters.forms import goods, journey
from exporters.forms.fields import Writer, summary
from exporters.forms.typed import flat, typed
from exporters.views import merging
from exporters.views.loading import load_request
from nopic.presentation.typed import whole
from nopic.presentation.words import moment
from nopic.requests import actions, queries, steps
from nopic.requests.checks import findings
from nopic.requests.facts import policy_of
from nopic.requests.models import CertificateRequest
from nopic.requests.statuses import RequestStatus
from nopic.tenants.access import PortalRequest, exporter_door
from nopic.tenants.calendar import Office
from nopic.tenants.models import ImporterContact
from nopic.workflow.clock import now
from nopic.workflow.transitions import Overtaken, Refused

FURTHEST = timedelta(days=800)  # a departure beyond it was mistyped; no calendar is drawn for it
FORM_STEPS = ("departure", "importer", "products", "transport")
TITLES = {
    "departure": gettext_lazy("Departure"),
    "importer": gettext_lazy("Importer"),
    "products": gettext_lazy("Products and quantities"),
    "transport": gettext_lazy("Transport"),
    "documents": gettext_lazy("Documents"),
    "check": gettext_lazy("Check and send"),
}


def step_url(request: PortalRequest, reference: str, step: str) -> str:
    """The address of a step of this request."""
    return f"/{request.certifier.slug}/requests/{reference}/{step}/"


def after(step: str) -> str:
    """The step that follows."""
    return steps.STEPS[min(steps.STEPS.index(step) + 1, len(steps.STEPS) - 1)]


def strip(asked: CertificateRequest, here: str) -> list[dict[str, Any]]:
    """The step strip: name, address part, whether it is done, and where we are."""
    short = {"products": _("Products"), "check": _("Check and send")}
    return [
        {
            "step": step,
            "title": short.get(step, TITLES[step]),
            "done": asked.problems.get(step) == 0,
            "here": step == here,
            "number": steps.STEPS.index(step) + 1,
        }
        for step in steps.STEPS
    ]


def frame(request: PortalRequest, asked: CertificateRequest, step: str) -> dict[str, Any]:
    """What every page of the form shows around its fields."""
    policy = policy_of(request.certifier.pk)
    today = Office(policy.rules).local(now()).date()
    ahead = asked.departure_on is not None and today <= asked.departure_on <= today + FURTHEST
    return {
        "asked": asked,
        "step": step,
        "title": TITLES[step],
        "strip": strip(asked, step),
        "ruler": queries.ruler(asked, policy) if ahead else None,
        "promise": queries.promise(policy, now()),
        "zone": policy.rules.time_zone,
        "rules": policy.rules,
        "saved_at": moment(asked.saved_at, policy.rules.time_zone),
        "lines": list(asked.lines.filter(removed=False).select_related("item")),
        "drawn": {},
    }


@require_http_methods(["GET", "POST"])
@exporter_door
def request_step(request: PortalRequest, reference: str, step: str) -> HttpResponse:
    """Show or save one of the first four steps."""
    if step not in FORM_STEPS:
        raise Http404
    asked = load_request(request, reference)
    if asked.status != RequestStatus.DRAFT:
        return sent_meanwhile(request, asked)
    if request.method == "POST":
        return _save(request, asked, step)
    return _page(request, asked, step, asked.raw.get(step, {}), _problems(asked, step))


def _problems(asked: CertificateRequest, step: str) -> list[steps.Problem]:
    """What the rules say about a saved step: what cannot be read, and what cannot be right beside everything else."""
    return [
        steps.Problem(one.field.partition("#")[2], one.sentence, one.box, not one.is_stop)
        for one in findings(asked, moment="draft")
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
        if asked.status != RequestStatus.DRAFT:
            return sent_meanwhile(request, asked)
        return _two_tabs(request, asked, step, raw)
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
    problems = _problems(asked, step)
    stops = [one for one in problems if not one.hint]
    if any(_stays(one, step, request.POST) for one in stops):
        return _page(request, asked, step, asked.raw[step], problems, status=422)
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
    verb, _dash, rest = go.partition(":")
    lines = raw.setdefault("lines", []) if step == "products" else []
    if verb == "add-line":
        lines.append({})
        return f"#lines-{len(lines) - 1}-item"
    if verb == "add-container":
        raw.setdefault("containers", []).append({"number": ""})
        return f"#containers-{len(raw['containers']) - 1}-number"
    at, _colon, value = rest.partition(":")
    index = whole(at)
    if index is None or index >= len(lines):
        return None
    line = lines[index]
    if verb == "remove-line":
        line["remove"] = "1"
        return ""
    if verb == "add-lot":
        line.setdefault("lots", []).append({"code": ""})
        return f"#lines-{at}-lots-{len(line['lots']) - 1}-code"
    if verb == "use":
        line["net"], line["unit"] = value, "kg"
        return f"#lines-{at}-net"
    return None


def _page(
    request: PortalRequest,
    asked: CertificateRequest,
    step: str,
    raw: Mapping[str, Any],
    problems: list[steps.Problem],
    status: int = 200,
) -> HttpResponse:
    context = frame(request, asked, step)
    context["next"] = step_url(request, asked.reference, after(step))
    contacts: list[ImporterContact] = []
    if step == "importer":
        contacts = list(
            ImporterContact.objects.filter(certifier=request.certifier, exporter_id=asked.exporter_id)
            .select_related("importer")
            .order_by("name")
        )
        raw = journey.importer_defaults(raw, contacts[0] if len(contacts) == 1 else None)
    write = Writer(raw, problems)
    if step == "departure":
        picture = context["ruler"]
        context["fields"] = journey.departure(
            write,
            certifier=request.certifier.name,
            lead_days=context["rules"].lead_days,
            late=bool(picture and picture.late),
        )
    elif step == "importer":
        context["choose"], context["new"], context["to"] = journey.importer(write, contacts, context["zone"])
        context["importer"] = asked.importer
    elif step == "transport":
        context["way"], context["containers"], context["rest"] = journey.transport(write)
        context["ports"] = journey.port_options()
    else:
        known, context["merges"] = steps.choices(step, asked), merging.offered(asked)
        context["cards"] = goods.cards(write, known, _drawn(asked, raw))
        context["receive"] = goods.receives(_drawn(asked, asked.raw.get(step, {})), context["cards"])
    context["problems"] = summary(problems, journey.RADIOS.get(step, ()))
    context["has_errors"] = status == 422
    return render(request, f"exporters/steps/{step}.html", context, status=status)


def _drawn(asked: CertificateRequest, raw: Mapping[str, Any]) -> dict[str, queries.DrawDown]:
    """The draw-downs of the saved lines, by the index of their entry in the form."""
    by_line = queries.drawdowns(asked)
    found = {}
    for at, entry in enumerate(raw.get("lines") or []):
        line_id = whole(entry.get("id", "")) if isinstance(entry, Mapping) else None
        if line_id in by_line:
            found[str(at)] = by_line[line_id]
    return found


@require_POST
@exporter_door
def left(request: PortalRequest, reference: str, index: int) -> HttpResponse:
    """The draw-down of one product while somebody types; saves nothing."""
    asked = load_request(request, reference)
    raw = typed(request.POST)
    reading = steps.read("products", raw, request=asked)
    line = next((one for one in reading.values["lines"] if one["index"] == index and not one["remove"]), None)
    drawn = None
    if line and line["item_id"] and line["crop_year"] and line["net_kg"] is not None:
        drawn = queries.drawdown_of(
            request=asked, item_id=line["item_id"], crop_year=line["crop_year"], kg=line["net_kg"], line_id=line["id"]
        )
    picture = goods.left(drawn) if drawn else None
    return render(request, "exporters/steps/_left.html", {"left": picture, "index": index})


def _two_tabs(request: PortalRequest, asked: CertificateRequest, step: str, raw: dict[str, Any]) -> HttpResponse:
    """Another tab saved this step: show both, lose neither."""
    mine, stored = dict(flat(raw)), dict(flat(asked.raw.get(step, {})))
    differing = [
        {"name": name, "mine": mine.get(name, ""), "stored": stored.get(name, "")}
        for name in dict.fromkeys([*stored, *mine])
        if mine.get(name, "") != stored.get(name, "") and not name.endswith("-id")
    ]
    context = frame(request, asked, step) | {"differing": differing, "carried": list(mine.items())}
    return render(request, "exporters/steps/two_tabs.html", context, status=409)


def sent_meanwhile(request: PortalRequest, asked: CertificateRequest) -> HttpResponse:
    """Back to the request's page: it is no draft any more."""
    messages.info(request, _("This request was sent. It can be changed when it is returned to you."))
    return redirect("request_hub", certifier=request.certifier.slug, reference=asked.reference)


@require_http_methods(["GET", "POST"])
@exporter_door
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
