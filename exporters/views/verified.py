"""The verified list as its exporter reads it: products, tariff codes, and what is left of each year's kilograms."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from exporters.presenters.verified import products
from nopic.requests.facts import policy_of
from nopic.tenants.access import PortalRequest, exporter_door
from nopic.workflow.clock import today


@require_safe
@exporter_door
def verified_list(request: PortalRequest) -> HttpResponse:
    """All products with their bars."""
    zone = policy_of(request.certifier.pk).rules.time_zone
    shown = products(request.certifier.pk, request.exporter_id or 0, today(zone))
    return render(request, "exporters/verified.html", {"products": shown})
