"""What comes first: views, counts, groups, chart, filters, pages and search of the queue."""

from collections.abc import Iterator
from copy import copy
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from nopic.documents.models import Dossier
from nopic.requests.models import CertificateRequest, RequestLine
from nopic.review import actions, projection, queues
from nopic.review import tasks as _registered  # noqa: F401  the handler of index_request
from nopic.review.models import SearchWord
from nopic.review.queues import Pace, Selection
from nopic.review.queues.rows import _time_left
from nopic.tenants.calendar import Office
from nopic.tenants.context import tenant
from nopic.tenants.models import Absence
from nopic.tenants.policy import Rules, Turnaround
from nopic.workflow import clock, dispatch
from nopic.workflow.models import Dispatch
from tests import factories
from tests.factories import Side, World
from tests.review import cases

pytestmark = pytest.mark.sent

# Monday 23 November 2026, 09:40 in UTC; the default office works Monday to Friday and has no holidays.
MONDAY = datetime(2026, 11, 23, 9, 40, tzinfo=UTC)


def select(side: Side, **raw: object) -> Selection:
    return Selection.read(raw, certifier_id=side.certifier.pk, me=side.reviewer.pk)


def shown(side: Side, **raw: object) -> list[str]:
    """References on the page, in order."""
    page, _pace = queues.page(select(side, **raw), Rules())
    return [row.reference for group in page.groups for row in group.rows]


def copies(request: CertificateRequest, number: int, **changes: object) -> list[CertificateRequest]:
    """More requests like this one, with their line; quick, for lists."""
    line = cases.line(request)
    dossiers = Dossier.objects.bulk_create(Dossier(certifier_id=request.certifier_id) for _n in range(number))
    made = []
    for n, dossier in enumerate(dossiers):
        twin = copy(request)
        twin.pk, twin.dossier, twin.reference = None, dossier, f"2027-{n:04d}"
        for name, value in changes.items():
            setattr(twin, name, value)
        made.append(twin)
    CertificateRequest.objects.bulk_create(made)
    lines = []
    for twin in made:
        its = copy(line)
        its.pk, its.request = None, twin
        lines.append(its)
    RequestLine.objects.bulk_create(lines)
    return made


@pytest.fixture
def inside(world: World) -> Iterator[Side]:
    """The door of the first certifier, open."""
    with tenant(world.here.certifier):
        yield world.here


def test_each_view_shows_and_counts_its_requests(world: World) -> None:
    here = world.here
    mine, free, theirs = cases.taken(here), cases.sent(here), cases.taken(here, by=here.colleague)
    factories.complete_draft(here)
    with tenant(here.certifier):
        CertificateRequest.objects.filter(pk=free.pk).update(late=True)
        wanted = {
            "to-review": {mine.reference, free.reference},
            "mine": {mine.reference},
            "nobodys": {free.reference},
            "late": {free.reference},
            "low-risk": set(),
            "all-open": {mine.reference, free.reference, theirs.reference},
            "questions": set(),
            "answers-overdue": set(),
            "needs-a-colleague": set(),
        }
        assert {view: set(shown(here, view=view)) for view in queues.VIEWS} == wanted
        counts = queues.figures(select(here)).views
        assert counts == {view: len(references) for view, references in wanted.items()}


def test_whoever_covers_has_the_cases_of_the_one_who_is_away(world: World) -> None:
    here, day = world.here, date(2026, 11, 24)
    request = cases.taken(here)
    with tenant(here.certifier):
        Absence.objects.create(
            certifier=here.certifier, user=here.reviewer, cover=here.colleague, first_on=day, last_on=date(2026, 11, 25),
            created_by="the test",
        )  # fmt: skip
        for today, theirs in ((date(2026, 11, 23), []), (day, [request.reference]), (date(2026, 11, 26), [])):
            covers = Selection(here.certifier.pk, here.colleague.pk, view="mine", today=today)
            page, _pace = queues.page(covers, Rules())
            rows = [row for group in page.groups for row in group.rows]
            assert [row.reference for row in rows] == theirs
            assert [shape for row in rows for shape, words in row.look if words.startswith("reviewer away until")] == [
                "act" for _each in theirs
            ]
            assert queues.figures(covers).views["mine"] == len(theirs)
        mine = Selection(here.certifier.pk, here.reviewer.pk, view="mine", today=day)
        assert queues.figures(mine).views["mine"] == 1


@pytest.mark.sent(False)
def test_the_other_certifiers_requests_are_in_no_view(world: World) -> None:
    theirs = cases.sent(world.there)
    with tenant(world.here.certifier):
        assert [shown(world.here, view=view) for view in queues.VIEWS] == [[]] * len(queues.VIEWS)
        assert shown(world.here, q=theirs.reference) == []


def test_chart_and_table_stand_on_the_same_requests(world: World) -> None:
    here = world.here
    request = cases.sent(here)
    with tenant(here.certifier):
        copies(request, 7, departure_on=clock.today("UTC") - timedelta(days=1))
        for raw in ({}, {"view": "mine"}, {"view": "all-open"}, {"reviewer": "nobody"}, {"exporter": here.exporter.pk}):
            selection = select(here, **raw)
            figures = queues.figures(selection)
            page, pace = queues.page(selection, Rules())
            columns = Pace(Rules(), pace.now, figures.days)
            assert sum(c.to_review + c.asked for c in figures.columns(columns)) == figures.total == page.shown


@pytest.mark.parametrize(
    ("place", "country", "moment", "passed"),
    [  # a departure on Monday 23 November, the office in UTC
        ("Callao", "Peru", "2026-11-24 04:59", False),  # Monday, 23:59 in Lima
        ("Callao", "Peru", "2026-11-24 05:00", True),
        ("Shanghai", "China", "2026-11-23 15:59", False),
        ("Shanghai", "China", "2026-11-23 16:00", True),  # Tuesday in Shanghai
        ("Nowhere", "Peru", "2026-11-23 23:59", False),  # not known: the office's day
        ("Nowhere", "Peru", "2026-11-24 00:00", True),
    ],
)
def test_a_day_of_departure_is_over_when_it_is_over_at_the_port(
    world: World, monkeypatch: pytest.MonkeyPatch, place: str, country: str, moment: str, passed: bool
) -> None:
    here, at = world.here, datetime.fromisoformat(moment).replace(tzinfo=UTC)
    request = cases.sent(here)
    monkeypatch.setattr("nopic.review.queues.selection.the_present", lambda: at)
    with tenant(here.certifier):
        CertificateRequest.objects.filter(pk=request.pk).update(
            departure_on=date(2026, 11, 23), place_of_loading=place, country_of_loading=country
        )
        page, pace = queues.page(select(here), Rules(), now=at)
        figures = queues.figures(select(here))
    [row] = page.groups[0].rows
    assert ("has it left?" in [text for _shape, text in row.look]) == passed
    assert [column.to_review for column in figures.columns(Pace(Rules(), pace.now, figures.days))][:2] == [
        passed,
        not passed,
    ]


@pytest.mark.parametrize(
    ("departure", "left"),
    [
        ("2026-11-20", 0),
        ("2026-11-23", 0),
        ("2026-11-24", 1),
        ("2026-11-27", 4),
        ("2026-11-30", 5),
        ("2026-12-07", 10),
    ],
)
def test_working_days_are_the_offices(departure: str, left: int) -> None:
    day = date.fromisoformat(departure)
    others = [day + timedelta(days=n) for n in (-3, 2, 9)]
    pace = Pace(Rules(), MONDAY, [*others, day, None])
    assert pace.days_left(day) == left


def test_groups_follow_working_days_to_departure(world: World) -> None:
    here = world.here
    request = cases.sent(here)
    with tenant(here.certifier):
        for departure in ("2026-11-20", "2026-11-24", "2026-11-25", "2026-11-27", "2026-11-30"):
            copies(request, 1, departure_on=departure)
            CertificateRequest.objects.filter(reference="2027-0000").update(reference=departure)
        CertificateRequest.objects.filter(pk=CertificateRequest.objects.earliest("pk").pk).update(status="withdrawn")
        page, _pace = queues.page(select(here), Rules(), now=MONDAY)
    assert [(group.heading.split(" in ")[1][:6], len(group.rows)) for group in page.groups] == [
        ("1 work", 2),
        ("2 to 4", 2),
        ("5 work", 1),
    ]


@pytest.mark.sent(False)
def test_a_row_says_what_is_worth_a_look(world: World) -> None:
    here = world.here
    first = cases.two_lines(here)
    with tenant(here.certifier):
        row = queues.page(select(here), Rules())[0].groups[0].rows[0]
        assert (row.commodity, row.more) == (here.version.wording, "and 1 more product")
        assert row.kg == "25,200"
        assert row.to.startswith("Oakland")
        assert row.documents.startswith("4 received") or "received" in row.documents
        assert [text for _shape, text in row.look] == ["exporter's first request"]
    second = cases.sent(here)
    with tenant(here.certifier):
        rows = [r for g in queues.page(select(here), Rules())[0].groups for r in g.rows]
        look = next(r.look for r in rows if r.reference == second.reference)
        assert look == ()
        gone = clock.today("UTC") - timedelta(days=2)  # over at every place on earth
        CertificateRequest.objects.filter(pk=first.pk).update(departure_on=gone, late=True, turn=2)
        here.contact.confirmed_at = None
        here.contact.save()
        type(here.account).objects.filter(pk=here.account.pk).update(allocated=40_000)
        row = queues.page(select(here), Rules())[0].groups[0].rows[0]
        assert [text for _shape, text in row.look] == [
            "has it left?",
            "late request",
            "new importer",
            "over 90% of verified quantity",
            "exporter's first request",
            "version 2",
        ]


def test_filters_narrow_the_list_and_what_cannot_be_read_is_left_out(world: World) -> None:
    here = world.here
    coffee = cases.sent(here)
    with tenant(here.certifier):
        wording = here.version.wording
        assert shown(here, product=wording) == [coffee.reference]
        assert shown(here, product="Organic tea") == []
        assert shown(here, exporter=here.exporter.pk) == [coffee.reference]
        assert shown(here, exporter=here.exporter.pk + 1) == []
        assert shown(here, reviewer="nobody") == [coffee.reference]
        assert shown(here, reviewer=here.colleague.pk, view="all-open") == []
        for raw in (
            {"exporter": "x' OR 1=1"},
            {"view": "'"},
            {"after": "2026.x"},
            {"after": "'.1"},
            {"reviewer": "1;"},
        ):
            assert shown(here, **raw) == [coffee.reference]
        assert queues.product_choices(here.certifier.pk) == [wording]


def test_pages_follow_each_other_without_gap_or_repetition(inside: Side) -> None:
    request = cases.sent(inside)
    copies(request, queues.PAGE + 20)
    everything, after = [], ""
    for _page in range(4):
        page, _pace = queues.page(select(inside, after=after), Rules())
        everything += [row.reference for group in page.groups for row in group.rows]
        after = page.next_after
        if not after:
            break
    assert len(everything) == len(set(everything)) == queues.PAGE + 21


@pytest.mark.parametrize("rows", [1, 50, 500])
def test_the_number_of_statements_does_not_grow_with_the_rows(inside: Side, rows: int) -> None:
    request = cases.sent(inside)
    if rows > 1:
        copies(request, rows - 1)
    with CaptureQueriesContext(connection) as asked:
        page, _pace = queues.page(select(inside), Rules())
        queues.figures(select(inside))
        queues.product_choices(inside.certifier.pk)
    assert page.shown == min(rows, queues.PAGE)
    assert len(asked) == 3


def index(request: CertificateRequest) -> None:
    """Let the words of a request be written by the work that sending it owed."""
    owed = Dispatch.objects.get(topic="index_request", subject_id=request.pk, done_at=None)
    dispatch.run(owed.pk)


def test_sending_owes_the_words_and_the_work_writes_them_once(world: World) -> None:
    request = cases.sent(world.here)
    index(request)
    with tenant(world.here.certifier):
        words = set(SearchWord.objects.filter(request=request).values_list("word", flat=True))
        assert {"vv26118", "26118", "aplu4175125", "pe881960", "cooperativa", "20260001", "0001"} <= words
        projection.index(CertificateRequest.objects.get(pk=request.pk))
        assert SearchWord.objects.filter(request=request).count() == len(words)


def test_a_request_is_found_by_what_people_know_of_it(world: World) -> None:
    request = cases.sent(world.here)
    index(request)
    known = ["2026-0001", "0001", "VV-26-118", "vv26118", "26-118", "APLU 417512 5", "aplu4175", "PE881960"]
    known += ["cooperativa", "COOPERÁTIVA canary", "green coffee", "bay bridge"]
    with tenant(world.here.certifier):
        assert [asked for asked in known if shown(world.here, q=asked) != [request.reference]] == []
        assert [shown(world.here, q=no) for no in ("oakland?no", "green tea", "!!", "%", "'")] == [[]] * 5


def test_a_closed_request_is_found_by_its_certificates_number(world: World) -> None:
    here = world.here
    request = cases.ready(here)
    with tenant(here.certifier):
        certificate = actions.approve(line=cases.line(request), by=here.reviewer, revision=request.revision)
        type(certificate).objects.filter(pk=certificate.pk).update(
            number="417-8150004127-000319", status="issued", issued_at=clock.now()
        )
        projection.index(CertificateRequest.objects.get(pk=request.pk))
        for asked in ("417-8150004127-000319", "4178150004127000319", "000319"):
            assert shown(here, q=asked) == [request.reference]
        page, _pace = queues.page(select(here, q="000319"), Rules())
        assert not page.groups[0].rows[0].is_open


def test_a_search_uses_the_index_under_row_level_security(world: World) -> None:
    """LIKE would not: below a policy only leakproof operators may use an index."""
    request = cases.sent(world.here)
    with tenant(world.here.certifier):
        SearchWord.objects.bulk_create(
            SearchWord(certifier=world.here.certifier, request=request, word=f"word{n:06d}") for n in range(3000)
        )
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute(
                "EXPLAIN SELECT 1 FROM review_searchword w WHERE w.certifier_id = %s AND w.word >= 'word0001'"
                " AND w.word < 'word0001' || '~'",
                [world.here.certifier.pk],
            )
            plan = "\n".join(row for (row,) in cursor.fetchall())
    assert "search_word_range" in plan
    assert "word >= 'word0001'" in plan.partition("Index Cond")[2].partition("\n")[0]


def test_the_next_case_of_a_view_is_the_row_below(inside: Side) -> None:
    request = cases.sent(inside)
    one, two = copies(request, 2)
    assert queues.next_case(select(inside), departure=one.departure_on, pk=one.pk) == two.reference
    assert queues.next_case(select(inside), departure=two.departure_on, pk=two.pk) == ""


@pytest.mark.parametrize(
    ("sent_at", "left"),
    [("2026-11-23 09:00", "12 h"), ("2026-11-23 20:00", "1 day"), ("2026-11-20 09:00", "time is up")],
)
def test_a_class_in_hours_says_within_how_many_hours_it_is_to_be_decided(sent_at: str, left: str) -> None:
    fast = Turnaround(code="fast", unit="hours", amount=12, over_closed_days=True)
    sent = datetime.fromisoformat(sent_at).replace(tzinfo=UTC)
    due = Office(Rules()).decision_due(sent, fast)
    assert due == sent + timedelta(hours=12)
    assert _time_left(Pace(Rules(), MONDAY, []), due)[0] == left
