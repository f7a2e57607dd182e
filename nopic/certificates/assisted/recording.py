"""What a confirmed entry does: the endings of the other channel, by kind of operation and what was found."""

from collections.abc import Callable

from nopic.certificates.actions.revising import next_sequence
from nopic.certificates.issuance.endings import abandon, cancelled, issued, revised, weights_reported
from nopic.certificates.models import Certificate, RegistryEntry, RegistryOperation
from nopic.certificates.statuses import CertificateStatus, Channel, EntryOutcome, OperationKind, OperationStatus
from nopic.oid.payloads import client_ref
from nopic.tenants.models import User
from nopic.workflow.audit import record
from nopic.workflow.clock import now
from nopic.workflow.transitions import advance

Ending = Callable[[Certificate, RegistryOperation, RegistryEntry, User], None]


def _published(certificate: Certificate, operation: RegistryOperation, entry: RegistryEntry, by: User) -> None:
    assert entry.published_at is not None  # noqa: S101 - a constraint: what is done has its time
    advance(operation, OperationStatus.DONE, by=by, done_at=now(), last_error="")
    issued(certificate, entry.number, at=entry.published_at, by=by)
    if certificate.replaces_id:
        _owe_the_end_of(certificate.replaces_id, certificate, by)


def _owe_the_end_of(old_id: int, new: Certificate, by: User) -> None:
    """Nobody ends the replaced number in the registry but people: a task of its own, entered and confirmed like the rest."""
    old = Certificate.objects.get(certifier_id=new.certifier_id, pk=old_id)
    mine = old.operations.filter(certifier_id=old.certifier_id)
    if not mine.filter(kind=OperationKind.ISSUE, channel=Channel.ASSISTED).exists():
        return  # issued by the other channel: its sheet says which number to end
    RegistryOperation.objects.create(
        certifier_id=old.certifier_id, certificate=old, sequence=next_sequence(old), kind=OperationKind.CANCEL,
        client_ref=client_ref(old.certifier_id, old.pk, kind="cancel"), payload={}, payload_sha256="",
    )  # fmt: skip
    record(old, "to be ended in the registry by hand", by=by, new=new.number or "")


def _cancelled(certificate: Certificate, operation: RegistryOperation, entry: RegistryEntry, by: User) -> None:
    assert entry.published_at is not None  # noqa: S101 - a constraint: what is done has its time
    advance(operation, OperationStatus.DONE, by=by, done_at=now(), last_error="")
    if certificate.status == CertificateStatus.SUPERSEDED:
        record(certificate, "ended in the registry", by=by, note=entry.published_at.isoformat())
        return
    cancelled(certificate, at=entry.published_at, by=by)


def _revised(certificate: Certificate, operation: RegistryOperation, entry: RegistryEntry, by: User) -> None:
    assert entry.published_at is not None  # noqa: S101 - a constraint: what is done has its time
    advance(operation, OperationStatus.DONE, by=by, done_at=now(), last_error="")
    revised(certificate, operation.generation, at=entry.published_at, by=by)


def _weighed(certificate: Certificate, operation: RegistryOperation, entry: RegistryEntry, by: User) -> None:
    assert entry.published_at is not None  # noqa: S101 - a constraint: what is done has its time
    advance(operation, OperationStatus.DONE, by=by, done_at=now(), last_error="")
    weights_reported(certificate, operation, at=entry.published_at, by=by)


def _not_published(certificate: Certificate, operation: RegistryOperation, entry: RegistryEntry, by: User) -> None:
    """The registry holds nothing: given up when its cancellation was asked for, otherwise keyed anew."""
    if certificate.cancel_requested_at:
        abandon(certificate, operation, by=by)
    else:
        _anew(certificate, operation, entry, by)


def _anew(_certificate: Certificate, operation: RegistryOperation, _entry: RegistryEntry, by: User) -> None:
    was = {"first_sent_at": None, "last_sent_at": None}
    advance(operation, OperationStatus.PENDING, by=by, note="nothing was done in the registry", **was)


RECORD: dict[tuple[OperationKind, EntryOutcome], Ending] = {
    (OperationKind.ISSUE, EntryOutcome.DONE): _published,
    (OperationKind.ISSUE, EntryOutcome.NOTHING): _not_published,
    (OperationKind.CANCEL, EntryOutcome.DONE): _cancelled,
    (OperationKind.CANCEL, EntryOutcome.NOTHING): _anew,
    (OperationKind.REVISE, EntryOutcome.DONE): _revised,
    (OperationKind.REVISE, EntryOutcome.NOTHING): _anew,
    (OperationKind.WEIGHTS, EntryOutcome.DONE): _weighed,
    (OperationKind.WEIGHTS, EntryOutcome.NOTHING): _anew,
}
