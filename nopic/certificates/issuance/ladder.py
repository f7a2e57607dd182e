"""What is owed to the registry for one operation: who goes up the ladder, and how a run ends."""

from django.utils.translation import gettext as _

from nopic.certificates import policies, standing
from nopic.certificates.issuance.acts import ACTS
from nopic.certificates.issuance.changing import change_published
from nopic.certificates.issuance.desk import BY, Changed, Closed, Desk, NeedsPerson, Note, registry_of
from nopic.certificates.issuance.patience import Patience
from nopic.certificates.issuance.publishing import publish
from nopic.certificates.models import Certificate, RegistryOperation
from nopic.certificates.statuses import CLOSED_OPERATION, OperationKind, OperationStatus
from nopic.oid.client import Rejected
from nopic.tenants.context import tenant
from nopic.tenants.models import RegistryCredential
from nopic.workflow.dispatch import Claim, Later
from nopic.workflow.transitions import advance

STEPS = {OperationKind.ISSUE: publish, **dict.fromkeys(map(OperationKind, ACTS), change_published)}


def work(claim: Claim, patience: Patience) -> Later | None:
    """Do what one operation owes the registry, as far as it goes now. LostLease passes through."""
    desk = _sit_down(claim, patience)
    if desk is None or isinstance(desk, Later):
        return desk
    try:
        return STEPS[OperationKind(desk.operation.kind)](desk)
    except Closed:
        return None
    except Changed:
        return Later(0, "changed meanwhile")
    except NeedsPerson as stop:
        return _hand_over(desk, str(stop), None)
    except Rejected as refusal:
        kind = desk.operation.kind
        call = "register" if kind == OperationKind.ISSUE else ACTS[kind].call
        note = Note(call, "refused", refusal.evidence, text=f"{refusal.code}: {refusal.text}")
        if call == "register" and desk.certificate.cancel_requested_at:
            # It is to be cancelled anyway: what counts is whether an earlier try arrived, so look that up.
            return _doubt(desk, note)
        return _hand_over(desk, _("The registry refused it: %(text)s") % {"text": refusal.text}, note)


def _sit_down(claim: Claim, patience: Patience) -> Desk | Later | None:
    """Read what is owed. None: nothing to do (any more); Later: the certifier's key is not accepted at present."""
    with tenant(claim.certifier_id):
        operation = (
            RegistryOperation.objects.select_related(
                "certificate__line",
                "certificate__replaces",
                "certificate__request__policy",
                "certificate__request__exporter",
                "certificate__request__importer",
                "certificate__request__contact",
                "certificate__request__certifier",
            )
            .filter(certifier_id=claim.certifier_id, pk=claim.subject_id)
            .first()
        )
        if (
            operation is None
            or operation.status in (*CLOSED_OPERATION, OperationStatus.REFUSED)
            or policies.is_assisted(operation)
            or standing.waits_for_an_earlier_one(operation)
        ):
            claim.finish()  # a button, a person, or the end of the earlier operation goes on with it
            return None
        credential = RegistryCredential.objects.filter(certifier_id=claim.certifier_id).first()
        first = operation.kind == OperationKind.ISSUE and operation.last_sent_at is None
        obstacles = policies.obstacles_to_publish(operation.certificate) if first else None
    if credential is None or credential.rejected_at:
        return Later(patience.scaled(patience.rejected_key), "no accepted key")
    registry = registry_of(credential)
    return Desk(claim, patience, operation, operation.certificate, registry, credential.secret, obstacles)


def _hand_over(desk: Desk, why: str, note: Note | None) -> Later | None:
    try:
        desk.hand_to_person(why, note)
    except Closed:
        return None
    return None


def _doubt(desk: Desk, note: Note) -> Later | None:
    def change(_certificate: Certificate, operation: RegistryOperation) -> None:
        if operation.status == OperationStatus.SENT:
            advance(operation, OperationStatus.IN_DOUBT, by=BY, note=note.text)

    try:
        desk.write(note, change)
    except Closed:
        return None
    return Later(0, "refused, looking up")
