"""Parties and products that lost their standing: what is reached, and what a person decides about it."""

from datetime import datetime

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from certifiers.forms.operations import ReasonForm
from nopic.presentation.forms import posted, problems
from nopic.presentation.typed import whole
from nopic.requests.facts import policy_of
from nopic.tenants.access import PortalRequest, staff_door
from nopic.watch import actions, policies, queries
from nopic.watch.models import Concern, ConcernDecision
from nopic.watch.standing import in_words
from nopic.workflow.clock import today
from nopic.workflow.transitions import Overtaken, Refused


@require_safe
@staff_door
def concerns(request: PortalRequest) -> HttpResponse:
    """Whoever lost their standing while requests are open or certificates live, newest first."""
    context = {
        "concerns": [(one, in_words(one.standing)) for one in queries.open_concerns(request.certifier.pk)],
        "zone": policy_of(request.certifier.pk).rules.time_zone,
    }
    return render(request, "certifiers/watch/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_door
def concern(request: PortalRequest, concern_id: int) -> HttpResponse:
    """What one concern reaches, by what can still be stopped; let certificates go on, keep them on hold, or settle it."""
    found = get_object_or_404(Concern.objects.filter(certifier_id=request.certifier.pk), pk=concern_id)
    zone = policy_of(request.certifier.pk).rules.time_zone
    day = today(zone)
    form = ReasonForm(posted(request))
    if request.POST.get("do") == "read":
        return _read_again(request, found)
    if request.method == "POST" and form.is_valid():
        try:
            _press(request, found, form.cleaned_data["reason"])
        except Refused as refusal:
            for sentence in refusal.findings:
                form.add_error(None, str(sentence))
        except Overtaken as lost:
            if not isinstance(lost.subject, ConcernDecision):
                messages.info(request, _("It is settled already."))
                return redirect("concerns", certifier=request.certifier.slug)
            said = {"name": lost.subject.by, "number": lost.subject.certificate, "why": lost.subject.reason}
            form.add_error(
                None,
                _("%(name)s decided about %(number)s meanwhile: %(why)s. Look at it in the table, then decide.") % said,
            )
        else:
            return redirect(request.path if request.POST.get("do") != "settle" else "./../")
    impact = queries.impact(found, day)
    context = {
        "concern": found,
        "standing": in_words(found.standing),
        "impact": impact,
        "seen": max((one.decision.pk for one in impact.certificates if one.decision), default=0),
        "may_read": not policies.obstacles_to_read_again(found),
        "read_at": _read_at(found),
        "form": form,
        "problems": problems([form]),
        "has_errors": bool(form.errors),
        "chosen": set(request.POST.getlist("certificate")),
        "zone": zone,
    }
    return render(request, "certifiers/watch/concern.html", context, status=422 if form.errors else 200)


def _read_at(found: Concern) -> datetime | None:
    """When the registry last answered about the party."""
    party = found.exporter or found.supplier
    return party.registry_read_at if party else found.importer.read_at if found.importer else None


def _read_again(request: PortalRequest, found: Concern) -> HttpResponse:
    try:
        actions.read_again(concern=found, by=request.user)
        messages.success(request, _("INTEGRITY is asked again. Come back to this page in a minute."))
    except Refused as refusal:
        messages.info(request, str(refusal))
    except Overtaken:
        messages.info(request, _("A colleague settled it a moment ago."))
    return redirect(request.path)


def _press(request: PortalRequest, found: Concern, reason: str) -> None:
    day = today(policy_of(request.certifier.pk).rules.time_zone)
    match request.POST.get("do"):
        case "settle":
            actions.settle(concern=found, note=reason, by=request.user, today=day)
            messages.success(request, _("Settled."))
        case "goes_on" | "hold" as word:
            chosen = [pk for each in request.POST.getlist("certificate") if (pk := whole(each)) is not None]
            count = actions.decide(
                concern=found, certificates=chosen, goes_on=word == "goes_on", reason=reason, by=request.user, today=day,
                seen=whole(request.POST.get("seen")),
            )  # fmt: skip
            messages.success(
                request, ngettext("Decided about %(n)s certificate.", "Decided about %(n)s certificates.", count) % {"n": count}
            )  # fmt: skip
        case _:
            raise Refused([_("Choose what to do")])
