"""Two at once, on real commits: one request is sent, kilograms are held once, references never repeat."""

from decimal import Decimal

from nopic.ledger.models import Entry
from nopic.requests import actions
from nopic.requests.models import CertificateRequest, RequestLine, RequestVersion
from nopic.tenants.context import tenant
from nopic.workflow.models import Dispatch
from nopic.workflow.transitions import Overtaken, Refused
from tests import factories
from tests.factories import World, line_answers
from tests.ledger.test_accounts import together


def test_sending_from_eight_tabs_makes_one_request(committed_world: World) -> None:
    here = committed_world.here
    draft = factories.complete_draft(here)

    def work(n: int) -> tuple[int, str, int]:
        with tenant(here.certifier, here.sender):
            mine = CertificateRequest.objects.get(pk=draft.pk)
            sent = actions.submit(request=mine, by=here.sender, declared=True, revision=draft.revision)
            return sent.pk, sent.status, sent.turn

    assert together(8, work) == [(draft.pk, "submitted", 1)] * 8
    with tenant(here.certifier):
        assert RequestVersion.objects.count() == 1
        assert [(e.kind, e.held_delta) for e in Entry.objects.filter(line_id__isnull=False)] == [
            ("hold", Decimal(19_200))
        ]
    assert Dispatch.objects.filter(topic="request_sent").count() == 1


def test_requests_for_the_last_kilograms_share_them_without_exceeding(committed_world: World) -> None:
    here = committed_world.here
    lines = [
        line_answers(here, net="30,000", gross="30,500", lots="A"),
        line_answers(here, item=str(here.second_item.pk), net="6,000", gross="6,100", lots="Q"),
    ]
    drafts = [factories.complete_draft(here, lines=lines if n % 2 else lines[::-1]) for n in range(6)]

    def work(n: int) -> str:
        with tenant(here.certifier, here.sender):
            mine = CertificateRequest.objects.get(pk=drafts[n].pk)
            return actions.submit(request=mine, by=here.sender, declared=True, revision=mine.revision).status

    results = together(6, work)
    assert results.count("submitted") == 3  # three times 30,000 of 100,000 kg
    assert all(isinstance(result, Refused) for result in results if result != "submitted")
    with tenant(here.certifier):
        here.account.refresh_from_db()
        assert (here.account.held, here.account.left) == (90_000, 10_000)
        assert CertificateRequest.objects.filter(status="draft").count() == 3


def test_references_are_given_once(committed_world: World) -> None:
    here = committed_world.here
    references = together(12, lambda n: factories.draft(here).reference)
    assert sorted(references) == [f"{references[0][:4]}-{n:04d}" for n in range(1, 13)]


def test_two_tabs_saving_one_step_keep_one_text_and_tell_the_other(committed_world: World) -> None:
    here = committed_world.here
    draft = factories.draft(here)

    def work(n: int) -> str:
        with tenant(here.certifier, here.sender):
            mine = CertificateRequest.objects.get(pk=draft.pk)
            raw = {"lines": [line_answers(here, net=str(1_000 + n))]}
            actions.revise(request=mine, step="products", raw=raw, revision=draft.revision, by=here.sender)
            return str(1_000 + n)

    results = together(4, work)
    (kept,) = [result for result in results if isinstance(result, str)]
    assert sum(isinstance(result, Overtaken) for result in results) == 3
    with tenant(here.certifier):
        assert RequestLine.objects.get().net_typed == kept


def test_withdrawing_and_returning_at_once_releases_once(committed_world: World) -> None:
    here = committed_world.here
    sent = factories.submitted(here)

    def work(n: int) -> str:
        with tenant(here.certifier, here.sender):
            mine = CertificateRequest.objects.get(pk=sent.pk)
            if n % 2:
                return actions.withdraw(request=mine, by=here.sender, reason="").status
            points = [{"box": "10", "text": "Less."}]
            return actions.return_to_exporter(request=mine, by=here.reviewer, points=points).status

    together(4, work)
    with tenant(here.certifier):
        here.account.refresh_from_db()
        assert here.account.held == 0
        assert Entry.objects.filter(kind="release").count() == 1
        assert CertificateRequest.objects.get().status == "withdrawn"
