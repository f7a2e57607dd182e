"""Later looks after a certificate was sent twice or given up: did the registry keep its own promise about time?

A registration that came later than its bounds allow is a second certificate for the same goods. Nobody guesses which
one is meant: the certificate keeps the number that it was given, and a person reads of both until the registry says
that the other is cancelled.
"""

from datetime import timedelta

from django.conf import settings

from nopic.certificates import policies, printed, standing
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
    """Compare all that the registry lists under our reference with the number that we hold.

    What agrees is looked at once more, much later: this is about a registry that does not keep to its bounds.
    """
    with tenant(claim.certifier_id):
        operation = RegistryOperation.objects.get(certifier_id=claim.certifier_id, pk=claim.subject_id)
        credential = RegistryCredential.objects.filter(certifier_id=claim.certifier_id, rejected_at=None).first()
    if credential is None:
        return Later(patience.scaled(patience.rejected_key), "no accepted key")
    registry = registry_of(credential)
    try:
        found = registry.find(operation.client_ref)
    except RegistryFailure as failure:
        return Later(patience.pause(claim.attempts), str(failure))
    with tenant(claim.certifier_id):
        certificate = Certificate.objects.select_for_update().get(
            certifier_id=claim.certifier_id, pk=operation.certificate_id
        )
        claim.keep()
        before = certificate.registry_lists
        # What a look-up has left out this time is not gone: only "cancelled" ends a second certificate.
        kept = {number: before[number] for number in policies.other_numbers(certificate)} if before else {}
        certificate.registry_lists = kept | {one.number: one.status for one in found}
        agrees = _agrees(certificate)
        if agrees:
            certificate.registry_lists = None
        looks = operation.attempts_made.filter(certifier_id=claim.certifier_id, outcome="confirmed").count()
        RegistryAttempt.objects.create(
            certifier_id=claim.certifier_id,
            operation=operation,
            call="find",
            outcome="confirmed" if agrees else "differs",
            http_status=registry.evidence.status,
            reply_sha256=registry.evidence.raw_sha256 or "",
            number=found[0].number if found else "",
            text=", ".join(f"{one.number} {one.status}" for one in found),
            fence=claim.fence,
            by=this_process(),
        )
        if not agrees:
            certificate.attention = policies.registry_differs(certificate)
            record(certificate, "needs attention", by=BY, note=certificate.attention)
        elif before is not None:
            _put_right(certificate)
        certificate.save(update_fields=["registry_lists", "attention"])
        if agrees and not looks:
            return Later(patience.scaled(patience.last_look), "one last look")
        claim.finish()
    return None


def _agrees(certificate: Certificate) -> bool:
    """Nothing but our number is valid there; and ours is, unless we have cancelled or replaced it ourselves."""
    assert certificate.registry_lists is not None  # noqa: S101 - set by the caller
    if policies.other_numbers(certificate):
        return False
    if not certificate.number or certificate.cancel_requested_at:
        return True
    said = certificate.registry_lists.get(certificate.number)
    return said == "published" or (said == "replaced" and standing.replacement_of(certificate) is not None)


def _put_right(certificate: Certificate) -> None:
    """The second certificate is cancelled there; what else needs a person comes to light again."""
    record(certificate, "registry agrees again", by=BY)
    resting = policies.resting_operation(certificate)
    certificate.attention = resting.last_error if resting else ""
    if certificate.number and printed.file_to_hand_out(certificate) is None:
        owe("render", certificate.pk, certifier_id=certificate.certifier_id)
