"""The ledger: whatever happens in whatever order, nothing is negative, nothing exceeds, and balances are the entries."""

import threading
from decimal import Decimal

import pytest
from django.db import IntegrityError, ProgrammingError, connection, connections
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nopic.ledger import accounts
from nopic.ledger.accounts import NotEnough
from nopic.ledger.models import Account, Entry
from nopic.requests.models import RequestLine
from nopic.tenants.context import tenant
from nopic.workflow.audit import record
from nopic.workflow.models import AuditEvent
from tests import factories
from tests.factories import Side, World

KG = st.decimals(min_value=Decimal("0.001"), max_value=Decimal(60_000), places=3)
STEP = st.tuples(
    st.sampled_from(["hold", "hold", "release", "issue", "give_back", "allocate", "open"]), st.integers(1, 4), KG
)


def balance(account: Account) -> tuple[Decimal, Decimal, Decimal]:
    sums = Entry.objects.filter(account=account).aggregate(
        allocated=Sum("allocated_delta"), held=Sum("held_delta"), issued=Sum("issued_delta")
    )
    return sums["allocated"], sums["held"], sums["issued"]


def lines(here: Side, count: int) -> list[int]:
    """The ids of so many lines of a draft, for movements to name."""
    request = factories.draft(here)
    with tenant(here.certifier):
        made = [RequestLine(certifier=here.certifier, request=request, position=n + 1) for n in range(count)]
        return [line.pk for line in RequestLine.objects.bulk_create(made)]


def step(account: Account, what: str, line: int, kg: Decimal) -> None:
    """One movement as the actions above make it: what a line releases or issues is what it holds."""
    held = accounts.held_for([line]).get(line)
    issued = Entry.objects.filter(account=account, line_id=line).aggregate(kg=Sum("issued_delta"))["kg"]
    if what == "hold":
        accounts.hold(account, kg, line_id=line, turn=1, by="a test")
    elif what == "release" and held:
        accounts.release(account, held, line_id=line, turn=1, by="a test", reason="refused")
    elif what == "issue" and held:
        accounts.issue(account, held, line_id=line, turn=1, by="a test")
    elif what == "give_back" and issued:
        accounts.give_back(account, issued, line_id=line, turn=1, by="a test", reason="cancelled")
    elif what == "allocate":
        accounts.allocate(account, kg if line % 2 else -kg, by="a test", reason="raised or lowered")
    elif what == "open":
        accounts.open_balance(account, kg, by="a test", reason="certified elsewhere")


@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(steps=st.lists(STEP, max_size=6))
def test_any_sequence_keeps_the_balance(world: World, steps: list[tuple[str, int, Decimal]]) -> None:
    with tenant(world.here.certifier):
        point = connection.savepoint()
        account = Account.objects.get(pk=world.here.account.pk)
        for what, line, kg in steps:
            before = (account.allocated, account.held, account.issued)
            try:
                step(account, what, line, kg)
            except NotEnough:
                account.refresh_from_db()
                assert (account.allocated, account.held, account.issued) == before
            account.refresh_from_db()
            assert account.held >= 0
            assert account.issued >= 0
            assert account.held + account.issued <= account.allocated
            assert (account.allocated, account.held, account.issued) == balance(account)
        connection.savepoint_rollback(point)


def test_the_same_movement_twice_is_one(world: World) -> None:
    [line] = lines(world.here, 1)
    with tenant(world.here.certifier):
        account = world.here.account
        assert accounts.hold(account, Decimal(10), line_id=line, turn=1, by="a test") is True
        assert accounts.hold(account, Decimal(10), line_id=line, turn=1, by="a test") is False
        assert accounts.issue(account, Decimal(10), line_id=line, turn=1, by="a test") is True
        assert accounts.issue(account, Decimal(10), line_id=line, turn=1, by="a test") is False
        account.refresh_from_db()
        assert (account.held, account.issued) == (0, 10)


def test_what_is_missing_is_said_and_nothing_moves(world: World) -> None:
    with tenant(world.here.certifier):
        account = world.here.account
        with pytest.raises(NotEnough, match=r"100000\.001 kg wanted, 100000\.000 kg left"):
            accounts.hold(account, Decimal("100000.001"), line_id=1, turn=1, by="a test")
        assert balance(account) == (100_000, 0, 0)
        assert accounts.held_for([1]) == {}


def test_without_a_cap_anything_may_be_held(world: World) -> None:
    [line] = lines(world.here, 1)
    with tenant(world.here.certifier):
        account = world.here.account
        accounts.remove_cap(account, by="a test", reason="handler")
        account.refresh_from_db()
        accounts.hold(account, Decimal(10_000_000), line_id=line, turn=1, by="a test")
        assert account.left is None


def test_an_entry_is_never_changed(world: World) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), tenant(world.here.certifier):
        Entry.objects.filter(account=world.here.account).update(held_delta=1)


def together(count: int, work) -> list[object]:
    """Run `work(n)` in threads that start at once, each with its own connection; what each returned or raised."""
    gate, results = threading.Barrier(count), [None] * count

    def run(n: int) -> None:
        try:
            gate.wait(30)
            results[n] = work(n)
        except Exception as error:  # noqa: BLE001 - what a thread met is judged by the test
            results[n] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(n,)) for n in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


def test_thirty_two_at_once_never_hold_more_than_there_is(committed_world: World) -> None:
    here = committed_world.here
    tried = lines(here, 32)
    with tenant(here.certifier):
        second = accounts.account_of(here.second_item, here.account.crop_year)

    def work(n: int) -> str:
        with tenant(here.certifier):
            # Two accounts each, named in either order: locked in the order of their ids, nobody waits in a circle.
            wanted = [here.account.pk, second.pk] if n % 2 else [second.pk, here.account.pk]
            locked = accounts.lock(wanted)
            for pk in wanted:
                kg = Decimal(1_000 if pk == second.pk else 5_000)
                accounts.hold(locked[pk], kg, line_id=tried[n], turn=1, by="x")
            record(here.account, "tried", by="a test")
        return "held"

    results = together(32, work)
    held = results.count("held")
    assert held == 20  # 100,000 kg of one and 20,000 kg of the other
    assert all(isinstance(result, NotEnough) for result in results if result != "held")
    with tenant(here.certifier):
        for account, each in ((here.account, 5_000), (second, 1_000)):
            account.refresh_from_db()
            assert (account.held, account.left) == (held * each, 0)
            assert balance(account)[1] == account.held
        assert AuditEvent.objects.filter(verb="tried").count() == held


def test_one_movement_delivered_to_thirty_two_is_made_once(committed_world: World) -> None:
    here = committed_world.here
    [line] = lines(here, 1)

    def work(n: int) -> bool:
        with tenant(here.certifier):
            return accounts.hold(Account.objects.get(pk=here.account.pk), Decimal(7), line_id=line, turn=1, by="a test")

    results = together(32, work)
    assert sorted(results) == [False] * 31 + [True]
    with tenant(here.certifier):
        here.account.refresh_from_db()
        assert here.account.held == 7


def test_an_entry_names_a_line_of_its_own_certifier(world: World) -> None:
    [theirs] = lines(world.there, 1)
    with pytest.raises(IntegrityError, match="ledger_entry_line_id_tenant"), tenant(world.here.certifier):
        accounts.hold(world.here.account, Decimal(1), line_id=theirs, turn=1, by="a test")
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
