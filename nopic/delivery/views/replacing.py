"""Another certificate in the place of this one: what it means is read first, then its request begins as a copy."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from nopic.certificates import actions, limits, standing
from nopic.delivery.forms.afterwards import AskedForm
from nopic.delivery.views.changing import frame
from nopic.delivery.views.handover import EVERYBODY, certificate_of
from nopic.presentation.forms import posted, problems
from nopic.requests.actions import Asked
from nopic.requests.facts import policy_of
from nopic.requests.models import CertificateRequest, OnBehalf
from nopic.tenants.access import PortalRequest, certifier_door
from nopic.tenants.statuses import STAFF
from nopic.workflow.transitions import Refused


@require_http_methods(["GET", "HEAD", "POST"])
@certifier_door(*EVERYBODY)
def replace(request: PortalRequest, certificate: int) -> HttpResponse:
    """Begin the request for the replacement: the exporter, or the staff for an exporter who called."""
    found = certificate_of(request, certificate)
    is_staff = bool(request.roles & STAFF)
    if request.method == "POST" and not (is_staff or request.may_send):
        return render(request, "403.html", status=403)
    form = AskedForm(posted(request)) if is_staff else None
    against: list[str] = []
    if request.method == "POST" and (form is None or form.is_valid()):
        try:
            begun = actions.replace(
                certificate=found,
                by=request.user,
                asked=_asked(request, form) if form else None,
            )
            messages.success(
                request,
                _(
                    "Change what is wrong, add the documents and send it. Until the new certificate has its number, this one stays in force."
                ),
            )
            return redirect(_onward(begun, request))
        except Refused as refusal:
            against = [str(getattr(one, "sentence", one)) for one in refusal.findings]
    begun_before = standing.open_replacement(found)
    context = {
        **frame(request, found),
        "form": form,
        "problems": problems([form]) if form else [],
        "has_errors": bool((form and form.errors) or against),
        "obstacles": against or ([] if begun_before else limits.obstacles_to_replace(found)),
        "begun": begun_before,
        "may_send": is_staff or request.may_send,
    }
    wrong = bool(against or (form and form.errors))
    return render(request, "delivery/replace.html", context, status=422 if wrong else 200)


def _asked(request: PortalRequest, form: AskedForm) -> Asked:
    """What the log keeps of who called the staff."""
    return form.asked(reason=form.cleaned_data["reason"], zone=policy_of(request.certifier.pk).rules.time_zone)


def _onward(begun: CertificateRequest, request: PortalRequest) -> str:
    """The draft's own page; for staff who do not fill it in themselves, its certificate's."""
    mine = not request.roles & STAFF or OnBehalf.objects.filter(
        certifier_id=begun.certifier_id, request=begun, staff=request.user
    ).exists()  # fmt: skip
    slug = request.certifier.slug
    return f"/{slug}/requests/{begun.reference}/" if mine else f"/{slug}/certificates/{begun.replaces_id}/"
