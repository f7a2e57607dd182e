"""A late request: refused with its coded reason, or let pass with a note. Departed: never, at any moment."""

from datetime import timedelta

import pytest

from nopic.certificates.models import Certificate
from nopic.requests import actions as requests
from nopic.requests import checks
from nopic.review import actions, policies, queries
from nopic.review.models import Decision
from nopic.tenants.context import tenant
from nopic.workflow import clock
from nopic.workflow.transitions import Refused
from tests import factories
from tests.factories import World
from tests.review import cases
from tests.review.test_checking import late


def test_a_reviewer_refuses_a_late_request_with_the_coded_reason(world: World) -> None:
    here = world.here
    request = late(here)
    with tenant(here.certifier):
        line = cases.line(request)
        cases.confirm(request, here.reviewer)
        actions.refuse(line=line, by=here.reviewer, reason_code="late_request", text="It came too late.")
        line.refresh_from_db()
        assert line.status == "refused"
        assert Decision.objects.get(line=line).outcome == "refused"
        assert line.reason_code == "late_request"
        assert Certificate.objects.count() == 0


def test_the_history_says_what_was_let_pass_and_why(world: World) -> None:
    request = late(world.here)
    with tenant(world.here.certifier):
        actions.waive(
            request=request, line=None, rule="is_sent_in_time", reason="Papers complete", by=world.here.reviewer
        )
        said = next(each for each in queries.history(request, "UTC") if "let pass" in each.text)
    assert (said.note, "is sent in time" in said.text) == ("Papers complete", False)
    assert "before the goods leave" in said.text or "late" in said.text


def test_goods_that_left_are_stopped_when_sent_approved_and_issued(world: World) -> None:
    here = world.here
    today = clock.today("UTC")
    draft = factories.complete_draft(here)
    sent = late(here)
    with tenant(here.certifier):
        for request in (draft, sent):
            type(request).objects.filter(pk=request.pk).update(departed_on=today)
            request.refresh_from_db()
        with pytest.raises(Refused):
            requests.submit(request=draft, by=here.sender, declared=True, revision=draft.revision)
        cases.confirm(sent, here.reviewer)
        actions.waive(request=sent, line=None, rule="is_sent_in_time", reason="Papers complete", by=here.reviewer)
        assert "has_not_departed" in [f.rule for f in policies.obstacles_to_approve(cases.line(sent))]
        stops = [f for f in checks.findings(sent, moment="issue") if f.rule == "has_not_departed"]
        assert [(f.is_stop, f.can_be_waived) for f in stops] == [(True, False)]
        with pytest.raises(Refused):
            actions.waive(request=sent, line=None, rule="has_not_departed", reason="We know them", by=here.reviewer)


def test_a_departure_is_a_day_on_the_clock_of_the_place_of_loading(world: World) -> None:
    """20:00 in Guayaquil is the next day at an office in Brussels: on that day the goods have not left yet."""
    from datetime import UTC, date, datetime

    from nopic.demo.seed.timing import at
    from nopic.requests.ports import today_at

    evening = datetime(2027, 3, 3, 1, tzinfo=UTC)
    assert today_at("Guayaquil", "Ecuador", evening) == date(2027, 3, 2)
    assert today_at("Nowhere", "Ecuador", evening) is None
    here = world.here
    with at(evening):
        request = factories.complete_draft(here)
        changes = {"place_of_loading": "Guayaquil", "country_of_loading": "Ecuador"}
        with tenant(here.certifier):
            found = {}
            for day in (date(2027, 3, 2), date(2027, 3, 2) - timedelta(days=1)):
                type(request).objects.filter(pk=request.pk).update(departure_on=day, **changes)
                request.refresh_from_db()
                found[day.day] = [f for f in checks.findings(request, moment="draft") if f.rule == "has_not_departed"]
    assert [len(found[2]), len(found[1])] == [0, 1]
