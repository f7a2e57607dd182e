"""Fees as the exporter reads them: the price list in force, the company's charges, a statement for each month."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from nopic.fees import queries
from nopic.fees.prices import price_list
from nopic.fees.queries import monthly_csv
from nopic.presentation.typed import whole
from nopic.requests.facts import policy_of
from nopic.tenants.access import PortalRequest, exporter_door


@require_safe
@exporter_door
def fees(request: PortalRequest) -> HttpResponse:
    """Prices, charges newest first, and the months that have a statement."""
    policy, exporter = policy_of(request.certifier.pk), request.exporter_id or 0
    rows, after = queries.charges(request.certifier.pk, exporter, before=whole(request.GET.get("before")))
    context = {
        "prices": price_list(policy.rules),
        "since": policy.effective_from,
        "charges": rows,
        "next": after,
        "months": queries.months(request.certifier.pk, exporter, policy.rules),
        "zone": policy.rules.time_zone,
    }
    return render(request, "exporters/fees.html", context)


@require_safe
@exporter_door
def statement(request: PortalRequest, year: int, month: int) -> HttpResponse:
    """One month as a CSV file."""
    if not 1 <= month <= 12:
        raise Http404
    rules = policy_of(request.certifier.pk).rules
    name, content = monthly_csv(request.certifier.pk, request.exporter_id or 0, year, month, rules)
    return HttpResponse(
        content,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
