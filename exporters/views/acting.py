"""The exporter's own pages of one request, opened as well to the person of the staff who fills in the draft, or corrects
what was sent, for the exporter.

The pages and their actions are the same; nothing can be sent through this door, and every event of the log names both.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseBase

from nopic.requests.models import Correction, OnBehalf
from nopic.requests.statuses import RequestStatus
from nopic.requests.steps import cleaned
from nopic.tenants.access import PortalRequest, View, certifier_door
from nopic.tenants.context import tenant
from nopic.tenants.statuses import EXPORTERS, STAFF
from nopic.workflow.audit import acting_for


def filing_door(view: View, *, opens_tenant: bool = True) -> View:
    """Everybody of the exporter, and whoever of the staff fills it in or corrects it now; the others get what they got before."""
    own = certifier_door(*sorted(EXPORTERS), opens_tenant=opens_tenant)(view)
    other = certifier_door(*sorted(STAFF), opens_tenant=opens_tenant)(_in_place_of(view, opens_tenant))

    @wraps(view)
    def guarded(request: PortalRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return own(request, *args, **kwargs)
        except (PermissionDenied, Http404) as refused:
            try:
                return other(request, *args, **kwargs)
            except (PermissionDenied, Http404):
                raise refused from None

    return guarded


def answering(request: PortalRequest) -> str:
    """Name of the page on which the answers of a sent request are gathered: the exporter's, or that of who corrects it."""
    return "correct_request" if getattr(request, "acting", None) else "request_questions"


def _in_place_of(view: View, opens_tenant: bool) -> Callable[..., HttpResponseBase]:
    def inner(request: PortalRequest, *, reference: str, **kwargs: Any) -> HttpResponseBase:
        if opens_tenant:
            filing = _filing(request, reference)
        else:
            with tenant(request.certifier, request.user):
                filing = _filing(request, reference)
        if filing is None:
            raise PermissionDenied
        request.exporter_id, request.exporter_ids = filing.request.exporter_id, [filing.request.exporter_id]
        request.may_send, request.acting = False, filing
        with acting_for(filing.in_words):
            return view(request, reference=reference, **kwargs)

    return inner


def _filing(request: PortalRequest, reference: str) -> OnBehalf | Correction | None:
    mine = {
        "certifier": request.certifier, "staff": request.user, "request__reference": str(cleaned(reference)),
    }  # fmt: skip
    draft = OnBehalf.objects.filter(**mine, request__status=RequestStatus.DRAFT)
    sent = Correction.objects.filter(**mine, closed_at=None, asked_to_confirm_at=None)
    return draft.select_related("request__exporter").first() or sent.select_related("request__exporter").first()
