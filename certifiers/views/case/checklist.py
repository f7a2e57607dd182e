"""The checks' side of the case, ready to print: what is declared beside what was found, the verdict, and the findings."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from certifiers.views.case.opening import Open
from nopic.presentation import words
from nopic.requests.checks import Finding
from nopic.requests.statuses import LineStatus
from nopic.review import policies, queries
from nopic.review.models import CheckVerdict, Verdict
from nopic.review.policies.correcting import obstacles_to_correct
from nopic.review.policies.seconding import obstacles_to_take_approval_back
from nopic.review.queries import Check, Paper
from nopic.review.queries.papers import says
from nopic.review.queries.values import values
from nopic.tenants.policy import SECOND_REASONS
from nopic.workflow.models import AuditEvent


@dataclass(frozen=True)
class Said:
    """One finding: its sentence, what it saw, what may be done about it."""

    sentence: str
    shape: str  # "stop", "" (question) or "info"
    rule: str
    citation: str
    inputs: str
    waived: str
    action: str
    action_url: str
    links: tuple[tuple[str, str], ...] = ()  # other requests that it is about


@dataclass(frozen=True)
class Shown:
    """One row of the checklist."""

    id: str
    box: str
    title: str
    options: tuple[tuple[str, str, bool], ...]
    values: tuple[tuple[str, str, str], ...]  # label, text, address of the page where it stands
    findings: tuple[Said, ...]
    note: str
    differs: bool
    lacks_note: bool
    said: str
    before: str
    differed: str
    group: str
    position: int
    hint: str = ""


@dataclass(frozen=True)
class Group:
    """Checks under one heading."""

    key: str
    title: str
    rows: tuple[Shown, ...]
    done: str


def groups(opened: Open, papers: Sequence[Paper]) -> list[Group]:
    """The checklist of the line shown."""
    found, turned = [], queries.turned(opened.request)
    for title, checks in opened.case.groups(opened.line.line):
        rows = tuple(shown(opened, check, papers, turned.get((check.line_id, check.id))) for check in checks)
        found.append(Group(checks[0].row.group, title, rows, done_of(checks)))
    return found


def done_of(checks: Sequence[Check]) -> str:
    """How many of a group are done, in words."""
    done = sum(check.is_done for check in checks)
    if done == len(checks):
        return _("done")
    return _("%(done)s of %(all)s done") % {"done": done, "all": len(checks)}


def shown(opened: Open, check: Check, papers: Sequence[Paper], differed: AuditEvent | None = None) -> Shown:
    """One row with its values and verdict. `differed`: the verdict before, if that one found a difference."""
    chosen = check.standing.verdict if check.standing else ""
    return Shown(
        id=check.id,
        box=str(check.row.box or ""),
        title=check.row.title,
        options=tuple((choice.value, str(choice.label), choice.value == chosen) for choice in Verdict),
        values=tuple(_values(opened, check, papers)),
        findings=tuple(said(opened, finding) for finding in check.findings),
        note=check.standing.note if check.standing else "",
        differs=check.differs,
        lacks_note=check.lacks_note,
        said=_who(opened, check.standing),
        before=_before(opened, check.before) if check.standing is None else "",
        differed=_differed(opened, differed) if differed and check.standing else "",
        group=check.row.group,
        position=opened.position,
        hint=check.row.hint,
    )


def said(opened: Open, finding: Finding) -> Said:
    """A finding in the words for staff."""
    line = str(finding.line_id or "")
    action, url = "", ""
    if not finding.waived_by:
        if finding.asks == "has_it_left":
            action, url = _("Record whether it has left…"), opened.url("case_departure")
        elif finding.rule == "quantity_is_within_what_is_left":
            action, url = _("Raise the verified quantity…"), opened.url("raise_quantity", opened.position)
        elif finding.can_be_waived and finding.severity != "note":
            of_line = opened.position if line else ""
            action, url = _("Let it pass…"), opened.url("waive", rule=finding.rule, of=of_line)
    before = opened.case.lapsed(finding)
    inputs = [f"{name.replace('_', ' ')}: {value}" for name, value in finding.inputs.items() if value not in ("", None)]
    return Said(
        sentence=finding.staff_sentence,
        shape={"stop": "stop", "question": "", "note": "info"}[finding.severity],
        rule=finding.rule.replace("_", " "),
        citation=finding.citation,
        inputs="; ".join(inputs),
        waived=_("Let pass by %(name)s: %(why)s") % {"name": finding.waived_by, "why": finding.waived_why}
        if finding.waived_by
        else _("Let pass by %(name)s before it changed: %(why)s") % {"name": before.by, "why": before.reason}
        if before
        else "",
        action=action,
        action_url=url,
        links=tuple(
            (reference, reverse("case", args=[opened.request.certifier.slug, reference]))
            for reference in finding.inputs.get("others", ())
        ),
    )


def decision_bar(opened: Open) -> dict[str, Any]:
    """What may be decided now and what stands against it: each sentence comes from the policy that guards the action."""
    case, line, me = opened.case, opened.line.line, opened.me
    checks = case.checks(line)
    differences = [check for check in checks if check.differs]
    boxes = ", ".join(dict.fromkeys(str(check.row.box) for check in differences if check.row.box))
    against = policies.obstacles_to_approve(line, by=me, case=case)
    decide = policies.obstacles_to_decide(case.request, me)
    open_checks = sum(check.standing is None for check in checks)
    waiting = queries.open_second_check(line.pk, line.certifier_id) if line.status == LineStatus.SECOND_CHECK else None
    not_over = policies.obstacles_to_assign(case.request, me)
    return {
        "differences": ngettext("%(n)s difference", "%(n)s differences", len(differences)) % {"n": len(differences)}
        if differences
        else "",
        "boxes": boxes,
        "open_checks": open_checks,
        "done_checks": sum(check.is_done for check in checks),
        "all_checks": len(checks),
        "against": [(policies.sentence(each), _paper(each)) for each in against],
        "approve": not against,
        "refuse": not policies.obstacles_to_refuse(line, by=me),
        "give_back": not policies.obstacles_to_return(case, by=me),
        "why_not_back": [policies.sentence(each) for each in policies.obstacles_to_return(case, by=me)],
        "confirm": not policies.obstacles_to_send_back(line, by=me),
        "approval_back": not obstacles_to_take_approval_back(line, by=me),
        "alone": line.status == LineStatus.SECOND_CHECK
        and not policies.obstacles_to_go_on_alone(line, by=me, case=case),
        "waits_for_colleague": line.status == LineStatus.SECOND_CHECK,
        "why_a_colleague": ", ".join(str(SECOND_REASONS.get(code, code)) for code in waiting.reasons)
        if waiting
        else "",
        "second_look": queries.second_look(line.pk, line.certifier_id) if case.request.turn > 1 else None,
        "sent_back": queries.sent_back(line.pk, line.certifier_id) if line.status == LineStatus.OPEN else None,
        "ask": not policies.obstacles_to_ask(case.request, me),
        "correct": not obstacles_to_correct(case.request, me),
        "mine": not decide,
        "who": policies.sentence(not_over[0]) if not_over else policies.who_has_it(case.request),
        "take_over": not not_over,
        "may_judge": not policies.obstacles_to_judge(case.request, me, line),
    }


def _paper(obstacle: policies.Obstacle) -> str:
    """Where on the page the paper is that an obstacle is about; "" for one about something else."""
    step, _sign, anchor = obstacle.field.partition("#") if isinstance(obstacle, Finding) else ("", "", "")
    return f"#paper-{anchor}" if step == "documents" else ""


def _values(opened: Open, check: Check, papers: Sequence[Paper]) -> list[tuple[str, str, str]]:
    row, found = check.row, values(check.row, opened.case.facts, opened.line)
    rows = []
    if found.declared:
        rows.append((_("Declared"), found.declared, ""))
    if found.listed:
        rows.append((_("Verified list"), found.listed, ""))
    if found.office:
        rows.append((_("Your office"), found.office, ""))
    if found.registry:
        rows.append((_("INTEGRITY"), found.registry, ""))
    rules = [source for source in row.compares if source not in ("declared", "verified_list", "registry")]
    rows += [
        (say.title, say.text, opened.url("case", doc=say.document_id, page=say.page))
        for say in says(papers, rules, found)
    ]
    held = {paper.rule for paper in papers}
    names = {rule.key: rule.name for rule in opened.case.rules.documents}
    for rule in rules:
        slot = next((each for each in opened.case.facts.slots if each.rule == rule), None)
        if rule not in held and slot is not None:
            state = {"later": _("comes later"), "not_needed": _("does not apply, says the exporter")}
            rows.append((slot.name or str(names.get(rule, rule)), state.get(slot.state, _("not there")), ""))
    return rows


def differences(opened: Open) -> list[str]:
    """What whoever decides on the line shown must have read: the note of each difference, and what differed at first."""
    turned, told = queries.turned(opened.request), []
    for check in opened.case.checks(opened.line.line):
        if check.differs and check.standing:
            told.append(f"{check.row.title}: {check.standing.note}")
        elif before := turned.get((check.line_id, check.id)):
            told.append(f"{check.row.title}: {_differed(opened, before)}")
    return told


def _who(opened: Open, verdict: CheckVerdict | None) -> str:
    if verdict is None:
        return ""
    return _("%(verdict)s, by %(name)s, %(moment)s") % {
        "verdict": verdict.get_verdict_display(),
        "name": verdict.by,
        "moment": words.moment(verdict.at, opened.case.rules.time_zone),
    }


def _differed(opened: Open, event: AuditEvent) -> str:
    note = f": {event.note}" if event.note else ""
    when = words.moment(event.happened_at, opened.case.rules.time_zone)
    return _("It differed before, said %(name)s, %(moment)s%(note)s") % {
        "name": event.actor, "moment": when, "note": note,
    }  # fmt: skip


def _before(opened: Open, verdict: CheckVerdict | None) -> str:
    if verdict is None:
        return ""
    note = f": {verdict.note}" if verdict.note else ""
    if verdict.turn == opened.request.review_turn:
        return _("Before it changed: %(said)s%(note)s") % {"said": _who(opened, verdict), "note": note}
    return _("Before it came back: %(said)s%(note)s") % {"said": _who(opened, verdict), "note": note}
