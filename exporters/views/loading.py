"""How an exporter's page reaches a request: by its reference, within the certifier and the company at the door.

And what else a page must know of the person there: whether they speak for that company.
"""

from django.http import Http404

from nopic.requests.models import CertificateRequest
from nopic.requests.steps import cleaned
from nopic.tenants.access import PortalRequest
from nopic.tenants.models import Membership
from nopic.tenants.statuses import Role


def load_request(request: PortalRequest, reference: str) -> CertificateRequest:
    """The request of this reference with exporter, importer, contact, policy, dossier and what it was copied from; one statement.

    404 when the certifier has none of this reference, or another company wrote it: which of the two is not said.
    """
    found = (
        CertificateRequest.objects.filter(
            certifier=request.certifier, exporter_id=request.exporter_id, reference=str(cleaned(reference))
        )
        .select_related("exporter", "importer", "contact", "policy", "dossier", "copied_from")
        .first()
    )
    if found is None:
        raise Http404("no request of this reference, or not this company's")
    found.certifier = request.certifier
    return found


def may_send(request: PortalRequest) -> bool:
    """Whether this person speaks for the company at the door: sends, withdraws, says that the goods have left.

    Somebody of two companies may be a sender of one and a mere member of the other.
    """
    if Role.EXPORTER_SENDER not in request.roles or len(request.exporter_ids) < 2:
        return Role.EXPORTER_SENDER in request.roles
    return Membership.objects.filter(
        user=request.user,
        certifier=request.certifier,
        exporter_id=request.exporter_id,
        role=Role.EXPORTER_SENDER,
        is_active=True,
    ).exists()
