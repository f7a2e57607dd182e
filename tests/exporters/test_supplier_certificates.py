"""A supplier's own organic certificate: filed by the exporter, seen by staff, asked about when it is missing or ends early."""

import re
from datetime import timedelta

import pytest
from django.http.response import HttpResponseBase
from django.test import Client

import nopic.documents.tasks  # noqa: F401  registers the handler, as a worker does at its start
from nopic.documents.models import Document
from nopic.requests.models import CertificateRequest, Supplier
from nopic.review import actions, queries
from nopic.tenants.context import tenant
from nopic.tenants.roster import today_of
from nopic.workflow import dispatch
from nopic.workflow.clock import today
from nopic.workflow.models import Dispatch
from tests import factories
from tests.browser import PageAt, assert_accessible, assert_no_overflow, show
from tests.certifiers.test_asking import asked_over_http
from tests.exporters.test_papers import pdf, upload
from tests.factories import Side, World
from tests.ledger.test_inputs import bought
from tests.review import cases

RULE = "suppliers_have_a_certificate_on_file"


@pytest.fixture
def here(committed_world: World) -> Side:
    return committed_world.here


@pytest.fixture
def sender(here: Side) -> Client:
    return factories.signed_in(here.sender)


def read(client: Client, address: str) -> HttpResponseBase:
    """A download, read to its end, which closes the file."""
    answer = client.get(address)
    if answer.streaming:
        b"".join(answer.streaming_content)
    return answer


def shown_by(page: HttpResponseBase) -> str:
    """The key of the file that the page says it showed."""
    return re.findall(r'name="seen" value="(\d+)"', page.content.decode())[0]


def case_of(here: Side) -> CertificateRequest:
    """A request in review for a lot that was bought from Cabana."""
    factories.transaction_certificate(here)
    return cases.taken(here, lines=[{**bought(here, "12,000"), "packages": "100", "package_kind": "sacks"}])


def found(here: Side, request: CertificateRequest) -> list[tuple[str, str]]:
    with tenant(here.certifier):
        case = queries.load(CertificateRequest.objects.get(pk=request.pk))
        beside = next(each for each in case.checks(cases.line(request)) if each.id == "supplier_guarantee")
        said = [one for one in case.findings if one.rule == RULE]
        assert [one for one in beside.findings if one.rule == RULE] == said
        return [(one.severity, one.staff_sentence) for one in said]


def test_it_is_filed_replaced_and_looked_at_and_what_is_missing_or_ends_early_is_asked(
    here: Side, sender: Client, page_at: PageAt
) -> None:
    request = case_of(here)
    with tenant(here.certifier):
        seller = Supplier.objects.get()
    page, leaves = f"/tierra/suppliers/{seller.pk}/certificate/", request.departure_on
    assert found(here, request) == [("question", "Cabana: its organic certificate is not on file")]
    assert f'href="{page}"' in sender.get("/tierra/suppliers/").content.decode()

    # What is no document, or contradicts itself, is refused at its field; nothing typed is lost.
    facts = {"certificate_number": "CU-1", "certificate_from": "2026-01-01", "certificate_to": "2025-01-01"}
    refused = sender.post(page, {"file": upload(), **facts})
    assert (refused.status_code, "must not be before the first day" in refused.content.decode()) == (422, True)
    assert 'value="CU-1"' in refused.content.decode()
    facts["certificate_to"] = (leaves - timedelta(days=1)).isoformat()
    refused = sender.post(page, {"file": upload("x.pdf", b"no pdf"), **facts})
    assert (refused.status_code, "Organic certificate: the file must be a PDF" in refused.content.decode()) == (
        422,
        True,
    )
    assert sender.post(page, facts).status_code == 422
    assert sender.post(page, {"file": upload(), **facts, "seen": "0"}).status_code == 409  # no page showed such a file
    assert sender.post(page, {"file": upload("cu-2025.pdf"), **facts}).status_code == 302
    [(severity, sentence)] = found(here, request)
    assert (severity, sentence.startswith("Cabana: its organic certificate ends on ")) == ("question", True)

    # A reviewer may let it pass; another file or day asks again.
    with tenant(here.certifier):
        actions.waive(request=request, line=None, rule=RULE, reason="Renewed, the paper follows", by=here.reviewer)
    assert [severity for severity, _said in found(here, request)] == ["note"]
    facts["certificate_to"] = (leaves - timedelta(days=2)).isoformat()
    stale = sender.post(page, {"file": upload("cu-2025b.pdf", pdf(2)), **facts})  # from a page that showed no file yet
    assert (stale.status_code, "added a newer file" in stale.content.decode()) == (409, True)
    assert f'value="{facts["certificate_to"]}"' in stale.content.decode()
    facts["seen"] = shown_by(stale)
    assert sender.post(page, {"file": upload("cu-2025b.pdf", pdf(2)), **facts}).status_code == 302
    assert [severity for severity, _said in found(here, request)] == ["question"]
    facts |= {"certificate_to": leaves.isoformat(), "seen": shown_by(sender.get(page))}
    assert sender.post(page, {"file": upload("cu-2026.pdf", pdf(3)), **facts}).status_code == 302
    assert found(here, request) == []

    # Replaced files stay readable, for the exporter and for staff; pages are drawn as of any paper.
    with tenant(here.certifier):
        kept = list(Document.objects.filter(dossier__supplier=seller).order_by("pk"))
        assert [(one.name, bool(one.removed_at)) for one in kept] == [
            ("cu-2025.pdf", True), ("cu-2025b.pdf", True), ("cu-2026.pdf", False),
        ]  # fmt: skip
    shown = sender.get(page).content.decode()
    assert "2 earlier versions" in shown
    newest = kept[-1]
    dispatch.run(Dispatch.objects.get(topic="pages", subject_id=newest.pk).pk)
    staff, at = factories.signed_in(here.reviewer), f"/tierra/cases/{request.reference}/"
    case = staff.get(at, {"doc": newest.pk}).content.decode()
    assert "Organic certificate of Cabana" in case
    assert "CU-1, valid until" in case
    assert "Page 1 of 3" in case
    assert staff.get(f"{at}papers/{newest.pk}/1.webp").status_code == 200
    for one in kept:
        assert read(staff, f"{at}papers/{one.pk}/original/").status_code == 200
        assert read(sender, f"{page}{one.pk}/").status_code == 200
    listed = f"/tierra/suppliers/{seller.pk}/certificate/{newest.pk}/"
    assert listed in staff.get(f"/tierra/operations/{here.exporter.nop_id}/").content.decode()
    assert read(staff, listed)["Content-Disposition"].startswith("attachment; ")
    archive = b"".join(staff.get(f"{at}archive/").streaming_content)
    assert f"{newest.pk:08d}-supplier_certificate.pdf".encode() in archive
    for width in (390, 1280):
        for html in (shown, case):
            show(view := page_at(width), html, page)
            assert_no_overflow(view)
            assert_accessible(view)


def test_another_file_during_the_review_asks_for_the_suppliers_guarantee_again(here: Side, sender: Client) -> None:
    request = case_of(here)
    with tenant(here.certifier):
        page = f"/tierra/suppliers/{Supplier.objects.get().pk}/certificate/"
    facts = {"certificate_number": "CU-1", "certificate_to": request.departure_on.isoformat()}
    at, staff = f"/tierra/cases/{request.reference}/", factories.signed_in(here.reviewer)
    assert sender.post(page, {"file": upload("cu-1.pdf"), **facts}).status_code == 302
    assert ", after the request was sent" in staff.get(at).content.decode()
    verdict = {"line": "1", "v-supplier_guarantee": "match"}
    staff.post(f"{at}verdicts/?check=supplier_guarantee", verdict)
    assert f"Confirmed by {here.reviewer}" in staff.get(at).content.decode()
    facts["seen"] = shown_by(sender.get(page))
    assert sender.post(page, {"file": upload("cu-2.pdf", pdf(2)), **facts}).status_code == 302
    changed = staff.get(at).content.decode()
    assert "Another file since the supplier guarantee was confirmed" in changed
    assert "Before it changed: Match" in changed
    staff.post(f"{at}verdicts/?check=supplier_guarantee", verdict)  # the same word, now about the new file
    assert f"Confirmed by {here.reviewer}" in staff.get(at).content.decode()


def test_a_newer_certificate_answers_the_question_about_the_guarantee(here: Side, sender: Client) -> None:
    """The question page leads to the supplier, where it is kept; an older file is no answer."""
    request = case_of(here)
    with tenant(here.certifier):
        page = f"/tierra/suppliers/{Supplier.objects.get().pk}/certificate/"
    assert sender.post(page, {"file": upload("cu-1.pdf"), "certificate_to": "2020-01-01"}).status_code == 302
    with tenant(here.certifier):
        cases.confirm(request, here.reviewer, but={"supplier_guarantee": ("differs", "it ended in 2020")})
        request.refresh_from_db()
    assert asked_over_http(here, request)[1].status_code == 302
    questions = f"/tierra/requests/{request.reference}/questions/"
    before = sender.get(questions).content.decode()
    assert "Add: organic certificate of Cabana" in before
    assert "0 of 1 answered" in before
    [way] = [n for n in range(4) if sender.post(questions, {"to": f"1:{n}"})["Location"] == page]
    assert f'value="1:{way}"' in before
    newer = {"file": upload("cu-2.pdf", pdf(2)), "seen": shown_by(sender.get(page))}
    assert sender.post(page, newer).status_code == 302
    after = sender.get(questions).content.decode()
    assert ("1 of 1 answered" in after, "Document added: cu-2.pdf" in after) == (True, True)


def test_a_supplier_of_the_same_certifier_needs_no_file_but_its_last_day_counts(here: Side) -> None:
    request = case_of(here)
    with tenant(here.certifier):
        Supplier.objects.update(same_certifier=True)
    assert found(here, request) == []
    with tenant(here.certifier):
        Supplier.objects.update(certificate_to=today("UTC"))
    assert [severity for severity, _said in found(here, request)] == ["question"]


def test_a_file_is_its_exporters_and_the_offices(here: Side, committed_world: World) -> None:
    seller = factories.supplier(here)
    page = f"/tierra/suppliers/{seller.pk}/certificate/"
    factories.signed_in(here.sender).post(page, {"file": upload()})
    with tenant(here.certifier):
        kept = Document.objects.get()
    for person, status in ((here.member, 200), (here.reviewer, 200), (committed_world.there.sender, 404)):
        assert read(factories.signed_in(person), f"{page}{kept.pk}/").status_code == status
    # Nor is it a paper of a request that bought nothing from this supplier.
    request = cases.sent(here)
    original = f"/tierra/cases/{request.reference}/papers/{kept.pk}/original/"
    assert factories.signed_in(here.reviewer).get(original).status_code == 404


def test_the_supplier_of_a_transaction_certificate_is_to_be_chosen_in_words(here: Side) -> None:
    page = factories.signed_in(here.sender).get(f"/{here.certifier.slug}/suppliers/certificates/new/")
    assert "Choose the supplier</option>" in page.content.decode()


@pytest.mark.parametrize(("days", "said"), [(-1, "Expired"), (0, "Ends soon"), (30, "Ends soon"), (31, "")])
def test_a_certificate_that_ends_is_marked_for_the_exporter_and_the_office(here: Side, days: int, said: str) -> None:
    seller = factories.supplier(here)
    with tenant(here.certifier):
        last = today_of(here.certifier.pk) + timedelta(days=days)
        Supplier.objects.filter(pk=seller.pk).update(certificate_number="CU-1", certificate_to=last)
    pages = [
        factories.signed_in(here.sender).get("/tierra/suppliers/"),
        factories.signed_in(here.reviewer).get(f"/tierra/operations/{here.exporter.nop_id}/"),
    ]
    for page in pages:
        assert [words for words in ("Expired", "Ends soon") if words in page.content.decode()] == (
            [said] if said else []
        )
