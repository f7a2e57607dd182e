"""What staff do to publish by hand. Each is one transaction of the caller's `tenant()`; locks certificate, then operation.

Two people stand behind every number: who entered it and who confirmed it, both in one row whose constraint refuses the
same person. A wrong entry that was noticed in time is taken back and stays readable; a new one is made.
"""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from nopic.certificates import policies
from nopic.certificates.assisted.comparing import as_json, compare, text_of
from nopic.certificates.assisted.recording import RECORD
from nopic.certificates.models import Certificate, RegistryAttempt, RegistryEntry, RegistryOperation
from nopic.certificates.statuses import (
    CLOSED_OPERATION,
    CertificateStatus,
    EntryOutcome,
    OperationKind,
    OperationStatus,
    RevisionStatus,
)
from nopic.documents.actions import Slot
from nopic.documents.models import Document, Dossier
from nopic.documents.statuses import DocumentStatus
from nopic.oid.numbers import WrongFormat, is_nop_id, read_certificate_number
from nopic.tenants.models import User
from nopic.workflow.audit import record
from nopic.workflow.clock import now
from nopic.workflow.transitions import Overtaken, Refused, advance

PAPER = "registry_pdf"  # the rule under which the registry's own PDF lies in the request's dossier


def slot_of(operation: RegistryOperation) -> Slot:
    """Where the registry's PDF of this operation lies."""
    return Slot(PAPER, f"operation-{operation.pk}")


@transaction.atomic
def start(*, operation: RegistryOperation, by: User) -> RegistryOperation:
    """Somebody begins to key it: from now on the registry may hold it, and a cancellation waits for what became of it.

    Everything that stands against publishing is asked here, while it can still be stopped. Refused with the sentences.
    """
    certificate, operation = _locked(operation)
    if operation.status != OperationStatus.PENDING:
        raise Overtaken(operation)
    if against := policies.obstacles_to_start(operation):
        raise Refused(against)
    moment = now()
    advance(
        operation, OperationStatus.SENT, by=by, note="keyed by hand", attempts=operation.attempts + 1,
        first_sent_at=operation.first_sent_at or moment, last_sent_at=moment,
    )  # fmt: skip
    if certificate.status == CertificateStatus.PENDING:
        advance(certificate, CertificateStatus.ISSUING, by=by)
    _note(operation, "keying", by=by)
    return operation


@transaction.atomic
def enter(
    *, operation: RegistryOperation, outcome: str, typed: str, at: datetime | None, still_there: bool, by: User
) -> RegistryEntry:
    """Write down what was done in the registry; it counts when a second person has confirmed it.

    `typed` is the number of an issue, `at` when the registry published (or cancelled) it, `still_there` the answer to
    whether the goods are still at the place of loading. Raises WrongFormat (the number), Refused, or Overtaken.
    """
    certificate, operation = _locked(operation)
    if operation.status != OperationStatus.SENT or _standing(operation):
        raise Overtaken(operation)
    number = ""
    if outcome == EntryOutcome.DONE:
        if operation.kind in policies.NUMBERED:
            number = read_number(typed)
            _refuse_used(operation, number)
        _refuse_time(certificate, operation, at)
        if operation.kind in policies.NUMBERED and not certificate.cancel_requested_at:
            _ask_departure(certificate, at, still_there)
    try:
        with transaction.atomic():
            entry = RegistryEntry.objects.create(
                certifier_id=operation.certifier_id, operation=operation, outcome=outcome, number=number,
                published_at=at if outcome == EntryOutcome.DONE else None, entered_by=by,
            )  # fmt: skip
    except IntegrityError as error:
        if "entry_number_once" in str(error):
            raise Refused([_("%(number)s is already on another certificate.") % {"number": number}]) from error
        raise Overtaken(operation) from error
    record(certificate, "entered by hand", by=by, new=outcome, number=number, operation=operation.kind)
    _note(operation, "typed", by=by, number=number, text=str(EntryOutcome(outcome).label))
    return entry


@transaction.atomic
def correct(*, entry: RegistryEntry, why: str, by: User) -> RegistryEntry:
    """Take an entry back that nobody has confirmed: it stays readable, and the right one is entered anew."""
    certificate, operation = _locked(entry.operation)
    entry = _open_entry(operation, entry)
    if not why.strip():
        raise Refused([_("Say what was wrong with it")])
    entry.withdrawn_at, entry.withdrawn_by, entry.withdrawn_why = now(), by, why.strip()
    entry.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_why"])
    record(certificate, "entry taken back", by=by, old=entry.number, note=entry.withdrawn_why, operation=operation.kind)
    _note(operation, "taken_back", by=by, number=entry.number, text=entry.withdrawn_why)
    return entry


@transaction.atomic
def confirm(*, entry: RegistryEntry, typed: str, by: User) -> RegistryEntry:
    """The second person looked in the registry too: record it, all or nothing, exactly once.

    The number is typed again and must be the same. Raises WrongFormat, Refused (also for the person who entered it), or
    Overtaken when it was confirmed or taken back meanwhile.
    """
    certificate, operation = _locked(entry.operation)
    entry = _open_entry(operation, entry)
    if against := policies.obstacles_to_confirm(entry, by=by):
        raise Refused(against)
    if entry.number and read_number(typed) != entry.number:
        raise Refused(
            [
                _("You typed another number than %(name)s. Look in INTEGRITY again: one of you is wrong.")
                % {"name": entry.entered_by}
            ]
        )
    document = paper_of(operation)
    text = text_of(document) if document else None
    if document and text is None and document.status != DocumentStatus.REFUSED:
        raise Refused([_("The PDF is still being read. Confirm when it has been compared.")])
    entry.confirmed_at, entry.confirmed_by, entry.document = now(), by, document
    entry.compared = as_json(compare(certificate, operation, entry.number, text)) if text else []
    entry.save(update_fields=["confirmed_at", "confirmed_by", "document", "compared"])
    try:
        with transaction.atomic():
            RECORD[OperationKind(operation.kind), EntryOutcome(entry.outcome)](certificate, operation, entry, by)
    except IntegrityError as error:
        if "number" not in str(error):
            raise
        raise Refused([_("%(number)s is already on another certificate.") % {"number": entry.number}]) from error
    record(certificate, "confirmed by a second person", by=by, new=entry.outcome, number=entry.number,
           entered_by=str(entry.entered_by), operation=operation.kind)  # fmt: skip
    _note(operation, "confirmed", by=by, number=entry.number)
    return entry


@transaction.atomic
def attach(*, operation: RegistryOperation) -> Dossier:
    """The dossier for the registry's PDF of this operation, while its entry can still be compared with it."""
    certificate, operation = _locked(operation)
    if operation.status != OperationStatus.SENT:
        raise Overtaken(operation)
    return Dossier.objects.get(certifier_id=operation.certifier_id, pk=certificate.request.dossier_id)


def paper_of(operation: RegistryOperation) -> Document | None:
    """The registry's PDF of this operation, the newest when there are several."""
    return (
        Document.objects.filter(
            certifier_id=operation.certifier_id, rule=PAPER, subject=slot_of(operation).subject, removed_at=None
        )
        .order_by("-pk")
        .first()
    )


def read_number(typed: str) -> str:
    """The number as it is stored; WrongFormat says which of the usual mistakes it is."""
    try:
        return read_certificate_number(typed)
    except WrongFormat as wrong:
        if is_nop_id("".join(typed.split()).replace("-", "")):
            raise WrongFormat(_("That is an operation's NOP ID")) from wrong
        raise WrongFormat(_("The number must have 3, 10 and 6 digits. Numbers with ‘draft’ are not valid.")) from wrong


def _refuse_used(operation: RegistryOperation, number: str) -> None:
    """A number is never used twice; the sentence names the request that has it, if it is one of this certifier's."""
    mine = Certificate.objects.filter(certifier_id=operation.certifier_id, number=number).select_related("request")
    entered = RegistryEntry.objects.filter(
        certifier_id=operation.certifier_id, number=number, withdrawn_at=None
    ).select_related("operation__certificate__request")
    request = next((one.request for one in mine), None) or next(
        (one.operation.certificate.request for one in entered), None
    )
    if request:
        raise Refused(
            [_("%(number)s is already on request %(reference)s.") % {"number": number, "reference": request.reference}]
        )


def _refuse_time(certificate: Certificate, operation: RegistryOperation, at: datetime | None) -> None:
    if at is None:
        raise Refused([_("Enter when INTEGRITY published it")])
    if at > now():
        raise Refused([_("That time has not come yet")])
    after, sentence = certificate.revised_at or certificate.issued_at, _("That is before what it follows was published")
    if operation.kind == OperationKind.ISSUE:
        after, sentence = certificate.approved_at, _("That is before the certificate was approved")
    elif operation.kind == OperationKind.REVISE:
        version = certificate.revisions.get(certifier_id=certificate.certifier_id, status=RevisionStatus.APPROVED)
        after, sentence = version.decided_at, _("That is before the version was approved")
    if after and at < after.replace(second=0, microsecond=0):
        raise Refused([sentence])


def _ask_departure(certificate: Certificate, at: datetime | None, still_there: bool) -> None:
    """Asked again before a number counts: a certificate is issued for goods that have not left."""
    left = at is not None and at >= policies.departure_ends(certificate)
    if not still_there or left or policies.goods_have_left(certificate):
        raise Refused(
            [
                _(
                    "A certificate is not issued for goods that have left. Cancel this certificate first; then enter "
                    "its number here, and its cancellation follows."
                )
            ]
        )


def _standing(operation: RegistryOperation) -> RegistryEntry | None:
    return RegistryEntry.objects.filter(
        certifier_id=operation.certifier_id, operation=operation, withdrawn_at=None, confirmed_at=None
    ).first()


def _open_entry(operation: RegistryOperation, entry: RegistryEntry) -> RegistryEntry:
    fresh = (
        RegistryEntry.objects.select_for_update(of=("self",))
        .select_related("entered_by")
        .get(certifier_id=operation.certifier_id, pk=entry.pk)
    )
    if fresh.confirmed_at or fresh.withdrawn_at or operation.status in CLOSED_OPERATION:
        raise Overtaken(fresh)
    fresh.operation = operation
    return fresh


def _locked(operation: RegistryOperation) -> tuple[Certificate, RegistryOperation]:
    mine = Certificate.objects.filter(certifier_id=operation.certifier_id)
    older = mine.filter(pk__in=mine.filter(pk=operation.certificate_id).values("replaces_id"))
    list(older.select_for_update())  # the older one first, as everybody who needs both
    certificate = (
        Certificate.objects.select_for_update(of=("self",))
        .select_related("request__policy", "request__exporter", "request__importer", "request__contact", "request__certifier", "line__account")
        .get(certifier_id=operation.certifier_id, pk=operation.certificate_id)
    )  # fmt: skip
    fresh = RegistryOperation.objects.select_for_update(of=("self",)).get(
        certifier_id=operation.certifier_id, pk=operation.pk
    )
    fresh.certificate = certificate
    if not policies.is_assisted(fresh):
        raise Overtaken(fresh)
    return certificate, fresh


def _note(operation: RegistryOperation, call: str, *, by: User, number: str = "", text: str = "") -> None:
    """The same append-only evidence as of calls: who did what by hand, and when."""
    RegistryAttempt.objects.create(
        certifier_id=operation.certifier_id, operation=operation, call=call, outcome="by_hand", number=number,
        text=text, fence=0, by=str(by),
    )  # fmt: skip
