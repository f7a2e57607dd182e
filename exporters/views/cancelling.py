"""The exporter's wish that a certificate be cancelled: what happened to the goods, why, and what it means until then."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from exporters.forms.ending import CancelWishForm
from exporters.views.loading import may_send
from nopic.certificates import policies, queries, standing
from nopic.certificates.actions import wishing
from nopic.presentation.forms import posted, problems
from nopic.tenants.access import PortalRequest, exporter_door
from nopic.workflow.transitions import Refused


@require_http_methods(["GET", "HEAD", "POST"])
@exporter_door
def ask(request: PortalRequest, certificate_id: int) -> HttpResponse:
    """Ask once; staff answer. Importer and broker hear nothing before it is cancelled."""
    found = queries.find(request.certifier.pk, certificate_id, exporter_id=request.exporter_id or 0)
    if found is None:
        raise Http404("no such certificate, or not this company's")
    if not may_send(request):
        raise PermissionDenied
    form = CancelWishForm(posted(request))
    back = reverse("my_certificate", args=[request.certifier.slug, found.pk])
    if request.method == "POST" and form.is_valid():
        try:
            wishing.ask_to_cancel(certificate=found, by=request.user, **form.cleaned_data)
            messages.success(request, _("Asked for. Until the certifier has answered the certificate stays valid."))
            return redirect(back)
        except Refused as refused:
            for each in refused.findings:
                form.add_error(getattr(each, "field", "") or None, str(each))
    told = problems([form])
    context = {
        "certificate": found,
        "form": form,
        "asked": queries.open_version(found),
        "split_off": standing.split_off(found.request, line_id=found.line_id),
        "problems": told,
        "obstacles": policies.obstacles_to_ask_to_cancel(found),
        "has_errors": bool(told),
        "back": back,
    }
    return render(request, "exporters/cancel.html", context, status=422 if told else 200)
