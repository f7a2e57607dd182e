"""The button "Merge" beside a product that is there twice: the same on the form and on the last step."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from nopic.presentation.typed import whole
from nopic.requests import actions
from nopic.requests.checks import findings
from nopic.requests.models import CertificateRequest
from nopic.tenants.access import PortalRequest
from nopic.workflow.transitions import Overtaken, Refused

MERGE = "merge:"  # and the line's id: the value of the button


def offered(asked: CertificateRequest) -> set[str]:
    """Ids of the lines that can be merged with an earlier one."""
    return {str(one.line_id) for one in findings(asked, moment="draft") if one.asks == "merge"}


def merge(request: PortalRequest, asked: CertificateRequest, revision: int) -> HttpResponse:
    """Do what the button says, and show the same page again."""
    try:
        line_id = whole(request.POST["go"].removeprefix(MERGE)) or 0
        actions.merge(request=asked, line_id=line_id, revision=revision, by=request.user)
        messages.success(request, _("The two are one product now, with the weights and lots of both."))
    except Refused as refusal:
        for one in refusal.findings:
            messages.error(request, one.sentence)
    except Overtaken:
        messages.info(request, _("The request was changed in another window. Look at it once more."))
    return redirect(request.path)
