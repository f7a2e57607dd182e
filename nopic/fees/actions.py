"""Fixing what was quoted, and everything that becomes of it. Called inside the transaction of what it is for."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from nopic.fees.models import Charge, ChargeEvent, EventKind, StatementFile
from nopic.fees.quotes import REVISION, Item, Quote
from nopic.tenants.models import Policy
from nopic.tenants.policy.fees import SENT
from nopic.workflow.audit import Actor, record
from nopic.workflow.clock import now
from nopic.workflow.dispatch import owe
from nopic.workflow.transitions import Overtaken, Refused

MOST_REASON = 500


def fix(
    quote: Quote, *, exporter_id: int, request_id: int, reference: str, turn: int, policy: Policy, by: Actor
) -> list[Charge]:
    """Fix the quote of a request that is being sent. What an earlier sending of it had fixed is not charged; a fee that staff
    waived then stays waived, as long as it is the same amount."""
    moment = now()
    earlier = Charge.objects.filter(certifier_id=policy.certifier_id, request_id=request_id, turn__lt=turn, turn__gt=0)
    waived = _waived(earlier.exclude(events__kind=EventKind.DROPPED))
    happen(EventKind.DROPPED, earlier, at=moment, by=by, reason=_("Sent again"))
    made = [
        _charge(
            item, quote.currency, exporter_id=exporter_id, request_id=request_id, reference=reference, turn=turn,
            key=f"sent:{request_id}:{turn}:{item.code}:{item.line_id or 0}", policy=policy, at=moment, by=by,
        )
        for item in quote.items
    ]  # fmt: skip
    _fixed(made, waived, policy, at=moment, by=by)
    return made


def _waived(charges: QuerySet[Charge]) -> dict[tuple[str, int | None, Decimal, str], ChargeEvent]:
    """What staff let the exporter off, by what it was for and how much."""
    let_off = ChargeEvent.objects.filter(charge__in=charges, kind=EventKind.WAIVED)
    return {_same(one.charge): one for one in let_off.select_related("charge")}


def _fixed(made: list[Charge], waived: Mapping[Any, ChargeEvent], policy: Policy, *, at: datetime, by: Actor) -> None:
    """A fee that was waived before stays waived; all are due at once where the policy says so."""
    for charge in made:
        if before := waived.get(_same(charge)):
            happen(EventKind.WAIVED, [charge], at=at, by=before.by, reason=before.reason)
    if policy.rules.fees.due == SENT:
        happen(EventKind.DUE, made, at=at, by=by)


def _same(charge: Charge) -> tuple[str, int | None, Decimal, str]:
    return charge.code, charge.line_id, charge.amount, charge.currency


def adjust(
    quote: Quote | None,
    *,
    exporter_id: int,
    request_id: int,
    reference: str,
    turn: int,
    policy: Policy,
    by: Actor,
    reason: str,
    only: Collection[str] = (),
) -> list[Charge]:
    """A sent request was changed: what it costs besides is fixed, what it no longer asks for is dropped for the `reason`.

    Prices are those of the version that it was sent under; what was fixed before stays as it is. `only` fees of these
    codes, where nothing else can have changed.
    """
    moment = now()
    ever = Charge.objects.filter(certifier_id=policy.certifier_id, request_id=request_id, turn__gt=0)
    standing = [charge for charge in ever.exclude(events__kind=EventKind.DROPPED) if not only or charge.code in only]
    items = {
        (item.code, item.line_id): item for item in (quote.items if quote else ()) if not only or item.code in only
    }
    waived = _waived(ever)
    gone = [charge for charge in standing if (charge.code, charge.line_id) not in items]
    happen(EventKind.DROPPED, gone, at=moment, by=by, reason=reason)
    known = {(charge.code, charge.line_id) for charge in standing}
    made = []
    for (code, line_id), item in items.items():
        if quote and (code, line_id) not in known:
            # What was dropped keeps its key: the same fee may come back under the same turn.
            before = ever.filter(turn=turn, code=code, line_id=line_id).count()
            key = f"sent:{request_id}:{turn}:{code}:{line_id or 0}" + (f":{before}" if before else "")
            made.append(
                _charge(
                    item, quote.currency, exporter_id=exporter_id, request_id=request_id, reference=reference, turn=turn,
                    key=key, policy=policy, at=moment, by=by,
                )
            )  # fmt: skip
    _fixed(made, waived, policy, at=moment, by=by)
    return made


def charge_for_revision(
    *,
    revision_id: int,
    exporter_id: int,
    request_id: int,
    line_id: int | None,
    reference: str,
    policy: Policy,
    by: Actor,
) -> Charge | None:
    """The fee of a revision, due at once; None where it costs nothing. Asking twice charges once.

    `reference` is what the exporter knows it by, the certificate's number; `policy` the version whose price holds, which
    `prices.of_revision` told whoever asked for the revision.
    """
    fees, key, moment = policy.rules.fees, f"{REVISION}:{revision_id}", now()
    if not fees.revision:
        return None
    known = Charge.objects.filter(certifier_id=policy.certifier_id, key=key).first()
    if known is not None:
        return known
    made = _charge(
        Item(REVISION, "", line_id, fees.revision), fees.currency, exporter_id=exporter_id, request_id=request_id,
        reference=reference, turn=0, key=key, policy=policy, at=moment, by=by,
    )  # fmt: skip
    happen(EventKind.DUE, [made], at=moment, by=by)
    return made


def let_go_revision(*, certifier_id: int, revision_id: int, by: Actor) -> None:
    """The certificate ended before its version was published: what was waived stays so, anything else is not charged."""
    rows = Charge.objects.filter(certifier_id=certifier_id, key=f"{REVISION}:{revision_id}")
    rows = rows.exclude(events__kind=EventKind.WAIVED)
    happen(EventKind.DROPPED, rows, at=now(), by=by, reason=_("Not published"))


def fall_due(*, certifier_id: int, request_id: int, line_id: int, by: Actor) -> None:
    """The certificate of this line was issued: its fees are due, and those of the request as a whole."""
    rows = Charge.objects.filter(certifier_id=certifier_id, request_id=request_id, turn__gt=0).exclude(
        events__kind=EventKind.DROPPED
    )
    happen(EventKind.DUE, [row for row in rows if row.line_id in (None, line_id)], at=now(), by=by)


def let_go(*, certifier_id: int, request_id: int, by: Actor) -> None:
    """The request was withdrawn: what is not due yet will not be charged. What fell due when it was sent stays due."""
    settled = [EventKind.DUE, EventKind.WAIVED, EventKind.DROPPED]
    rows = Charge.objects.filter(certifier_id=certifier_id, request_id=request_id, turn__gt=0)
    happen(EventKind.DROPPED, rows.exclude(events__kind__in=settled), at=now(), by=by, reason=_("Withdrawn"))


@transaction.atomic
def waive(*, charge: Charge, by: Actor, reason: str) -> None:
    """Staff let the exporter off, with a reason. Raises Refused without one, Overtaken when it is waived or dropped."""
    said = " ".join(reason.replace("\x00", "").split())
    if not said:
        raise Refused([_("Write why the fee is waived")])
    if len(said) > MOST_REASON:
        raise Refused([_("The reason may have at most %(most)s characters") % {"most": MOST_REASON}])
    over = ChargeEvent.objects.filter(
        certifier_id=charge.certifier_id, charge=charge, kind__in=[EventKind.WAIVED, EventKind.DROPPED]
    )
    if over.exists():
        raise Overtaken(charge)
    if not happen(EventKind.WAIVED, [charge], at=now(), by=by, reason=said):
        raise Overtaken(charge)  # somebody else's reason stands


def happen(kind: str, charges: Iterable[Charge], *, at: datetime, by: Actor, reason: str = "") -> list[Charge]:
    """Note an event of charges, once each, with its place in the audit log; those to which it had not happened before."""
    new = []
    for charge in charges:
        _event, created = ChargeEvent.objects.get_or_create(
            certifier_id=charge.certifier_id,
            charge=charge,
            kind=kind,
            defaults={"reason": str(reason), "at": at, "by": str(by)},
        )
        if created:
            record(charge, f"fee {kind}", by=by, new=f"{charge.currency} {charge.amount}", note=str(reason))
            _statements_changed(charge)
            new.append(charge)
    return new


@transaction.atomic
def ask_for_statement(*, certifier_id: int, exporter_id: int, month: date) -> StatementFile:
    """The statement of a month as a PDF is owed, unless it is made or owed already; `month` is its first day."""
    file, created = StatementFile.objects.get_or_create(certifier_id=certifier_id, exporter_id=exporter_id, month=month)
    if created or not file.sha256:
        owe("statement", file.pk, certifier_id=certifier_id)
    return file


def statement_damaged(file: StatementFile) -> None:
    """The kept bytes are not those that were made: they are made again."""
    _make_again([file])


def _statements_changed(charge: Charge) -> None:
    """What was made of a month in which the charge may stand is made again, whatever the office's time zone."""
    due = ChargeEvent.objects.filter(certifier_id=charge.certifier_id, charge=charge, kind=EventKind.DUE).first()
    if due is not None:
        day = due.at.date()
        mine = StatementFile.objects.filter(certifier_id=charge.certifier_id, exporter_id=charge.exporter_id)
        _make_again(mine.filter(month__gt=day - timedelta(days=33), month__lte=day + timedelta(days=1)))


def _make_again(files: Iterable[StatementFile]) -> None:
    for file in files:
        StatementFile.objects.filter(certifier_id=file.certifier_id, pk=file.pk).update(sha256="", size=0, made_at=None)
        owe("statement", file.pk, certifier_id=file.certifier_id)


def _charge(item: Item, currency: str, *, policy: Policy, at: datetime, by: Actor, **facts: object) -> Charge:
    made = Charge.objects.create(
        certifier_id=policy.certifier_id,
        line_id=item.line_id,
        code=item.code,
        detail=item.detail[:200],
        amount=item.amount,
        currency=currency,
        policy_version=policy.version,
        at=at,
        by=str(by),
        **facts,
    )
    record(made, "fee fixed", by=by, new=f"{currency} {item.amount}", code=item.code)
    return made
