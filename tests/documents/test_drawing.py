"""Pages become pictures once, in spite of renderers that die, work delivered twice and leases that run out."""

import pytest
from django.db import connection
from PIL import Image

from nopic.documents import files, inspection
from nopic.documents.inspection import Crashed
from nopic.documents.models import PageImage
from nopic.documents.statuses import DocumentStatus
from nopic.tenants.context import tenant
from nopic.tenants.models import ImporterContact
from nopic.workflow import dispatch
from nopic.workflow.models import AuditEvent, Dispatch
from tests.documents.conftest import owed, work
from tests.documents.corpus import papers, pictures
from tests.documents.test_files import root


def statuses(desk) -> list[tuple[str, str]]:
    with tenant(desk.side.certifier):
        return list(AuditEvent.objects.filter(verb="status").order_by("pk").values_list("old", "new"))


def breaking_after(pages: int, error: Exception, asked: list[int]):
    """A renderer that fails after so many pages; `asked` collects from which page it was started."""
    real = inspection.rasterise

    def rasterise(file, kind, *, first=1, seconds=60):
        asked.append(first)
        for number, page in enumerate(real(file, kind, first=first, seconds=seconds)):
            if number == pages:
                raise error
            yield page
        if pages == 0:
            raise error

    return rasterise


def test_a_received_paper_is_drawn_read_and_said_to_be_unscanned(desk):
    document = desk.send(papers.text_pdf(b"organic green coffee"))
    assert work(document).done_at is not None
    assert desk.now(document).status == DocumentStatus.UNSCANNED
    assert desk.pages(document) == [(1, "organic green coffee")]
    assert statuses(desk) == [("received", "inspecting"), ("inspecting", "unscanned")]
    with tenant(desk.side.certifier):
        page = document.pages.get()
    assert [word for word, *_ in page.words] == ["organic", "green", "coffee"]
    with files.open_verified(desk.side.certifier.pk, page.sha256, area="pages") as picture:
        assert Image.open(picture).size == (page.width, page.height) == (1400, 1982)


def test_a_full_disk_is_no_fault_of_the_paper(desk, monkeypatch):
    document = desk.send(papers.text_pdf(b"organic green coffee"))

    def full(*_given: object, **_how: object) -> None:
        raise files.NoRoom

    with monkeypatch.context() as disk:
        disk.setattr(files, "store_bytes", full)
        for _night in range(4):
            assert work(document).done_at is None
    assert (desk.now(document).status, desk.now(document).crashes) == (DocumentStatus.INSPECTING, 0)
    work(document)
    assert desk.now(document).status == DocumentStatus.UNSCANNED


@pytest.mark.parametrize(
    ("text", "said"), [(b"Bay Organics, 9 bags", "not_found"), (b"Bay Organics, bio cafe", "found")]
)
def test_an_importer_with_the_word_in_its_name_does_not_name_the_product_as_organic(desk, text, said):
    with tenant(desk.side.certifier):
        ImporterContact.objects.filter(certifier=desk.side.certifier).update(name="Bay Organics")
    document = desk.send(papers.text_pdf(text))
    work(document)
    assert desk.now(document).organic == said


def test_a_photo_is_drawn_as_one_upright_page(desk):
    document = desk.send(pictures.photo(turned=6), name="IMG_1.jpg", declared="image/jpeg")
    work(document)
    with tenant(desk.side.certifier):
        page = document.pages.get()
    assert (page.width, page.height, page.text) == (200, 300, "")


def test_drawing_a_document_five_times_draws_it_once(desk):
    document = desk.send(papers.many_pages(3))
    for _ in range(5):
        dispatch.run(owed(document).pk)
    with tenant(desk.side.certifier):
        dispatch.owe("pages", document.pk, certifier_id=desk.side.certifier.pk)
    dispatch.run(Dispatch.objects.get(topic="pages", done_at=None).pk)
    assert [number for number, _ in desk.pages(document)] == [1, 2, 3]
    assert not Dispatch.objects.filter(topic="pages", done_at=None).exists()
    assert len(statuses(desk)) == 2


def test_a_renderer_that_dies_goes_on_where_it_stopped(desk, monkeypatch):
    asked: list[int] = []
    real = inspection.rasterise
    document = desk.send(papers.many_pages(12))
    monkeypatch.setattr(inspection, "rasterise", breaking_after(10, Crashed("exit -11"), asked))
    assert work(document).done_at is None
    assert len(desk.pages(document)) == 10
    assert desk.now(document).status == DocumentStatus.INSPECTING
    monkeypatch.setattr(inspection, "rasterise", real)
    assert work(document).done_at is not None
    assert [number for number, _ in desk.pages(document)] == list(range(1, 13))
    assert desk.now(document).status == DocumentStatus.UNSCANNED


def test_a_long_document_is_drawn_in_several_turns_without_counting_as_a_crash(desk, monkeypatch):
    asked: list[int] = []
    document = desk.send(papers.many_pages(11))
    monkeypatch.setattr(inspection, "rasterise", breaking_after(2, TimeoutError(), asked))
    for _ in range(5):
        work(document)
    assert work(document).done_at is not None
    assert asked == [1, 3, 5, 7, 9, 11]
    assert desk.now(document).crashes == 0
    assert len(desk.pages(document)) == 11


@pytest.mark.parametrize("error", [Crashed("exit -11"), TimeoutError()])
def test_a_document_that_kills_the_renderer_three_times_is_set_apart(desk, monkeypatch, error):
    asked: list[int] = []
    document, good = desk.send(papers.bad_font()), desk.send(papers.text_pdf(b"good"))
    with monkeypatch.context() as patch:
        patch.setattr(inspection, "rasterise", breaking_after(0, error, asked))
        assert [work(document).done_at is None for _ in range(3)] == [True, True, False]
    assert asked == [1, 1, 1]
    now = desk.now(document)
    assert (now.status, now.reason, now.crashes) == (DocumentStatus.UNREADABLE, "not_drawn", 3)
    files.open_verified(desk.side.certifier.pk, document.sha256).close()  # it can still be downloaded
    work(good)
    assert desk.now(good).status == DocumentStatus.UNSCANNED


def test_the_pause_after_a_crash_grows(desk, monkeypatch):
    document = desk.send()
    monkeypatch.setattr(inspection, "rasterise", breaking_after(0, Crashed("exit -9"), []))
    pauses = []
    for _ in range(2):
        debt = work(document)
        with connection.cursor() as cursor:
            cursor.execute("SELECT EXTRACT(EPOCH FROM %s - clock_timestamp())", [debt.due_at])
            pauses.append(cursor.fetchone()[0])
    assert 10 < pauses[0] < 16
    assert 40 < pauses[1] < 46


def test_a_document_over_which_workers_die_is_set_apart_too(desk):
    document = desk.send()
    Dispatch.objects.filter(pk=owed(document).pk).update(crashes=3)  # three leases ran out
    assert work(document).done_at is not None
    assert desk.now(document).status == DocumentStatus.UNREADABLE


def test_a_worker_that_died_once_is_followed_by_another(desk):
    document = desk.send()
    assert dispatch.claim(owed(document).pk) is not None  # and then nothing more was heard of it
    work(document)
    assert desk.now(document).status == DocumentStatus.RECEIVED, "its lease holds"
    Dispatch.objects.filter(pk=owed(document).pk).update(lease_until="2020-01-01T00:00Z")
    assert work(document).done_at is not None
    assert desk.now(document).status == DocumentStatus.UNSCANNED


def test_work_that_lost_its_lease_writes_nothing(desk, monkeypatch):
    document = desk.send()
    real = inspection.rasterise

    def overtaken(*given, **how):
        Dispatch.objects.filter(pk=owed(document).pk).update(fence=99)  # another worker has it now
        yield from real(*given, **how)

    monkeypatch.setattr(inspection, "rasterise", overtaken)
    work(document)
    assert desk.pages(document) == []
    assert desk.now(document).status == DocumentStatus.INSPECTING
    assert desk.now(document).crashes == 0


def test_an_original_that_was_changed_on_disk_is_never_drawn(desk):
    document = desk.send()
    path = root() / f"documents/{desk.side.certifier.pk}/{document.sha256[:2]}/{document.sha256}"
    path.write_bytes(papers.text_pdf(b"somebody else's paper"))
    for _ in range(3):
        work(document)
    assert desk.now(document).status == DocumentStatus.UNREADABLE
    assert desk.pages(document) == []


def test_a_removed_file_is_still_drawn_because_it_stays_readable(desk):
    old = desk.send(papers.text_pdf(b"draft"))
    desk.send(papers.text_pdf(b"final"), replaces=old.pk)
    work(old)
    assert desk.pages(old) == [(1, "draft")]


def test_another_certifier_sees_no_page(desk, world):
    work(desk.send())
    with tenant(world.there.certifier):
        assert not PageImage.objects.exists()


def test_no_transaction_is_open_while_pages_are_drawn(committed_desk, monkeypatch):
    document = committed_desk.send()
    real, open_ones = inspection.rasterise, []

    def watched(*given, **how):
        open_ones.append(connection.in_atomic_block)
        yield from real(*given, **how)

    monkeypatch.setattr(inspection, "rasterise", watched)
    work(document)
    assert open_ones == [False]
    assert committed_desk.now(document).status == DocumentStatus.UNSCANNED


def test_the_original_survives_everything_unchanged(desk):
    data = papers.saved_again()
    document = desk.send(data)
    work(document)
    with files.open_verified(desk.side.certifier.pk, document.sha256) as original:
        assert original.read() == data
    assert desk.now(document).flags == ["revised"]
