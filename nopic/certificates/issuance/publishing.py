"""Issue: look up what may be there already, ask live, write down the intent, send, read back, record.

The order is the whole point. Whatever may have reached the registry is looked up before anything is sent again; a
second sending follows only when the registry is idempotent, or when its own bounds prove that nothing arrived. And a
number is ours only when the registry, asked for that number, names our reference and our hash: an answer that carries
the number of another certificate is whole in every other respect.
"""

from dataclasses import replace
from datetime import timedelta
from functools import partial

from django.conf import settings
from django.db import IntegrityError
from django.utils.translation import gettext as _

from nopic.certificates import policies
from nopic.certificates.issuance.asking import ask_live, look_at_parties
from nopic.certificates.issuance.confirming import owe_confirmation
from nopic.certificates.issuance.desk import BY, Changed, Desk, NeedsPerson, Note, owe_next
from nopic.certificates.issuance.endings import abandon, issued
from nopic.certificates.models import Certificate, RegistryOperation
from nopic.certificates.statuses import CertificateStatus, OperationStatus
from nopic.oid.client import AlreadyRegistered, Record, Registration, Unavailable
from nopic.workflow.crash import crash_point
from nopic.workflow.dispatch import Later, database_now
from nopic.workflow.transitions import advance


def publish(desk: Desk) -> Later | None:
    """One run up the ladder."""
    if desk.operation.last_sent_at:
        if desk.operation.status == OperationStatus.SENT:  # the run that sent it ended without an answer
            desk.write(None, _no_answer)
        later = _look_up(desk)
        if later is not _SEND:
            return later
    elif desk.operation.only_look:
        return look_at_parties(desk)
    return _send(desk)


_SEND = Later(0, "send")  # what a look-up answers when sending (again) is safe


def _kind(desk: Desk) -> str:
    """What the registry calls it: a certificate of its own, or one in the place of another."""
    return "replace" if "replaces" in desk.operation.payload else "register"


def _no_answer(_certificate: Certificate, operation: RegistryOperation) -> None:
    advance(operation, OperationStatus.IN_DOUBT, by=BY, note="no answer recorded")


def _look_up(desk: Desk) -> Later | None:
    """Adopt what the registry holds; _SEND when it provably holds nothing; Later when nobody can know yet."""
    try:
        found = desk.ask(desk.registry.find, desk.operation.client_ref)
    except Unavailable as failure:
        return desk.unanswered("find", failure)
    crash_point("issuance.after_look_up")
    if not found:
        return _not_found(desk)
    ours = [one for one in found if one.sha256 == desk.operation.payload_sha256 and one.kind == _kind(desk)]
    valid = [one for one in ours if one.status == "published"]
    first = (valid or ours or found)[0]  # of several, the confirmation tells a person
    listed = ", ".join(f"{one.number} {one.status}" for one in found)
    note = Note("find", "found", desk.registry.evidence, first.number, listed)
    if not ours:
        desk.write(note)
        raise NeedsPerson(
            _("The registry holds something else under our reference: certificate %(number)s.")
            % {"number": first.number}
        )
    if not valid and not desk.certificate.cancel_requested_at:
        desk.write(note)
        raise NeedsPerson(
            _("The registry holds certificate %(number)s under our reference, but says that it is %(status)s.")
            % {"number": first.number, "status": first.status}
        )
    return _adopt(desk, first, note)


def _not_found(desk: Desk) -> Later | None:
    """Nothing is there. Whether that is final is decided by the registry's published bounds, never guessed."""
    note = Note("find", "not_found", desk.registry.evidence)
    if desk.operation.only_look:
        desk.write(note)
        raise NeedsPerson(_("Looked up: the registry holds nothing under our reference."))
    try:
        bounds = desk.ask(desk.registry.bounds)
    except Unavailable as failure:
        desk.write(note)
        return desk.unanswered("bounds", failure)
    cancelling = desk.certificate.cancel_requested_at is not None
    if bounds.idempotent and not cancelling:
        desk.write(note)
        return _SEND
    longest = bounds.longest_in_flight_seconds + bounds.longest_lookup_lag_seconds
    if longest >= settings.SETTLE_SECONDS:
        desk.write(note)
        raise NeedsPerson(
            _(
                "The registry may take %(longest)g seconds to show what it was sent, and this portal waits only"
                " %(settle)g. OID_SETTLE_SECONDS must be longer."
            )
            % {"longest": longest, "settle": settings.SETTLE_SECONDS}
        )
    return _settle(desk, note, cancelling)


def _settle(desk: Desk, note: Note, cancelling: bool) -> Later | None:
    """Two look-ups, both later than anything sent could still appear, and apart from each other."""
    moment = database_now()
    sent_at = desk.operation.last_sent_at
    assert sent_at is not None  # noqa: S101 - only what was sent is looked up
    settled_at = sent_at + timedelta(seconds=settings.SETTLE_SECONDS)
    apart = timedelta(seconds=desk.patience.scaled(desk.patience.between_not_founds))
    first = desk.operation.not_found_at
    if moment < settled_at:
        desk.write(note)
        return Later((settled_at - moment).total_seconds(), "settling")
    if first is None:

        def remember(_certificate: Certificate, operation: RegistryOperation) -> None:
            operation.not_found_at = moment
            operation.save(update_fields=["not_found_at"])

        desk.write(note, remember)
        return Later(apart.total_seconds(), "second look-up")
    if moment < first + apart:
        desk.write(note)
        return Later((first + apart - moment).total_seconds(), "second look-up")
    if cancelling:

        def give_up(certificate: Certificate, operation: RegistryOperation) -> None:
            abandon(certificate, operation, by=BY)
            owe_confirmation(operation)
            desk.claim.finish()

        desk.write(note, give_up)
        return None
    desk.write(note)
    return _SEND


def _send(desk: Desk) -> Later | None:
    """Ask live, write down the intent, send."""
    if desk.certificate.cancel_requested_at:
        raise Changed
    if not desk.has_time_for(3):
        return Later(0, "lease too short")
    asked = ask_live(desk)
    if isinstance(asked, Later):
        return asked
    if not desk.has_time_for(2):  # to send, and to read back
        return Later(0, "lease too short")
    crash_point("issuance.before_intent")
    before = desk.operation
    desk.write(Note("register", "sent", text=asked), partial(_intend, desk))
    sent_at = desk.moment.timestamp()  # the database's clock, whatever this machine's says
    crash_point("issuance.after_intent_before_call")
    if not desk.has_time_for(2):
        return Later(0, "lease too short")
    crash_point("issuance.at_the_last_moment")
    try:
        send = desk.registry.register if _kind(desk) == "register" else desk.registry.replace
        done = send(before.client_ref, before.payload, sha256=before.payload_sha256, sent_at=sent_at)
    except AlreadyRegistered as clash:
        return _clash(desk, clash)
    except Unavailable as failure:
        return desk.unanswered("register", failure, undo=lambda _c, o: _undo(o, before))
    crash_point("issuance.after_call_before_record")
    return _adopt(desk, done, Note("register", "accepted", done.evidence, done.number))


def _intend(desk: Desk, certificate: Certificate, operation: RegistryOperation) -> None:
    """Written down and committed before the first byte leaves; from then on nothing is recorded as left under the old one."""
    if certificate.cancel_requested_at or (certificate.replaces and policies.has_shipped(certificate.replaces)):
        raise Changed
    moment = desk.moment
    advance(
        operation, OperationStatus.SENT, by=BY, attempts=operation.attempts + 1, last_sent_at=moment,
        first_sent_at=operation.first_sent_at or moment, not_found_at=None,
    )  # fmt: skip
    if certificate.status == CertificateStatus.PENDING:
        advance(certificate, CertificateStatus.ISSUING, by=BY)


def _undo(operation: RegistryOperation, before: RegistryOperation) -> None:
    """It provably never counted: what was written down for this send is taken back."""
    was = OperationStatus.IN_DOUBT if before.last_sent_at else OperationStatus.PENDING
    advance(
        operation, was, by=BY, note="it did not reach the registry", attempts=before.attempts,
        first_sent_at=before.first_sent_at, last_sent_at=before.last_sent_at, not_found_at=before.not_found_at,
    )  # fmt: skip


def _clash(desk: Desk, clash: AlreadyRegistered) -> Later:
    """The registry says that our reference is taken; by what, the next run looks up."""

    def change(_certificate: Certificate, operation: RegistryOperation) -> None:
        operation.last_error = f"{clash.code}: {clash.text}"[:500]
        operation.save(update_fields=["last_error"])
        advance(operation, OperationStatus.IN_DOUBT, by=BY, note=clash.code)

    desk.write(Note("register", "clash", clash.evidence, text=f"{clash.code}: {clash.text}"), change)
    desk.stop_when_over()
    return Later(desk.patience.pause(desk.operation.attempts), "clash")


def _adopt(desk: Desk, told: Registration, note: Note) -> Later | None:
    """Record the number that we were told, once the registry says of that very number that it is ours.

    Otherwise what a sending was told is looked up, and what a look-up was told waits for a person.
    """
    try:
        there = desk.ask(desk.registry.read, told.number)
    except Unavailable as failure:
        desk.keep_note(note)
        return desk.unanswered("read", failure)
    ours = desk.operation
    if there and (there.client_ref, there.sha256) == (ours.client_ref, ours.payload_sha256):
        if there.status == "published" or desk.certificate.cancel_requested_at:
            return _record(desk, there, replace(note, text=" ".join(filter(None, (note.text, "(read back)")))))
        says = there.status
    else:
        says = "held for something else" if there else "not held"
    if note.call == "register":
        desk.write(replace(note, outcome="not_ours", text=f"read back: {says}"), _no_answer)
        desk.stop_when_over()
        return Later(desk.patience.pause(desk.operation.attempts), "not our number")
    desk.write(replace(note, outcome="not_ours", text=f"{note.text}; read back: {says}"))
    raise NeedsPerson(
        _(
            "The registry names certificate %(number)s under our reference, but asked for that number it does not say"
            " that it is ours and published."
        )
        % {"number": told.number}
    )


def _record(desk: Desk, done: Record, note: Note) -> Later | None:
    """The certificate is issued: number, ledger, public record and what follows, all or nothing."""

    def change(certificate: Certificate, operation: RegistryOperation) -> None:
        advance(operation, OperationStatus.DONE, by=BY, done_at=desk.moment, last_error="", only_look=False)
        issued(certificate, done.number, at=done.published_at, by=BY)
        owe_next(certificate)
        if operation.first_sent_at != operation.last_sent_at:
            owe_confirmation(operation)
        desk.claim.finish()
        crash_point("issuance.before_record_commits")

    try:
        desk.write(note, change)
    except IntegrityError as error:
        if "number" not in str(error):
            raise
        # Both are kept: the other certificate as it is, this number in the attempts.
        desk.keep_note(note)
        raise NeedsPerson(
            _("The registry gave number %(number)s, which another certificate has already.") % {"number": done.number}
        ) from error
    crash_point("issuance.after_record")
    return None
