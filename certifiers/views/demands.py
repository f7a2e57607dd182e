"""Documents demanded of one operation or product: seen, added and ended by staff."""

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from certifiers.forms.demands import DemandForm, items_of
from nopic.presentation.forms import posted, problems
from nopic.presentation.typed import whole
from nopic.products import actions
from nopic.products.models import Demand
from nopic.requests.facts import policy_of
from nopic.tenants.access import PortalRequest, staff_door
from nopic.tenants.models import Exporter
from nopic.workflow import clock
from nopic.workflow.transitions import Overtaken

MOST = 200


@require_http_methods(["GET", "POST"])
@staff_door
def demands(request: PortalRequest, nop_id: str) -> HttpResponse:
    """What is demanded now and later, with a form for one more; `end` ends one with today."""
    exporter = get_object_or_404(Exporter.objects.filter(certifier=request.certifier), nop_id=nop_id)
    today = clock.today(policy_of(request.certifier.pk).rules.time_zone)
    mine = Demand.objects.filter(certifier=request.certifier, exporter=exporter).select_related("item", "exporter")
    ends = whole(request.POST.get("end"))
    if ends is not None:
        try:
            actions.end_demand(demand=get_object_or_404(mine, pk=ends), last_day=today, by=request.user)
        except Overtaken:
            messages.info(request, _("A colleague ended it a moment ago."))
        return redirect(request.path)
    form = DemandForm(posted(request), items=items_of(request.certifier.pk, exporter.pk), initial={"from_on": today})
    if request.method == "POST" and form.is_valid():
        actions.demand(exporter=exporter, by=request.user, **form.cleaned_data)
        messages.success(request, _("New requests ask for it: %(name)s.") % {"name": form.cleaned_data["name"]})
        return redirect(request.path)
    context = {
        "exporter": exporter,
        "demands": list(mine.filter(Q(to_on=None) | Q(to_on__gte=today)).order_by("pk")[:MOST]),
        "over": list(mine.filter(to_on__lt=today).order_by("-to_on", "-pk")[:20]),
        "form": form,
        "problems": problems([form]),
        "has_errors": bool(form.errors),
    }
    return render(request, "certifiers/operations/demands.html", context, status=422 if form.errors else 200)
