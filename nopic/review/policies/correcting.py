"""Who of the staff may correct a sent request for its exporter, and take that back."""

from django.utils.translation import gettext as _

from nopic.requests.models import CertificateRequest, Correction
from nopic.requests.policies import is_partly_decided
from nopic.review.policies import Obstacle, obstacles_to_ask, who_has_it
from nopic.tenants.models import User


def obstacles_to_correct(request: CertificateRequest, by: User) -> list[Obstacle]:
    """The reviewer who has the case may correct it for its exporter while nothing of it is decided."""
    if against := obstacles_to_ask(request, by):
        return against
    if is_partly_decided(request):
        return [_("A product of this request is decided, so its answers stand. Ask the exporter for a new request.")]
    return []


def obstacles_to_take_correction_back(correction: Correction, by: User) -> list[Obstacle]:
    """Whoever entered it takes it back, or the reviewer who has the case by now."""
    if by.pk in (correction.staff_id, correction.request.reviewer_id):
        return []
    return [who_has_it(correction.request)]
