"""The ledger of shipments: never above the cap, never outside the period, never edited; also with 64 clients at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, ProgrammingError, connections, transaction
from django.db.models import Sum
from hypothesis import settings as properties
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from nopic.frames import actions
from nopic.frames.actions import LooksTheSame, Said
from nopic.frames.models import Allowance, Entry, Shipment
from nopic.frames.statuses import Closed
from nopic.tenants.context import tenant
from nopic.tenants.models import Certifier
from nopic.workflow.models import AuditEvent
from nopic.workflow.transitions import Overtaken, Refused
from tests.factories import Side, World
from tests.frames.stories import approved

FIRST, LAST, TODAY = date(2026, 11, 1), date(2026, 12, 31), date(2026, 11, 20)
CAP = Decimal(100)


def account(side: Side, cap: Decimal = CAP) -> Allowance:
    """A certificate's account, open from 1 November to 31 December."""
    return account_of(side, approved(side).pk, cap)


def account_of(side: Side, certificate_id: int, cap: Decimal = CAP) -> Allowance:
    with tenant(side.certifier):
        return actions.open_allowance(
            certifier_id=side.certifier.pk, certificate_id=certificate_id, time_frame=True, cap_kg=cap, first_on=FIRST,
            last_on=LAST,
        )  # fmt: skip


def said(kg: object, on: date = TODAY, **more: Any) -> Said:
    return Said(on, Decimal(str(kg)), **more)


def truck(allowance: Allowance, kg: object, *, has_left: bool = True, key: UUID | None = None, **more: Any) -> Shipment:
    about = {name: more.pop(name) for name in ("besides",) if name in more}
    return actions.record_shipment(
        allowance=allowance, said=said(kg, **more), has_left=has_left, key=key or uuid4(), late=False, today=TODAY,
        by="the test", **about,
    )  # fmt: skip


@pytest.fixture
def here(world: World) -> Side:
    return world.here


def sentences(refused: Any) -> list[tuple[str, str]]:
    return list(refused.value.findings)


def test_what_exceeds_the_cap_is_told_how_many_kilograms_are_possible(here: Side) -> None:
    allowance = account(here)
    with tenant(here.certifier):
        truck(allowance, "95.8")
        with pytest.raises(Refused) as refused:
            truck(allowance, "4.201")
    assert sentences(refused) == [("kg", "At most 4.2 kg are possible")]


def test_a_day_outside_names_the_period(here: Side) -> None:
    allowance = account(here)
    with tenant(here.certifier), pytest.raises(Refused) as refused:
        truck(allowance, 1, on=FIRST - timedelta(days=1))
    assert sentences(refused) == [("departs_on", "The time frame is from Sun 1 Nov to Thu 31 Dec. Choose a day in it")]


def test_what_has_left_left_today_or_earlier_and_a_later_truck_is_planned(here: Side) -> None:
    allowance = account(here)
    tomorrow = TODAY + timedelta(days=1)
    with tenant(here.certifier):
        with pytest.raises(Refused):
            truck(allowance, 1, on=tomorrow)
        assert truck(allowance, 1, on=tomorrow, has_left=False).status == "planned"
        allowance.refresh_from_db()
    assert (allowance.planned_kg, allowance.shipped_kg) == (1, 0)


def test_nothing_follows_a_cancellation(here: Side) -> None:
    allowance = account(here)
    with tenant(here.certifier):
        actions.close(
            certifier_id=here.certifier.pk, certificate_id=allowance.certificate_id, why=Closed.CANCELLED, by="the test"
        )
        with pytest.raises(Refused) as refused:
            truck(allowance, 1)
    assert sentences(refused) == [("", "The certificate was cancelled. No shipment may be recorded under it.")]


def test_a_double_tap_is_one_truck(here: Side) -> None:
    allowance, key = account(here), uuid4()
    with tenant(here.certifier):
        assert truck(allowance, 7, key=key).pk == truck(allowance, 7, key=key).pk
        allowance.refresh_from_db()
        assert allowance.shipped_kg == 7


@pytest.mark.parametrize("named", [{"unit": "ABC-123"}, {"document": "CMR 7/1"}])
def test_the_same_truck_recorded_by_somebody_else_is_asked_about(here: Side, named: dict[str, str]) -> None:
    allowance = account(here)
    again = {name: text.replace("-", " ").lower() for name, text in named.items()}
    with tenant(here.certifier):
        first = truck(allowance, 7, **named)
        with pytest.raises(LooksTheSame) as same:
            truck(allowance, 7, **again)
        assert same.value.shipments == [first]
        assert truck(allowance, 7, besides=[first.number], **again).number == 2


def test_a_shipment_is_planned_leaves_with_its_actual_weight_arrives_and_each_step_is_an_entry(here: Side) -> None:
    allowance = account(here)
    with tenant(here.certifier):
        shipment = truck(allowance, 30, has_left=False)
        actions.depart(shipment=shipment, said=said("29.5", lots=("A", "B")), seen=1, today=TODAY, by="the test")
        actions.arrive(shipment=shipment, on=TODAY, seen=2, today=TODAY, by="the test")
        allowance.refresh_from_db()
        entries = list(
            shipment.entries.order_by("sequence").values_list("kind", "status", "planned_delta", "shipped_delta")
        )
    assert (allowance.planned_kg, allowance.shipped_kg, allowance.left_kg) == (0, Decimal("29.5"), Decimal("70.5"))
    assert entries == [
        ("plan", "planned", 30, 0),
        ("depart", "departed", -30, Decimal("29.5")),
        ("arrive", "arrived", 0, 0),
    ]


def test_undo_restores_what_was_before_and_is_an_entry_itself(here: Side) -> None:
    allowance = account(here)
    with tenant(here.certifier):
        shipment = truck(allowance, 30, lots=("A",))
        actions.correct(
            shipment=shipment, said=said(40, lots=("B",)), seen=1, today=TODAY, by="the test", reason="scale"
        )
        actions.undo(shipment=shipment, seen=2, by="the test", reason="the scale was right")
        shipment.refresh_from_db()
        assert (shipment.kg, shipment.lots, shipment.status) == (30, ["A"], "departed")
        actions.undo(shipment=shipment, seen=3, by="the test", reason="another certificate")
        allowance.refresh_from_db()
        assert (shipment.status, allowance.shipped_kg) == ("undone", 0)
        assert [one.undoes for one in shipment.entries.order_by("sequence")] == [None, None, 2, 1]
        with pytest.raises(Overtaken):
            actions.undo(shipment=shipment, seen=4, by="the test", reason="nothing is left to take back")


def test_a_page_that_somebody_elses_entry_made_old_changes_nothing(here: Side) -> None:
    allowance = account(here)
    with tenant(here.certifier):
        shipment = truck(allowance, 30)
        actions.correct(shipment=shipment, said=said(31), seen=1, today=TODAY, by="the test", reason="scale")
        with pytest.raises(Overtaken):
            actions.correct(shipment=shipment, said=said(32), seen=1, today=TODAY, by="the test", reason="scale")


def test_entries_cannot_be_edited_and_balances_cannot_exceed_the_cap_even_by_hand(here: Side) -> None:
    allowance = account(here)
    with tenant(here.certifier):
        truck(allowance, 30)
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            Entry.objects.update(reason="never")
        with pytest.raises(IntegrityError, match="allowance_within_cap"), transaction.atomic():
            Allowance.objects.filter(pk=allowance.pk).update(planned_kg=71)


def test_the_rest_is_settled_once_and_only_without_planned_shipments(here: Side) -> None:
    allowance = account(here)
    with tenant(here.certifier):
        planned = truck(allowance, 30, has_left=False)
        assert actions.settle(allowance=allowance, by="the test") is None
        actions.undo(shipment=planned, seen=1, by="the test", reason="it never left")
        truck(allowance, 25)
        assert actions.settle(allowance=allowance, by="the test") == 75
        assert actions.settle(allowance=allowance, by="the test") is None


def test_of_64_clients_exactly_those_succeed_whose_kilograms_fit(committed_world: World) -> None:
    side = committed_world.here
    with transaction.atomic():
        allowance = account(side, Decimal(25))

    def client(number: int) -> bool:
        try:
            with tenant(side.certifier):
                truck(allowance, 1, unit=f"TRUCK {number}")
            return True
        except Refused:
            return False
        finally:
            connections.close_all()

    with ThreadPoolExecutor(16) as hands:
        done = list(hands.map(client, range(64)))
    with tenant(side.certifier):
        allowance.refresh_from_db()
        entries = Entry.objects.filter(shipment__allowance=allowance).aggregate(kg=Sum("shipped_delta"))
    assert (sum(done), allowance.shipped_kg, entries["kg"], allowance.shipments_made) == (25, 25, 25, 25)


def test_the_ledger_is_what_a_dictionary_would_be(world: World) -> None:
    """Hypothesis walks the verbs; the model is a dictionary of stacks."""
    side = world.here
    certifier, certificate = Certifier.objects.get(pk=side.certifier.pk), approved(side)

    class Trucks(RuleBasedStateMachine):
        @initialize()
        def begin(self) -> None:
            self.point = transaction.savepoint()
            self.allowance = account_of(side, certificate.pk)
            self.stacks: dict[int, list[tuple[str, Decimal]]] = {}
            self.said = 0
            self.closed = False

        def drawn(self, but: int | None = None) -> Decimal:
            return sum((stack[-1][1] for pk, stack in self.stacks.items() if stack and pk != but), Decimal(0))

        def expect(self, allowed: bool, verb: Any) -> Any:
            try:
                with tenant(certifier):
                    done = verb()
            except (Refused, Overtaken):
                assert not allowed
                return None
            assert allowed
            self.said += 1
            return done

        def pick(self, data: Any) -> Shipment | None:
            if not self.stacks:
                return None
            with tenant(certifier):
                return Shipment.objects.get(pk=data.draw(st.sampled_from(sorted(self.stacks))))

        @rule(kg=st.integers(1, 60), has_left=st.booleans())
        def records(self, kg: int, has_left: bool) -> None:
            fits = not self.closed and self.drawn() + kg <= CAP
            made = self.expect(fits, lambda: truck(self.allowance, kg, has_left=has_left, besides=range(10_000)))
            if made:
                self.stacks[made.pk] = [("departed" if has_left else "planned", Decimal(kg))]

        @rule(data=st.data(), kg=st.integers(1, 60))
        def leaves(self, data: Any, kg: int) -> None:
            if shipment := self.pick(data):
                stack = self.stacks[shipment.pk]
                fits = bool(stack) and stack[-1][0] == "planned" and not self.closed
                fits = fits and self.drawn(but=shipment.pk) + kg <= CAP
                done = lambda: actions.depart(  # noqa: E731
                    shipment=shipment, said=said(kg), seen=shipment.entries_made, today=TODAY, by="the test"
                )
                before = self.said
                self.expect(fits, done)
                if self.said > before:
                    stack.append(("departed", Decimal(kg)))

        @rule(data=st.data(), kg=st.integers(1, 60))
        def is_corrected(self, data: Any, kg: int) -> None:
            if shipment := self.pick(data):
                stack = self.stacks[shipment.pk]
                fits = bool(stack) and not self.closed and self.drawn(but=shipment.pk) + kg <= CAP
                before = self.said
                self.expect(
                    fits,
                    lambda: actions.correct(
                        shipment=shipment, said=said(kg), seen=shipment.entries_made, today=TODAY, by="the test",
                        reason="scale",
                    ),
                )  # fmt: skip
                if self.said > before:
                    stack.append((stack[-1][0], Decimal(kg)))

        @rule(data=st.data())
        def arrives(self, data: Any) -> None:
            if shipment := self.pick(data):
                stack = self.stacks[shipment.pk]
                before = self.said
                self.expect(
                    bool(stack) and stack[-1][0] == "departed",
                    lambda: actions.arrive(
                        shipment=shipment, on=TODAY, seen=shipment.entries_made, today=TODAY, by="the test"
                    ),
                )
                if self.said > before:
                    stack.append(("arrived", stack[-1][1]))

        @rule(data=st.data())
        def is_taken_back(self, data: Any) -> None:
            if shipment := self.pick(data):
                stack = self.stacks[shipment.pk]
                restored = stack[-2][1] if len(stack) > 1 else Decimal(0)
                fits = bool(stack) and not self.closed and self.drawn(but=shipment.pk) + restored <= CAP
                before = self.said
                self.expect(
                    fits,
                    lambda: actions.undo(shipment=shipment, seen=shipment.entries_made, by="the test", reason="why"),
                )
                if self.said > before:
                    stack.pop()

        @rule()
        def is_cancelled(self) -> None:
            if self.said > 8:
                self.closed = True
                with tenant(certifier):
                    actions.close(
                        certifier_id=certifier.pk, certificate_id=self.allowance.certificate_id, why=Closed.CANCELLED,
                        by="the test",
                    )  # fmt: skip

        @invariant()
        def balances_are_the_sum_of_the_entries_and_of_the_model(self) -> None:
            if not hasattr(self, "stacks"):
                return
            with tenant(certifier):
                self.allowance.refresh_from_db()
                entries = Entry.objects.filter(shipment__allowance=self.allowance)
                sums = entries.aggregate(planned=Sum("planned_delta"), shipped=Sum("shipped_delta"), n=Sum("sequence"))
                states = dict(Shipment.objects.filter(allowance=self.allowance).values_list("pk", "status"))
                count = entries.count()
                heard = AuditEvent.objects.filter(
                    certifier_id=certifier.pk, subject_type="frames.shipment", subject_id__in=list(states)
                ).count()
            tops = {pk: stack[-1] if stack else ("undone", Decimal(0)) for pk, stack in self.stacks.items()}
            planned = sum((kg for status, kg in tops.values() if status == "planned"), Decimal(0))
            assert states == {pk: status for pk, (status, _kg) in tops.items()}
            assert (self.allowance.planned_kg, self.allowance.shipped_kg) == (planned, self.drawn() - planned)
            assert (sums["planned"] or 0, sums["shipped"] or 0) == (planned, self.drawn() - planned)
            assert count == self.said == heard

        def teardown(self) -> None:
            if hasattr(self, "point"):
                transaction.savepoint_rollback(self.point)

    Trucks.TestCase.settings = properties(max_examples=12, stateful_step_count=25, deadline=None)
    machine: Any = Trucks.TestCase()
    machine.runTest()
