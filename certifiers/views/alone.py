"""Approvals that one person made while nobody else was on duty: another person reviews each of them afterwards."""

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from certifiers.forms.decisions import AfterwardsForm
from certifiers.forms.operations import ReasonForm
from nopic.presentation.forms import posted, problems
from nopic.requests.facts import policy_of
from nopic.review import actions, policies, queries
from nopic.review.models import SecondCheck
from nopic.tenants.access import PortalRequest, staff_door
from nopic.tenants.policy import SECOND_REASONS
from nopic.workflow.transitions import Overtaken, Refused


@require_safe
@staff_door
def approved_alone(request: PortalRequest) -> HttpResponse:
    """What is to be reviewed, and what was found not in order and is not settled."""
    context = {
        "checks": queries.gone_on_alone(request.certifier.pk),
        "zone": policy_of(request.certifier.pk).rules.time_zone,
    }
    return render(request, "certifiers/alone/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_door
def review(request: PortalRequest, check_id: int) -> HttpResponse:
    """One of them: say whether it is in order, or what was decided about one that is not."""
    check = get_object_or_404(queries.approved_alone(request.certifier.pk), pk=check_id)
    settles = bool(check.alarm)
    ask = policies.obstacles_to_close_alarm if settles else policies.obstacles_to_review_afterwards
    against = ask(check, by=request.user)
    form: Form = ReasonForm(posted(request)) if settles else AfterwardsForm(posted(request))
    if request.method == "POST" and not against and form.is_valid():
        try:
            _press(request, check, form)
            return redirect("approved_alone", certifier=request.certifier.slug)
        except Overtaken:
            messages.info(request, _("A colleague was faster. Here is how it stands now."))
            return redirect(request.path)
        except Refused as refusal:
            for sentence in refusal.findings:
                form.add_error(None, str(sentence))
    context = {
        "check": check,
        "reasons": ", ".join(str(SECOND_REASONS.get(code, code)) for code in check.reasons),
        "passed": queries.passed_by(check),
        "form": None if against else form,
        "title": _("What was decided") if settles else _("Review"),
        "button": _("Settle it") if settles else _("Save the review"),
        "against": [policies.sentence(each) for each in against],
        "problems": [] if against else problems([form]),
        "has_errors": not against and bool(form.errors),
        "zone": policy_of(request.certifier.pk).rules.time_zone,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "certifiers/alone/review.html", context, status=status)


def _press(request: PortalRequest, check: SecondCheck, form: Form) -> None:
    said = form.cleaned_data
    if check.alarm:
        actions.close_alarm(check=check, by=request.user, because=said["reason"])
        messages.success(request, _("Settled."))
        return
    in_order = said["found"] == "in_order"
    actions.review_afterwards(check=check, by=request.user, in_order=in_order, note=said["note"])
    messages.success(
        request, _("Reviewed: in order.") if in_order else _("Noted. It stands in this list until it is settled.")
    )
