"""How kilograms move: the only writer of accounts and entries. Every function runs in the caller's transaction.

Accounts are locked in id order by callers that touch several (`lock`). Amounts are Decimal kilograms, three places.
"""

from collections.abc import Iterable
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import F, Max, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from nopic.ledger.models import Account, Entry, Kind
from nopic.presentation import words
from nopic.products.models import ProductItem
from nopic.workflow.audit import Actor, record
from nopic.workflow.transitions import Overtaken, Refused

BY_STAFF = (Kind.ALLOCATE, Kind.NO_CAP, Kind.OPEN)  # what people enter; everything else follows from requests
MOST = Decimal("99999999999.999")  # kilograms that a column holds


class NotEnough(Exception):
    """The allocation does not hold the kilograms asked for."""

    def __init__(self, account: Account, wanted: Decimal) -> None:
        super().__init__(f"{wanted} kg wanted, {account.left} kg left")
        self.account = account
        self.wanted = wanted


class EnteredMeanwhile(Overtaken):
    """A colleague entered something about the same account while somebody filled in a form."""

    def __init__(self, entry: Entry) -> None:
        super().__init__(entry)
        self.entry = entry


def account_of(item: ProductItem, crop_year: int) -> Account:
    """The account of a product and crop year; a new one has nothing allocated (0 kg)."""
    account, _created = Account.objects.get_or_create(
        certifier_id=item.certifier_id, item=item, crop_year=crop_year, defaults={"allocated": Decimal(0)}
    )
    return account


def lock(account_ids: Iterable[int]) -> dict[int, Account]:
    """Lock accounts in id order, so that two requests for the same products cannot wait for each other."""
    return {a.pk: a for a in Account.objects.select_for_update().filter(pk__in=set(account_ids)).order_by("pk")}


def _move(
    account: Account,
    kind: Kind,
    *,
    by: Actor,
    line_id: int | None = None,
    turn: int = 0,
    reason: str = "",
    allocated: Decimal | None = None,
    held: Decimal = Decimal(0),
    issued: Decimal = Decimal(0),
) -> bool:
    """Write one entry and its balance; False when this very movement was made before.

    Raises Refused when a balance would grow beyond what can be counted.
    """
    # The lock makes "was it made before?" a safe question: two deliveries of one movement come here one after the other.
    now = lock([account.pk])[account.pk]
    if (
        line_id is not None
        and Entry.objects.filter(
            certifier_id=account.certifier_id, account=account, line_id=line_id, kind=kind, turn=turn
        ).exists()
    ):
        return False
    changes = {"held": F("held") + held, "issued": F("issued") + issued}
    if allocated is not None:
        changes["allocated"] = Coalesce(F("allocated"), Decimal(0)) + allocated
    if max(now.held + held, now.issued + issued, (now.allocated or 0) + (allocated or 0)) > MOST:
        raise Refused([_("That is more than the portal can count. Enter fewer kilograms.")])
    try:
        with transaction.atomic():
            Account.objects.filter(pk=account.pk, certifier_id=account.certifier_id).update(**changes)
            Entry.objects.create(
                certifier_id=account.certifier_id,
                account=account,
                kind=kind,
                held_delta=held,
                issued_delta=issued,
                allocated_delta=allocated or Decimal(0),
                line_id=line_id,
                turn=turn,
                by=str(by),
                reason=reason,
            )
    except IntegrityError as error:
        if "account_within_allocation" not in str(error):
            raise
        account.refresh_from_db()
        raise NotEnough(account, held + issued) from error
    account.refresh_from_db()
    record(account, kind, by=by, note=reason, kg=str(held or issued or allocated), line=line_id)
    return True


def held_for(line_ids: Iterable[int]) -> dict[int, Decimal]:
    """Kilograms that each line still holds; lines that hold nothing are left out."""
    sums = Entry.objects.filter(line_id__in=set(line_ids)).values("line_id").annotate(kg=Sum("held_delta")).order_by()
    return {row["line_id"]: row["kg"] for row in sums if row["kg"]}


def held_by_account(line_ids: Iterable[int]) -> dict[tuple[int, int], Decimal]:
    """Kilograms that each line still holds, by (line, account): a line whose product changed holds in the former one."""
    sums = (
        Entry.objects.filter(line_id__in=set(line_ids)).values("line_id", "account_id").annotate(kg=Sum("held_delta"))
    )
    return {(row["line_id"], row["account_id"]): row["kg"] for row in sums.order_by() if row["kg"]}


def hold(account: Account, kg: Decimal, *, line_id: int, turn: int, by: Actor) -> bool:
    """Set kilograms aside for a sent line. Raises NotEnough; the database's own constraint decides."""
    return _move(account, Kind.HOLD, held=kg, line_id=line_id, turn=turn, by=by)


def release(account: Account, kg: Decimal, *, line_id: int, turn: int, by: Actor, reason: str) -> bool:
    """Take a hold back: the line was refused, withdrawn or returned."""
    return _move(account, Kind.RELEASE, held=-kg, line_id=line_id, turn=turn, by=by, reason=reason)


def issue(account: Account, kg: Decimal, *, line_id: int, turn: int, by: Actor) -> bool:
    """A held line was certified."""
    return _move(account, Kind.ISSUE, held=-kg, issued=kg, line_id=line_id, turn=turn, by=by)


def give_back(account: Account, kg: Decimal, *, line_id: int, turn: int, by: Actor, reason: str) -> bool:
    """A certificate was cancelled and its kilograms may be certified again."""
    return _move(account, Kind.GIVE_BACK, issued=-kg, line_id=line_id, turn=turn, by=by, reason=reason)


def reduce(account: Account, kg: Decimal, *, line_id: int, version: int, by: Actor) -> bool:
    """A certificate was revised to `kg` kilograms fewer, which may be certified again; once for each version."""
    return _move(account, Kind.REDUCE, issued=-kg, line_id=line_id, turn=version, by=by)


def give_rest_back(account: Account, kg: Decimal, *, line_id: int, turn: int, by: Actor, reason: str) -> bool:
    """What was certified and never shipped may be certified again, once the certificate covers no departure any more."""
    return _move(account, Kind.REST, issued=-kg, line_id=line_id, turn=turn, by=by, reason=reason)


def swap(account: Account, kg: Decimal, *, held: Decimal, line_id: int, turn: int, by: Actor) -> bool:
    """A line was certified in the place of another one: it held only what the other one's kilograms did not cover.

    The other one's kilograms are given back before, in the same transaction and under the same lock, so that nothing
    ever counts twice and nobody else gets them.
    """
    return _move(account, Kind.SWAP, held=-held, issued=kg, line_id=line_id, turn=turn, by=by)


def used_by(line_id: int, account_id: int) -> Decimal:
    """Kilograms that a line takes of an account now, held or certified."""
    mine = Entry.objects.filter(account_id=account_id, line_id=line_id)
    sums = mine.aggregate(kg=Sum(F("held_delta") + F("issued_delta")))
    return sums["kg"] or Decimal(0)


def given_back(line_id: int, account_id: int) -> Decimal:
    """Kilograms that a line's certificate gave back at its end."""
    mine = Entry.objects.filter(account_id=account_id, line_id=line_id, kind=Kind.GIVE_BACK)
    return -(mine.aggregate(kg=Sum("issued_delta"))["kg"] or Decimal(0))


def swapped(line_ids: Iterable[int]) -> set[int]:
    """Which of these lines were certified in the place of another one."""
    rows = Entry.objects.filter(line_id__in=set(line_ids), kind=Kind.SWAP).values_list("line_id", flat=True)
    return {pk for pk in rows if pk is not None}


def newest_by_staff(item_id: int) -> int:
    """The newest entry that people made about a product, for the form of the next one to carry along; 0 without one."""
    return Entry.objects.filter(account__item_id=item_id, kind__in=BY_STAFF).aggregate(pk=Max("pk"))["pk"] or 0


def said_meanwhile(entry: Entry) -> str:
    """What a colleague entered while somebody filled in the form of another change."""
    sentence = _("%(name)s entered meanwhile: %(what)s, %(kg)s kg (%(why)s). Look at the quantity, then save again.")
    if entry.kind == Kind.NO_CAP:
        sentence = _("%(name)s entered meanwhile: %(what)s (%(why)s). Look at the quantity, then save again.")
    weight = words.kg(entry.allocated_delta or entry.issued_delta)
    return sentence % {"name": entry.by, "what": entry.get_kind_display(), "kg": weight, "why": entry.reason}


def _is_entered(
    account: Account, seen: int | None, kind: Kind, kg: Decimal | None = None, *, by: Actor, reason: str
) -> bool:
    """Whether this very change was entered after `seen`: a double click. EnteredMeanwhile by any other change."""
    if seen is None:
        return False
    lock([account.pk])
    mine = Entry.objects.filter(certifier_id=account.certifier_id, account=account, kind__in=BY_STAFF, pk__gt=seen)
    newest = mine.order_by("-pk").first()
    if newest is None:
        return False
    if (newest.kind, newest.by, newest.reason) == (kind, str(by), reason) and kg in (
        None, newest.allocated_delta, newest.issued_delta,
    ):  # fmt: skip
        return True
    raise EnteredMeanwhile(newest)


def allocate(account: Account, kg: Decimal, *, by: Actor, reason: str, seen: int | None = None) -> bool:
    """Set or raise (or lower) the verified quantity by `kg`; NotEnough when less than is used would remain.

    An account without a cap has one of `kg` from now on. `seen` is newest_by_staff as the person's page showed it: False
    when this was entered from that page already, EnteredMeanwhile when a colleague entered something else.
    """
    if _is_entered(account, seen, Kind.ALLOCATE, kg, by=by, reason=reason):
        return False
    return _move(account, Kind.ALLOCATE, allocated=kg, by=by, reason=reason)


def remove_cap(account: Account, *, by: Actor, reason: str, seen: int | None = None) -> None:
    """This product has no verified quantity to watch (many handlers have none). `seen` as in `allocate`."""
    if _is_entered(account, seen, Kind.NO_CAP, by=by, reason=reason):
        return
    now = lock([account.pk])[account.pk]
    if now.allocated is None:
        return
    Account.objects.filter(pk=account.pk).update(allocated=None)
    Entry.objects.create(
        certifier_id=now.certifier_id,
        account=now,
        kind=Kind.NO_CAP,
        allocated_delta=-now.allocated,
        by=str(by),
        reason=reason,
    )
    record(account, "cap removed", by=by, note=reason)


def open_balance(account: Account, kg: Decimal, *, by: Actor, reason: str, seen: int | None = None) -> None:
    """Kilograms already certified elsewhere this year count as used. `seen` as in `allocate`."""
    if not _is_entered(account, seen, Kind.OPEN, kg, by=by, reason=reason):
        _move(account, Kind.OPEN, issued=kg, by=by, reason=reason)
