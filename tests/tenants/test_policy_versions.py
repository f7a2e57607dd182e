"""Versions of a policy: planned, carried over, withdrawn, never edited; and whoever comes second loses nothing."""

from datetime import timedelta

import pytest
from django.db import ProgrammingError, connection, transaction

from nopic.tenants import queries
from nopic.tenants.actions import ChangedMeanwhile, change_policy, laid_out, withdraw_policy
from nopic.tenants.context import tenant
from nopic.tenants.models import Policy, PolicyWithdrawal
from nopic.tenants.policy import PolicyError
from nopic.tenants.policy.merging import laid_on, touched
from nopic.workflow.clock import now
from nopic.workflow.models import AuditEvent
from nopic.workflow.transitions import Overtaken, Refused
from tests.factories import Side, World

SETTINGS = frozenset({"lead_days", "cut_off", "closing", "first_request_extra_days"})


@pytest.fixture
def here(world: World):
    with tenant(world.here.certifier):
        yield world.here


def change(here: Side, days: int = 0, seen: int = 99, reason: str = "The season begins", **settings: object) -> Policy:
    return change_policy(
        certifier=here.certifier, settings=settings, since=now() + timedelta(days=days), seen=seen, reason=reason,
        by=here.admin,
    )  # fmt: skip


def in_force(here: Side, days: int = 0):
    return queries.policy_of(here.certifier.pk, now() + timedelta(days=days, minutes=1)).rules


def test_a_change_counts_from_its_day_and_says_who_and_why(here: Side) -> None:
    planned = change(here, days=10, lead_days=5)
    assert (in_force(here).lead_days, in_force(here, 9).lead_days, in_force(here, 10).lead_days) == (3, 3, 5)
    (one,) = queries.changes(here.certifier.pk, SETTINGS)
    assert (one.setting, one.before, one.after, one.state) == ("lead_days", 3, 5, "planned")
    assert (one.policy.by, one.policy.note) == (str(here.admin), "The season begins")
    event = AuditEvent.objects.get(verb="policy changed")
    assert (event.subject_id, event.facts["settings"]) == (planned.pk, ["lead_days"])


def test_a_change_before_planned_ones_is_carried_into_each_of_them(here: Side) -> None:
    change(here, days=20, lead_days=5)
    change(here, days=30, first_request_extra_days=4)
    change(here, days=10, closing="18:00")
    for day, lead, extra, closing in ((0, 3, 0, 17), (10, 3, 0, 18), (20, 5, 0, 18), (30, 5, 4, 18)):
        rules = in_force(here, day)
        assert (rules.lead_days, rules.first_request_extra_days, rules.closing.hour) == (lead, extra, closing)
    told = [(one.setting, one.after, one.state) for one in queries.changes(here.certifier.pk, SETTINGS)]
    assert sorted(told) == [
        ("closing", "18:00", "planned"),
        ("first_request_extra_days", 4, "planned"),
        ("lead_days", 5, "planned"),
    ], "what was carried over is told once"


def test_what_is_carried_over_is_what_was_changed_and_not_the_whole_price_list(here: Side) -> None:
    usual = here.policy.rules.to_json()["fees"]
    express = {"turnaround": "express", "price": "75"}
    turnarounds = [
        *here.policy.rules.to_json()["turnarounds"],
        {"code": "express", "name": "Express", "unit": "hours", "amount": 24},
    ]
    change(here, turnarounds=turnarounds)
    change(here, days=20, fees={**usual, "certificate": "90"})
    change(here, days=20, fees={**usual, "certificate": "95", "classes": [express]})
    change(here, days=10, fees={**usual, "revision": "12"})
    for day, certificate, revision, classes in ((10, usual["certificate"], "12", 0), (20, "95", "12", 1)):
        fees = in_force(here, day).fees
        assert (str(fees.certificate), str(fees.revision), len(fees.classes)) == (certificate, revision, classes)


@pytest.mark.parametrize(
    ("ground", "before", "wanted", "laid"),
    [
        (1, 2, 3, 3),
        (1, 2, 2, 1),
        ({"a": 1, "b": 9}, {"a": 1, "b": 2}, {"a": 5, "b": 2}, {"a": 5, "b": 9}),
        ([1, 2], [1], [3], [3]),
        ([{"key": "x", "n": 7}], [{"key": "x", "n": 1}], [{"key": "x", "n": 1}, {"key": "y", "n": 2}],
         [{"key": "x", "n": 7}, {"key": "y", "n": 2}]),
        ([{"key": "x"}, {"key": "z"}], [{"key": "x"}, {"key": "y"}], [{"key": "y"}, {"key": "w"}], [{"key": "w"}, {"key": "z"}]),
    ],
)  # fmt: skip
def test_a_change_is_laid_on_other_ground_field_by_field_and_row_by_row(ground, before, wanted, laid) -> None:
    assert laid_on(ground, before=before, wanted=wanted) == laid


def test_a_withdrawn_change_never_begins_and_later_ones_stand_on_what_then_counts(here: Side) -> None:
    first = change(here, days=10, lead_days=5)
    change(here, days=20, first_request_extra_days=4)
    withdraw_policy(certifier=here.certifier, version=first.version, by=here.admin, reason="Not this year")
    assert (in_force(here, 10).lead_days, in_force(here, 20).lead_days) == (3, 3)
    assert in_force(here, 20).first_request_extra_days == 4
    states = {one.setting: one.state for one in queries.changes(here.certifier.pk, SETTINGS)}
    assert states == {"lead_days": "withdrawn", "first_request_extra_days": "planned"}
    with pytest.raises(Overtaken):
        withdraw_policy(certifier=here.certifier, version=first.version, by=here.admin, reason="again")


def test_what_has_begun_cannot_be_withdrawn_not_even_in_the_database(here: Side) -> None:
    begun = change(here, lead_days=5)
    with pytest.raises(Overtaken):
        withdraw_policy(certifier=here.certifier, version=begun.version, by=here.admin, reason="oh")
    with pytest.raises(ProgrammingError, match="has begun"), transaction.atomic():
        PolicyWithdrawal.objects.create(certifier=here.certifier, policy=here.policy, by="somebody")


@pytest.mark.parametrize("statement", ["UPDATE tenants_policy SET note = 'x'", "DELETE FROM tenants_policy"])
def test_a_version_is_never_edited_or_deleted(here: Side, statement: str) -> None:
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_a_contradiction_is_refused_also_one_with_a_planned_change(here: Side) -> None:
    with pytest.raises(PolicyError) as told:
        change(here, cut_off="18:00")
    assert told.value.problems == {"cut_off": "The cut-off hour must not be after the closing hour."}
    change(here, days=20, closing="16:00")
    with pytest.raises(PolicyError, match="Together with the change planned for"):
        change(here, cut_off="16:30")
    assert in_force(here).cut_off.hour == 16


def test_nothing_changes_without_a_reason_or_a_difference(here: Side) -> None:
    with pytest.raises(Refused, match="Say why"):
        change(here, reason="  ", lead_days=5)
    with pytest.raises(Refused, match="Nothing changes"):
        change(here, lead_days=3)


def test_the_second_of_two_admins_is_told_and_nothing_is_lost(here: Side) -> None:
    change(here, seen=1, lead_days=5)
    with pytest.raises(ChangedMeanwhile) as told:
        change(here, seen=1, lead_days=4)
    assert [row.data["lead_days"] for row in told.value.newer] == [5]
    change(here, seen=1, first_request_extra_days=1)
    assert (in_force(here).lead_days, in_force(here).first_request_extra_days) == (5, 1), (
        "another setting is no conflict"
    )


def test_a_change_is_never_back_dated(here: Side) -> None:
    before = now()
    assert change(here, days=-30, lead_days=5).effective_from >= before


def test_what_began_last_counts_whenever_it_was_decided(here: Side) -> None:
    change(here, days=10, lead_days=5)
    change(here, days=5, lead_days=4)
    later = queries.changes(here.certifier.pk, SETTINGS, now() + timedelta(days=11))
    assert [one.after for one in queries.begun(later)] == [4, 5]
    assert [one.after for one in later] == [4, 5], "the history begins with what was decided last"


@pytest.mark.parametrize(
    ("before", "after", "places"),
    [
        (1, 1, set()),
        (1, 2, {()}),
        ({"a": 1, "b": 2}, {"a": 1, "b": 3}, {("b",)}),
        ([{"key": "x", "n": 1}], [{"key": "x", "n": 2}, {"key": "y", "n": 1}], {(("x",), "n"), (("y",),)}),
        ([{"key": "x"}, {"key": "y"}], [{"key": "y"}, {"key": "x"}], {()}),
        ([1, 2], [2, 1], {()}),
    ],
)
def test_two_plans_meet_where_they_change_the_same(before, after, places) -> None:
    assert touched(before, after) == places


def test_a_fault_that_comes_of_a_plan_stands_at_the_row_that_was_typed() -> None:
    two_days, express, slow = (
        {"code": code, "name": "", "unit": "working_days", "amount": amount, "over_closed_days": False}
        for code, amount in (("standard", 2), ("express", 1), ("slow", 5))
    )
    shown = {"turnarounds": [two_days, express, slow]}
    planned = Policy(data={"turnarounds": [express, {**slow, "unit": "hours"}], "default_turnaround": "express"})
    typed = {"turnarounds": [two_days, express, {**slow, "amount": 0}]}  # the same day; no hours are no promise
    with pytest.raises(PolicyError) as refused:
        laid_out(planned, typed, shown)
    assert list(refused.value.problems) == ["turnarounds.2.amount"]
