"""Staff begin a request for an exporter; it is filled in on the exporter's own pages, and confirmed and sent by the exporter."""

from uuid import uuid4

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from certifiers.forms.on_behalf import FilingForm
from nopic.presentation.forms import posted, problems
from nopic.requests import actions, queries
from nopic.requests.facts import policy_of
from nopic.tenants.access import PortalRequest, staff_door
from nopic.tenants.models import Exporter
from nopic.workflow.clock import today
from nopic.workflow.transitions import Refused


@require_http_methods(["GET", "POST"])
@staff_door
def file_on_behalf(request: PortalRequest, nop_id: str) -> HttpResponse:
    """Who asked, by what means, when and why; then the first step of the form."""
    exporter = get_object_or_404(Exporter.objects.filter(certifier=request.certifier), nop_id=nop_id)
    exporter.certifier = request.certifier
    day = today(policy_of(request.certifier.pk).rules.time_zone)
    form = FilingForm(posted(request), initial={"asked_on": day, "key": uuid4()})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        asked = actions.Asked(by=data["asked_by"], means=data["means"], on=data["asked_on"], reason=data["reason"])
        try:
            started = actions.start_on_behalf(exporter=exporter, by=request.user, asked=asked, key=data["key"])
            return redirect(
                "request_step", certifier=request.certifier.slug, reference=started.reference, step="departure"
            )
        except Refused as refused:
            for finding in refused.findings:
                form.add_error(finding.field.partition("#")[2], finding.sentence)
    if why_not := queries.why_not_start(exporter):
        form.fields["asked_by"].help_text = f"{why_not}."
    context = {
        "forms": [form],
        "problems": problems([form]),
        "title": _("Fill in a request for %(name)s") % {"name": exporter},
        "button": _("Start the request"),
        "exporter": exporter,
        "has_errors": bool(form.errors),
    }
    return render(request, "certifiers/operations/form.html", context, status=422 if form.errors else 200)
