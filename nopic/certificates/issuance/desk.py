"""One operation on the desk: what the steps of issuing and cancelling share.

Every change is one short transaction in the same order of locks (certificate, dispatch row, operation, account), with
the fence checked in it. What was learnt from the registry is kept even when the lease was lost.
"""

import os
import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from django.conf import settings
from django.utils.translation import gettext as _

from nopic.certificates.issuance.patience import Patience
from nopic.certificates.models import Certificate, RegistryAttempt, RegistryOperation
from nopic.certificates.statuses import CLOSED_OPERATION, CertificateStatus, OperationKind, OperationStatus
from nopic.oid.client import Evidence, Registry, Rejected, Unavailable
from nopic.tenants import crypto
from nopic.tenants.context import tenant
from nopic.tenants.models import RegistryCredential
from nopic.workflow.audit import record
from nopic.workflow.clock import now
from nopic.workflow.dispatch import Claim, Later, LostLease, owe
from nopic.workflow.transitions import advance

BY = "issuance"  # the actor of the audit log
Answer = TypeVar("Answer")
Change = Callable[[Certificate, RegistryOperation], None]


class Closed(Exception):
    """The operation was closed by somebody meanwhile: there is nothing left to do."""


class Changed(Exception):
    """Somebody asked to cancel meanwhile: begin again with what holds now."""


class NeedsPerson(Exception):
    """What stands against going on, in a sentence for the staff."""


@dataclass(frozen=True)
class Note:
    """One exchange with the registry, for the append-only attempts."""

    call: str
    outcome: str
    evidence: Evidence | None = None
    number: str = ""
    text: str = ""


@dataclass
class Desk:
    """A claimed operation with its certificate as read at the start, and the way to the registry."""

    claim: Claim
    patience: Patience
    operation: RegistryOperation
    certificate: Certificate
    registry: Registry
    secret: str  # the key as it is stored, to say which one was not accepted
    obstacles: list[str] | None = None  # what stood against sending when this run began; None: not asked
    moment: datetime = field(init=False)  # the database's clock in the transaction of `write`

    def write(self, note: Note | None, change: Change | None = None) -> None:
        """Keep the note and make the change, in one transaction; after a lost lease only the note is kept.

        The change gets both rows as they are now, locked. Raises Closed when the operation is closed already.
        """
        try:
            with tenant(self.claim.certifier_id):
                if self.certificate.replaces_id:  # the older one first, as everybody who needs both
                    Certificate.objects.select_for_update().get(
                        certifier_id=self.claim.certifier_id, pk=self.certificate.replaces_id
                    )
                certificate = (
                    Certificate.objects.select_for_update(of=("self",))
                    .select_related("request__policy", "line__account")
                    .get(certifier_id=self.claim.certifier_id, pk=self.certificate.pk)
                )
                self.moment = self.claim.keep()
                operation = RegistryOperation.objects.get(certifier_id=self.claim.certifier_id, pk=self.operation.pk)
                if note:
                    self._keep(note)
                closed = operation.status in CLOSED_OPERATION
                if closed:
                    self.claim.finish()
                elif change:
                    change(certificate, operation)
        except LostLease:
            self.keep_note(note)
            raise
        if closed:
            raise Closed
        self.certificate, self.operation = certificate, operation

    def keep_note(self, note: Note | None) -> None:
        """Keep what was learnt although nothing may be changed."""
        if note:
            with tenant(self.claim.certifier_id):
                self._keep(note)

    def _keep(self, note: Note) -> None:
        evidence = note.evidence or Evidence()
        RegistryAttempt.objects.create(
            certifier_id=self.claim.certifier_id,
            operation_id=self.operation.pk,
            call=note.call,
            outcome=note.outcome,
            http_status=evidence.status,
            reply_sha256=evidence.raw_sha256 or "",
            number=note.number[:40],
            text=note.text,
            fence=self.claim.fence,
            by=this_process(),
        )

    def ask(self, question: Callable[..., Answer], *arguments: str) -> Answer:
        """A question to the registry; a refusal makes no sense as an answer to one, so it counts as none."""
        try:
            return question(*arguments)
        except Rejected as odd:
            raise Unavailable("status", left=True, evidence=odd.evidence, detail=str(odd)[:200]) from odd

    def has_time_for(self, calls: int) -> bool:
        """Whether the lease outlasts so many calls, each at its longest."""
        return self.claim.seconds_left() > calls * settings.REGISTRY_READ_SECONDS

    def unanswered(self, call: str, failure: Unavailable, undo: Change | None = None) -> Later:
        """A call without a usable answer: keep it, and say when to go on. Raises NeedsPerson when patience is over.

        `undo` (of a send) takes back what was written down when the send provably did not count. Patience is used up
        by what may have arrived, and by the time that something is in doubt.
        """
        outcome = _outcome(failure)
        text = str(failure)[:500]

        def change(certificate: Certificate, operation: RegistryOperation) -> None:
            if failure.credential:
                self._set_key_aside()
            if undo and not failure.left:
                undo(certificate, operation)
            elif operation.status == OperationStatus.SENT:
                advance(operation, OperationStatus.IN_DOUBT, by=BY, note=outcome)
            if outcome == "ambiguous" and not undo and operation.first_sent_at:
                operation.attempts += 1
            operation.last_error = text
            operation.save(update_fields=["attempts", "last_error"])

        self.write(Note(call, outcome, failure.evidence, text=text), change)
        if failure.credential:
            return Later(self.patience.scaled(self.patience.rejected_key), outcome)
        self.stop_when_over()
        pause = self.patience.pause(self.claim.attempts)
        return Later(pause if failure.retry_after is None else failure.retry_after, outcome)

    def stop_when_over(self) -> None:
        """Raise NeedsPerson when the tries or the time for something in doubt are used up."""
        sent = self.operation.first_sent_at
        if sent and self.patience.is_over(self.operation.attempts, max(sent, self.operation.trying_since), now()):
            raise NeedsPerson(
                _("The registry gave no usable answer in %(tries)s tries: %(error)s")
                % {"tries": self.operation.attempts, "error": self.operation.last_error}
            )

    def _set_key_aside(self) -> None:
        """No more calls with this key; staff see it and renew it. A key renewed meanwhile is left alone."""
        aside = RegistryCredential.objects.filter(
            certifier_id=self.claim.certifier_id, secret=self.secret, rejected_at=None
        )
        if aside.update(rejected_at=now()):
            record(self.certificate, "registry key not accepted", by=BY)

    def hand_to_person(self, why: str, note: Note | None = None) -> None:
        """The operation rests until somebody presses a button; `why` stands in the list of what needs attention."""

        def change(certificate: Certificate, operation: RegistryOperation) -> None:
            operation.last_error, operation.only_look = why, False
            operation.save(update_fields=["last_error", "only_look"])
            if operation.status != OperationStatus.REFUSED:
                advance(operation, OperationStatus.REFUSED, by=BY, note=why)
            if certificate.status == CertificateStatus.PENDING:
                advance(certificate, CertificateStatus.ISSUING, by=BY)
            if certificate.status == CertificateStatus.ISSUING:
                advance(certificate, CertificateStatus.NEEDS_ATTENTION, by=BY, note=why, attention=why)
            else:  # issued: a cancellation that did not get through
                certificate.attention = why
                certificate.save(update_fields=["attention"])
                record(certificate, "needs attention", by=BY, note=why)
            self.claim.finish()

        self.write(note, change)


def this_process() -> str:
    """Who made a call, for the evidence: the machine and the process."""
    return f"{BY} {socket.gethostname()} {os.getpid()}"


def registry_of(credential: RegistryCredential) -> Registry:
    """The registry as this certifier sees it, within the time that one call may take."""
    limit = settings.REGISTRY_READ_SECONDS
    key = crypto.decrypt(credential.secret)
    return Registry(settings.OID_URL, key, connect=min(3.0, limit), read=limit, total=limit)


def owe_next(certificate: Certificate) -> None:
    """The next open operation of the certificate may begin now, or the one of the certificate that replaces it."""
    waiting = RegistryOperation.objects.filter(
        certifier_id=certificate.certifier_id, certificate__replaces_id=certificate.pk, kind=OperationKind.ISSUE
    ).exclude(status__in=CLOSED_OPERATION)
    for operation_id in waiting.values_list("pk", flat=True):
        owe("registry", operation_id, certifier_id=certificate.certifier_id)
    following = RegistryOperation.objects.filter(
        certifier_id=certificate.certifier_id, certificate_id=certificate.pk
    ).exclude(status__in=CLOSED_OPERATION)
    for operation_id in following.order_by("sequence").values_list("pk", flat=True)[:1]:
        owe("registry", operation_id, certifier_id=certificate.certifier_id)


def _outcome(failure: Unavailable) -> str:
    if failure.credential:
        return "key_rejected"
    if failure.busy:
        return "busy"
    return "ambiguous" if failure.left else "not_sent"
