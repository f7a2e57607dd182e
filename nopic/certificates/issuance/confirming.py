"""One more look after a certificate was sent twice: did the registry keep its own promise about time?

A registration that came later than its bounds allow would be a second certificate. Nobody guesses which one is meant:
the certificate keeps the number that it was given, and a person reads of both.
"""

from datetime import timedelta

from django.conf import settings
from django.utils.translation import gettext as _

from nopic.certificates.issuance.desk import BY, registry_of, this_process
from nopic.certificates.issuance.patience import Patience
from nopic.certificates.models import Certificate, RegistryAttempt, RegistryOperation
from nopic.oid.client import RegistryFailure
from nopic.tenants.context import tenant
from nopic.tenants.models import RegistryCredential
from nopic.workflow.audit import record
from nopic.workflow.dispatch import Claim, Later, database_now, owe


def owe_confirmation(operation: RegistryOperation) -> None:
    """Look again when everything that was ever sent must have shown itself."""
    due = database_now() + timedelta(seconds=settings.SETTLE_SECONDS)
    owe("confirm", operation.pk, certifier_id=operation.certifier_id, due=due)


def confirm(claim: Claim, patience: Patience) -> Later | None:
    """Compare what the registry holds under our reference with the number that we hold."""
    with tenant(claim.certifier_id):
        operation = RegistryOperation.objects.select_related("certificate").get(
            certifier_id=claim.certifier_id, pk=claim.subject_id
        )
        credential = RegistryCredential.objects.filter(certifier_id=claim.certifier_id, rejected_at=None).first()
    if credential is None:
        return Later(patience.scaled(patience.rejected_key), "no accepted key")
    registry = registry_of(credential)
    try:
        found = registry.find(operation.client_ref)
    except RegistryFailure as failure:
        return Later(patience.pause(claim.attempts), str(failure))
    number = operation.certificate.number
    there = found.number if found else ""
    with tenant(claim.certifier_id):
        certificate = Certificate.objects.select_for_update().get(
            certifier_id=claim.certifier_id, pk=operation.certificate_id
        )
        RegistryAttempt.objects.create(
            certifier_id=claim.certifier_id,
            operation=operation,
            call="find",
            outcome="confirmed" if there == number else "differs",
            http_status=registry.evidence.status,
            reply_sha256=registry.evidence.raw_sha256 or "",
            number=there,
            fence=claim.fence,
            by=this_process(),
        )
        if there != number:
            certificate.attention = _(
                "It was sent twice, and the registry now shows %(there)s under our reference, not %(number)s."
                " One of them has to be cancelled there."
            ) % {"there": there or _("nothing"), "number": number}
            certificate.save(update_fields=["attention"])
            record(certificate, "needs attention", by=BY, note=certificate.attention)
        claim.finish()
    return None
