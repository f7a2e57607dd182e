"""Who has a case: one reviewer at a time, and whoever comes second reads who was first."""

import pytest

from nopic.requests.statuses import RequestStatus
from nopic.review import actions, policies
from nopic.tenants.context import tenant
from nopic.workflow.models import AuditEvent
from nopic.workflow.transitions import Overtaken, Refused
from tests.factories import World
from tests.review import cases

pytestmark = pytest.mark.sent


def test_taking_puts_a_sent_request_into_review_and_says_so_in_the_log(world: World) -> None:
    here = world.here
    request = cases.taken(here)
    with tenant(here.certifier):
        request.refresh_from_db()
        assert request.status == RequestStatus.IN_REVIEW
        assert request.reviewer == here.reviewer
        assert request.taken_at is not None
        assert AuditEvent.objects.filter(
            subject_type="requests.certificaterequest",
            subject_id=request.pk,
            new="in_review",
            actor_id=here.reviewer.pk,
        ).exists()


def test_taking_what_is_mine_changes_nothing(world: World) -> None:
    here = world.here
    request = cases.taken(here)
    with tenant(here.certifier):
        before = AuditEvent.objects.count()
        actions.take(request=request, by=here.reviewer)
        assert AuditEvent.objects.count() == before


def test_the_second_reviewer_reads_who_has_it_since_when(world: World) -> None:
    here = world.here
    request = cases.taken(here)
    with tenant(here.certifier), pytest.raises(Overtaken) as lost:
        actions.take(request=request, by=here.colleague)
    assert str(here.reviewer) in policies.what_happened(lost.value.subject)
    assert "since" in policies.what_happened(lost.value.subject)


def test_a_case_given_back_is_nobodys_and_keeps_its_verdicts(world: World) -> None:
    here = world.here
    request = cases.ready(here)
    with tenant(here.certifier):
        actions.release(request=request, by=here.reviewer)
        request.refresh_from_db()
        assert (request.status, request.reviewer, request.taken_at) == (RequestStatus.SUBMITTED, None, None)
        assert request.verdicts.exists()
        with pytest.raises(Overtaken):
            actions.release(request=request, by=here.reviewer)


def test_only_its_reviewer_gives_a_case_back(world: World) -> None:
    here = world.here
    request = cases.taken(here)
    with tenant(here.certifier), pytest.raises(Overtaken):
        actions.release(request=request, by=here.colleague)


def test_a_case_can_be_assigned_to_a_colleague_and_not_to_a_stranger(world: World) -> None:
    here = world.here
    request = cases.sent(here)
    with tenant(here.certifier):
        actions.assign(request=request, to=here.colleague, by=here.reviewer)
        request.refresh_from_db()
        assert request.reviewer == here.colleague
        for outsider in (world.stranger, world.there.reviewer, here.sender):
            with pytest.raises(Refused):
                actions.assign(request=request, to=outsider, by=here.reviewer)
        request.refresh_from_db()
        assert request.reviewer == here.colleague


def test_taking_over_needs_the_reviewer_that_the_page_showed(world: World) -> None:
    here = world.here
    request = cases.taken(here)
    with tenant(here.certifier):
        with pytest.raises(Overtaken):
            actions.take_over(request=request, by=here.colleague, seen=here.admin.pk)
        actions.take_over(request=request, by=here.colleague, seen=here.reviewer.pk)
        request.refresh_from_db()
        assert request.reviewer == here.colleague
        event = AuditEvent.objects.filter(verb="assigned").latest("id")
        assert (event.old, event.new) == (str(here.reviewer), str(here.colleague))


def test_taking_several_takes_what_is_free_and_says_why_not_for_the_rest(world: World) -> None:
    here = world.here
    free, other = cases.sent(here), cases.taken(here, by=here.colleague)
    with tenant(here.certifier):
        outcomes = {
            each.request.pk: each.why_not for each in actions.bulk_take(requests=[other, free], by=here.reviewer)
        }
    assert outcomes[free.pk] == ""
    assert str(here.colleague) in outcomes[other.pk]


@pytest.mark.parametrize("status", ["decided", "withdrawn", "draft"])
def test_what_is_not_open_cannot_be_taken(world: World, status: str) -> None:
    here = world.here
    request = cases.sent(here)
    with tenant(here.certifier):
        type(request).objects.filter(pk=request.pk).update(status=status)
        with pytest.raises(Overtaken) as lost:
            actions.take(request=request, by=here.reviewer)
        assert policies.what_happened(lost.value.subject)
