"""The mailbox of the demo: every letter as it was sent, and no way out of its folder."""

from pathlib import Path
from typing import Any

import pytest
from django.core.mail import EmailMultiAlternatives
from django.test import Client, override_settings

from nopic.demo import mailbox
from tests.browser import PageAt, assert_accessible, assert_no_overflow, show
from tests.delivery import consignments
from tests.factories import World


@pytest.fixture
def box(tmp_path: Path) -> Any:
    with override_settings(
        EMAIL_BACKEND="django.core.mail.backends.filebased.EmailBackend",
        EMAIL_FILE_PATH=str(tmp_path / "mailbox"),
        ROOT_URLCONF="tests.delivery.demo_urls",
    ):
        yield tmp_path / "mailbox"


def test_an_empty_mailbox_says_so(db: None, box: Path) -> None:
    assert "No e-mail yet." in Client().get("/mailbox/").content.decode()


def test_letters_stand_newest_first_with_links_html_and_attachments(world: World, box: Path) -> None:
    made = consignments.make(world.here, world.importer)
    consignments.hand_over(made)
    html = Client().get("/mailbox/").content.decode()
    for to in ("buyer@baybridge.example", "desk@harborline.example", world.here.sender.email):
        assert to in html
    [letter] = [one for one in mailbox.newest_first() if one.to == "buyer@baybridge.example"]
    page = Client().get(f"/mailbox/{letter.file}/{letter.at}/").content.decode()
    link = letter.text.partition('<a href="')[2].partition('"')[0]
    assert f'<a href="{link}">' in page
    assert Client().get("/c/" + link.partition("/c/")[2]).status_code == 200
    assert "&lt;!doctype html&gt;" in page, "the HTML part is shown as text"
    answer = Client().get(f"/mailbox/{letter.file}/{letter.at}/0/")
    assert answer.content == consignments.pdf_of(made)
    assert answer.headers["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize("width", [390, 1280])
def test_list_and_letter_are_accessible_and_nothing_sticks_out(
    world: World, box: Path, page_at: PageAt, width: int
) -> None:
    consignments.hand_over(consignments.make(world.here, world.importer))
    letter = mailbox.newest_first()[0]
    page = page_at(width)
    for path in ("/mailbox/", f"/mailbox/{letter.file}/{letter.at}/"):
        show(page, Client().get(path).content.decode(), path)
        assert_no_overflow(page)
        assert_accessible(page)


def test_what_a_letter_says_runs_nowhere(db: None, box: Path) -> None:
    evil = EmailMultiAlternatives("<script>s</script>", 'see "http://x.example/<script>" onclick', to=["a@example.com"])
    evil.send()
    page = Client().get("/mailbox/").content.decode()
    assert "<script>s" not in page
    assert '<a href="http://x.example/">' in page


def test_nothing_outside_the_folder_is_read(db: None, box: Path) -> None:
    box.mkdir()
    (box.parent / "20261122-101010-1.log").write_bytes(b"Subject: secret\n\nx" + mailbox.END)
    (box / "notes.log").write_bytes(b"Subject: secret\n\nx" + mailbox.END)
    for name in ("..%2F20261122-101010-1", "notes", "x", "20261122-101010-1"):
        assert Client().get(f"/mailbox/{name}/0/").status_code == 404
        assert Client().get(f"/mailbox/{name}/0/0/").status_code == 404
    assert mailbox.newest_first() == []


def test_a_letter_that_is_still_being_written_waits(db: None, box: Path) -> None:
    box.mkdir()
    (box / "20261122-101010-1.log").write_bytes(b"Subject: whole\n\nx" + mailbox.END + b"Subject: half\n\n")
    assert [one.subject for one in mailbox.newest_first()] == ["whole"]


def test_outside_the_demo_there_is_no_mailbox(db: None) -> None:
    assert Client().get("/mailbox/").status_code == 404
