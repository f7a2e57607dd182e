"""One case, loaded once: the request as the rules see it, the policy's checks with their verdicts, and the findings."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from nopic.requests import facts as loading
from nopic.requests.checks import Finding, LetPass, weigh
from nopic.requests.facts import Facts, LineFacts
from nopic.requests.models import CertificateRequest, RequestLine
from nopic.requests.statuses import UNDECIDED_LINE
from nopic.review.models import CheckVerdict, Verdict, Waiver
from nopic.tenants.policy import GROUPS, CheckRow, Rules

GUARANTEE = "supplier_guarantee"  # the check that a supplier's own organic certificate belongs to

# Which check a rule's finding stands beside, where its box alone does not say it.
_BESIDE = {
    "exporter_is_certified": "exporter_certified",
    "importer_is_certified": "importer_certified",
    "has_not_departed": "not_left",
    "is_sent_in_time": "sent_in_time",
    "treatment_is_permitted": "treatment",
    "container_numbers_are_right": "transport_parties",
    "product_is_on_the_verified_list": "product_name",
    "hts_belongs_to_the_product": "tariff_code",
    "quantity_is_within_what_is_left": "quantity_left",
    "quantity_is_positive": "net_weight",
    "packages_are_counted": "packages",
    "gross_is_at_least_net": "gross_weight",
    "lots_are_named": "lots",
    "lots_are_not_counted_twice": "lots",
    "travels_by_itself": "transport_parties",
    "purchases_are_covered": "supplier_guarantee",
    "suppliers_have_a_certificate_on_file": "supplier_guarantee",
    "transaction_certificate_is_no_second_entry": "supplier_guarantee",
    "documents_name_the_product_as_organic": "named_organic",
    "arrives_after_departure": "route",
}


@dataclass
class Check:
    """A row of the policy's checklist as it stands for the line shown: its verdict, and one that stands no more."""

    row: CheckRow
    line_id: int | None
    standing: CheckVerdict | None
    before: CheckVerdict | None
    findings: list[Finding] = field(default_factory=list)

    @property
    def id(self) -> str:
        """The check's id in the policy."""
        return self.row.id

    @property
    def is_done(self) -> bool:
        """It has a verdict, and a note if that is Differs."""
        return self.standing is not None and not self.lacks_note

    @property
    def lacks_note(self) -> bool:
        """Differs without the note that says why it may pass."""
        return self.differs and self.standing is not None and not self.standing.note.strip()

    @property
    def differs(self) -> bool:
        """The reviewer found a difference."""
        return self.standing is not None and self.standing.verdict == Verdict.DIFFERS


@dataclass
class Case:
    """A request before its reviewer."""

    facts: Facts
    verdicts: list[CheckVerdict]
    waivers: list[Waiver]

    @property
    def request(self) -> CertificateRequest:
        """The request."""
        return self.facts.request

    @property
    def rules(self) -> Rules:
        """The policy that it was sent under."""
        return self.facts.rules

    @property
    def lines(self) -> list[LineFacts]:
        """Its lines in their order."""
        return self.facts.lines

    @cached_property
    def findings(self) -> list[Finding]:
        """What does not hold at the moment of approval; what was waived says who and why."""
        waived = {(each.rule, each.line_id): LetPass(str(each.by), each.reason, each.seen) for each in self.waivers}
        return weigh(self.facts, moment="approval", waived=waived)

    def findings_of(self, line: RequestLine) -> list[Finding]:
        """Findings of the request and of one line."""
        return [each for each in self.findings if each.line_id in (None, line.pk)]

    def checks(self, line: RequestLine | None) -> list[Check]:
        """The whole checklist for one line, in the policy's order; request-level rows have one verdict for all lines.

        A verdict on papers of which one came or left since does not stand for a line that is open; nor one on the
        guarantee of its suppliers, once the organic certificate of one of them is another file.

        Each finding stands beside the check that it is about; `loose_findings` are those about no check of the policy.
        """
        turn = self.request.review_turn
        now = {(v.line_id, v.check_id): v for v in self.verdicts if v.turn == turn}
        is_open = line is None or line.status in UNDECIDED_LINE
        before = {(v.line_id, v.check_id): v for v in self.verdicts if v.turn < turn}
        found = []
        for row in self.rules.checks:
            line_id = line.pk if line is not None and row.scope == "line" else None
            if row.scope == "line" and line is None:
                continue
            standing, last = now.get((line_id, row.id)), before.get((line_id, row.id))
            if (
                standing is not None
                and is_open
                and (
                    standing.revision < changed_at(self.request, row, line_id)
                    or (row.id == GUARANTEE and standing.at < self.certificates_changed_at(line_id))
                )
            ):
                standing, last = None, standing
            found.append(Check(row, line_id, standing, last))
        by_id = {check.id: check for check in found}
        for finding in self.findings_of(line) if line is not None else []:
            if (check := by_id.get(_BESIDE.get(finding.rule, ""))) is not None:
                check.findings.append(finding)
        return found

    def certificates_changed_at(self, line_id: int | None) -> datetime:
        """When the file of an organic certificate of somebody who sold lots of the line last came or left."""
        sold = {lot.supplier_id for each in self.lines if each.line.pk == line_id for lot in each.lots}
        files = [file for pk, kept in (self.facts.certificates or {}).items() if pk in sold for file in kept]
        return max((file.removed_at or file.uploaded_at for file in files), default=datetime.min.replace(tzinfo=UTC))

    def loose_findings(self, line: RequestLine) -> list[Finding]:
        """Findings that stand beside no check of this policy."""
        known = {row.id for row in self.rules.checks}
        return [each for each in self.findings_of(line) if _BESIDE.get(each.rule, "") not in known]

    def groups(self, line: RequestLine) -> list[tuple[str, list[Check]]]:
        """The checklist in the policy's groups, each with its heading."""
        checks = self.checks(line)
        return [
            (str(title), rows)
            for key, title in GROUPS.items()
            if (rows := [check for check in checks if check.row.group == key])
        ]

    def may_pass(self, rule: str, line_id: int | None) -> list[Finding]:
        """What a rule says that a reviewer may let pass, also what is let pass already; empty when nothing is left to."""
        fitting = [
            each for each in self.findings if (each.rule, each.line_id) == (rule, line_id) and each.can_be_waived
        ]
        return fitting if any(not each.waived_by for each in fitting) else []

    def let_pass(self, line: RequestLine) -> list[Finding]:
        """What the rules said about a line and a reviewer let pass: each finding has the reason and who."""
        return [each for each in self.findings_of(line) if each.waived_by]

    def passed(self, rule: str, line_id: int | None) -> Finding | None:
        """What a rule says and somebody has let pass already."""
        fitting = [each for each in self.findings if (each.rule, each.line_id) == (rule, line_id)]
        return next((each for each in fitting if each.waived_by), None)

    def lapsed(self, finding: Finding) -> Waiver | None:
        """The waiver of a rule that stands no more, because it was about other facts."""
        if finding.waived_by:
            return None
        return next(
            (each for each in self.waivers if (each.rule, each.line_id) == (finding.rule, finding.line_id)), None
        )


# Boxes that a check looks at besides its own; a row without a box that compares what is declared
# looks at all of them.
_LOOKS_AT = {
    "packages": ("10",),
    "gross_weight": ("10",),
    "tariff_code": ("7",),
    "quantity_left": ("7",),
    "inputs_cover": ("7", "10", "12"),
    "supplier_guarantee": ("12",),
    "standard_and_category": ("7",),
    "origin": ("7",),
    "transport_parties": ("5",),
}


def changed_at(request: CertificateRequest, row: CheckRow, line_id: int | None) -> int:
    """The revision at which something that the check compares changed since the review began; 0: never.

    A paper came or left, or an answer of the exporter changed a box: of this line, or for a check of the whole request
    of any line.
    """
    papers = [request.paper_revisions.get(rule, 0) for rule in row.compares]
    boxes = {str(row.box)} if row.box else set()
    boxes.update(_LOOKS_AT.get(row.id, ()))
    for place, revision in request.box_revisions.items():
        box, _colon, of_line = place.partition(":")
        if (box in boxes or (not boxes and "declared" in row.compares)) and (
            line_id is None or not of_line or of_line == str(line_id)
        ):
            papers.append(revision)
    return max(papers, default=0)


def load(request: CertificateRequest, *, now: datetime | None = None) -> Case:
    """The case of a sent request, in a fixed number of statements."""
    mine: dict[str, Any] = {"certifier_id": request.certifier_id, "request_id": request.pk}
    return Case(
        facts=loading.load(request, now),
        verdicts=list(CheckVerdict.objects.filter(**mine).select_related("by").order_by("turn", "pk")),
        waivers=list(Waiver.objects.filter(**mine, turn=request.review_turn).select_related("by").order_by("pk")),
    )
