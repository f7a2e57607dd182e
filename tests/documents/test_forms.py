"""Forms that a certifier hands out for the rows of its document list: offered in versions, downloaded by exporters."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from nopic.documents.models import TemplateFile
from nopic.tenants.context import tenant
from nopic.workflow.models import AuditEvent
from tests import factories
from tests.documents.corpus.pictures import png
from tests.exporters.test_papers import pdf
from tests.factories import Side, World


@pytest.fixture
def here(committed_world: World) -> Side:
    return committed_world.here


def offer(side: Side, name: str, content: bytes, rule: str = "packing_list") -> tuple[int, str]:
    """What the admin's page answers to a form for a row: its status and its text."""
    browser = factories.signed_in(side.admin)
    file = SimpleUploadedFile(name, content, "image/png" if name.endswith("png") else "application/pdf")
    answer = browser.post(
        reverse("document_forms", args=[side.certifier.slug]), {"rule": rule, "file": file}, follow=True
    )
    return answer.status_code, answer.content.decode()


def form(browser: Client, side: Side, rule: str = "packing_list") -> tuple[int, bytes, str]:
    """What somebody downloads: status, bytes, and under which name."""
    answer = browser.get(reverse("document_form", args=[side.certifier.slug, rule]))
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return answer.status_code, body, answer.headers.get("Content-Disposition", "")


def test_exporters_download_the_newest_form_and_earlier_ones_stay_kept(here: Side, committed_world: World) -> None:
    sender = factories.signed_in(here.sender)
    first, second = pdf(1), pdf(2)
    assert form(sender, here)[0] == 404
    assert offer(here, "packing-list-2026.pdf", first)[0] == 200
    status, page = offer(here, "packing-list-2027.pdf", second)
    assert status == 200
    assert "Earlier forms" in page
    status, body, disposition = form(sender, here)
    assert (status, body) == (200, second)
    assert disposition.startswith("attachment")
    assert "packing-list-2027.pdf" in disposition
    with tenant(here.certifier):
        assert [one.name for one in TemplateFile.objects.order_by("pk")] == [
            "packing-list-2026.pdf", "packing-list-2027.pdf",
        ]  # fmt: skip
        assert AuditEvent.objects.filter(certifier_id=here.certifier.pk, verb="form offered").count() == 2
    assert form(factories.signed_in(committed_world.there.sender), here)[0] == 404


def test_the_form_stands_beside_its_row_of_a_request(here: Side) -> None:
    offer(here, "packing-list-2027.pdf", pdf())
    request = factories.draft(here)
    page = factories.signed_in(here.sender).get(
        reverse("request_step", args=[here.certifier.slug, request.reference, "documents"])
    )
    assert "Download the form: packing-list-2027.pdf" in " ".join(page.content.decode().replace("</", " </").split())


@pytest.mark.parametrize(
    ("name", "content", "rule", "sentence"),
    [
        ("form.pdf", b"MZ not a form", "packing_list", "Packing list: the file"),
        ("form.pdf", b"", "packing_list", "empty"),
        ("form.png", png(), "packing_list", "Beside the field it says which types are"),
        ("form.pdf", b"%PDF-1.7", "no_such_row", "Choose the row and the file"),
    ],
)
def test_what_is_no_form_is_refused_with_a_sentence(
    here: Side, name: str, content: bytes, rule: str, sentence: str
) -> None:
    status, page = offer(here, name, content, rule)
    assert status in (413, 415, 422)
    assert sentence in page
    taken = re.findall(r'accept="([^"]*)"', page)
    assert [one for one in taken[0].split(",") if one.startswith(".")] == [".pdf", ".xlsx", ".docx"]
    with tenant(here.certifier):
        assert not TemplateFile.objects.exists()
