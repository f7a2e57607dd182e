"""Work owed to the review: keeping the search words of a request and its risk up to date."""

from nopic.requests.models import CertificateRequest
from nopic.review import projection
from nopic.tenants.context import tenant
from nopic.workflow.dispatch import Claim, handles


@handles("index_request", queue="mail")
def index_request(claim: Claim) -> None:
    """Write the words by which a request is found and whether it is low risk; the subject is the request. Harmless to repeat."""
    with tenant(claim.certifier_id):
        request = (
            CertificateRequest.objects.select_related(
                "certifier", "exporter", "importer", "contact", "policy", "dossier"
            )
            .filter(certifier_id=claim.certifier_id, pk=claim.subject_id)
            .first()
        )
        if request is not None:
            projection.index(request)
            projection.risk.keep(request)
        claim.finish()
