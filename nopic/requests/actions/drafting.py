"""Filling in a request: what was typed is always kept, typed columns hold what could be read of it."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from nopic.documents import actions as answering
from nopic.documents.models import Dossier, SlotAnswer
from nopic.requests import slots
from nopic.requests.actions.reconciling import keep_importer, keep_lines
from nopic.requests.checks import Finding
from nopic.requests.checks.papers import last_due_day, why_not_due
from nopic.requests.facts import Facts, load, policy_of
from nopic.requests.models import CertificateRequest, ReferenceSeries, Supplier
from nopic.requests.policies import may_be_changed
from nopic.requests.statuses import RequestStatus
from nopic.requests.steps import Reading, cleaned, read
from nopic.requests.steps.products import is_blank
from nopic.requests.steps.reading import text, why_too_long
from nopic.tenants.calendar import Office
from nopic.tenants.models import Exporter, User
from nopic.workflow.audit import record
from nopic.workflow.clock import now
from nopic.workflow.dispatch import owe
from nopic.workflow.transitions import Overtaken, Refused

REASON_MOST = 500
MOST_REMOVED = 20  # products that can be put back


@transaction.atomic
def start(*, exporter: Exporter, by: User, key: UUID | None = None) -> CertificateRequest:
    """A new draft with its reference (2026-0431, per certifier and year of the office) and an empty dossier.

    `key` is the form's own: posted twice, it gives the draft that the first click began.
    """
    certifier_id = exporter.certifier_id
    year = Office(policy_of(certifier_id).rules).local(now()).year
    ReferenceSeries.objects.get_or_create(certifier_id=certifier_id, year=year)
    series = ReferenceSeries.objects.select_for_update().get(certifier_id=certifier_id, year=year)
    mine = CertificateRequest.objects.filter(exporter=exporter, created_by=by)
    if key and (begun := mine.filter(start_key=key).first()):
        return begun
    series.last += 1
    series.save(update_fields=["last"])
    request = CertificateRequest.objects.create(
        certifier_id=certifier_id,
        exporter=exporter,
        dossier=Dossier.objects.create(certifier_id=certifier_id),
        reference=str(series),
        created_by=by,
        start_key=key,
    )
    request.refresh_from_db()
    record(request, "started", by=by)
    return request


@transaction.atomic
def revise(*, request: CertificateRequest, step: str, raw: Mapping[str, Any], revision: int, by: User) -> Reading:
    """Save one step as it was typed; what could be read goes into the typed columns, the rest is a problem.

    Raises Overtaken, and saves nothing, when another tab saved the same step differently after `revision`, or when the
    request may not be changed any more (policies.may_be_changed); `request` then holds what is stored. The same text again changes nothing, so a
    repeated post is harmless. KeyError for a step that does not exist. Afterwards `request` is as stored.
    """
    lock(request)
    if not may_be_changed(request, by):
        raise Overtaken(request)
    typed = cleaned(raw)
    if step == "products":
        typed = _with_removed(request.raw.get(step, {}), typed)
    if revision < request.step_revisions.get(step, 0):
        if _same(request.raw.get(step, {}), typed):
            return read(step, request.raw[step], request=request)
        raise Overtaken(request)
    return keep(request, step, typed, by=by)


def keep(request: CertificateRequest, step: str, typed: dict[str, Any], *, by: User) -> Reading:
    """Write one step of a locked request: the text as it was typed, the columns as it could be read."""
    reading = read(step, typed, request=request)
    if step == "products":
        keep_lines(request, reading.values["lines"], typed["lines"])
    elif step == "importer":
        keep_importer(request, reading.values, by=by)
    else:
        for name, value in reading.values.items():
            setattr(request, name, value)
    request.raw = {**request.raw, step: typed}
    request.revision += 1
    request.step_revisions = {**request.step_revisions, step: request.revision}
    request.problems = {**request.problems, step: reading.stops}
    request.saved_at = now()
    request.save()
    return reading


@transaction.atomic
def add_supplier(
    *,
    exporter: Exporter,
    name: str,
    nop_id: str,
    certifier_name: str,
    same_certifier: bool,
    by: User,
    changes: Supplier | None = None,
    **certificate: Any,
) -> Supplier:
    """Somebody from whom the exporter buys lots, known by their name; `changes` is the one whose page says it anew.

    The same said again is the same supplier; something else said of a name that is there is Refused: whoever adds them
    from a request would wipe out the NOP ID by which they are watched. `certificate` are the columns of its own organic
    certificate: number, from, to.
    """
    known = " ".join(cleaned(name).split())
    if not known:
        raise Refused([_supplier_finding("name", _("Enter the supplier's name"))])
    if sentence := why_too_long(known, 200, _("The name of the supplier")):
        raise Refused([_supplier_finding("name", sentence)])
    digits = "".join(nop_id.split())
    if digits and not (len(digits) == 10 and digits.isascii() and digits.isdigit()):
        raise Refused([_supplier_finding("nop_id", _("The NOP ID must have 10 digits"))])
    certified_by = " ".join(cleaned(certifier_name).split())
    if not same_certifier and not certified_by:
        raise Refused([_supplier_finding("certifier_name", _("Enter who certifies the supplier"))])
    if sentence := why_too_long(certified_by, 120, _("The name of the other certifier")):
        raise Refused([_supplier_finding("certifier_name", sentence)])
    mine = Supplier.objects.filter(certifier_id=exporter.certifier_id, exporter=exporter)
    if digits and (other := mine.filter(nop_id=digits).exclude(name=known).first()):
        sentence = _("NOP ID %(id)s is %(name)s already. Change that supplier instead") % {"id": digits, "name": other}
        raise Refused([_supplier_finding("nop_id", sentence)])
    facts: dict[str, Any] = {"nop_id": digits, "certifier_name": certified_by, "same_certifier": same_certifier}
    facts |= certificate
    there = mine.filter(name=known).first()
    if there is not None and there != changes:
        if all(getattr(there, column) == value for column, value in facts.items()):
            return there
        sentence = _("%(name)s is on your list already. Change what is known of it on the page “Suppliers”")
        raise Refused([_supplier_finding("name", sentence % {"name": there})])
    supplier, created = Supplier.objects.update_or_create(
        certifier_id=exporter.certifier_id, exporter=exporter, name=known, defaults=facts
    )
    said = {name: value.isoformat() if isinstance(value, date) else value for name, value in facts.items()}
    record(supplier, "added" if created else "changed", by=by, **said)
    if digits:
        owe("supplier_status", supplier.pk, certifier_id=supplier.certifier_id)
    return supplier


def _supplier_finding(name: str, sentence: str) -> Finding:
    return Finding("supplier_is_named", 12, "stop", sentence, sentence, field=f"products#supplier-{name}")


@transaction.atomic
def answer_slot(
    *,
    request: CertificateRequest,
    rule: str,
    subject: str,
    answer: str,
    reason: str,
    by: User,
    due_on: date | None = None,
) -> SlotAnswer:
    """Say of a document row that it does not apply (with the reason) or comes later (on which day), where the policy
    allows it. Without a day the exporter commits to the last one that the policy allows.
    """
    lock(request)
    if request.status != RequestStatus.DRAFT:
        raise Overtaken(request)
    facts = load(request)
    slot = _slot_in(facts, rule, subject)
    words, why = {"document": slot.name}, text({"reason": cleaned(reason)}, "reason")
    due = (due_on or last_due_day(slot, request.departure_on)) if answer == slots.LATER else None
    allowed = {slots.DOES_NOT_APPLY: slot.may_not_apply, slots.LATER: slot.may_follow}.get(answer, False)
    sentence = ""
    if not allowed:
        sentence = _("%(document)s is needed before sending") % words
    elif answer == slots.DOES_NOT_APPLY and not why:
        sentence = _("%(document)s: tell us why it does not apply") % words
    elif answer == slots.LATER:
        sentence = why_not_due(slot, due, request.departure_on, facts.today)
    sentence = sentence or why_too_long(why, REASON_MOST, _("%(document)s: the reason") % words)
    if sentence:
        raise Refused(
            [Finding("documents_are_complete", 18, "stop", sentence, sentence, field=f"documents#{slot.anchor}")]
        )
    return answering.answer(
        dossier=request.dossier, rule=rule, subject=subject, answer=answer, reason=why, due_on=due, by=by
    )


@transaction.atomic
def say_kind(*, request: CertificateRequest, rule: str, subject: str, kind: str, by: User) -> None:
    """Say which kind the files of a row are that came without one, while the request is a draft."""
    lock(request)
    if request.status != RequestStatus.DRAFT:
        raise Overtaken(request)
    slot = slot_of(request, rule, subject)
    if kind in slot.kinds:
        for document in slot.without_kind:
            answering.say_kind(document=document, kind=kind, by=by)


@transaction.atomic
def clear_slot(*, request: CertificateRequest, rule: str, subject: str, by: User) -> None:
    """Take such an answer back; nothing when there is none."""
    lock(request)
    if request.status != RequestStatus.DRAFT:
        raise Overtaken(request)
    answering.take_back(dossier=request.dossier, rule=rule, subject=subject, by=by)


def slot_of(request: CertificateRequest, rule: str, subject: str) -> slots.SlotView:
    """A row of the document list; Overtaken when it has gone from the list."""
    return _slot_in(load(request), rule, subject)


def _slot_in(facts: Facts, rule: str, subject: str) -> slots.SlotView:
    found = next((slot for slot in facts.slots if (slot.rule, slot.subject) == (rule, subject)), None)
    if found is None:
        raise Overtaken(facts.request)  # the list changed meanwhile: a supplier was taken out
    return found


def lock(request: CertificateRequest) -> None:
    """Lock the request's row for the rest of the transaction and read it anew into the same object.

    Not its key: whoever holds a certificate's lock and writes a row that refers to the request need not wait, so that
    the two cannot wait for each other.
    """
    request.refresh_from_db(from_queryset=CertificateRequest.objects.select_for_update(of=("self",), no_key=True))


def _with_removed(stored: Mapping[str, Any], typed: Mapping[str, Any]) -> dict[str, Any]:
    """The typed products without those to be removed, which stay beside them until the request is sent.

    `put_back` is the place of one of them in that list: it comes back as the last product, as it was typed.
    """
    removed, lines = _groups(stored.get("removed")), _groups(typed.get("lines"))
    back = str(typed.get("put_back", ""))
    if back.isdecimal() and len(back) < 4 and int(back) < len(removed):
        lines.append(removed.pop(int(back)))
    for entry in lines:
        if str(entry.get("remove", "")).strip() and not is_blank(entry):
            removed.append({name: value for name, value in entry.items() if name not in ("id", "remove")})
    kept = [entry for entry in lines if not str(entry.get("remove", "")).strip()]
    others = {name: value for name, value in typed.items() if name not in ("put_back", "removed")}
    return {**others, "lines": kept, "removed": removed[-MOST_REMOVED:]}


def _groups(value: Any) -> list[dict[str, Any]]:
    return [dict(entry) for entry in value if isinstance(entry, Mapping)] if isinstance(value, list) else []


def _same(stored: Mapping[str, Any], typed: Mapping[str, Any]) -> bool:
    """Whether two texts of a step say the same; ids of lines are the portal's, not the typist's."""

    def plain(raw: Mapping[str, Any]) -> dict[str, Any]:
        lines = [{k: v for k, v in entry.items() if k not in ("id", "remove")} for entry in _groups(raw.get("lines"))]
        return {**raw, "lines": lines, "removed": []}

    return plain(stored) == plain(typed)
