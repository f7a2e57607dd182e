"""Change this certificate: what happened leads to the right way, and what it means is read before anything is sent."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from nopic.certificates import limits, policies, queries, standing
from nopic.certificates.actions import revising
from nopic.certificates.models import Certificate, Revision
from nopic.certificates.statuses import RevisionStatus
from nopic.delivery.forms.changing import RevisionForm
from nopic.delivery.views.handover import EVERYBODY, certificate_of
from nopic.fees.prices import of_revision
from nopic.presentation.forms import posted, problems
from nopic.requests.lending import still_elsewhere
from nopic.tenants.access import PortalRequest, certifier_door
from nopic.tenants.statuses import STAFF
from nopic.workflow.transitions import Overtaken, Refused


@require_safe
@certifier_door(*EVERYBODY)
def change(request: PortalRequest, certificate: int) -> HttpResponse:
    """What happened, and which way that goes."""
    found = certificate_of(request, certificate)
    context = {
        **frame(request, found),
        "obstacles": policies.obstacles_to_revise(found),
        "counts": policies.counts(found),
        "has_left": policies.goods_have_left(found),
        "why_not_split": limits.obstacles_to_split(found),
        "why_not_replace": limits.obstacles_to_replace(found),
        "why_not_correct": limits.obstacles_to_correct(found),
        "to_take_back": (request.roles & STAFF or request.may_send) and _to_take_back(request, found),
        "correcting": found.revisions.filter(certifier_id=found.certifier_id, status=RevisionStatus.REQUESTED)
        .exclude(corrects="")
        .exists(),
        "begun": standing.open_replacement(found),
        "why_not_cancel": policies.obstacles_to_cancel(found),
        "wish": policies.wish_to_cancel(found),
    }
    return render(request, "delivery/change.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@certifier_door(*EVERYBODY)
def ask_revision(request: PortalRequest, certificate: int) -> HttpResponse:
    """Ask for the next version under the same number: the exporter, or the staff for an exporter who called."""
    found = certificate_of(request, certificate)
    may_send = bool(request.roles & STAFF) or request.may_send
    if request.method == "POST" and not may_send:
        return render(request, "403.html", status=403)
    asked = _to_take_back(request, found) if may_send else None
    if request.method == "POST" and request.POST.get("do") == "back":
        return _take_back(request, found, asked)
    form = RevisionForm(posted(request), certificate=found)
    if request.method == "POST" and form.is_valid():
        try:
            revising.ask(certificate=found, wish=form.wish(), by=request.user)
            messages.success(request, _("Asked for. Until a reviewer has decided, the present version stays valid."))
            return redirect(_back(request, found))
        except Refused as refusal:
            for sentence in refusal.findings:
                form.add_error(getattr(sentence, "field", "") or None, str(sentence))
        except Overtaken:
            messages.info(request, _("A revision of this certificate was asked for a moment ago."))
            return redirect(_back(request, found))
    context = {
        **frame(request, found),
        "form": form,
        "problems": problems([form]),
        "has_errors": bool(form.errors),
        "obstacles": policies.obstacles_to_revise(found),
        "asked": asked,
        "rows": [row for row in queries.compared(found, asked) if row.changed] if asked else [],
        "split_off": [one for one in standing.split_off(found.request, line_id=found.line_id) if still_elsewhere(one)]
        if asked
        else [],
        "may_send": may_send,
    }
    return render(request, "delivery/revise.html", context, status=422 if form.errors else 200)


def _to_take_back(request: PortalRequest, found: Certificate) -> Revision | None:
    """The version that nobody has decided yet: the exporter's, or what this person of the staff asked for."""
    waiting = found.revisions.filter(certifier_id=found.certifier_id, status=RevisionStatus.REQUESTED)
    if request.roles & STAFF:
        waiting = waiting.filter(asked_by=request.user)
    return waiting.select_related("asked_by").first()


def _take_back(request: PortalRequest, found: Certificate, asked: Revision | None) -> HttpResponse:
    try:
        if asked is None or str(asked.pk) != request.POST.get("asked"):
            raise Overtaken(found)
        revising.take_back(revision=asked, by=request.user)
        messages.success(request, _("Taken back. The present version stays."))
    except Overtaken:
        messages.info(request, _("It was decided or taken back a moment ago."))
    return redirect(_back(request, found))


def frame(request: PortalRequest, found: Certificate) -> dict[str, Any]:
    """What every page of a change says of its certificate."""
    policy = found.request.policy
    assert policy is not None  # noqa: S101 - a sent request has one
    return {
        "certificate": found,
        "number": found.number or "",
        "back": _back(request, found),
        "price": of_revision(policy.rules),
        "zone": policy.rules.time_zone,
    }


def _back(request: PortalRequest, found: Certificate) -> str:
    name = "certificate" if request.roles & STAFF else "my_certificate"
    return reverse(name, kwargs={"certifier": request.certifier.slug, "certificate_id": found.pk})
