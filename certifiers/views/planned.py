"""A planned change of the policy is taken back before it begins, with a reason."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from certifiers.views.policies import WHY, opened
from nopic.tenants.access import PortalRequest, certifier_door
from nopic.tenants.actions import withdraw_policy
from nopic.tenants.policy import PolicyError
from nopic.tenants.policy.groups import GROUPS
from nopic.tenants.statuses import Role
from nopic.workflow.transitions import Overtaken, Refused


@require_POST
@certifier_door(Role.CERTIFIER_ADMIN)
def policy_withdraw(request: PortalRequest, group: str) -> HttpResponse:
    """Take a planned change back before it begins; what stands against it is said beside the change."""
    version, why = request.POST.get("version", ""), request.POST.get("why", "")[:WHY]
    page = GROUPS.get(group)
    if page is None or not page.settings or not version.isdecimal() or len(version) > 9:
        raise Http404
    try:
        withdraw_policy(certifier=request.certifier, version=int(version), by=request.user, reason=why)
        messages.success(request, _("The planned change is withdrawn. It will not begin."))
        return redirect("policy_group", certifier=request.certifier.slug, group=group)
    except Overtaken:
        messages.info(request, _("That change is not planned any more: it has begun or was withdrawn."))
        return redirect("policy_group", certifier=request.certifier.slug, group=group)
    except Refused as refused:
        against = " ".join(str(each) for each in refused.findings)
    except PolicyError as error:
        against = _("Without it a later planned change would contradict itself: %(why)s") % {"why": error}
    return opened(request, group, page, withdrawing={"version": int(version), "why": why, "error": against})
