"""The view "low risk, all green": who is in it, who leaves it, and that it is believed only while it is fresh."""

from datetime import timedelta

import pytest

from certifiers.presenters.deciding import low_risk_in_words
from nopic.requests.models import CertificateRequest
from nopic.review import actions, projection, queues
from nopic.review.projection import risk
from nopic.review.queues import Selection
from nopic.tenants.context import tenant
from nopic.tenants.models import Policy
from nopic.tenants.policy import LowRisk
from nopic.workflow import clock
from tests import factories
from tests.factories import World


def weighed(world: World, **changes: object) -> CertificateRequest:
    found = factories.submitted(world.here, **changes)
    with tenant(world.here.certifier):
        projection.index(found)
        risk.keep(found)
    return found


def shown(world: World) -> list[str]:
    with tenant(world.here.certifier):
        rows, _pace = queues.page(
            Selection(world.here.certifier.pk, world.here.reviewer.pk, view="low-risk"), factories.rules()
        )
        counted = queues.figures(Selection(world.here.certifier.pk, world.here.reviewer.pk)).views["low-risk"]
    found = [row.reference for group in rows.groups for row in group.rows]
    assert counted == len(found)
    return found


@pytest.fixture
def routine(world: World) -> None:
    """The policy asks for no certificates before."""
    rules = factories.rules(low_risk={"least_issued": 0, "days": 90})
    with tenant(world.here.certifier):
        Policy.objects.create(certifier=world.here.certifier, version=2, data=rules.to_json(), by="the test")


def test_a_routine_request_without_findings_is_low_risk(world: World, routine: None) -> None:
    assert shown(world) == []
    found = weighed(world)
    assert shown(world) == [found.reference]


def test_an_exporter_without_certificates_is_not_routine(world: World) -> None:
    weighed(world)
    assert shown(world) == []


def test_a_late_request_is_not_low_risk(world: World, routine: None) -> None:
    soon = clock.today("UTC") + timedelta(days=1)
    weighed(
        world, departure_on=soon.isoformat(), arrival_on=(soon + timedelta(days=9)).isoformat(),
        late_reason="The truck came a day earlier than planned",
    )  # fmt: skip
    assert shown(world) == []


def test_a_difference_found_lately_ends_the_routine(world: World, routine: None) -> None:
    first = weighed(world)
    with tenant(world.here.certifier):
        actions.take(request=first, by=world.here.reviewer)
        actions.judge(
            request=first, line=None, check_id="route", verdict="differs", note="other port", by=world.here.reviewer,
            revision=first.revision,
        )  # fmt: skip
    weighed(world, lines=[factories.line_answers(world.here, lots=[{"code": "X-1", "kg": "", "supplier": "own"}])])
    assert shown(world) == [first.reference]  # weighed before; its own difference stands in its case


def test_a_request_that_changed_since_leaves_the_view(world: World, routine: None) -> None:
    found = weighed(world)
    with tenant(world.here.certifier):
        CertificateRequest.objects.filter(pk=found.pk).update(revision=found.revision + 1)
    assert shown(world) == []


def test_the_view_says_what_low_risk_is_in_whole_words() -> None:
    said = low_risk_in_words(LowRisk(least_issued=1, days=1))
    assert "at least 1 certificate issued to the exporter before, no difference found in its requests in 1 day," in said
    assert "at least 5 certificates issued" in low_risk_in_words(LowRisk(least_issued=5, days=90))
