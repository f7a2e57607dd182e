"""Cancel: the same ladder for a published certificate. A number can be cancelled only once, so sending again is safe."""

from datetime import datetime

from django.utils.translation import gettext as _

from nopic.certificates import policies
from nopic.certificates.issuance.desk import BY, Desk, NeedsPerson, Note
from nopic.certificates.issuance.endings import cancelled
from nopic.certificates.models import Certificate, RegistryOperation
from nopic.certificates.statuses import OperationStatus
from nopic.oid.client import AlreadyRegistered, Unavailable
from nopic.oid.payloads import cancel_payload, fingerprint
from nopic.tenants.context import tenant
from nopic.workflow.crash import crash_point
from nopic.workflow.dispatch import Later, database_now
from nopic.workflow.transitions import advance


def withdraw(desk: Desk) -> Later | None:
    """One run up the ladder."""
    if desk.operation.last_sent_at:
        if desk.operation.status == OperationStatus.SENT:
            desk.write(None, _no_answer)
        try:
            found = desk.ask(desk.registry.find, desk.operation.client_ref)
        except Unavailable as failure:
            return desk.unanswered("find", failure)
        if found:
            first = found[0]
            note = Note("find", "found", desk.registry.evidence, first.number, first.status)
            if first.sha256 == desk.operation.payload_sha256 and first.number == desk.certificate.number:
                return _record(desk, first.recorded_at, note)
            desk.write(note)
            raise NeedsPerson(_("The registry holds something else under the reference of the cancellation."))
        desk.write(Note("find", "not_found", desk.registry.evidence))
    if desk.operation.only_look:
        return _read(desk)
    return _send(desk)


def _no_answer(_certificate: Certificate, operation: RegistryOperation) -> None:
    advance(operation, OperationStatus.IN_DOUBT, by=BY, note="no answer recorded")


def _send(desk: Desk) -> Later | None:
    if not desk.has_time_for(3):
        return Later(0, "lease too short")
    before = desk.operation
    number = desk.certificate.number
    assert number is not None  # noqa: S101 - the issue before it is done
    with tenant(desk.claim.certifier_id):
        text = policies.cancel_sentence(desk.certificate)
    payload = before.payload if before.last_sent_at else cancel_payload(number, desk.certificate.cancel_reason, text)

    def intend(_certificate: Certificate, operation: RegistryOperation) -> None:
        moment = database_now()
        advance(
            operation, OperationStatus.SENT, by=BY, attempts=operation.attempts + 1, last_sent_at=moment,
            first_sent_at=operation.first_sent_at or moment, payload=payload, payload_sha256=fingerprint(payload),
        )  # fmt: skip

    def undo(_certificate: Certificate, operation: RegistryOperation) -> None:
        was = OperationStatus.IN_DOUBT if before.last_sent_at else OperationStatus.PENDING
        advance(
            operation, was, by=BY, note="it did not reach the registry", attempts=before.attempts,
            first_sent_at=before.first_sent_at, last_sent_at=before.last_sent_at,
        )  # fmt: skip

    crash_point("withdrawing.before_intent")
    desk.write(Note("cancel", "sent", number=number), intend)
    crash_point("withdrawing.after_intent_before_call")
    if not desk.has_time_for(2):
        return Later(0, "lease too short")
    try:
        done = desk.registry.cancel(before.client_ref, number, payload["reason"], payload["text"])
    except AlreadyRegistered as clash:
        desk.write(Note("cancel", "clash", clash.evidence, number, f"{clash.code}: {clash.text}"), _no_answer)
        return _read(desk)
    except Unavailable as failure:
        return desk.unanswered("cancel", failure, undo=undo)
    crash_point("withdrawing.after_call_before_record")
    return _record(desk, done.recorded_at, Note("cancel", "accepted", done.evidence, number))


def _read(desk: Desk) -> Later | None:
    """Whatever was sent by whom: is the certificate cancelled in the registry?"""
    number = desk.certificate.number or ""
    try:
        there = desk.ask(desk.registry.read, number)
    except Unavailable as failure:
        return desk.unanswered("read", failure)
    note = Note("read", there.status if there else "not_found", desk.registry.evidence, number)
    if there and there.status == "cancelled":
        return _record(desk, there.cancelled_at or there.published_at, note)
    desk.write(note)
    if there is None:
        raise NeedsPerson(_("The registry does not show certificate %(number)s.") % {"number": number})
    if there.status != "published" or desk.operation.only_look:
        raise NeedsPerson(
            _("Looked up: the registry says that certificate %(number)s is %(status)s.")
            % {"number": number, "status": there.status}
        )
    desk.stop_when_over()
    return Later(desk.patience.pause(desk.operation.attempts), "clash")


def _record(desk: Desk, at: datetime, note: Note) -> Later | None:
    def change(certificate: Certificate, operation: RegistryOperation) -> None:
        advance(operation, OperationStatus.DONE, by=BY, done_at=database_now(), last_error="", only_look=False)
        cancelled(certificate, at=at, by=BY)
        desk.claim.finish()
        crash_point("withdrawing.before_record_commits")

    desk.write(note, change)
    return None
