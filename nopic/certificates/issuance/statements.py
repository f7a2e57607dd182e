"""The monthly statement of an exporter's fees as a PDF: rendered by a worker, stored by its hash, equal to the CSV."""

from nopic.certificates.pdf.boxes_v1 import day
from nopic.certificates.pdf.statements import Row, StatementPaper, render_statement
from nopic.documents import files
from nopic.fees import queries
from nopic.fees.models import StatementFile
from nopic.fees.quotes import money
from nopic.requests.facts import policy_of
from nopic.tenants.calendar import Office
from nopic.tenants.context import tenant
from nopic.workflow.clock import now
from nopic.workflow.dispatch import Claim

AREA = "statements"


def render_month(claim: Claim) -> None:
    """Print the month as it stands now. A change meanwhile owes it again, so the newest statement always wins."""
    with tenant(claim.certifier_id):
        facts = _facts(claim)
        if facts is None:
            claim.finish()
            return
    stored = files.store_bytes(claim.certifier_id, render_statement(facts), area=AREA)
    with tenant(claim.certifier_id):
        claim.finish()
        StatementFile.objects.filter(certifier_id=claim.certifier_id, pk=claim.subject_id).update(
            sha256=stored.sha256, size=stored.size, made_at=now()
        )


def _facts(claim: Claim) -> StatementPaper | None:
    file = (
        StatementFile.objects.select_related("exporter", "certifier")
        .filter(certifier_id=claim.certifier_id, pk=claim.subject_id)
        .first()
    )
    if file is None:
        return None
    rules = policy_of(claim.certifier_id).rules
    office = Office(rules)
    found = queries.statement(claim.certifier_id, file.exporter_id, file.month, rules)
    return StatementPaper(
        certifier=file.certifier.legal_name or file.certifier.name,
        address=file.certifier.address,
        exporter=file.exporter.name,
        nop_id=file.exporter.nop_id,
        month=file.month,
        page_size=rules.page_size,
        totals=tuple(money(total, currency) for currency, total in found.totals.items()),
        rows=tuple(
            Row(
                due=day(office.local(row.due_at).date().isoformat()) if row.due_at else "",
                reference=row.charge.reference,
                fee=row.words,
                amount=row.amount,
                owed=money(row.owed, row.charge.currency),
                why=row.why,
            )
            for row in found.rows
        ),
    )
