"""A draft is called to mind before its last moment: once for each date, and not once it is sent."""

from datetime import date, datetime, timedelta

from django.core import mail

from nopic.delivery import tasks
from nopic.delivery.mails import nudging
from nopic.delivery.models import Mail
from nopic.demo.seed.timing import at
from nopic.requests import actions
from nopic.requests.models import CertificateRequest
from nopic.tenants.calendar import Office
from nopic.tenants.context import tenant
from nopic.tenants.policy import Rules
from tests import factories
from tests.delivery.consignments import work
from tests.factories import Side, World


def last_moment(request: CertificateRequest) -> datetime:
    assert request.departure_on is not None
    return Office(Rules()).latest_sending(request.departure_on)


def sweep(side: Side, moment: datetime) -> int:
    with at(moment), tenant(side.certifier):
        return nudging.owe_nudges(side.certifier)


def test_a_draft_is_called_to_mind_once_before_its_last_moment(world: World) -> None:
    here = world.here
    request = factories.complete_draft(here)
    limit, begins = last_moment(request), Office(Rules()).nudge_at(request.departure_on or date.max)
    assert begins is not None
    assert sweep(here, begins - timedelta(minutes=1)) == 0
    assert [sweep(here, begins), sweep(here, limit)] == [1, 0]
    with at(limit):
        work()
    [letter] = mail.outbox
    assert letter.to == [here.sender.email]
    assert letter.subject.startswith(f"{request.reference}: send it by ")
    assert "or it is late." in letter.body


def test_it_is_called_to_mind_again_for_another_date_and_not_after_the_last_moment(world: World) -> None:
    here = world.here
    request = factories.complete_draft(here)
    limit = last_moment(request)
    assert sweep(here, limit) == 1
    assert sweep(here, limit + timedelta(seconds=1)) == 0
    later = (request.departure_on or date.max) + timedelta(days=7)
    with tenant(here.certifier, here.sender):
        raw = {**request.raw["departure"], "departure_on": later.isoformat()}
        actions.revise(request=request, step="departure", raw=raw, revision=request.revision, by=here.sender)
    assert sweep(here, last_moment(request)) == 1


def test_an_e_mail_that_is_owed_is_withdrawn_when_the_request_is_sent(world: World) -> None:
    here = world.here
    request = factories.complete_draft(here)
    limit = last_moment(request)
    assert sweep(here, limit) == 1
    with tenant(here.certifier, here.sender), at(limit):
        actions.submit(request=request, by=here.sender, declared=True, revision=request.revision)
    with at(limit):
        work()
    assert [one.subject for one in mail.outbox if "send it by" in one.subject] == []
    with tenant(here.certifier):
        assert Mail.objects.get(template="v1/draft_nudge").not_needed_at is not None


def test_the_sweep_asks_every_certifier(world: World) -> None:
    requests = [factories.complete_draft(side) for side in (world.here, world.there)]
    with at(last_moment(requests[0])):
        tasks.nudge_drafts()
    for side in (world.here, world.there):
        with tenant(side.certifier):
            assert Mail.objects.filter(template="v1/draft_nudge").count() == 1
