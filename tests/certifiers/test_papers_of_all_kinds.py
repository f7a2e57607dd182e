"""Files that are no PDF on their way from an exporter's phone and office to the reviewer, over HTTP."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.html import escape

import nopic.documents.tasks  # noqa: F401  registers the handler, as a worker does at its start
from nopic.documents.models import Document
from nopic.requests import actions as requests
from nopic.requests.models import CertificateRequest
from nopic.review import actions as review
from nopic.tenants.context import tenant
from nopic.workflow import dispatch
from nopic.workflow.models import Dispatch
from tests import factories
from tests.browser import PageAt, assert_accessible, assert_no_overflow, show
from tests.documents.corpus.office import DOCX, XLSX, docx, xlsx
from tests.documents.corpus.pictures import heic
from tests.factories import Side, World

ROW = "".join(
    f'<c t="str"><v>{said}</v></c>' for said in ("VV-26-118", "&lt;b&gt;organic&lt;/b&gt; coffee", "19,200 kg")
)


@pytest.fixture
def here(committed_world: World) -> Side:
    return committed_world.here


def send(here: Side, *files: tuple[str, bytes, str]) -> tuple[CertificateRequest, list[Document]]:
    """A complete draft to which the sender adds files in a browser, and what a worker made of them."""
    request = factories.complete_draft(here)
    at = f"/{here.certifier.slug}/requests/{request.reference}/documents/"
    uploads = [SimpleUploadedFile(*file) for file in files]
    with tenant(here.certifier):
        before = set(Document.objects.filter(dossier_id=request.dossier_id).values_list("pk", flat=True))
    answer = factories.signed_in(here.sender).post(at, {"file-commercial_invoice": uploads, "go": "stay"})
    assert answer.status_code == 302, answer.content.decode()
    with tenant(here.certifier):
        added = list(Document.objects.filter(dossier_id=request.dossier_id).exclude(pk__in=before).order_by("pk"))
    for document in added:
        dispatch.run(Dispatch.objects.get(topic="pages", subject_id=document.pk).pk)
    return request, added


def in_review(here: Side, request: CertificateRequest) -> Client:
    """The request sent and taken; the reviewer's browser."""
    with tenant(here.certifier, here.sender):
        request.refresh_from_db()
        request = requests.submit(request=request, by=here.sender, declared=True, revision=request.revision)
    with tenant(here.certifier, here.reviewer):
        review.take(request=request, by=here.reviewer)
    return factories.signed_in(here.reviewer)


def test_a_photo_of_a_phone_and_a_table_of_an_office_reach_the_reviewer(here: Side, page_at: PageAt) -> None:
    photo, table = heic(turned=6), xlsx(f"<row>{ROW}</row>")
    request, (shot, packing) = send(
        here, ("IMG_0412.HEIC", photo, "image/heic"), ("packing list.xlsx", table, "application/octet-stream")
    )
    own = factories.signed_in(here.sender).get(
        f"/{here.certifier.slug}/requests/{request.reference}/documents/{packing.pk}/"
    )
    assert "<td>VV-26-118</td>" in own.content.decode()
    reviewer = in_review(here, request)
    case = f"/{here.certifier.slug}/cases/{request.reference}/"

    left = reviewer.get(case, {"doc": shot.pk}).content.decode()
    assert "Page 1 of 1" in left
    picture = reviewer.get(f"{case}papers/{shot.pk}/1.webp")
    assert (picture.status_code, picture["Content-Type"]) == (200, "image/webp")

    left = reviewer.get(case, {"doc": packing.pk}).content.decode()
    assert "<td>19,200 kg</td>" in left
    assert escape("<b>organic</b> coffee") in left
    assert "<b>organic</b>" not in left
    assert "found, page 1" in left  # the net weight, by the check that compares it
    assert f"papers/{packing.pk}/1.webp" not in left
    assert reviewer.get(f"{case}papers/{packing.pk}/1.webp").status_code == 404
    for width in (390, 1280):
        for html in (left, own.content.decode()):
            show(page := page_at(width), html, case)
            assert_no_overflow(page)
            assert_accessible(page)

    for document, data, served in ((shot, photo, "image/heic"), (packing, table, XLSX)):
        original = reviewer.get(f"{case}papers/{document.pk}/original/")
        assert b"".join(original.streaming_content) == data
        assert original["Content-Type"] == served
        assert original["Content-Disposition"].startswith("attachment; ")
        assert "sandbox" in original["Content-Security-Policy"]


def test_a_long_table_says_how_much_more_the_original_has(here: Side) -> None:
    request, (table, letter) = send(
        here,
        ("a.xlsx", xlsx(f"<row>{ROW}</row>" * 501), XLSX),
        ("b.docx", docx(more={"word/media/image1.png": b"x"}), DOCX),
    )
    reviewer = in_review(here, request)
    case = f"/{here.certifier.slug}/cases/{request.reference}/"
    assert "… and 1 more row; the original has it." in reviewer.get(case, {"doc": table.pk}).content.decode()
    left = reviewer.get(case, {"doc": letter.pk}).content.decode()
    assert "We ship organic green coffee." in left
    assert "The file holds 1 picture, which is not shown here" in left
