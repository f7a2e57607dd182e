"""The certifier's own paragraph in an e-mail, by the policy that the request was sent under."""

from django.utils.translation import get_language

from nopic.certificates.models import PublicRecord
from nopic.requests.models import CertificateRequest
from nopic.tenants.policy.letters import paragraph
from nopic.tenants.queries import policy_of


def own_paragraph(kind: str, request: CertificateRequest, record: PublicRecord | None) -> list[str]:
    """What the certifier has to say in this kind of letter, in the language of the moment: one paragraph or none."""
    certifier = request.certifier
    rules = request.policy.rules if request.policy else policy_of(certifier.pk).rules
    if not rules.letters:
        return []
    values = {
        "certifier": certifier.name,
        "phone": certifier.phone,
        "email": certifier.email,
        "reference": request.reference,
        "exporter": str(request.exporter),
        "importer": str(request.importer or request.contact or ""),
    }
    if record is not None:
        values |= {"number": record.number, "product": record.data["product"]["name"]}
    own = paragraph(rules.letters, kind, get_language() or "en", values)
    return [own] if own else []
