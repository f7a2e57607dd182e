"""What becomes of a request when questions were answered, taken back, or a refused line is looked at a second time.

A new version arises, the earlier ones stay readable; the ledger holds exactly what the lines say now.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from nopic.fees import actions as fees
from nopic.ledger import accounts
from nopic.ledger.accounts import NotEnough
from nopic.ledger.models import Account
from nopic.products.models import ProductVersion
from nopic.requests import facts as loading
from nopic.requests.actions.drafting import keep, lock
from nopic.requests.actions.sending import hold_inputs, overdrawn, remember
from nopic.requests.changes import Change, changes
from nopic.requests.checks import Finding, weigh
from nopic.requests.facts import Facts
from nopic.requests.lending import to_hold
from nopic.requests.models import CertificateRequest, RequestLine
from nopic.requests.pricing import Line, quote_of
from nopic.requests.snapshot import request_snapshot
from nopic.requests.statuses import LineStatus, RequestStatus
from nopic.requests.steps import STEPS
from nopic.requests.timing import moved_promise, promise_of
from nopic.tenants.models import User
from nopic.workflow.audit import Actor, record
from nopic.workflow.clock import now
from nopic.workflow.dispatch import owe
from nopic.workflow.models import AuditEvent
from nopic.workflow.transitions import Overtaken, Refused, advance

# What the exporter cannot mend by answering: the reviewer is asked about it at approval, as before.
_THE_REVIEWERS = frozenset(
    {"is_sent_in_time", "leaves_soon_enough", "exporter_is_certified", "importer_is_certified", "has_not_departed"}
)


def send_answers(
    *, request: CertificateRequest, before: Mapping[str, Any], paused_at: datetime, by: User
) -> list[Change]:
    """Send the request again with the answers: a new version, back in review by the same reviewer, the clock goes on.

    `before` is the snapshot from when it was asked, or a correction began. Returns what changed since; the boxes are noted with the revision,
    so that the checks that look at them are asked again. Inside the caller's transaction. Raises Refused with what
    cannot stand in the form, Overtaken when no questions are open.
    """
    lock(request)
    if request.status != RequestStatus.QUESTIONS_OPEN:
        raise Overtaken(request)
    moment = now()
    facts = loading.load(request, moment)
    if stops := stops_against_answers(facts):
        raise Refused(stops)
    turn = request.turn + 1
    _pin(facts)
    rehold(facts, turn=turn, by=by, reason=_("changed by an answer"))
    said = changes(before, request_snapshot(request, loading.load(request, moment)))
    revision = request.revision + 1
    late = request.late
    if request.departure_on and request.submitted_at and any(each.box == "17" for each in said):
        late = facts.office.is_late(request.submitted_at, request.departure_on)
    advance(
        request,
        RequestStatus.IN_REVIEW,
        by=by,
        turn=turn,
        revision=revision,
        box_revisions={**request.box_revisions, **{each.place: revision for each in said if each.box != "18"}},
        decide_by=moved_promise(request, [(paused_at, moment)]),
        questions_due_at=None,
        late=late,
        saved_at=moment,
    )
    remember(request, by, moment)
    lines = [(each.line.pk, each.name) for each in loading.load(request, moment).lines]
    charge_anew(request, lines, by=by, reason=_("Changed by an answer"))
    owe("index_request", request.pk, certifier_id=request.certifier_id)
    return said


def charge_anew(
    request: CertificateRequest, lines: Sequence[Line], *, by: Actor, reason: str, only: Collection[str] = ()
) -> None:
    """What it costs now, by the prices and the moment of its sending; `only` fees of these codes."""
    assert request.policy is not None and request.submitted_at is not None  # noqa: S101, PT018 - it was sent
    fees.adjust(
        quote_of(request, request.policy.rules, request.submitted_at, lines), exporter_id=request.exporter_id,
        request_id=request.pk, reference=request.reference, turn=request.turn, policy=request.policy, by=by,
        reason=reason, only=only,
    )  # fmt: skip


def stops_against_answers(facts: Facts) -> list[Finding]:
    """What cannot stand in a sent request with the answers that it has now."""
    return [each for each in weigh(facts, moment="submit") if each.is_stop and each.rule not in _THE_REVIEWERS]


def go_on_unanswered(
    *, request: CertificateRequest, before: Mapping[str, Any], since: datetime, paused_at: datetime, by: User
) -> CertificateRequest:
    """Questions are taken back, or a correction is not confirmed: the request says again what it said (`before`, `since`).

    Changes that were never sent are put aside; the log keeps them. Papers that came stay, they are facts. The clock,
    which stood from `paused_at`, goes on.
    """
    lock(request)
    if request.status != RequestStatus.QUESTIONS_OPEN:
        raise Overtaken(request)
    moment = now()
    _put_back(request, before, since, by)
    advance(
        request,
        RequestStatus.IN_REVIEW,
        by=by,
        revision=request.revision + 1,
        decide_by=moved_promise(request, [(paused_at, moment)]),
        questions_due_at=None,
    )
    return request


def open_again(*, line: RequestLine, by: User, text: str) -> RequestLine:
    """A refused line of a decided request is open once more; its kilograms are held anew under a new version.

    Raises Overtaken when it is not refused any more, Refused when the kilograms are not free.
    """
    request = line.request
    lock(request)
    line.refresh_from_db(from_queryset=RequestLine.objects.select_related("item", "version", "account"))
    line.request = request
    if request.status != RequestStatus.DECIDED or line.status != LineStatus.REFUSED:
        raise Overtaken(line)
    moment = now()
    turn = request.turn + 1
    advance(line, LineStatus.OPEN, by=by, decided_at=None, decided_by=None, reason_code="", reason_text="")
    facts = loading.load(request, moment)
    rehold(facts, turn=turn, by=by, reason="", only=line.pk)
    advance(
        request,
        RequestStatus.IN_REVIEW,
        by=by,
        note=text,
        turn=turn,
        review_turn=turn,
        revision=request.revision + 1,
        decided_at=None,
        reviewer=None,
        taken_at=None,
        decide_by=promise_of(request, request.policy, moment) if request.policy else None,
    )
    remember(request, by, moment)
    return line


def rehold(facts: Facts, *, turn: int, by: Actor, reason: str, only: int | None = None) -> None:
    """Hold for every undecided line exactly what it says; what it held otherwise, or a line that is gone, is released.

    Raises Refused with what is left when the kilograms are not there and the policy does not leave that to staff.
    """
    request = facts.request
    gone = RequestLine.objects.filter(certifier_id=request.certifier_id, request_id=request.pk, removed=True)
    undecided = [
        each.line for each in facts.lines if each.line.status == LineStatus.OPEN and only in (None, each.line.pk)
    ]
    wanted = {
        (line.pk, line.account.pk): kg
        for line in undecided
        if line.account and line.net_kg and (kg := to_hold(request, line.account, line.net_kg))
    }
    held = accounts.held_by_account([*(line.pk for line in undecided), *gone.values_list("pk", flat=True)])
    locked = accounts.lock({account for _line, account in (*wanted, *held)})
    for (line_id, account_id), kg in held.items():
        if wanted.get((line_id, account_id)) != kg:
            accounts.release(locked[account_id], kg, line_id=line_id, turn=request.turn, by=by, reason=reason)
    for (line_id, account_id), kg in wanted.items():
        if held.get((line_id, account_id)) != kg:
            try:
                accounts.hold(locked[account_id], kg, line_id=line_id, turn=turn, by=by)
            except NotEnough:
                if facts.rules.over_allocation != "ask_staff":
                    raise overdrawn(request) from None
    hold_inputs(facts, turn=turn, by=by, reason=reason, only=only, gone=gone.values_list("pk", flat=True))


def _pin(facts: Facts) -> None:
    """Pin version and account of the lines that an answer added or whose product it changed."""
    for each in facts.lines:
        line = each.line
        if line.version_id and line.account_id:
            continue
        version = each.version_on(facts.today)
        if version is None or line.crop_year is None:
            raise Overtaken(facts.request)  # judged complete a moment ago
        line.version, line.account = version, each.account or accounts.account_of(version.item, line.crop_year)
        line.save(update_fields=["version", "account"])


def _put_back(request: CertificateRequest, before: Mapping[str, Any], since: datetime, by: User) -> None:
    """Every step that was changed and not sent, as it stood when it was asked."""
    changed = [step for step in STEPS if step in before["raw"] and before["raw"][step] != request.raw.get(step)]
    moved = AuditEvent.objects.filter(
        certifier_id=request.certifier_id, subject_type="requests.certificaterequest", subject_id=request.pk,
        verb="departure moved", at__gte=since,
    )  # fmt: skip
    if "departure" in changed and moved.exists():
        changed.remove("departure")  # a declared date is a fact, not a draft of an answer
    if not changed:
        return
    record(request, "unsent changes put aside", by=by, steps={step: request.raw.get(step) for step in changed})
    mine = RequestLine.objects.filter(certifier_id=request.certifier_id, request_id=request.pk)
    if "products" in changed:
        mine.filter(pk__in=[line["id"] for line in before["lines"]]).update(removed=False)
    for step in changed:
        keep(request, step, dict(before["raw"][step]), by=by)
    if "products" in changed:
        _pin_as_before(mine, before["lines"])


def _pin_as_before(mine: Any, lines: Iterable[Mapping[str, Any]]) -> None:
    for said in lines:
        line = mine.get(pk=said["id"])
        of = {"certifier_id": line.certifier_id, "item_id": said["item"]}
        line.version = ProductVersion.objects.filter(**of, number=said["version"]).first()
        line.account = Account.objects.filter(**of, crop_year=said["crop_year"]).first()
        line.save(update_fields=["version", "account"])
