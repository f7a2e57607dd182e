"""What every page of the form shows around its fields: the steps, what a reviewer asked for, the time that is left."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from exporters.presenters.hub import step_of
from nopic.presentation.words import moment
from nopic.requests import queries, steps, timing
from nopic.requests.checks import Finding, findings
from nopic.requests.facts import policy_of
from nopic.requests.models import CertificateRequest
from nopic.requests.pricing import quote_of
from nopic.requests.statuses import RequestStatus
from nopic.review import queries as review
from nopic.tenants.access import PortalRequest
from nopic.tenants.calendar import Office
from nopic.tenants.models import Policy
from nopic.workflow.clock import now

FURTHEST = timedelta(days=800)  # a departure beyond it was mistyped; no calendar is drawn for it
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


def strip(asked: CertificateRequest, here: str, found: Sequence[Finding]) -> list[dict[str, Any]]:
    """The step strip: name, address part, whether it is saved and nothing stands against it now, and where we are."""
    short = {"products": _("Products"), "check": _("Check and send")}
    wrong = {one.step for one in found if one.is_stop}
    return [
        {
            "step": step,
            "title": short.get(step, TITLES[step]),
            "done": step in asked.problems and step not in wrong,
            "here": step == here,
            "number": steps.STEPS.index(step) + 1,
        }
        for step in steps.STEPS
    ]


def frame(
    request: PortalRequest, asked: CertificateRequest, step: str, found: Sequence[Finding] | None = None
) -> dict[str, Any]:
    """The context of every page of the form; `found` is what the rules say, when it is known already."""
    policy = policy_of(request.certifier.pk)
    zone, present = policy.rules.time_zone, now()
    promise = timing.promise_of(asked, policy, present)
    if found is None:
        changes = asked.status in (RequestStatus.DRAFT, RequestStatus.QUESTIONS_OPEN)
        found = findings(asked, moment="draft") if changes else []
    back = queries.came_back(asked)
    returned_at = back.returned_at if back else None
    said = [(str(one["box"]), str(one["text"])) for one in back.return_points] if back else _asked(asked)
    return {
        "asked": asked,
        "step": step,
        "title": TITLES[step],
        "strip": strip(asked, step, found),
        "policy": policy,
        "promise": promise,
        "quote": quote_of(asked, policy.rules, present),
        "deadlines": timing.deadlines(asked, policy.rules, present, promise),
        "zone": zone,
        "rules": policy.rules,
        "saved_at": moment(asked.saved_at, zone),
        "returned_at": moment(returned_at, zone) if returned_at and asked.saved_at <= returned_at else "",
        "points": [(box, text) for box, text in said if step in (step_of(box), "check")],
        "ruler": calendar(asked.departure_on, policy),
    }


def _asked(asked: CertificateRequest) -> list[tuple[str, str]]:
    """Box and text of what the reviewer asks, while questions are open."""
    if asked.status != RequestStatus.QUESTIONS_OPEN:
        return []
    open_round = review.open_round(asked)
    return [(point.box, point.text) for point in open_round.points.all()] if open_round else []


def calendar(departure: date | None, policy: Policy) -> timing.Ruler | None:
    """The working-day ruler for a departure, when there is one that can be drawn."""
    today = Office(policy.rules).local(now()).date()
    ahead = departure is not None and today <= departure <= today + FURTHEST
    return timing.ruler(departure, policy) if ahead else None


def sent_meanwhile(request: PortalRequest, asked: CertificateRequest) -> HttpResponse:
    """Back to the request's page: it is no draft any more."""
    messages.info(request, _("This request was sent. It can be changed when it is returned to you."))
    return redirect("request_hub", certifier=request.certifier.slug, reference=asked.reference)
