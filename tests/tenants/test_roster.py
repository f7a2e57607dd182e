"""Who is in the office: absences and hours on the office's clock, and who gets what was meant for somebody away."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from nopic.requests.statuses import RequestStatus
from nopic.review import actions as review
from nopic.tenants import actions, roster
from nopic.tenants.calendar import Office
from nopic.tenants.context import tenant
from nopic.tenants.models import Absence, DutyHours, Membership, User
from nopic.workflow.models import AuditEvent
from nopic.workflow.transitions import Refused
from tests import factories
from tests.factories import Side, World, signed_in
from tests.review import cases

LIMA = factories.rules(time_zone="America/Lima", country="PE", opening="09:00", closing="17:00")


def away(side: Side, person: User, cover: User | None, days: int = 3) -> Absence:
    """From today on, noted by the admin; inside the door."""
    today = roster.today_of(side.certifier.pk)
    return actions.add_absence(
        certifier_id=side.certifier.pk, person=person, first_on=today, last_on=today + timedelta(days=days),
        cover=cover, by=side.admin,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("moment", "hours", "expected"),
    [
        # Lima is UTC-5 all the year: Monday 30 November 2026, 09:00 there is 14:00 UTC.
        ("2026-11-30 14:00", [], True),
        ("2026-11-30 13:59", [], False),
        ("2026-11-30 21:59", [], True),
        ("2026-11-30 22:00", [], False),  # 17:00: the end does not belong to it
        ("2026-11-28 16:00", [], False),  # Saturday
        ("2026-12-08 16:00", [], False),  # Immaculate Conception, a holiday in Peru
        ("2026-11-28 16:00", [(5, "10:00", "12:00")], True),  # own hours on a Saturday: 11:00 in Lima
        ("2026-11-30 14:00", [(5, "10:00", "12:00")], False),  # own hours, none on Monday
        ("2026-12-08 16:00", [(1, "09:00", "17:00")], False),  # a holiday stays one
        ("2026-12-01 02:30", [(0, "20:00", "22:00")], True),  # Monday 21:30 in Lima, Tuesday in UTC
    ],
)
def test_duty_is_counted_on_the_offices_clock(moment: str, hours: list, expected: bool) -> None:
    spans = [
        DutyHours(weekday=day, begins=time.fromisoformat(begins), ends=time.fromisoformat(ends))
        for day, begins, ends in hours
    ]
    when = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    assert roster.is_on_duty(Office(LIMA), when, hours=spans) is expected


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-12-01 04:59", True),  # Monday 23:59 in Lima
        ("2026-12-01 05:00", False),  # Tuesday, the first day away
        ("2026-12-03 04:59", False),  # Wednesday 23:59, the last day away
        ("2026-12-03 05:00", True),
    ],
)
def test_days_away_begin_and_end_at_midnight_of_the_office(moment: str, expected: bool) -> None:
    always = [DutyHours(weekday=day, begins=time(0), ends=time.max) for day in range(7)]
    gone = [Absence(first_on=date(2026, 12, 1), last_on=date(2026, 12, 2))]
    when = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    assert roster.is_on_duty(Office(LIMA), when, hours=always, absences=gone) is expected


def test_on_duty_leaves_out_who_is_away_or_has_other_hours(world: World) -> None:
    side = world.here
    with tenant(side.certifier):
        office = roster.office_of(side.certifier.pk)
        today = roster.today_of(side.certifier.pk)
        day = office.working_days_after(today, 1)
        noon = datetime.combine(day, office.rules.opening, tzinfo=office.zone)
        assert set(roster.on_duty(side.certifier.pk, noon)) == {side.admin, side.reviewer, side.colleague}
        away(side, side.colleague, side.reviewer, days=30)
        actions.set_hours(
            certifier_id=side.certifier.pk, person=side.admin, by=side.admin,
            hours={(day.weekday() + 1) % 7: (time(8), time(9))},
        )  # fmt: skip
        assert roster.on_duty(side.certifier.pk, noon) == [side.reviewer]


def test_a_case_for_somebody_away_goes_to_the_cover_and_to_the_covers_cover(world: World) -> None:
    side = world.here
    first, second = cases.sent(side), cases.taken(side, by=side.admin)
    with tenant(side.certifier):
        gone = away(side, side.reviewer, side.colleague)
        outcome = review.assign(request=first, to=side.reviewer, by=side.admin)
        assert (outcome.request.reviewer, outcome.request.status) == (side.colleague, RequestStatus.IN_REVIEW)
        assert outcome.said.startswith(f"{side.reviewer} is away until ")
        assert outcome.said.endswith(f": {side.colleague} covers.")
        away(side, side.colleague, side.admin)
        outcome = review.assign(request=second, to=side.reviewer, by=side.colleague)
        assert outcome.request.reviewer == side.admin
        actions.remove_absence(absence=gone, by=side.reviewer)
        assert review.assign(request=second, to=side.reviewer, by=side.admin).said == ""
        second.refresh_from_db()
        assert second.reviewer == side.reviewer


def test_a_circle_of_covers_or_none_at_all_says_that_nobody_is_there(world: World) -> None:
    side, request = world.here, cases.taken(world.here, by=world.here.admin)
    with tenant(side.certifier):
        away(side, side.reviewer, side.colleague)
        away(side, side.colleague, side.reviewer)
        with pytest.raises(Refused, match="nobody who covers is there"):
            review.assign(request=request, to=side.reviewer, by=side.admin)
        Absence.objects.filter(user=side.colleague).delete()
        Absence.objects.filter(user=side.reviewer).update(cover=None)
        with pytest.raises(Refused, match="and nobody covers"):
            review.assign(request=request, to=side.reviewer, by=side.admin)
        request.refresh_from_db()
        assert request.reviewer == side.admin


def test_a_cover_who_left_the_office_gets_nothing(world: World) -> None:
    side, request = world.here, cases.sent(world.here)
    with tenant(side.certifier):
        away(side, side.reviewer, side.colleague)
        Membership.objects.filter(user=side.colleague).update(is_active=False)
        with pytest.raises(Refused, match="nobody who covers is there"):
            review.assign(request=request, to=side.reviewer, by=side.admin)


def test_taking_over_while_noted_as_away_hands_it_to_the_cover(world: World) -> None:
    side, request = world.here, cases.taken(world.here)
    with tenant(side.certifier):
        away(side, side.colleague, side.admin)
        outcome = review.take_over(request=request, by=side.colleague, seen=side.reviewer.pk)
        assert (outcome.request.reviewer, bool(outcome.said)) == (side.admin, True)


def test_everybody_notes_their_own_absence_and_only_an_admin_somebody_elses(world: World) -> None:
    side = world.here
    path = f"/{side.certifier.slug}/people/roster/"
    with tenant(side.certifier):
        today = roster.today_of(side.certifier.pk)
    days = {"first_on": today.isoformat(), "last_on": (today + timedelta(days=2)).isoformat()}
    browser = signed_in(side.reviewer)
    assert browser.post(path, {**days, "person": side.admin.pk, "cover": side.colleague.pk}).status_code == 302
    with tenant(side.certifier):
        absence = Absence.objects.get()
        assert (absence.user, absence.cover) == (side.reviewer, side.colleague)
        assert AuditEvent.objects.filter(subject_type="tenants.absence", verb="noted").count() == 1
        with pytest.raises(Refused, match="Only a certifier admin"):
            actions.add_absence(
                certifier_id=side.certifier.pk, person=side.admin, first_on=today, last_on=today, cover=None,
                by=side.reviewer,
            )  # fmt: skip
    signed_in(side.colleague).post(path, {"remove": absence.pk})
    with tenant(side.certifier):
        assert Absence.objects.count() == 1
    assert signed_in(side.admin).post(path, {"remove": absence.pk}).status_code == 302
    with tenant(side.certifier):
        assert Absence.objects.count() == 0
        assert AuditEvent.objects.filter(subject_type="tenants.absence", verb="removed").count() == 1


def test_wrong_days_are_said_and_nothing_typed_is_lost(world: World) -> None:
    side = world.here
    path = f"/{side.certifier.slug}/people/roster/"
    browser = signed_in(side.admin)
    typed = {"person": side.reviewer.pk, "first_on": "2099-01-08", "last_on": "2099-01-04", "cover": side.reviewer.pk}
    answer = browser.post(path, typed)
    assert answer.status_code == 422
    assert answer.content.count(b"2099-01-0") >= 2
    assert "must not be before the first day" in answer.content.decode()
    assert "Choose somebody else to cover" in answer.content.decode()
    over = browser.post(path, {"person": side.reviewer.pk, "first_on": "2020-01-01", "last_on": "2020-01-02"})
    assert (over.status_code, over.context["problems"]) == (
        422, [("These days are over. Choose a last day from today on", "id_last_on")],
    )  # fmt: skip
    good = {"person": side.reviewer.pk, "first_on": "2099-01-04", "last_on": "2099-01-08"}
    assert browser.post(path, good).status_code == 302
    for wrong, field, sentence in (
        (good, "first_on", "is away from Sun 4 Jan 2099 to Thu 8 Jan 2099 already. Remove that first."),
        (good | {"last_on": "2100-01-05"}, "last_on", "An absence lasts a year at most."),
    ):
        answer = browser.post(path, wrong)
        assert answer.status_code == 422
        assert sentence in answer.context["form"].errors[field].as_text()  # it stands at its field


def test_duty_hours_are_set_by_weekday_and_taken_back(world: World) -> None:
    side = world.here
    with tenant(side.certifier):
        member = Membership.objects.get(user=side.reviewer, certifier=side.certifier)
    path, browser = f"/{side.certifier.slug}/people/roster/{member.pk}/", signed_in(side.admin)
    assert signed_in(side.reviewer).get(path).status_code == 403
    half = browser.post(path, {"begins_0": "08:00", "begins_1": "12:00", "ends_1": "11:00"})
    assert half.status_code == 422
    assert b"Monday: enter both times, or neither" in half.content
    assert b"Tuesday: duty must end after it begins" in half.content
    assert browser.post(path, {"begins_0": "08:00", "ends_0": "12:30"}).status_code == 302
    assert b"08:00\xe2\x80\x9312:30" in signed_in(side.reviewer).get(f"/{side.certifier.slug}/people/roster/").content
    browser.post(path, {})
    with tenant(side.certifier):
        assert DutyHours.objects.count() == 0
        log = AuditEvent.objects.filter(verb="duty hours").order_by("pk").values_list("old", "new")
        assert list(log) == [("", "Mon 08:00-12:30"), ("Mon 08:00-12:30", "")]


def test_the_queue_gives_ticked_cases_to_the_cover_and_says_so(world: World) -> None:
    side, request = world.here, cases.sent(world.here)
    with tenant(side.certifier):
        away(side, side.reviewer, side.colleague)
    answer = signed_in(side.admin).post(
        f"/{side.certifier.slug}/queue/",
        {"give": "1", "chosen": request.reference, "to": side.reviewer.pk},
        follow=True,
    )
    assert f"{side.colleague} covers." in answer.content.decode()
    assert f"{request.reference} is with {side.colleague} now." in answer.content.decode()


@pytest.mark.parametrize(
    ("statement", "constraint"),
    [
        ("UPDATE tenants_absence SET cover_id = user_id", "absence_covered_by_another"),
        ("UPDATE tenants_absence SET last_on = first_on - 1", "absence_ends_after_it_begins"),
    ],
)
def test_the_database_refuses_what_cannot_be(world: World, statement: str, constraint: str) -> None:
    side = world.here
    with tenant(side.certifier):
        away(side, side.reviewer, side.colleague)
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            connection.cursor().execute(statement)
