"""The history of a case in sentences, newest first, from the audit log."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as _

from nopic.certificates.models import Certificate
from nopic.presentation import words
from nopic.presentation.statuses import REQUEST
from nopic.requests.actions.ending import RECALLED
from nopic.requests.models import CertificateRequest, RequestLine
from nopic.requests.statuses import LineStatus, RequestStatus
from nopic.review.models import Verdict
from nopic.tenants.policy import SECOND_REASONS
from nopic.workflow.models import AuditEvent

MOST = 200  # audit rows read; a case has far fewer, and older ones stay in the log


@dataclass(frozen=True)
class Event:
    """One line of the timeline. `state`: "here" for the newest, else "done"."""

    text: str
    note: str
    when: str
    state: str


def history(request: CertificateRequest, zone: str) -> list[Event]:
    """What happened to the request, its lines and its certificates. Checks confirmed in a row are one line."""
    lines = dict(
        RequestLine.objects.filter(certifier_id=request.certifier_id, request_id=request.pk).values_list(
            "pk", "position"
        )
    )
    certificates = list(
        Certificate.objects.filter(certifier_id=request.certifier_id, request_id=request.pk).values_list(
            "pk", flat=True
        )
    )
    of_case = (
        Q(subject_type="requests.certificaterequest", subject_id=request.pk)
        | Q(subject_type="requests.requestline", subject_id__in=lines)
        | Q(subject_type="certificates.certificate", subject_id__in=certificates)
    )
    rows = AuditEvent.objects.filter(of_case, certifier_id=request.certifier_id).order_by("-id")[:MOST]
    events: list[Event] = []
    checked: list[AuditEvent] = []
    for row in rows:
        if row.verb == "checked":
            if checked and checked[-1].actor != row.actor:
                events.append(_confirmed(checked, zone))
                checked = []
            checked.append(row)
            continue
        if sentence := _sentence(row, lines):
            if checked:
                events.append(_confirmed(checked, zone))
                checked = []
            events.append(Event(sentence, _note(row), words.moment(row.happened_at, zone), "done"))
    if checked:
        events.append(_confirmed(checked, zone))
    return [Event(e.text, e.note, e.when, "here" if at == 0 else "done") for at, e in enumerate(events)]


def told(row: AuditEvent, positions: dict[int, int]) -> tuple[str, str]:
    """What the history says of one event and the note beside it; "" of what it passes over. `positions` of the lines."""
    return _sentence(row, positions), _note(row)


def turned(request: CertificateRequest) -> dict[tuple[int | None, str], AuditEvent]:
    """By line and check: the last Differs of those that say something else now. One statement."""
    rows = AuditEvent.objects.filter(
        certifier_id=request.certifier_id,
        subject_type="requests.certificaterequest",
        subject_id=request.pk,
        verb="checked",
    )
    differed: dict[tuple[int | None, str], AuditEvent] = {}
    now: dict[tuple[int | None, str], str] = {}
    for row in rows.order_by("id"):
        key = row.facts.get("line"), row.facts.get("check", "")
        now[key] = row.new
        if row.new == Verdict.DIFFERS:
            differed[key] = row
    return {key: row for key, row in differed.items() if now[key] != Verdict.DIFFERS}


def _confirmed(rows: list[AuditEvent], zone: str) -> Event:
    checks = {(row.facts.get("line"), row.facts.get("check")) for row in rows}
    text = _("%(n)s checked by %(name)s") % {"n": len(checks), "name": rows[0].actor}
    return Event(text, "", words.moment(rows[0].happened_at, zone), "done")


def _note(row: AuditEvent) -> str:
    """What stands beside the sentence; why a colleague is needed is kept in codes, a point with the number of its box."""
    if row.verb == "status" and row.new == LineStatus.SECOND_CHECK:
        return ", ".join(str(SECOND_REASONS.get(code, code)) for code in row.note.split(", "))
    if row.verb == "status" and row.note == RECALLED:
        return ""
    if row.verb == "status" and row.new in (RequestStatus.QUESTIONS_OPEN, RequestStatus.DRAFT):
        return re.sub(r"(?m)^(\d\d?): ", lambda point: _("Box %(n)s: ") % {"n": point[1]}, row.note)
    return row.note


def _sentence(row: AuditEvent, lines: dict[int, int]) -> str:
    said = {
        "name": row.actor,
        "new": row.new,
        "rule": row.facts.get("found") or row.new.replace("_", " "),
        "old": row.old,
        **{k: v for k, v in row.facts.items() if k != "name"},
    }
    if row.subject_type == "requests.requestline":
        said["n"] = lines.get(row.subject_id or 0, "")
        teller = _LINE.get(row.verb if row.verb != "status" else row.new)
        if row.verb == "status" and row.new == LineStatus.OPEN:
            teller = _open_again(row)
    elif row.subject_type == "certificates.certificate":
        teller = _CERTIFICATE.get(row.verb if row.verb != "status" else row.new)
    elif row.verb == "status":
        teller = _moved(row)
    else:
        teller = _REQUEST.get(row.verb)
    return teller() % said if teller is not None else ""


def _open_again(row: AuditEvent) -> Callable[[], str]:
    if row.old == LineStatus.REFUSED:
        return lambda: _("Product %(n)s: %(name)s asked for a second look")
    if not row.note:  # a colleague who sends it back says why
        return lambda: _("Product %(n)s: %(name)s took the approval back")
    return lambda: _("Product %(n)s sent back to its reviewer by %(name)s")


def _moved(row: AuditEvent) -> Callable[[], str] | None:
    if row.new == "submitted" and row.old == "draft":
        return lambda: _("Sent by %(name)s")
    if row.new == "submitted":
        return lambda: _("Given back to the queue by %(name)s")
    if row.new == "draft" and row.note == RECALLED:
        return lambda: _("Taken back by %(name)s")
    if row.new == "draft":
        return lambda: _("Returned to the exporter by %(name)s")
    if row.new == "in_review" and row.old in ("questions_open", "decided"):
        return None
    if row.new == "questions_open" and "on_behalf_of" in row.facts:
        return None  # the event beside it says that a correction began
    if row.new == "in_review":
        return lambda: _("Taken by %(name)s")
    word = str(REQUEST[row.new].word) if row.new in REQUEST else row.new
    return lambda: _("%(what)s, by %%(name)s") % {"what": word}


_REQUEST: dict[str, Callable[[], str]] = {
    "note of the office": lambda: _("Note by %(name)s, for the office only"),
    "note for the exporter": lambda: _("Note by %(name)s, the exporter reads it"),
    "questions answered": lambda: _("Questions answered by %(name)s"),
    "questions taken back": lambda: _("Questions taken back by %(name)s"),
    "unsent changes put aside": lambda: _("What was changed and not sent was put aside"),
    "correction begun": lambda: _("Correction begun by %(name)s, asked for by %(new)s"),
    "asked to confirm a correction": lambda: _("Exporter asked to confirm a correction, by %(name)s"),
    "correction confirmed": lambda: _("Correction confirmed by %(name)s"),
    "confirmed by a signed form": lambda: _("Confirmed by a form that %(new)s signed, added by %(name)s"),
    "correction rejected": lambda: _("Correction rejected by %(name)s"),
    "correction taken back": lambda: _("Correction taken back by %(name)s"),
    "assigned": lambda: _("Given to %(new)s by %(name)s"),
    "waived": lambda: _("A rule was let pass by %(name)s: %(rule)s"),
    "paper added": lambda: _("Document added by %(name)s"),
    "paper taken off": lambda: _("Document taken off by %(name)s"),
    "departed": lambda: _("Declared as left on %(new)s by %(name)s"),
    "departure moved": lambda: _("Departure moved from %(old)s to %(new)s by %(name)s"),
}
_LINE: dict[str, Callable[[], str]] = {
    "second_check": lambda: _("Product %(n)s approved by %(name)s, waits for a colleague"),
    "confirmed by a colleague": lambda: _("Product %(n)s confirmed by %(name)s, approved by %(old)s"),
    "went on alone": lambda: _("Product %(n)s: nobody else was on duty, %(name)s went on alone"),
    "found in order afterwards": lambda: _("Product %(n)s, approved alone, reviewed by %(name)s: in order"),
    "found not in order afterwards": lambda: _("Product %(n)s, approved alone, reviewed by %(name)s: not in order"),
    "finding settled": lambda: _("Product %(n)s: what the review found was settled by %(name)s"),
    "approved": lambda: _("Product %(n)s approved by %(name)s"),
    "refused": lambda: _("Product %(n)s refused by %(name)s"),
    "repinned": lambda: _(
        "Product %(n)s: version %(new)s of the verified list taken, it says the same as version %(old)s"
    ),
    "verified quantity raised": lambda: _("Product %(n)s: verified quantity raised by %(kg)s kg, by %(name)s"),
}
_CERTIFICATE: dict[str, Callable[[], str]] = {
    "issuing": lambda: _("Being published in INTEGRITY"),
    "issued": lambda: _("Published in INTEGRITY"),
    "needs_attention": lambda: _("Publishing needs attention"),
    "rendered": lambda: _("PDF made"),
    "handed over": lambda: _("Sent to exporter and importer"),
    "cancellation asked for": lambda: _("Cancellation asked for by %(name)s"),
    "cancelled": lambda: _("Certificate cancelled"),
    "abandoned": lambda: _("Certificate given up before it was published"),
}
