"""The queue's page over HTTP: views, filters, taking and assigning; the same number of statements for any number of rows."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from nopic.certificates.actions import revising
from nopic.certificates.limits import Wish
from nopic.requests.models import CertificateRequest
from nopic.tenants.context import tenant
from nopic.watch.models import Concern
from tests import factories
from tests.factories import World
from tests.frames.stories import asked_for, issued, truck
from tests.review import cases
from tests.review.test_asking import asked
from tests.review.test_queues import copies

pytestmark = pytest.mark.sent

URL = "/tierra/queue/"
# What opening a transaction and a door costs; the rest are questions.
HOUSEKEEPING = re.compile(r"SAVEPOINT|BEGIN|COMMIT|ROLLBACK|set_config|current_setting\('app")


@pytest.fixture
def reviewer(world: World) -> Client:
    return factories.signed_in(world.here.reviewer)


def questions(asked: CaptureQueriesContext) -> list[str]:
    """The statements that ask the database something."""
    return [query["sql"] for query in asked.captured_queries if not HOUSEKEEPING.search(query["sql"])]


@pytest.mark.sent(False)
def test_an_empty_queue_says_so(world: World, reviewer: Client) -> None:
    page = reviewer.get(URL).content.decode()
    assert "Nothing to review here." in page
    assert "CANARY-nordhof" not in page
    assert 'href="/tierra/certificates/?state=attention">Needs attention <span>0</span>' in page


def test_what_waits_on_other_pages_is_counted_with_its_way_there(world: World, reviewer: Client) -> None:
    """A version asked for, a question for a time frame, and somebody who lost their standing."""
    waits = {
        "/tierra/certificates/?state=revision": "New version asked for",
        "/tierra/time-frames/": "Time frame asked for",
        "/tierra/watch/": "Changed standing",
    }
    empty = reviewer.get(URL).content.decode()
    assert not [word for word in waits.values() if word in empty]
    for side in (world.here, world.there):  # the other certifier's are not counted
        certificate = issued(side)
        asked_for(side)
        with tenant(side.certifier, side.sender):
            wish = Wish(certificate.kilograms, [], "Bags of jute.", "Asked by the buyer.")
            revising.ask(certificate=certificate, wish=wish, by=side.sender)
            Concern.objects.create(
                certifier=side.certifier, kind="exporter", exporter=side.exporter, name="X", standing="suspended"
            )
    page = reviewer.get(URL).content.decode()
    for address, word in waits.items():
        assert f'href="{address}">{word} <span>1</span>' in page, word
        assert reviewer.get(address).status_code == 200


def test_time_frames_that_run_low_are_drawn_above_the_list(world: World, reviewer: Client) -> None:
    certificate = issued(world.here)
    with tenant(world.here.certifier):
        truck(world.here, certificate.pk, 30_000)
    assert "Time frames nearly used up" not in reviewer.get(URL).content.decode()
    with tenant(world.here.certifier):
        truck(world.here, certificate.pk, 4_000)
    page = reviewer.get(URL).content.decode()
    assert "Time frames nearly used up" in page
    assert "6,000 kg left" in page
    assert f"/tierra/certificates/{certificate.pk}/" in page
    assert "Time frames nearly used up" not in reviewer.get(URL, {"q": "coffee"}).content.decode()


def test_the_queue_shows_a_request_in_words(world: World, reviewer: Client) -> None:
    request = cases.sent(world.here)
    page = reviewer.get(URL).content.decode()
    for word in (request.reference, "19,200", "Oakland", "nobody", "4 received", "exporter&#x27;s first request"):
        assert word in page, word


@pytest.mark.parametrize("rows", [1, 50, 500])
def test_at_most_ten_statements_whatever_the_number_of_rows(world: World, reviewer: Client, rows: int) -> None:
    request = cases.sent(world.here)
    with tenant(world.here.certifier):
        copies(request, rows - 1)
    reviewer.get(URL)  # the first page of a session writes its token against forged posts
    with CaptureQueriesContext(connection) as asked:
        page = reviewer.get(URL).content.decode()
    assert page.count("<tr data-row") == min(rows, 50)
    assert f"{min(rows, 50)} of {rows}" in page
    assert ("Next page" in page) == (rows > 50)
    assert len(questions(asked)) == 9, "\n".join(questions(asked))


def test_htmx_gets_the_list_and_what_counts_it_without_the_frame(world: World, reviewer: Client) -> None:
    cases.sent(world.here)
    answer = reviewer.get(URL, {"view": "mine"}, headers={"HX-Request": "true"})
    page = answer.content.decode()
    assert "<html" not in page
    assert page.count('hx-swap-oob="true"') == 2
    assert "HX-Request" in answer["Vary"]
    whole = reviewer.get(URL, headers={"HX-Request": "true", "HX-History-Restore-Request": "true"}).content.decode()
    assert "<html" in whole


def test_ticked_requests_are_taken_and_what_a_colleague_has_says_so(world: World, reviewer: Client) -> None:
    here = world.here
    free, theirs = cases.sent(here), cases.taken(here, by=here.colleague)
    answer = reviewer.post(URL, {"take": "1", "chosen": [free.reference, theirs.reference]}, follow=True)
    page = answer.content.decode()
    assert f"{free.reference} is yours now." in page
    assert f"{here.colleague} has had {theirs.reference} since" in page
    with tenant(here.certifier):
        free.refresh_from_db()
        assert free.reviewer == here.reviewer


def test_ticked_requests_are_assigned_to_a_colleague_of_this_certifier_only(world: World, reviewer: Client) -> None:
    here = world.here
    request = cases.sent(here)
    for to in (world.there.reviewer.pk, here.sender.pk, "", "x"):
        answer = reviewer.post(URL, {"give": "1", "to": to, "chosen": [request.reference]}, follow=True)
        assert "Choose a colleague first." in answer.content.decode()
    answer = reviewer.post(URL, {"give": "1", "to": here.colleague.pk, "chosen": [request.reference]}, follow=True)
    assert f"is with {here.colleague} now." in answer.content.decode()
    with tenant(here.certifier):
        request.refresh_from_db()
        assert request.reviewer == here.colleague


def test_nothing_ticked_and_foreign_references_change_nothing(world: World, reviewer: Client) -> None:
    theirs = [cases.sent(world.there) for _n in range(2)][1]
    for chosen in ([], [theirs.reference], ["'; --"]):
        answer = reviewer.post(URL, {"take": "1", "chosen": chosen}, follow=True)
        assert "Select one or more requests first." in answer.content.decode()
    with tenant(world.there.certifier):
        assert CertificateRequest.objects.get(pk=theirs.pk).reviewer is None


def test_going_back_after_a_tick_keeps_the_view_and_nothing_else(world: World, reviewer: Client) -> None:
    answer = reviewer.post(f"{URL}?view=all-open&q=x&next=//evil.example", {"take": "1"})
    assert answer["Location"] == f"{URL}?view=all-open&q=x"


def test_a_search_shows_closed_requests_too(world: World, reviewer: Client) -> None:
    from nopic.review import projection

    request = cases.sent(world.here)
    with tenant(world.here.certifier):
        projection.index(request)
        CertificateRequest.objects.filter(pk=request.pk).update(status="decided")
    page = reviewer.get(URL, {"q": "VV-26-118"}).content.decode()
    assert request.reference in page
    assert "Decided" in page
    assert "No request matches" in reviewer.get(URL, {"q": "<script>"}).content.decode()


@pytest.mark.parametrize(
    "path",
    [
        "cases/x%00y/",
        "queue/?q=%00",
        "queue/?product=%00&exporter=%00",
        "certificates/?q=a%00",
        "operations/?q=%00",
        "operations/90%00/",
    ],
)
def test_characters_that_no_database_keeps_are_not_found_and_break_nothing(world: World, path: str) -> None:
    reviewer = factories.signed_in(world.here.reviewer)
    assert reviewer.get(f"/tierra/{path}").status_code == (200 if "?" in path else 404)


def test_the_chart_draws_what_waits_for_its_exporter_hatched(world: World, reviewer: Client) -> None:
    cases.sent(world.here)
    asked(world.here)
    page = reviewer.get(URL, {"view": "all-open"}).content.decode()
    chart = page[page.index('id="ageing"') : page.index("</section>", page.index('id="ageing"'))]
    assert "to review 1" in chart
    assert "questions open 1" in chart
    assert (chart.count("#hatch-held"), ", 1 with the exporter" in chart) == (1, True)
