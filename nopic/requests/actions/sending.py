"""Sending a request: once, complete, with everything pinned that it will be judged by, and its kilograms held."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from nopic.fees import actions as fees
from nopic.ledger import accounts, inputs
from nopic.ledger.accounts import NotEnough
from nopic.requests import facts as loading
from nopic.requests.actions.drafting import lock
from nopic.requests.actions.on_behalf import Signed, confirm
from nopic.requests.checks import Finding, differences, weigh
from nopic.requests.facts import Facts
from nopic.requests.lending import lent_inputs, to_hold
from nopic.requests.models import CertificateRequest, RequestLine, RequestVersion
from nopic.requests.pricing import quote_of
from nopic.requests.snapshot import request_snapshot
from nopic.requests.statuses import LineStatus, RequestStatus
from nopic.requests.timing import promise_of
from nopic.tenants.models import ImporterContact, User
from nopic.workflow.audit import Actor, record
from nopic.workflow.clock import now
from nopic.workflow.dispatch import owe
from nopic.workflow.transitions import Overtaken, Refused, advance


@transaction.atomic
def submit(
    *, request: CertificateRequest, by: User, declared: bool, revision: int, signed: Signed | None = None
) -> CertificateRequest:
    """Send a draft: pins policy, product versions and accounts, holds the kilograms, promises a decision date.

    Sending what is sent already returns it: twice, from two tabs or after a lost answer makes one request. Raises
    Refused (each finding a sentence with its field) or Overtaken (changed since `revision`, or withdrawn). Afterwards
    the sent version is kept in RequestVersion and "request_sent" is owed. `signed`: staff send what they filled in,
    and the exporter made the declaration on that form.
    """
    lock(request)
    if request.status == RequestStatus.WITHDRAWN:
        raise Overtaken(request)
    if request.status != RequestStatus.DRAFT:
        return request
    if revision != request.revision:
        raise Overtaken(request)
    moment = now()
    facts = loading.load(request, moment)
    stops = [finding for finding in weigh(facts, moment="submit") if finding.is_stop]
    if not declared:
        sentence = _("Tick the box to confirm the declaration")
        stops.append(Finding("declaration_is_made", 19, "stop", sentence, sentence, field="check#declared"))
    if stops:
        raise Refused(stops)
    confirm(request=request, by=by, signed=signed)
    turn = request.turn + 1
    _pin_and_hold(facts, turn, by)
    hold_inputs(facts, turn=turn, by=by)
    policy = loading.policy_of(request.certifier_id, moment)
    late = facts.office.is_late(moment, request.departure_on) if request.departure_on else False
    advance(
        request,
        RequestStatus.SUBMITTED,
        by=by,
        note=request.late_reason if late else "",
        policy=policy,
        turn=turn,
        review_turn=turn,
        recalled_at=None,
        submitted_at=moment,
        submitted_by=by,
        turnaround=policy.rules.turnaround(request.turnaround).code,
        decide_by=promise_of(request, policy, moment),
        late=late,
        demands=[demand.pk for demand in facts.demands],
        raw={**request.raw, "products": {k: v for k, v in request.raw["products"].items() if k != "removed"}},
        reviewer=None,
        taken_at=None,
    )
    remember(request, by, moment)
    ImporterContact.objects.filter(certifier_id=request.certifier_id, pk=request.contact_id).update(
        email=request.importer_email, broker_name=request.broker_name, broker_email=request.broker_email
    )
    if (
        price := quote_of(request, policy.rules, moment, [(each.line.pk, each.name) for each in facts.lines])
    ) is not None:
        fees.fix(
            price, exporter_id=request.exporter_id, request_id=request.pk, reference=request.reference, turn=turn,
            policy=policy, by=by,
        )  # fmt: skip
    owe("request_sent", request.pk, certifier_id=request.certifier_id)
    owe("index_request", request.pk, certifier_id=request.certifier_id)
    return request


def _pin_and_hold(facts: Facts, turn: int, by: Actor) -> None:
    """Pin version and account of every line and hold its kilograms; accounts are locked in the order of their ids."""
    wanted = []
    for each in facts.lines:
        line, version = each.line, each.version_on(facts.today)
        if line.item_id is None or line.crop_year is None or line.net_kg is None or version is None:
            raise Overtaken(facts.request)  # judged complete a moment ago
        account = each.account or accounts.account_of(version.item, line.crop_year)
        line.version, line.account = version, account
        line.save(update_fields=["version", "account"])
        wanted.append((line, account.pk, line.net_kg))
    locked = accounts.lock(account_id for _line, account_id, _kg in wanted)
    for line, account_id, net in wanted:
        kg = to_hold(facts.request, locked[account_id], net)
        try:
            if kg:
                accounts.hold(locked[account_id], kg, line_id=line.pk, turn=turn, by=by)
        except NotEnough:
            if facts.rules.over_allocation != "ask_staff":
                # Another request was faster since the facts were read: say what is left now.
                raise overdrawn(facts.request) from None


def hold_inputs(
    facts: Facts, *, turn: int, by: Actor, reason: str = "", only: int | None = None, gone: Iterable[int] = ()
) -> None:
    """Hold what undecided lines bought on its transaction certificates; what they held otherwise, or a line that is gone,
    is released. Raises Refused, with what is left and where the rest went, when one is spent.
    """
    open_lines = [each for each in facts.lines if each.line.status == LineStatus.OPEN and only in (None, each.line.pk)]
    wanted = {}
    for each in open_lines:
        lent = lent_inputs(facts.request, each.line, [other.line for other in facts.lines])
        for certificate, kg in each.drawn.values():
            if (rest := kg - lent.get(certificate.pk, Decimal(0))) > 0:
                wanted[each.line.pk, certificate.pk] = rest
    try:
        inputs.rehold(
            wanted, line_ids=[*(each.line.pk for each in open_lines), *gone], before=facts.request.turn, turn=turn,
            by=by, reason=reason,
        )  # fmt: skip
    except inputs.Spent:
        found = [each for each in weigh(loading.load(facts.request), moment="approval") if each.is_stop]
        over = [each for each in found if each.rule == "purchases_are_covered"]
        raise (Refused(over) if over else Overtaken(facts.request)) from None


def overdrawn(request: CertificateRequest) -> Exception:
    """What to raise when the kilograms are not there: what is left, as the rule says it."""
    stops = [finding for finding in weigh(loading.load(request), moment="approval") if finding.is_stop]
    over = [finding for finding in stops if finding.rule == "quantity_is_within_what_is_left"]
    return Refused(over) if over else Overtaken(request)


def remember(request: CertificateRequest, by: User, moment: datetime) -> None:
    """Keep the version that is sent at this moment, and log what is held for it."""
    facts = loading.load(request)
    RequestVersion.objects.create(
        certifier_id=request.certifier_id,
        request=request,
        number=request.turn,
        snapshot=request_snapshot(request, facts),
        sent_at=moment,
        sent_by=str(by),
    )
    record(
        request,
        "sent",
        by=by,
        turn=request.turn,
        policy=request.policy.version if request.policy else None,
        lines=[
            {
                "line": each.line.pk,
                "version": each.line.version_id,
                "kg": str(each.line.net_kg),
                "held": str(each.own_held),
            }
            for each in facts.lines
        ],
    )


@transaction.atomic
def hold_line(*, line: RequestLine, by: Actor) -> None:
    """Hold a sent line's kilograms if it does not hold them yet (it was sent beyond the verified quantity).

    Approval needs the hold: issuing moves held to certified. Raises Refused when they are still not there.
    """
    if line.account is None or line.net_kg is None:
        raise Overtaken(line)
    locked = accounts.lock([line.account.pk])
    kg = to_hold(line.request, line.account, line.net_kg)
    if not kg or accounts.held_for([line.pk]).get(line.pk):
        return
    try:
        accounts.hold(locked[line.account.pk], kg, line_id=line.pk, turn=line.request.turn, by=by)
    except NotEnough:
        raise overdrawn(line.request) from None


@transaction.atomic
def repin(*, line: RequestLine, by: Actor) -> None:
    """Judge a line by the present version of its product, which says the same; nothing when it is pinned already.

    Raises Refused when the present version says something else (the check that stands against approval says so too).
    """
    facts = loading.load(line.request)
    mine = next(each for each in facts.lines if each.line.pk == line.pk)
    current, pinned = mine.version_on(facts.today), mine.version
    if current is None or pinned is None or differences(pinned, current):
        found = weigh(facts, moment="approval")
        raise Refused([f for f in found if f.line_id == line.pk and f.rule == "product_is_on_the_verified_list"])
    if current.pk != line.version_id:
        RequestLine.objects.filter(certifier_id=line.certifier_id, pk=line.pk).update(version=current)
        line.version = current
        record(line, "repinned", by=by, old=str(pinned.number), new=str(current.number))
