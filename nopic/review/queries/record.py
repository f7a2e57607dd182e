"""Everything that a case rests on, in plain values: for the page that is printed and for the archive that is kept.

A fixed number of statements. The log is the part of the audit that tells of the request, its lines, their certificates
and its documents, oldest first, without the events of printing and exporting themselves: the same case gives the same record.
"""

from dataclasses import dataclass, field
from typing import Any, Final

from django.db.models import Q

from nopic.certificates import queries as certificates
from nopic.certificates.models import Certificate
from nopic.documents.models import Document
from nopic.presentation import words
from nopic.requests import queries as requests
from nopic.requests.changes import changes
from nopic.requests.models import CertificateRequest, RequestVersion
from nopic.requests.slots import SlotView
from nopic.requests.snapshot import request_snapshot
from nopic.review.models import CheckVerdict, Verdict
from nopic.review.queries.case import Case, load
from nopic.review.queries.history import told
from nopic.workflow.models import AuditEvent

EXPORTED: Final = ("case printed", "case exported")
MOST_EVENTS: Final = 2000


@dataclass(frozen=True)
class Checked:
    """One check: question, verdict in words, note, who and when; "" where nobody said anything."""

    group: str
    question: str
    box: int | None
    verdict: str
    note: str
    by: str
    at: str


@dataclass
class Record:
    """One case. `boxes` of the certificate in its order, checks by product, document list, files, log and certificates."""

    case: Case
    boxes: list[requests.Box]
    products: list[tuple[str, str, list[Checked]]]  # name, state, checks
    findings: list[tuple[str, str, str]]  # severity, sentence for staff, who let it pass and why
    documents: list[Document]
    log: list[AuditEvent]
    told: list[tuple[AuditEvent, str, str]]  # of the log: each event in words, and its note
    certificates: list[Certificate]
    versions: list[RequestVersion]
    zone: str = "UTC"
    names: dict[str, str] = field(default_factory=dict)  # rule of a document row: its name

    @property
    def slots(self) -> list[SlotView]:
        """The document list as it stands: what was received, accepted or not, comes later or is not needed, and why."""
        return list(self.case.facts.slots)

    @property
    def papers(self) -> list[tuple[Document, str]]:
        """Each document with the name of its row."""
        return [(one, self.names.get(one.rule, one.rule)) for one in self.documents]

    @property
    def request(self) -> CertificateRequest:
        """The request."""
        return self.case.request


def record_of(request: CertificateRequest) -> Record:
    """The record of a request that was sent at least once."""
    case, zone = load(request), (request.policy.rules.time_zone if request.policy else "UTC")
    issued = certificates.for_request(request)
    documents = list(
        Document.objects.filter(certifier_id=request.certifier_id, dossier_id=request.dossier_id).order_by("pk")
    )
    documents += [one for kept in (case.facts.certificates or {}).values() for one in kept]
    of_case = (
        Q(subject_type="requests.certificaterequest", subject_id=request.pk)
        | Q(subject_type="requests.requestline", subject_id__in=[each.line.pk for each in case.lines])
        | Q(subject_type="certificates.certificate", subject_id__in=[each.pk for each in issued])
        | Q(subject_type="documents.dossier", subject_id=request.dossier_id)
        | Q(subject_type="documents.document", subject_id__in=[each.pk for each in documents])
    )
    sent = requests.last_sent(request)
    names = {each["id"]: each["wording"] for each in sent.snapshot["lines"]} if sent else {}
    # The rules say nothing about answers that are only typed: they are asked when those are sent.
    typed = sent is not None and bool(changes(sent.snapshot, request_snapshot(request, case.facts)))
    events = AuditEvent.objects.filter(of_case, certifier_id=request.certifier_id).exclude(verb__in=EXPORTED)
    log = list(events.order_by("id")[:MOST_EVENTS])
    positions = {each.line.pk: each.line.position for each in case.lines}
    findings = [
        (each.severity, each.staff_sentence, f"{each.waived_by}: {each.waived_why}" if each.waived_by else "")
        for each in ([] if typed else case.findings)
    ]
    return Record(
        case=case,
        boxes=requests.of_version(sent.snapshot) if sent else requests.summary(request),
        products=[
            (
                names.get(each.line.pk) or each.name,
                str(each.line.get_status_display()),
                [
                    _checked(title, check.row.title, check.row.box, check.standing, zone)
                    for title, rows in case.groups(each.line)
                    for check in rows
                ],
            )
            for each in case.lines
        ],
        findings=findings + _let_pass(log, {sentence for _severity, sentence, _passed in findings}),
        documents=documents,
        log=log,
        told=[(event, *_in_words(event, positions, case)) for event in log],
        certificates=issued,
        versions=list(
            RequestVersion.objects.filter(certifier_id=request.certifier_id, request=request).order_by("number")
        ),
        zone=zone,
        names={slot.rule: slot.name for slot in case.facts.slots},
    )


def _let_pass(log: list[AuditEvent], known: set[str]) -> list[tuple[str, str, str]]:
    """What was let pass and is not said any more: the rules are not asked again of a product that is decided."""
    return [
        ("let_pass", found, f"{event.actor}: {event.note}")
        for event in log
        if event.verb == "waived" and (found := event.facts.get("found", "")) and found not in known
    ]


def _in_words(event: AuditEvent, positions: dict[int, int], case: Case) -> tuple[str, str]:
    """As the history of the case says it; each check by itself, and what the history passes over by its plain name."""
    sentence, note = told(event, positions)
    if event.verb == "checked":
        check = event.facts.get("check", "")
        title = next((row.title for row in case.rules.checks if row.id == check), check)
        sentence = f"{title}: {Verdict(event.new).label}"
    elif not sentence:
        row = next((slot.name for slot in case.facts.slots if slot.rule == event.facts.get("rule")), event.subject)
        said = event.new if event.verb in ("status", "paper decided", "slot answered") else event.verb
        sentence = f"{row}: {said.replace('_', ' ')}"
    return sentence, note


def _checked(group: str, question: str, box: int | None, said: CheckVerdict | None, zone: str) -> Checked:
    if said is None:
        return Checked(group, question, box, "", "", "", "")
    verdict, at = str(said.get_verdict_display()), words.moment(said.at, zone)
    return Checked(group, question, box, verdict, said.note, str(said.by), at)


def as_json(record: Record) -> dict[str, Any]:
    """The record as JSON: the last version that was sent, every box, every verdict, documents by hash, certificates."""
    request = record.request
    return {
        "reference": request.reference,
        "status": request.status,
        "exporter": {"name": request.exporter.name, "nop_id": request.exporter.nop_id},
        "importer": {"name": request.importer.name, "nop_id": request.importer.nop_id} if request.importer else None,
        "policy_version": request.policy.version if request.policy else None,
        "sent": [{"number": v.number, "at": v.sent_at.isoformat(), "by": v.sent_by, "snapshot": v.snapshot,
                  "returned_by": v.returned_by, "points": v.return_points} for v in record.versions],
        "boxes": [{"box": box.number, "title": box.title, "values": list(box.values)} for box in record.boxes],
        "products": [{"name": name, "state": state, "checks": [
            {"group": c.group, "question": c.question, "box": c.box, "verdict": c.verdict, "note": c.note, "by": c.by,
             "at": c.at} for c in checks]} for name, state, checks in record.products],
        "findings": [{"severity": severity, "sentence": sentence, "let_pass_by": passed}
                     for severity, sentence, passed in record.findings],
        "document_list": [{"row": s.rule, "subject": s.subject, "name": s.name, "state": s.state, "reason": s.reason,
                           "by": s.decided_by, "due_on": s.due_on} for s in record.slots],
        "documents": [{"id": d.pk, "row": d.rule, "kind": d.kind, "name": d.name, "type": d.media_type, "bytes": d.size,
                       "sha256": d.sha256, "status": d.status, "uploaded_at": d.uploaded_at.isoformat(),
                       "uploaded_by": d.uploaded_by, "named_organic": d.named_organic, "named_by": d.named_by,
                       "replaced_by": d.replaced_by_id} for d in record.documents],
        "certificates": [{"number": c.number, "status": c.status, "data": c.data, "data_sha256": c.data_sha256}
                         for c in record.certificates],
    }  # fmt: skip


def log_as_json(record: Record) -> list[dict[str, Any]]:
    """The audit slice with its links: sequence, previous hash and digest of each event."""
    return [
        {
            "sequence": e.sequence, "at": e.at.isoformat(), "actor": e.actor, "subject": e.subject,
            "subject_type": e.subject_type, "verb": e.verb, "old": e.old, "new": e.new, "note": e.note, "facts": e.facts,
            "previous": e.previous, "digest": e.digest,
        }
        for e in record.log
    ]  # fmt: skip
