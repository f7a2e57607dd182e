"""What a certified request still owes: brought in line with its document rows, and called to the exporter's mind."""

from collections.abc import Iterable
from datetime import date, timedelta

from django.db import transaction

from nopic.certificates import policies as certificates
from nopic.certificates.models import Certificate
from nopic.requests import facts as loading
from nopic.requests.models import CertificateRequest
from nopic.requests.slots import SlotView
from nopic.tenants.calendar import Office, final_document_due, reminders
from nopic.watch.models import OwedDocument, OwedState
from nopic.workflow.audit import Actor, record


@transaction.atomic
def owe_documents(*, request: CertificateRequest, today: date) -> None:
    """Bring the owed documents of a request in line with what it needs and has. Harmless to repeat.

    A request owes while it has a certificate that counts: the definitive transport document, what was to come later or
    may follow and was left open, and what came and was not accepted. What came waits for a reviewer until it is accepted.
    """
    CertificateRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
    standing = {
        (one.rule, one.subject): one
        for one in OwedDocument.objects.filter(certifier_id=request.certifier_id, request_id=request.pk)
    }
    mine = Certificate.objects.filter(certifier_id=request.certifier_id, request_id=request.pk)
    counting = [one for one in mine.select_related("request") if one.number and certificates.counts(one)]
    if not counting:
        _close(standing.values())
        return
    facts = loading.load(request)
    terms = _Terms(facts.office, request, counting)
    kept = set()
    for slot in facts.slots:
        key = (slot.rule, slot.subject)
        state = _state(slot, known=key in standing)
        if state is None:
            continue
        kept.add(key)
        _write(standing.get(key), request, slot, state, terms, today)
    _close(one for key, one in standing.items() if key not in kept)


class _Terms:
    """The days that count for one request: departure, expected arrival, and when each row is due."""

    def __init__(self, office: Office, request: CertificateRequest, counting: list[Certificate]) -> None:
        first = min(date.fromisoformat(one.data["coverage"]["first_departure"]) for one in counting)
        said = [day for one in counting if (day := certificates.said_left(one)) is not None]
        self.departure = min(said, default=first)
        arrivals = [arrival for one in counting if (arrival := certificates.arrival_of(one)) is not None]
        self.arrival = min(arrivals, default=None)
        self.final = final_document_due(office, mode=request.mode, departure=self.departure, arrival=self.arrival)
        self.office = office

    def due(self, slot: SlotView) -> date:
        """The exporter's own day for what comes later, the policy's days after departure, else as the final document."""
        if slot.due_on is not None:
            return slot.due_on
        if slot.days_after_departure is not None and not slot.lacks_final:
            return self.office.working_days_after(self.departure, slot.days_after_departure)
        return self.final


def _state(slot: SlotView, *, known: bool) -> OwedState | None:
    """Owed, came, closed; None for a row that never had to follow."""
    if slot.follows or slot.state == "refused":
        return OwedState.OWED
    if not known:
        return None
    return (
        OwedState.CAME if slot.state == "received" else OwedState.CLOSED if slot.state != "missing" else OwedState.OWED
    )


def _write(
    row: OwedDocument | None,
    request: CertificateRequest,
    slot: SlotView,
    state: OwedState,
    terms: _Terms,
    today: date,
) -> None:
    row = row or OwedDocument(
        certifier_id=request.certifier_id, request_id=request.pk, rule=slot.rule, subject=slot.subject
    )
    due = terms.due(slot)
    before = (row.state, row.due_on if row.pk else None)
    row.name, row.is_final, row.state = slot.name[:200], slot.lacks_final or row.is_final, state
    row.departure_on, row.arrival_on, row.due_on = terms.departure, terms.arrival, due
    row.wanted_on = terms.arrival or due
    row.refused_why = slot.reason if slot.state == "refused" else ""
    if state != OwedState.OWED:
        row.remind_on = None
    elif before != (state, due):
        # Of what was not accepted another letter tells within minutes (nopic.delivery.mails.noting): no second one today.
        row.remind_on = next_reminder(row, since=today + timedelta(days=1 if row.refused_why else 0))
    row.save()
    if before[0] != state:
        record(request, f"document {state}", by="watch", old=before[0] or "", new=state, note=row.name, due=str(due))


def next_reminder(row: OwedDocument, *, since: date) -> date | None:
    """The first day from `since` on that the exporter is reminded; None when only a person can follow it up."""
    return next((day for day in reminders(departure=row.departure_on, due=row.due_on) if day >= since), None)


@transaction.atomic
def reminded(*, row: OwedDocument, today: date, by: Actor) -> None:
    """A reminder was sent today: the next one comes on a later day, or it is staff's turn."""
    after = [day for day in reminders(departure=row.departure_on, due=row.due_on) if day > today]
    row.remind_on = after[0] if after else None
    row.save(update_fields=["remind_on"])
    record(row.request, "reminded", by=by, note=row.name, due=row.due_on.isoformat())


def _close(rows: Iterable[OwedDocument]) -> None:
    for row in rows:
        if row.state != OwedState.CLOSED:
            row.state, row.remind_on = OwedState.CLOSED, None
            row.save(update_fields=["state", "remind_on"])
