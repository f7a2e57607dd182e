"""Documents over HTTP: kinds, refusals at the row, many rows, one file's page, and what neighbours may not see."""

import io
from datetime import date, timedelta

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from nopic.certificates.models import PublicRecord
from nopic.documents import acceptance
from nopic.documents.actions import answering
from nopic.documents.models import Document
from nopic.requests.models import CertificateRequest, Supplier
from nopic.review.actions import confirm_organic_of_owed, rule_on_owed
from nopic.tenants.context import tenant
from nopic.tenants.models import Exporter
from nopic.tenants.statuses import Role
from nopic.workflow.models import AuditEvent
from tests import factories
from tests.delivery import consignments
from tests.factories import Side, World


def pdf(pages: int = 1) -> bytes:
    made = pikepdf.new()
    for _page in range(pages):
        made.add_blank_page()
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def upload(name: str = "BL.pdf", content: bytes | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, pdf() if content is None else content, "application/pdf")


def at(request: CertificateRequest, rest: str = "documents/") -> str:
    return f"/{request.certifier.slug}/requests/{request.reference}/{rest}"


def many_empty_inputs(count: int) -> tuple[bytes, str]:
    """The body a browser sends for a form with that many file inputs of which one was used."""
    edge = b"----nopic"
    part = b'--%s\r\nContent-Disposition: form-data; name="%s"; filename="%s"\r\nContent-Type: %s\r\n\r\n%s\r\n'
    unused = [part % (edge, b"file-%d" % n, b"", b"application/octet-stream", b"") for n in range(count - 1)]
    used = part % (edge, b"file-packing_list", b"pl.pdf", b"application/pdf", pdf())
    return b"".join([*unused, used]) + b"--%s--\r\n" % edge, f"multipart/form-data; boundary={edge.decode()}"


def files_of(request: CertificateRequest) -> list[Document]:
    with tenant(request.certifier_id):
        return list(Document.objects.filter(dossier_id=request.dossier_id).order_by("pk"))


@pytest.fixture
def here(committed_world: World) -> Side:
    return committed_world.here


@pytest.fixture
def sender(here: Side) -> Client:
    return factories.signed_in(here.sender)


def test_a_file_has_a_life_of_its_own(here: Side, sender: Client) -> None:
    """Kind, several at once, replace, remove, and the refusals with their status; one world for all of it."""
    request = factories.draft(here)

    # A transport document is kept, and asked about until somebody says which one it is.
    answer = sender.post(at(request), {"file-transport_document": upload("a.pdf")})
    assert answer.status_code == 422
    assert answer.content.decode().count("Transport document: say which one it is") == 2
    assert [(one.kind, one.name) for one in files_of(request)] == [("", "a.pdf")]
    answer = sender.post(
        at(request), {"file-transport_document": upload("b.pdf", pdf(2)), "kind-transport_document": "draft"}
    )
    assert answer.status_code == 302
    assert [(one.kind, one.name, one.page_count) for one in files_of(request)] == [
        ("draft", "a.pdf", 1), ("draft", "b.pdf", 2),
    ]  # fmt: skip

    # Its page: replaced by another file, which keeps the kind; the earlier one stays readable.
    first = files_of(request)[0]
    page = at(request, f"documents/{first.pk}/")
    assert "The pages are being drawn" in sender.get(page).content.decode()
    refused = sender.post(page, {"file": upload("x.pdf", b"not a pdf"), "go": "replace"})
    assert (
        refused.status_code,
        "the file must be a PDF, JPG, PNG, HEIC, XLSX or DOCX" in refused.content.decode(),
    ) == (422, True)
    assert sender.post(page, {"go": "replace"}).status_code == 422
    newer = sender.post(page, {"file": upload("final.pdf", pdf(3)), "go": "replace"})
    assert newer.status_code == 302
    kept = files_of(request)
    assert [one.replaced_by_id for one in kept] == [kept[2].pk, None, None]
    assert [(one.name, one.kind, bool(one.removed_at)) for one in kept] == [
        ("a.pdf", "draft", True), ("b.pdf", "draft", False), ("final.pdf", "draft", False),
    ]  # fmt: skip
    shown = sender.get(page).content.decode()
    assert f"Replaced by {here.sender}" in shown
    assert f'href="{at(request, f"documents/{kept[2].pk}/")}"' in shown
    listed = sender.get(at(request)).content.decode()
    assert f'href="{at(request, f"documents/{kept[2].pk}/")}#h-rep"' in listed
    assert "replaced" in listed
    assert sender.post(at(request, f"documents/{kept[2].pk}/"), {"go": "remove"}).status_code == 302
    assert files_of(request)[2].removed_at is not None
    removed = sender.get(at(request, f"documents/{kept[2].pk}/")).content.decode()
    assert f"Removed by {here.sender}" in removed
    assert 'value="replace"' not in removed

    # Refusals stand at the row and in the summary, with the status that fits; htmx gets them as 422.
    big = upload("big.pdf", b"%PDF-1.7" + b"0" * acceptance.MOST_BYTES)
    answer = sender.post(at(request), {"file-commercial_invoice": big})
    assert (answer.status_code, "must be smaller than 15 MB" in answer.content.decode()) == (413, True)
    answer = sender.post(
        at(request), {"file-commercial_invoice": upload("e.pdf", b""), "go": "stay"}, headers={"HX-Request": "true"}
    )
    assert (answer.status_code, "the file is empty" in answer.content.decode()) == (422, True)

    # Many suppliers make many rows, and an empty file input in each of them.
    with tenant(here.certifier):
        sellers = [
            Supplier.objects.create(certifier=here.certifier, exporter=here.exporter, name=f"Seller {n}", same_certifier=n % 2 == 0)
            for n in range(12)
        ]  # fmt: skip
    lots = {f"lines-0-lots-{n}-{key}": value for n, one in enumerate(sellers) for key, value in (("code", f"L{n}"), ("supplier", str(one.pk)))}  # fmt: skip
    sender.post(
        at(request, "products/"), {"revision": "99", "lines-0-item": str(here.item.pk), "lines-0-unit": "kg", **lots}
    )
    text = sender.get(at(request)).content.decode()
    assert text.count('type="file"') == 17
    assert sender.generic("POST", at(request), *many_empty_inputs(17)).status_code == 302
    assert files_of(request)[-1].name == "pl.pdf"


def test_a_neighbour_and_another_certifier_find_nothing(here: Side, committed_world: World) -> None:
    request = factories.draft(here)
    neighbour = factories.user("neighbour@tierra.example", "Neighbour")
    with tenant(here.certifier):
        company = Exporter.objects.create(
            certifier=here.certifier, name="Neighbour SAC", address="Lima", country="Peru", nop_id="9010009999",
            email="n@example.com", certified_from=date(2020, 1, 1),
        )  # fmt: skip
        factories.member(neighbour, Role.EXPORTER_SENDER, certifier=here.certifier, exporter=company)
        paper = factories.paper(request, "commercial_invoice")
    for person in (neighbour, committed_world.there.sender):
        client = factories.signed_in(person)
        for rest in ("documents/", f"documents/{paper.pk}/", f"documents/{paper.pk}/original/", "products/", "check/"):
            assert client.get(at(request, rest)).status_code == 404
        assert client.post(at(request), {"file-commercial_invoice": upload()}).status_code == 404
        assert client.post(at(request, f"documents/{paper.pk}/"), {"go": "remove"}).status_code == 404
    assert [one.removed_at for one in files_of(request)] == [None]


def test_the_registrys_own_pdf_is_the_offices_until_two_people_have_confirmed_it(here: Side, sender: Client) -> None:
    request = factories.submitted(here)
    with tenant(here.certifier):
        kept = factories.paper(request, "registry_pdf", "operation-1")
    for rest in ("", "original/", "pages/1.webp"):
        assert sender.get(at(request, f"documents/{kept.pk}/{rest}")).status_code == 404


def test_the_final_transport_document_and_what_comes_later_are_taken_after_the_decision(
    committed_world: World, here: Side, sender: Client
) -> None:
    """From the note that something is owed, by its link, to the record that the importer sees; nothing else is open."""
    issued = consignments.make(here, committed_world.importer)
    request, mine = issued.request, f"/{here.certifier.slug}/my-certificates/{issued.certificate.pk}/"
    with tenant(here.certifier):
        factories.paper(request, "transport_document", kind="draft")
        factories.paper(request, "commercial_invoice")
        answering.answer(dossier=request.dossier, rule="phytosanitary_certificate", answer="later", by=here.sender)
        [draft, _invoice] = Document.objects.order_by("pk")

    def owed() -> list[bool]:
        pages = [sender.get(address).content.decode() for address in (at(request, ""), mine)]
        with tenant(here.certifier):
            record = PublicRecord.objects.get(certificate=issued.certificate)
        return [*("Still to send:" in page and at(request) in page for page in pages), record.final_document_owed]

    assert owed() == [True, True, True]
    page = sender.get(at(request)).content.decode()
    assert [page.count(f'name="file-{row}"') for row in ("transport_document", "commercial_invoice")] == [1, 0]
    assert "Still to come: the final one" in page
    refused = sender.post(at(request), {"file-transport_document": upload(), "kind-transport_document": "draft"})
    assert refused.status_code == 409
    assert sender.post(at(request), {"go": f"remove:{draft.pk}"}).status_code == 409

    form = {"file-transport_document": upload("final.pdf"), "kind-transport_document": "final", "go": "stay"}
    assert sender.post(at(request), form).status_code == 302
    assert owed() == [True, True, False], "the phytosanitary certificate is still to come"
    assert sender.post(at(request), {"file-phytosanitary_certificate": upload("phyto.pdf")}).status_code == 302
    assert owed() == [False, False, False]
    with tenant(here.certifier):
        came = AuditEvent.objects.filter(verb="paper added", subject_id=request.pk).order_by("pk")
        assert [(one.note, one.facts["rule"]) for one in came] == [
            ("final.pdf", "transport_document"), ("phyto.pdf", "phytosanitary_certificate"),
        ]  # fmt: skip
    case = factories.signed_in(here.reviewer).get(f"/{here.certifier.slug}/cases/{request.reference}/").content.decode()
    assert "Transport document, final 2" in case
    assert f"Document added by {here.sender}" in case

    with tenant(here.certifier):
        Document.objects.filter(pk=draft.pk).update(uploaded_at=request.decided_at - timedelta(days=1))
    # A better scan of what came since takes its place, until it is accepted; what the certificate rests on stays.
    final, phyto = files_of(request)[2:]
    listed = sender.get(at(request)).content.decode()
    assert [f"documents/{one.pk}/#h-rep" in listed for one in (draft, final, phyto)] == [False, True, True]
    assert sender.post(at(request, f"documents/{draft.pk}/"), {"file": upload("x.pdf", pdf(4))}).status_code == 409
    for one in (final, phyto):
        again = sender.post(
            at(request, f"documents/{one.pk}/"), {"file": upload(f"new-{one.name}", pdf(5)), "go": "replace"}
        )
        assert again.status_code == 302
    kept = {one.name: one for one in files_of(request)}
    assert kept["final.pdf"].replaced_by_id == kept["new-final.pdf"].pk
    assert kept["new-final.pdf"].kind == "final"
    assert sender.post(at(request, f"documents/{kept['new-phyto.pdf'].pk}/"), {"go": "remove"}).status_code == 302
    assert files_of(request)[-1].removed_at is None
    with tenant(here.certifier):
        request.refresh_from_db()
        phyto = kept["new-phyto.pdf"]
        confirm_organic_of_owed(
            request=request, document_id=phyto.pk, named=False, by=here.reviewer
        )  # only written down
        rule_on_owed(
            request=request,
            rule=phyto.rule,
            subject="",
            ruling="accepted",
            reason="",
            seen=[phyto.pk],
            by=here.reviewer,
        )
    assert f"documents/{phyto.pk}/#h-rep" not in sender.get(at(request)).content.decode()

    consignments.cancel(issued)
    assert "Still to send:" not in sender.get(at(request, "")).content.decode()
    form["file-transport_document"] = upload("again.pdf", pdf(2))
    assert sender.post(at(request), form).status_code == 409
