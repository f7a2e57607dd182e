"""Past decisions of a case, judged again under the version of the policy that each was taken under."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from certifiers.views.case.opening import request_of
from nopic.requests.facts import rules_of
from nopic.review import evidence
from nopic.review.models import Decision
from nopic.tenants.access import PortalRequest, staff_door


@require_safe
@staff_door
def case_rerun(request: PortalRequest, reference: str) -> HttpResponse:
    """Each decision on a product of this case with what it rested on: the same findings today, or what differs."""
    found = request_of(request, reference)
    kept = Decision.objects.filter(certifier_id=found.certifier_id, request_id=found.pk)
    decisions = kept.select_related("policy", "line__version").order_by("-pk")
    context = {
        "request_shown": found,
        "reruns": [evidence.rerun(decision) for decision in decisions],
        "zone": rules_of(found).time_zone,
    }
    return render(request, "certifiers/case/rerun.html", context)
