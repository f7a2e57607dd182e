"""A correction that the certifier's staff entered for the exporter: both sides of each box, confirmed or rejected."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from exporters.forms.ending import RejectForm
from exporters.presenters.rows import address
from exporters.views.loading import load_request, may_send
from nopic.presentation.forms import posted, problems
from nopic.presentation.typed import whole
from nopic.presentation.words import city_of, moment
from nopic.requests.facts import rules_of
from nopic.requests.models import CertificateRequest
from nopic.requests.policies import correction_of
from nopic.review import actions, policies
from nopic.tenants.access import PortalRequest, exporter_door
from nopic.workflow.transitions import Overtaken, Refused


@require_http_methods(["GET", "HEAD", "POST"])
@exporter_door
def correction(request: PortalRequest, reference: str) -> HttpResponse:
    """Everybody of the exporter reads it; who may send confirms it or says what is wrong with it."""
    found = load_request(request, reference)
    open_one = correction_of(found)
    if open_one is None or (due := open_one.due_at) is None:  # nobody is asked yet
        return _over(request, found)
    rejects = request.method == "POST" and "reject" in request.POST
    form = RejectForm(posted(request) if rejects else None)
    told: list[tuple[str, str]] = []
    status = 422
    if request.method == "POST" and not may_send(request):
        raise PermissionDenied
    revision = whole(request.POST.get("revision")) or 0
    try:
        if rejects and form.is_valid():
            actions.reject_correction(request=found, by=request.user, why=form.cleaned_data["why"], revision=revision)
            messages.success(
                request, _("Rejected. The request stays as you sent it, and your reason is with the reviewer.")
            )
            return redirect(address("request_hub", found))
        if request.method == "POST" and not rejects:
            actions.confirm_correction(request=found, by=request.user, revision=revision)
            messages.success(request, _("Confirmed. The corrected request is a new version, and the clock goes on."))
            return redirect(address("request_hub", found))
    except Overtaken:
        found = load_request(request, reference)
        open_one, status = correction_of(found), 409
        if open_one is None or (due := open_one.due_at) is None:
            messages.info(
                request, _("The request changed while you were looking at it. Below you see how it stands now.")
            )
            return redirect(address("request_hub", found))
        told = [(_("It changed while you were looking at it. Here is how it stands now: look at it once more."), "")]
    except Refused as refused:
        told = [(policies.sentence(each), "") for each in refused.findings]
    told = told or problems([form])
    zone = rules_of(found).time_zone
    context = {
        "found": found,
        "correction": open_one,
        "due": moment(due, zone, city_of(zone)),
        "form": form,
        "may_send": may_send(request),
        "problems": told,
        "has_errors": bool(told),
        "back": address("request_hub", found),
    }
    return render(request, "exporters/correction.html", context, status=status if told else 200)


def _over(request: PortalRequest, found: CertificateRequest) -> HttpResponse:
    messages.info(request, _("No correction waits for you. Below you see where the request is now."))
    return redirect(address("request_hub", found))
