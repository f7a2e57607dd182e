"""The exporter's first pages over HTTP: what waits, open requests, all requests, starting one, and the ruler."""

import re
from copy import copy
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from nopic.documents.models import Dossier
from nopic.requests import actions
from nopic.requests.models import CertificateRequest, RequestLine, RequestVersion
from nopic.tenants.context import tenant
from nopic.tenants.models import Exporter
from nopic.tenants.statuses import Role
from nopic.workflow import clock
from tests import factories
from tests.delivery import consignments
from tests.factories import World
from tests.frames import stories
from tests.review import cases

URL = "/tierra/requests/"
# What opening a transaction and a door costs; the rest are questions.
HOUSEKEEPING = re.compile(r"SAVEPOINT|BEGIN|COMMIT|ROLLBACK|set_config|current_setting\('app")


@pytest.fixture
def sender(world: World) -> Client:
    return factories.signed_in(world.here.sender)


def questions(asked: CaptureQueriesContext) -> list[str]:
    """The statements that ask the database something."""
    return [query["sql"] for query in asked.captured_queries if not HOUSEKEEPING.search(query["sql"])]


def returned(world: World, *points: dict[str, str]) -> CertificateRequest:
    """A request that came back with points."""
    request = cases.taken(world.here)
    with tenant(world.here.certifier):
        said = list(points) or [{"box": "10", "text": "The packing list says 19,080 kg"}]
        return actions.return_to_exporter(request=request, by=world.here.reviewer, points=said)


def many(request: CertificateRequest, number: int) -> None:
    """More requests like this one, with their line, in three statements."""
    with tenant(request.certifier):
        line = cases.line(CertificateRequest.objects.get(pk=request.pk))
        dossiers = Dossier.objects.bulk_create(Dossier(certifier=request.certifier) for _n in range(number))
        made = []
        for n, dossier in enumerate(dossiers):
            one = CertificateRequest.objects.get(pk=request.pk) if not made else copy(made[0])
            one.pk, one.dossier, one.reference = None, dossier, f"20{number}-{n:04d}"
            made.append(one)
        CertificateRequest.objects.bulk_create(made)
        lines = []
        for one in made:
            each = copy(line)
            each.pk, each.request = None, one
            lines.append(each)
        RequestLine.objects.bulk_create(lines)


def move(request: CertificateRequest, **changes: object) -> None:
    with tenant(request.certifier):
        CertificateRequest.objects.filter(pk=request.pk).update(**changes)


def test_nothing_yet_says_what_is_needed_and_how_to_start(world: World, sender: Client) -> None:
    page = sender.get(URL).content.decode()
    assert "No requests. To start you need your invoice, packing list and departure date." in page
    assert "No certificate yet." in page
    assert "Waiting for you" not in page
    assert 'href="/tierra/requests/new/"' in page


def test_a_returned_request_waits_with_every_point_and_its_box(world: World, sender: Client) -> None:
    request = returned(world, {"box": "10", "text": "Which weight is right?"}, {"box": "", "text": "Call us <b>"})
    page = sender.get(URL).content.decode()
    assert "Change 2 points in your request for 19,200 kg of Organic green coffee CANARY-tierra" in page
    assert '<span class="bx">10</span>Which weight is right?' in page
    assert "Call us &lt;b&gt;" in page
    assert "1 thing to do" in page
    assert "2 points to change, since" in page
    assert f"/tierra/requests/{request.reference}/" in page


def test_a_date_that_has_passed_asks_whether_it_has_left(world: World, sender: Client) -> None:
    request = cases.sent(world.here)
    move(request, departure_on=clock.today("UTC") - timedelta(days=2))  # over in Callao, too
    page = sender.get(URL).content.decode()
    assert "Has it left? 19,200 kg" in page
    assert f"/tierra/requests/{request.reference}/departed/" in page


def test_a_draft_with_problems_waits_and_one_without_does_not(world: World, sender: Client) -> None:
    factories.complete_draft(world.here)
    assert "Waiting for you" not in sender.get(URL).content.decode()
    factories.complete_draft(world.here, port_of_entry="Nowhere")
    page = sender.get(URL).content.decode()
    assert "Solve 1 problem in your draft for 19,200 kg" in page
    assert "send by" in page


def test_open_requests_stand_by_departure_with_the_exporters_sentence(world: World, sender: Client) -> None:
    late = cases.sent(world.here)
    soon = cases.taken(world.here)
    draft = factories.draft(world.here)
    move(soon, departure_on=clock.today("UTC") + timedelta(days=9))
    page = sender.get(URL).content.decode()
    where = [page.index(f"<b>{one.reference}</b>") for one in (soon, late, draft)]
    assert where == sorted(where)
    for words in ("We have it. Decision by", "In review", "Not sent, 0 of 6 steps done", "Bay Bridge Coffee"):
        assert words in page, words


def test_a_promise_that_was_not_kept_is_said_and_not_repeated(world: World, sender: Client) -> None:
    request = cases.sent(world.here)
    move(request, decide_by=clock.now() - timedelta(hours=3))
    page = sender.get(URL).content.decode()
    assert "not decided yet. Call your certifier if it is urgent" in page
    assert "Decision by" not in page


def test_what_came_back_is_shown_however_many_drafts_leave_earlier(world: World, sender: Client) -> None:
    request = returned(world)
    draft = factories.complete_draft(world.here)
    move(draft, departure_on=clock.today("UTC") + timedelta(days=4))
    with tenant(world.here.certifier):
        draft = CertificateRequest.objects.get(pk=draft.pk)
    many(draft, 60)
    page = sender.get(URL).content.decode()
    assert f"<b>{request.reference}</b>" in page
    assert "These are the first 50." in page


def test_newest_certificates_show_number_and_pdf(world: World, sender: Client) -> None:
    issued = consignments.make(world.here, world.importer)
    page = sender.get(URL).content.decode()
    assert issued.number in page
    assert f"/tierra/certificates/{issued.certificate.pk}/certificate.pdf" in page
    assert "Valid" in page


@pytest.mark.parametrize("url", [URL, f"{URL}all/"])
def test_at_most_ten_statements_whatever_the_number_of_rows(world: World, sender: Client, url: str) -> None:
    request = cases.sent(world.here)
    returned(world)
    consignments.make(world.here, world.importer)
    stories.issued(world.here)
    counts = []
    sender.get(url)  # the first page of a session writes its token against forged posts
    for more in (0, 49, 450):
        many(request, more)
        with CaptureQueriesContext(connection) as asked:
            page = sender.get(url).content.decode()
        assert ("40,000 kg left" in page) == (url == URL)
        counts.append(len(questions(asked)))
    assert len(set(counts)) == 1, counts
    assert counts[0] <= 10, "\n".join(questions(asked))


def test_all_requests_go_on_after_the_last_row(world: World, sender: Client) -> None:
    request = cases.sent(world.here)
    many(request, 60)
    first = sender.get(f"{URL}all/").content.decode()
    assert first.count("<tr><td") == 50
    found = re.search(r'href="(/tierra/requests/all/\?after=\d+)"', first)
    assert found is not None
    second = sender.get(found[1]).content.decode()
    assert second.count("<tr><td") == 11
    assert "Next 50" not in second
    assert sender.get(f"{URL}all/?after=banana").status_code == 200


def test_a_post_starts_a_request_and_leads_to_its_first_step(world: World, sender: Client) -> None:
    assert "What you need" in sender.get(f"{URL}new/").content.decode()
    answer = sender.post(f"{URL}new/")
    with tenant(world.here.certifier):
        made = CertificateRequest.objects.get(exporter=world.here.exporter)
    assert made.status == "draft"
    assert answer["Location"] == f"/tierra/requests/{made.reference}/departure/"
    assert sender.get(answer["Location"]).status_code == 200


def test_a_second_click_on_start_leads_to_the_same_draft(world: World, sender: Client) -> None:
    form = {"key": re.findall(r'name="key" value="([^"]+)"', sender.get(f"{URL}new/").content.decode())[0]}
    first, second = sender.post(f"{URL}new/", form), sender.post(f"{URL}new/", form)
    assert first["Location"] == second["Location"]
    assert sender.post(f"{URL}new/", {"key": "x"})["Location"] != first["Location"]
    with tenant(world.here.certifier):
        assert CertificateRequest.objects.filter(exporter=world.here.exporter).count() == 2


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"status": "suspended"}, "is not in force today"),
        ({"certified_to": date(2021, 1, 1)}, "Your certification ends on Fri 1 Jan 2021"),
        ({"soe_compliant": False}, "does not cover the rule for exports"),
    ],
)
def test_without_a_certification_there_is_no_form_but_the_way_to_the_certifier(
    world: World, sender: Client, changes: dict[str, object], sentence: str
) -> None:
    with tenant(world.here.certifier):
        Exporter.objects.filter(pk=world.here.exporter.pk).update(**changes)
    page = sender.get(f"{URL}new/").content.decode()
    assert sentence in page
    assert "+51 1 555 0100" in page
    assert '<button class="btn main">' not in page
    assert sender.post(f"{URL}new/").status_code == 422
    with tenant(world.here.certifier):
        assert not CertificateRequest.objects.filter(exporter=world.here.exporter).exists()


def test_the_ruler_answers_a_typed_date_with_and_without_htmx(world: World, sender: Client) -> None:
    leaves = (clock.today("UTC") + timedelta(days=30)).isoformat()
    page = sender.get(URL, {"leaves": leaves}).content.decode()
    part = sender.get(URL, {"leaves": leaves}, headers={"HX-Request": "true"}).content.decode()
    for html in (page, part):
        assert "Send the request by" in html
        assert "UTC time." in html
        assert 'class="ruler"' in html
        assert "You have" in html
        assert "working days" in html
    assert "<html" not in part
    assert f'value="{leaves}"' in page


def test_a_late_date_says_so(world: World, sender: Client) -> None:
    page = sender.get(URL, {"leaves": clock.today("UTC").isoformat()}).content.decode()
    assert "The time to send it ended on" in page
    assert "Tierra Certification asks for 3 working days and may refuse it." in page


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("soon", "Enter the date the goods leave"),
        ("", "Enter the date the goods leave"),
        ("2020-01-01", "That day has passed. Enter the date the goods leave, today or later"),
        ("9999-12-31", "The date the goods leave must be within 120 days"),
    ],
)
def test_a_date_that_cannot_be_is_said_at_the_field_and_in_the_summary(
    world: World, sender: Client, typed: str, sentence: str
) -> None:
    answer = sender.get(URL, {"leaves": typed})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert page.count(sentence) == 2
    assert "<title>Error:" in page
    assert sender.get(URL, {"leaves": typed}, headers={"HX-Request": "true"}).status_code == 422


def test_the_next_unsent_departure_is_offered(world: World, sender: Client) -> None:
    request = factories.complete_draft(world.here)
    page = sender.get(URL).content.decode()
    assert f'value="{request.departure_on}"' in page
    assert "Send the request by" in page


def test_a_person_of_two_companies_chooses_one(world: World, sender: Client) -> None:
    here = world.here
    assert "You work for" not in sender.get(URL).content.decode()
    with tenant(here.certifier):
        second = Exporter.objects.create(
            certifier=here.certifier, name="Second SAC", address="Lima", country="Peru", nop_id="9010008888",
            email="s@example.com", certified_from=date(2020, 1, 1),
        )  # fmt: skip
        third = Exporter.objects.create(
            certifier=here.certifier, name="Third SAC", address="Lima", country="Peru", nop_id="9010007777",
            email="t@example.com", certified_from=date(2020, 1, 1),
        )  # fmt: skip
        factories.member(here.sender, Role.EXPORTER_MEMBER, certifier=here.certifier, exporter=second)
    first = cases.sent(here)
    page = sender.get(URL).content.decode()
    assert "You work for" in page
    assert "Second SAC" in page
    assert "Third SAC" not in page
    assert sender.post("/tierra/company/", {"exporter": second.pk})["Location"] == URL
    page = sender.get(URL).content.decode()
    assert '<p class="muted">Second SAC' in page
    assert first.reference not in page
    assert sender.get(f"{URL}{first.reference}/").status_code == 404
    for wrong in (third.pk, "x", ""):
        assert sender.post("/tierra/company/", {"exporter": wrong}).status_code == 404
    assert sender.get("/tierra/company/").status_code == 405


def test_other_companies_and_certifiers_stay_away(world: World, sender: Client) -> None:
    cases.sent(world.there)
    neighbour = factories.user("neighbour@tierra.example", "Neighbour")
    with tenant(world.here.certifier):
        company = Exporter.objects.create(
            certifier=world.here.certifier, name="Neighbour SAC", address="Lima", country="Peru", nop_id="9010009999",
            email="n@example.com", certified_from=date(2020, 1, 1),
        )  # fmt: skip
        factories.member(neighbour, Role.EXPORTER_SENDER, certifier=world.here.certifier, exporter=company)
    request = cases.sent(world.here)
    consignments.make(world.here, world.importer)
    for url in (URL, f"{URL}all/"):
        assert "CANARY-nordhof" not in sender.get(url).content.decode()
        page = factories.signed_in(neighbour).get(url).content.decode()
        assert "CANARY" not in page.replace(str(neighbour), "")
        assert request.reference not in page
    assert sender.get("/nordhof/requests/").status_code == 404


def test_versions_of_other_turns_are_not_taken_for_the_last_one(world: World, sender: Client) -> None:
    request = returned(world, {"box": "10", "text": "OLD POINT"})
    with tenant(world.here.certifier):
        RequestVersion.objects.filter(request=request).update(number=2)
    page = sender.get(URL).content.decode()
    assert "OLD POINT" not in page
