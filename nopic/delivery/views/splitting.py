"""Part of the goods leaves later: one form lowers this certificate and begins the request for the rest."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from nopic.certificates import limits, standing
from nopic.certificates.models import Certificate
from nopic.delivery.forms.afterwards import WhoAskedForm
from nopic.delivery.forms.splitting import SplitForm
from nopic.delivery.views.changing import frame
from nopic.delivery.views.handover import EVERYBODY, certificate_of
from nopic.presentation.forms import posted, problems
from nopic.requests.facts import policy_of
from nopic.requests.models import CertificateRequest
from nopic.tenants.access import PortalRequest, certifier_door
from nopic.tenants.statuses import STAFF
from nopic.watch import actions
from nopic.workflow.transitions import Overtaken, Refused


@require_http_methods(["GET", "HEAD", "POST"])
@certifier_door(*EVERYBODY)
def split(request: PortalRequest, certificate: int) -> HttpResponse:
    """Say what leaves later: the exporter, or the staff for an exporter who called."""
    found = certificate_of(request, certificate)
    is_staff = bool(request.roles & STAFF)
    if request.method == "POST" and not (is_staff or request.may_send):
        return render(request, "403.html", status=403)
    form = SplitForm(posted(request), certificate=found)
    who = WhoAskedForm(posted(request)) if is_staff else None
    obstacles = limits.obstacles_to_split(found)
    if request.method == "POST":
        said = [
            form.is_valid(),
            who is None or who.is_valid(),
        ]  # both, so that everything that is wrong is said at once
        begun = _begun_before(request, found, form)
        if begun is None and all(said) and not obstacles:
            begun = _split(request, found, form, who)
        if begun is not None:
            messages.success(
                request,
                _("The smaller version is asked for, and request %(reference)s is begun for what leaves later.")
                % {"reference": begun.reference},
            )
            # Also for staff, who go on filling in what they began for the exporter.
            return redirect("request_hub", request.certifier.slug, begun.reference)
    wrong = request.method == "POST"
    context = {
        **frame(request, found),
        "form": form,
        "who": who,
        "problems": [] if obstacles else problems([form, who]),
        "has_errors": wrong,
        "obstacles": obstacles,
        "say_kilograms": bool(obstacles) and limits.may_say_kilograms(found),
        "split_off": standing.split_off(found.request, line_id=found.line_id),
        "may_send": is_staff or request.may_send,
    }
    return render(request, "delivery/split.html", context, status=422 if wrong else 200)


def _begun_before(request: PortalRequest, found: Certificate, form: SplitForm) -> CertificateRequest | None:
    """What the first of two clicks began, whatever is wrong with the answers now that it has changed the certificate."""
    key = form.cleaned_data.get("key")
    return actions.begun_with(found, key, by=request.user) if key else None


def _split(
    request: PortalRequest, found: Certificate, form: SplitForm, who: WhoAskedForm | None
) -> CertificateRequest | None:
    """The draft; None with what stands against it written beside the answers."""
    why = form.cleaned_data["why"].strip()
    try:
        return actions.split(
            certificate=found, part=form.part(), why=why, by=request.user, key=form.cleaned_data["key"],
            asked=who.asked(reason=why, zone=policy_of(request.certifier.pk).rules.time_zone) if who else None,
        )  # fmt: skip
    except Refused as refusal:
        for one in refusal.findings:
            form.add_error(getattr(one, "field", "") or None, str(one))
    except Overtaken:
        form.add_error(None, _("Somebody changed this certificate a moment ago. Look at it again."))
    return None
