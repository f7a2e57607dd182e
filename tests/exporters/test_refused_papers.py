"""What a reviewer does not accept waits on the exporter's first page until another file stands there, or nothing is asked."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client

from nopic.documents.actions import answer
from nopic.documents.models import Document
from nopic.documents.statuses import RulingKind
from nopic.products.models import Demand
from nopic.requests import queries
from nopic.requests.models import CertificateRequest
from nopic.requests.slots import LATER, Opening, SlotView, opening
from nopic.requests.snapshot import request_snapshot
from nopic.review.actions import rule_on_paper
from nopic.tenants.context import tenant
from nopic.tenants.models import Policy
from nopic.watch.models import OwedDocument
from nopic.workflow import clock
from tests import factories
from tests.factories import Side, World
from tests.review import cases

URL = "/tierra/requests/"
INVOICE = "commercial_invoice"
PHYTO = "phytosanitary_certificate"  # may follow

pytestmark = pytest.mark.sent


@pytest.fixture
def here(world: World) -> Side:
    return world.here


@pytest.fixture
def sender(here: Side) -> Client:
    return factories.signed_in(here.sender)


@pytest.fixture
def request_(here: Side) -> CertificateRequest:
    return cases.taken(here)


def first_page(sender: Client) -> str:
    return sender.get(URL).content.decode()


def files(request: CertificateRequest, rule: str, subject: str = "") -> list[Document]:
    """Those that stand in the row; inside the door."""
    return list(request.dossier.documents.filter(rule=rule, subject=subject, removed_at=None))


def decide(
    here: Side,
    request: CertificateRequest,
    reason: str = "Not signed",
    *,
    rule: str = INVOICE,
    subject: str = "",
    ruling: RulingKind = RulingKind.NOT_ACCEPTED,
) -> None:
    """As the reviewer decides on the row as it stands."""
    with tenant(here.certifier):
        seen = [each.pk for each in files(request, rule, subject)]
        rule_on_paper(
            request=request, rule=rule, subject=subject, ruling=ruling, reason=reason, seen=seen, by=here.reviewer
        )


def row(here: Side, request: CertificateRequest, rule: str = INVOICE) -> SlotView:
    with tenant(here.certifier):
        fresh = CertificateRequest.objects.get(pk=request.pk)
        return next(each for each in queries.documents(fresh) if each.rule == rule)


def test_it_waits_until_another_file_came(
    world: World, here: Side, sender: Client, request_: CertificateRequest
) -> None:
    assert "Waiting for you" not in first_page(sender)
    decide(here, request_, "", ruling=RulingKind.ACCEPTED)
    decide(here, request_, "It is of <another> buyer")
    page = first_page(sender)
    assert "Send 1 document again for 19,200 kg of Organic green coffee CANARY-tierra" in page
    assert "Commercial invoice: It is of &lt;another&gt; buyer" in page
    assert f'href="/tierra/requests/{request_.reference}/documents/"' in page
    assert "Waiting for you" not in factories.signed_in(world.there.sender).get("/nordhof/requests/").content.decode()
    with tenant(here.certifier):
        factories.paper(request_, INVOICE, name="another.pdf")
    assert "Waiting for you" not in first_page(sender)
    decide(here, request_, "It is the same one")
    assert "It is the same one" in first_page(sender)
    decide(here, request_, "", ruling=RulingKind.ACCEPTED)
    assert "Waiting for you" not in first_page(sender)


def test_whoever_takes_it_off_still_owes_another_file_and_can_send_it(
    here: Side, sender: Client, request_: CertificateRequest
) -> None:
    with tenant(here.certifier):
        [first] = files(request_, INVOICE)
        second = factories.paper(request_, INVOICE, name="page-2.pdf", sha256="0" * 64)
    decide(here, request_)
    at = f"/tierra/requests/{request_.reference}/documents/"
    assert sender.post(f"{at}{second.pk}/", {"go": "remove"}).status_code == 302
    assert "Commercial invoice: Not signed" in first_page(sender)  # what is left was refused, too
    assert sender.post(f"{at}{first.pk}/", {"go": "remove"}).status_code == 302
    page = sender.get(at).content.decode()
    assert "Not signed" in page
    assert 'id="file-commercial_invoice"' in page  # the place for another file
    assert "Commercial invoice: Not signed" in first_page(sender)
    with tenant(here.certifier):
        factories.paper(request_, INVOICE, name="signed.pdf")
    assert "Waiting for you" not in first_page(sender)


def test_once_it_is_off_an_answer_counts_and_the_refusal_is_no_word_of_the_exporter(
    here: Side, request_: CertificateRequest
) -> None:
    with tenant(here.certifier):
        came = factories.paper(request_, PHYTO)
    decide(here, request_, "It is of another lot", rule=PHYTO)
    with tenant(here.certifier):
        Document.objects.filter(pk=came.pk).update(removed_at=clock.now())
        told = next(each for each in request_snapshot(request_)["documents"] if each["rule"] == PHYTO)
    assert row(here, request_, PHYTO).state == "refused"
    assert (told["state"], told["reason"], told["files"]) == ("missing", "", [])
    with tenant(here.certifier):
        answer(dossier=request_.dossier, rule=PHYTO, subject="", answer=LATER, reason="", due_on=None, by=here.sender)
    assert row(here, request_, PHYTO).state == "later"


def test_a_recalled_request_says_what_will_stop_it(here: Side, sender: Client, request_: CertificateRequest) -> None:
    decide(here, request_)
    with tenant(here.certifier):
        CertificateRequest.objects.filter(pk=request_.pk).update(
            status="draft", recalled_at=clock.now(), submitted_at=None, decide_by=None
        )
    assert "Commercial invoice: Not signed" in first_page(sender)


def test_a_full_row_takes_another_file_in_place_of_one_and_the_page_leads_there(
    here: Side, sender: Client, request_: CertificateRequest
) -> None:
    decide(here, request_)
    full = replace(row(here, request_), most_files=1)
    assert opening(full, request_, certified=True).adds
    assert opening(full, request_, certified=False) == Opening(takes_off=True)
    assert opening(full, request_, certified=False).takes_a_file
    assert opening(replace(full, state="missing", files=()), request_, certified=False).adds
    assert not opening(replace(full, state="received", may_follow=True), request_, certified=True).adds
    with tenant(here.certifier):
        data = here.policy.data
        narrow = [each | {"most_files": 1} for each in data["documents"] if not each.get("may_follow")]
        policy = Policy.objects.create(
            certifier=here.certifier, version=2, data=data | {"documents": narrow}, by="the office"
        )
        CertificateRequest.objects.filter(pk=request_.pk).update(policy=policy)
    hub = sender.get(f"/tierra/requests/{request_.reference}/").content.decode()
    assert f'<a href="/tierra/requests/{request_.reference}/documents/">Send another file</a>' in hub


def test_it_is_said_once_where_it_is_owed_by_a_day(here: Side, sender: Client, request_: CertificateRequest) -> None:
    decide(here, request_)
    day = clock.today("UTC") + timedelta(days=20)
    with tenant(here.certifier):
        OwedDocument.objects.create(  # as when another product of the request has its certificate already
            certifier=here.certifier, request=request_, rule=INVOICE, name="Commercial invoice", state="owed",
            departure_on=day, due_on=day, wanted_on=day, refused_why="Not signed",
        )  # fmt: skip
    page = first_page(sender)
    assert "1 thing to do" in page
    assert page.count("Not signed") == 1


def test_a_row_that_is_not_asked_any_more_does_not_wait(
    here: Side, sender: Client, request_: CertificateRequest
) -> None:
    with tenant(here.certifier):
        demand = Demand.objects.create(
            certifier=here.certifier, exporter=here.exporter, name="Field map", why="New plots",
            from_on=clock.today("UTC") - timedelta(days=9), created_by="the office",
        )  # fmt: skip
        CertificateRequest.objects.filter(pk=request_.pk).update(demands=[demand.pk])
        request_.refresh_from_db()
        factories.paper(request_, "demanded", f"demand-{demand.pk}")
    decide(here, request_, "Of last year", rule="demanded", subject=f"demand-{demand.pk}")
    assert "Field map: Of last year" in first_page(sender)
    with tenant(here.certifier):
        CertificateRequest.objects.filter(pk=request_.pk).update(demands=[])
    assert "Waiting for you" not in first_page(sender)
