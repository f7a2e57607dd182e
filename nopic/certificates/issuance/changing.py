"""Cancel, revise, report weights: the same ladder for a published certificate, whose changes are safe to repeat.

look up → write down that it is sent → send → read back → record. What was sent and not answered is looked up first;
what the registry refuses as taken is looked up too, and only a cancellation is believed from the number alone.
"""

from datetime import datetime

from django.utils.translation import gettext as _

from nopic.certificates.issuance.acts import ACTS, Act
from nopic.certificates.issuance.desk import BY, Desk, NeedsPerson, Note, owe_next
from nopic.certificates.models import Certificate, RegistryOperation
from nopic.certificates.statuses import OperationStatus
from nopic.oid.client import AlreadyRegistered, Unavailable
from nopic.oid.payloads import fingerprint
from nopic.workflow.crash import crash_point
from nopic.workflow.dispatch import Later, database_now
from nopic.workflow.transitions import advance


def change_published(desk: Desk) -> Later | None:
    """One run up the ladder for the operation's kind of change."""
    act = ACTS[desk.operation.kind]
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
                return _record(desk, act, first.recorded_at, note)
            desk.write(note)
            raise NeedsPerson(_("The registry holds something else under the reference of this change."))
        desk.write(Note("find", "not_found", desk.registry.evidence))
    if desk.operation.only_look:
        return _read(desk, act)
    return _send(desk, act)


def _no_answer(_certificate: Certificate, operation: RegistryOperation) -> None:
    advance(operation, OperationStatus.IN_DOUBT, by=BY, note="no answer recorded")


def _send(desk: Desk, act: Act) -> Later | None:
    if not desk.has_time_for(3):
        return Later(0, "lease too short")
    before = desk.operation
    number = desk.certificate.number or ""
    payload = before.payload if before.last_sent_at else act.payload(desk)

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
    desk.write(Note(act.call, "sent", number=number), intend)
    crash_point("withdrawing.after_intent_before_call")
    if not desk.has_time_for(2):
        return Later(0, "lease too short")
    try:
        done = act.send(desk, payload)
    except AlreadyRegistered as clash:
        desk.write(Note(act.call, "clash", clash.evidence, number, f"{clash.code}: {clash.text}"), _no_answer)
        return _read(desk, act)
    except Unavailable as failure:
        return desk.unanswered(act.call, failure, undo=undo)
    crash_point("withdrawing.after_call_before_record")
    return _record(desk, act, done.recorded_at, Note(act.call, "accepted", done.evidence, number))


def _read(desk: Desk, act: Act) -> Later | None:
    """What does the number itself say? Of a cancellation that is proof; anything else is only believed by reference."""
    number = desk.certificate.number or ""
    try:
        there = desk.ask(desk.registry.read, number)
    except Unavailable as failure:
        return desk.unanswered("read", failure)
    note = Note("read", there.status if there else "not_found", desk.registry.evidence, number)
    shown_at = act.shows(there, desk.operation.payload) if there and act.read_is_proof else None
    if shown_at:
        return _record(desk, act, shown_at, note)
    desk.write(note)
    if there is None:
        raise NeedsPerson(_("The registry does not show certificate %(number)s.") % {"number": number})
    if there.status != "published" or desk.operation.only_look:
        raise NeedsPerson(
            _("Looked up: the registry says that certificate %(number)s is %(status)s, version %(version)s.")
            % {"number": number, "status": there.status, "version": there.version}
        )
    desk.stop_when_over()
    return Later(desk.patience.pause(desk.operation.attempts), "clash")


def _record(desk: Desk, act: Act, at: datetime, note: Note) -> Later | None:
    """Done at the registry; of what is believed by its reference alone, the number must show it as well."""
    if not act.read_is_proof:
        try:
            there = desk.ask(desk.registry.read, desk.certificate.number or "")
        except Unavailable as failure:
            desk.keep_note(note)
            return desk.unanswered("read", failure)
        if there is None or act.shows(there, desk.operation.payload) is None:
            desk.write(note)
            raise NeedsPerson(
                _("The registry took the change of %(number)s, but asked for that number it does not show it.")
                % {"number": desk.certificate.number}
            )

    def change(certificate: Certificate, operation: RegistryOperation) -> None:
        advance(operation, OperationStatus.DONE, by=BY, done_at=database_now(), last_error="", only_look=False)
        act.record(certificate, operation, at)
        owe_next(certificate)
        desk.claim.finish()
        crash_point("withdrawing.before_record_commits")

    desk.write(note, change)
    return None
