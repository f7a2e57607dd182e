"""Time frames as staff see them: the answer to an exporter's question, and a permission taken back."""

from datetime import timedelta

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from certifiers.forms.frames import AnswerForm
from certifiers.forms.operations import ReasonForm
from nopic.certificates import queries as certificates
from nopic.frames import actions, queries
from nopic.frames.models import Permission
from nopic.frames.presenters import drawn
from nopic.frames.statuses import PermissionStatus
from nopic.presentation.forms import posted
from nopic.requests.facts import policy_of
from nopic.requests.quantities import as_typed
from nopic.tenants.access import PortalRequest, staff_door
from nopic.tenants.calendar import Office
from nopic.workflow.clock import now
from nopic.workflow.transitions import Overtaken, Refused


@require_safe
@staff_door
def time_frames(request: PortalRequest) -> HttpResponse:
    """Every certificate for a time frame with its draw-down and pace; questions that wait for an answer come first."""
    closed = request.GET.get("state") == "closed"
    page = queries.time_frames(request.certifier.pk, closed=closed, after=request.GET.get("after", ""))
    found = certificates.by_id(request.certifier.pk, [one.certificate_id for one in page.allowances])
    today = Office(policy_of(request.certifier.pk).rules).local(now()).date()
    context = {
        "rows": [
            (found[one.certificate_id], certificates.state(found[one.certificate_id], today), drawn(one, today), one)
            for one in page.allowances
        ],
        "next": page.after,
        "closed": closed,
        "today": today,
        "asked": [] if closed else queries.asked(request.certifier.pk),
    }
    return render(request, "certifiers/frames/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_door
def permission(request: PortalRequest, nop_id: str, permission_id: int) -> HttpResponse:
    """Answer a question for a time frame, or withdraw what was granted."""
    found = get_object_or_404(
        Permission.objects.filter(certifier=request.certifier, exporter__nop_id=nop_id).select_related(
            "exporter", "item", "asked_by", "decided_by"
        ),
        pk=permission_id,
    )
    rules = policy_of(request.certifier.pk).rules
    today = Office(rules).local(now()).date()
    version = found.item.version_on(today) or found.item.versions.order_by("-number").first()
    form: AnswerForm | ReasonForm | None = None
    if request.method == "POST" and "answer" in request.POST and found.status != PermissionStatus.ASKED:
        if found.decided_by_id != request.user.pk:
            messages.info(request, _("A colleague answered it a moment ago."))
        return redirect(request.path)
    if found.status == PermissionStatus.ASKED:
        policy = rules.time_frames
        form = AnswerForm(
            posted(request),
            initial={
                "max_days": min(found.asked_days, policy.max_days),
                "max_kg": as_typed(min(found.asked_kg, policy.max_kg)),
                "valid_from": today,
                "valid_to": today + timedelta(days=365),
            },
        )
    elif found.status == PermissionStatus.GRANTED:
        form = ReasonForm(posted(request))
    if request.method == "POST" and (form is None or form.is_valid()):
        try:
            _answer(request, found, form)
        except Overtaken:
            messages.info(request, _("It was answered a moment ago. This is how it stands now."))
            return redirect(request.path)
        except Refused as refused:
            for name, sentence in refused.findings:
                if form is not None:
                    form.add_error(name, sentence)
        else:
            return redirect("operation", certifier=request.certifier.slug, nop_id=nop_id)
    wrong = bool(form and form.errors)
    context = {
        "found": found,
        "product": version.wording if version else found.item.code,
        "form": form,
        "policy": rules.time_frames,
        "zone": rules.time_zone,
        "has_errors": wrong,
    }
    return render(request, "certifiers/frames/permission.html", context, status=422 if wrong else 200)


def _answer(request: PortalRequest, found: Permission, form: AnswerForm | ReasonForm | None) -> None:
    if form is None:
        raise Overtaken(found)
    said = dict(form.cleaned_data)
    if isinstance(form, ReasonForm):
        actions.withdraw(permission=found, reason=said["reason"], by=request.user)
    elif said.pop("answer") == "refuse":
        actions.refuse(permission=found, reason=said["note"], by=request.user)
    else:
        rules = policy_of(request.certifier.pk).rules
        actions.grant(permission=found, rules=rules, by=request.user, **said)
