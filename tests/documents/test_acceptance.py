"""What may be received, judged from outside, and the sentences of refusals."""

import pytest

from nopic.documents import acceptance
from nopic.documents.acceptance import NotAccepted, display_name, kind_of


@pytest.mark.parametrize(
    "raw, shown",
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("..\\..\\x.pdf", "x.pdf"),
        ("/var/lib/x.pdf", "x.pdf"),
        ("C:\\Users\\ana\\invoice.pdf", "invoice.pdf"),
        ("n" * 1000 + ".pdf", "n" * 146 + ".pdf"),
        ("invoice\u202egpj.exe", "invoicegpj.exe"),
        ("a\r\nSet-Cookie: x=1.pdf", "a Set-Cookie: x=1.pdf"),
        ('a";b.pdf', 'a";b.pdf'),
        ("-rf.pdf", "-rf.pdf"),
        ("cafe\u0301.pdf", "café.pdf"),
        ("CON.pdf", "CON.pdf"),
        ("   .pdf", "file.pdf"),
        ("   ", "file"),
        ("", "file"),
        ("<img src=x onerror=1>.pdf", "<img src=x onerror=1>.pdf"),
        ("=HYPERLINK(1).pdf", "=HYPERLINK(1).pdf"),
        ("café ☕🌱.pdf", "café ☕🌱.pdf"),
        ("a\0b\x07c\u200b.pdf", "abc.pdf"),
        ("a   b\tc.pdf", "a b c.pdf"),
        ("half\ud800pair.pdf", "halfpair.pdf"),
    ],
)
def test_a_name_is_kept_as_text_to_show_and_never_as_a_path(raw, shown):
    assert display_name(raw) == shown
    assert len(display_name(raw)) <= acceptance.LONGEST_NAME


def test_two_spellings_of_one_name_become_the_same():
    assert display_name("Pe\u0301rez.pdf") == display_name("P\u00e9rez.pdf")


@pytest.mark.parametrize("declared", ["", "application/octet-stream", "application/pdf", "application/x-pdf"])
def test_a_type_that_was_not_declared_contradicts_nothing(declared):
    assert kind_of("invoice.pdf", declared, b"%PDF-1.7") is acceptance.PDF


@pytest.mark.parametrize("declared", ["image/png", "text/html", "application/zip"])
def test_a_declared_type_that_contradicts_the_bytes_is_refused(declared):
    with pytest.raises(NotAccepted, match="type"):
        kind_of("invoice.pdf", declared, b"%PDF-1.7")


def test_every_refusal_starts_with_the_document_and_stays_in_plain_words():
    for code in acceptance.codes():
        sentence = NotAccepted(code).sentence("Packing list")
        assert sentence.startswith("Packing list: ")
        assert not {"please", "sorry", "invalid", "oops", "error"} & set(sentence.lower().split())
        assert "!" not in sentence


@pytest.mark.parametrize(
    "code, sentence",
    [
        ("type", "Packing list: the file must be a PDF, JPG, PNG, HEIC, XLSX or DOCX"),
        (
            "password",
            "Packing list: the file is locked with a password. Save it without the password and add it again.",
        ),
        (
            "too_large",
            "Packing list: the file must be smaller than 15 MB. A photo at normal quality is enough.",
        ),
        ("unreadable", "Packing list: the file cannot be opened. Save, scan or photograph it again."),
    ],
)
def test_refusals_say_what_the_specification_says(code, sentence):
    assert NotAccepted(code).sentence("Packing list") == sentence


def test_a_refusal_names_the_status_that_fits():
    assert {code: NotAccepted(code).status for code in ("too_large", "busy", "no_room", "type", "password")} == {
        "too_large": 413, "busy": 503, "no_room": 507, "type": 422, "password": 422,
    }  # fmt: skip
