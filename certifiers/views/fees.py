"""The fees of one operation for staff: its charges, waived with a reason, and its statements."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from nopic.fees import actions, queries
from nopic.fees.models import Charge
from nopic.fees.queries import monthly_csv
from nopic.presentation.typed import whole
from nopic.requests.facts import policy_of
from nopic.tenants.access import PortalRequest, staff_door
from nopic.tenants.models import Exporter
from nopic.workflow.transitions import Overtaken, Refused


@require_http_methods(["GET", "HEAD", "POST"])
@staff_door
def charges(request: PortalRequest, nop_id: str) -> HttpResponse:
    """The charges newest first; a POST waives one."""
    exporter = get_object_or_404(Exporter.objects.filter(certifier=request.certifier), nop_id=nop_id)
    tried, typed, why_not = None, "", ""
    if request.method == "POST":
        tried, typed = whole(request.POST.get("charge")), request.POST.get("reason", "")
        charge = get_object_or_404(Charge, certifier=request.certifier, exporter=exporter, pk=tried)
        try:
            actions.waive(charge=charge, by=request.user, reason=typed)
            messages.success(request, _("The fee is waived."))
            return redirect(request.path)
        except Refused as refused:
            why_not = " ".join(str(one) for one in refused.findings)
        except Overtaken:
            messages.info(request, _("This fee was waived or dropped meanwhile."))
            return redirect(request.path)
    rules = policy_of(request.certifier.pk).rules
    rows, after = queries.charges(request.certifier.pk, exporter.pk, before=whole(request.GET.get("before")))
    context = {
        "exporter": exporter,
        "charges": rows,
        "next": after,
        "months": queries.months(request.certifier.pk, exporter.pk, rules),
        "zone": rules.time_zone,
        "tried": tried,
        "typed": typed,
        "why_not": why_not,
        "has_errors": bool(why_not),
    }
    return render(request, "certifiers/fees/charges.html", context, status=422 if why_not else 200)


@require_safe
@staff_door
def statement(request: PortalRequest, nop_id: str, year: int, month: int) -> HttpResponse:
    """One month of an operation as a CSV file."""
    exporter = get_object_or_404(Exporter.objects.filter(certifier=request.certifier), nop_id=nop_id)
    if not 1 <= month <= 12:
        raise Http404
    rules = policy_of(request.certifier.pk).rules
    name, content = monthly_csv(request.certifier.pk, exporter.pk, year, month, rules)
    return HttpResponse(
        content,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
