"""The document list of a case: accepted, not accepted with a reason, not needed; organic or not; replaced files stay."""

import pytest
from django.test import Client

from nopic.documents import files
from nopic.documents.models import Document, Ruling
from nopic.requests import queries
from nopic.requests.actions import open_slot
from nopic.requests.models import CertificateRequest, RequestLine
from nopic.review import queries as review
from nopic.review.models import CheckVerdict
from nopic.review.policies import obstacles_to_approve
from nopic.tenants.context import tenant
from nopic.workflow.models import AuditEvent
from nopic.workflow.transitions import Overtaken
from tests import factories
from tests.factories import World
from tests.review import cases

pytestmark = pytest.mark.sent

INVOICE = "commercial_invoice"


@pytest.fixture
def reviewer(world: World) -> Client:
    return factories.signed_in(world.here.reviewer)


def press(client: Client, request: CertificateRequest, button: str, why: str = "", htmx: bool = False):
    anchor = button.split(":")[1]
    headers = {"HX-Request": "true"} if htmx else {}
    return client.post(
        f"/tierra/cases/{request.reference}/papers/", {"paper": button, f"why-{anchor}": why}, headers=headers
    )


def slot(world: World, request: CertificateRequest, rule: str = INVOICE):
    with tenant(world.here.certifier):
        fresh = CertificateRequest.objects.get(pk=request.pk)
        return next(each for each in queries.documents(fresh) if each.rule == rule)


def test_a_paper_that_is_not_accepted_is_missing_again_until_the_exporter_replaces_it(
    world: World, reviewer: Client
) -> None:
    request = cases.ready(world.here)
    first = slot(world, request).files[0]
    assert press(reviewer, request, f"not_accepted:{INVOICE}:{first.pk}", "Shows 20,000 kg").status_code == 302
    row = slot(world, request)
    assert (row.state, row.reason, row.decided_by) == ("refused", "Shows 20,000 kg", str(world.here.reviewer))
    with tenant(world.here.certifier):
        fresh = CertificateRequest.objects.get(pk=request.pk)
        stops = [one.staff_sentence for one in review.load(fresh).findings if one.is_stop]
        assert any(text.startswith("Commercial invoice is missing: not accepted by") for text in stops)
        assert open_slot(request=fresh, rule=INVOICE, subject="", takes_off=True) == fresh.dossier
    shown = factories.signed_in(world.here.sender).get(f"/tierra/requests/{request.reference}/documents/")
    assert "Shows 20,000 kg" in shown.content.decode()
    with tenant(world.here.certifier):
        Document.objects.filter(pk=first.pk).update(removed_at="2026-11-28T10:00Z", removed_by="Sender")
        second = factories.paper(request, INVOICE, name="invoice-2.pdf")
    row = slot(world, request)
    assert (row.state, row.files, row.earlier) == ("received", (second,), (first,))
    page = reviewer.get(f"/tierra/cases/{request.reference}/").content.decode()
    assert "1 earlier version" in page
    press(reviewer, request, f"accepted:{INVOICE}:{second.pk}")
    assert slot(world, request).state == "accepted"
    with tenant(world.here.certifier):
        assert [one.ruling for one in Ruling.objects.order_by("pk")] == ["not_accepted", "accepted"]
        assert AuditEvent.objects.filter(verb="paper decided").count() == 2


def test_a_decision_needs_its_reason_and_loses_nothing_typed(world: World, reviewer: Client) -> None:
    request = cases.taken(world.here)
    file = slot(world, request).files[0]
    answer = press(reviewer, request, f"not_needed:{INVOICE}:{file.pk}", " ")
    assert answer.status_code == 422
    assert "Commercial invoice: write why it is not needed" in answer.content.decode()
    part = press(reviewer, request, f"not_accepted:{INVOICE}:{file.pk}", "", htmx=True)
    assert part.status_code == 422
    assert "<html" not in part.content.decode()
    assert slot(world, request).state == "received"
    cut = press(reviewer, request, f"not_accepted:{INVOICE}:{file.pk}", "x" * 500 + " until 3 May")
    text = cut.content.decode()
    assert (cut.status_code, "at most 500 characters" in text, "x until 3 May" in text) == (422, True, True)
    assert slot(world, request).state == "received"
    press(reviewer, request, f"not_needed:{INVOICE}:{file.pk}", "Sold under the framework invoice")
    assert slot(world, request).state == "not_needed"
    press(reviewer, request, f"open:{INVOICE}:{file.pk}")
    assert slot(world, request).state == "received"


def test_only_who_has_the_case_decides_and_only_on_the_files_that_were_seen(world: World, reviewer: Client) -> None:
    request = cases.taken(world.here, by=world.here.colleague)
    file = slot(world, request).files[0]
    press(reviewer, request, f"accepted:{INVOICE}:{file.pk}")
    press(factories.signed_in(world.here.colleague), request, f"accepted:{INVOICE}:{file.pk + 1000}")
    assert slot(world, request).state == "received"
    press(factories.signed_in(world.here.colleague), request, f"accepted:{INVOICE}:{file.pk}", htmx=True)
    assert slot(world, request).state == "accepted"
    with tenant(world.here.certifier), pytest.raises(Overtaken):
        open_slot(request=request, rule=INVOICE, subject="")


@pytest.mark.parametrize(
    ("rule", "kind", "severity"),
    [
        (INVOICE, "", "stop"),
        ("packing_list", "", "stop"),
        ("transport_document", "final", "stop"),
        ("transport_document", "draft", "note"),
        ("transport_document", "booking", "note"),
        ("phytosanitary_certificate", "", "note"),
    ],
)
def test_a_paper_that_does_not_say_organic_stops_only_where_it_goes_with_the_goods(
    world: World, reviewer: Client, rule: str, kind: str, severity: str
) -> None:
    request = cases.taken(world.here)
    with tenant(world.here.certifier):
        Document.objects.filter(dossier=request.dossier, rule=rule).update(removed_at="2026-11-28T10:00Z")
        file = factories.paper(request, rule, kind=kind, organic="found", organic_page=1)
    assert press(reviewer, request, f"no:{file.pk}").status_code == 302
    with tenant(world.here.certifier):
        fresh = CertificateRequest.objects.get(pk=request.pk)
        case = review.load(fresh)
        found = [one for one in case.findings if one.rule == "documents_name_the_product_as_organic"]
        assert [one.severity for one in found] == [severity]
        beside = next(each for each in case.checks(cases.line(fresh)) if each.id == "named_organic")
        assert beside.findings == found
    press(reviewer, request, f"yes:{file.pk}")
    with tenant(world.here.certifier):
        fresh = CertificateRequest.objects.get(pk=request.pk)
        assert "documents_name_the_product_as_organic" not in {one.rule for one in review.load(fresh).findings}
        document = Document.objects.get(pk=file.pk)
        assert (document.named_organic, document.named_by) == (True, str(world.here.reviewer))


@pytest.mark.parametrize("organic, part", [("not_found", "is not in its text."), ("in_part", "the file has more.")])
def test_a_reviewer_reads_whether_all_of_the_text_was_searched(world: World, organic: str, part: str) -> None:
    request = cases.taken(world.here)
    with tenant(world.here.certifier):
        Document.objects.filter(dossier=request.dossier, rule="commercial_invoice").update(
            removed_at="2026-11-28T10:00Z"
        )
        factories.paper(request, "commercial_invoice", organic=organic)
        case = review.load(CertificateRequest.objects.get(pk=request.pk))
        (found,) = [one for one in case.findings if one.rule == "documents_name_the_product_as_organic"]
    assert (found.severity, part in found.staff_sentence) == ("question", True)


def test_an_original_is_saved_under_its_own_name_and_never_opened_in_the_browser(
    world: World, reviewer: Client, tmp_path, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = cases.ready(world.here)
    first = slot(world, request).files[0]
    stored = tmp_path / first.sha256
    stored.write_bytes(b"%PDF-1.7 stored")
    monkeypatch.setattr(files, "open_verified", lambda *_args, **_named: stored.open("rb"))
    answer = reviewer.get(f"/tierra/cases/{request.reference}/papers/{first.pk}/original/")
    assert b"".join(answer.streaming_content) == b"%PDF-1.7 stored"
    assert answer["Content-Disposition"].startswith(f'attachment; filename="{first.name}"')
    assert (answer["Content-Length"], answer["X-Content-Type-Options"]) == ("15", "nosniff")


def test_that_nothing_is_needed_counts_only_while_the_answers_are_those_it_was_about(
    world: World, reviewer: Client
) -> None:
    request = cases.taken(world.here)
    seen = slot(world, request).files[0].pk
    assert press(reviewer, request, f"not_needed:{INVOICE}:{seen}", "A sample without value").status_code == 302
    assert slot(world, request).state == "not_needed"

    def becomes(**changes: object) -> str:
        with tenant(world.here.certifier):
            CertificateRequest.objects.filter(pk=request.pk).update(**changes)
        return slot(world, request).state

    assert becomes(vessel="Another one", place_of_loading="Paita") == "not_needed"  # the list does not look at it
    assert becomes(mode="air") == "received"
    page = reviewer.get(f"/tierra/cases/{request.reference}/").content.decode()
    assert f"Not needed before the request changed, {world.here.reviewer}: A sample without value" in page
    assert becomes(mode="sea") == "not_needed"
    with tenant(world.here.certifier):
        RequestLine.objects.filter(request=request).update(item=world.here.second_item)
    assert slot(world, request).state == "received"
    assert press(reviewer, request, f"not_needed:{INVOICE}:{seen}", "Neither has this one").status_code == 302
    assert slot(world, request).reason == "Neither has this one"


def test_a_product_is_approved_once_every_paper_is_said_to_name_it_as_organic_or_not(
    world: World, reviewer: Client
) -> None:
    here, request = world.here, cases.ready(world.here)
    with tenant(here.certifier):
        Document.objects.filter(dossier=request.dossier, rule__in=[INVOICE, "transport_document"]).update(
            named_organic=None
        )
        phyto = factories.paper(request, "phytosanitary_certificate")
    at, approve = f"/tierra/cases/{request.reference}/", f"/tierra/cases/{request.reference}/lines/1/approve/"

    def locked() -> list[str]:
        with tenant(here.certifier):
            fresh = CertificateRequest.objects.select_related("reviewer").get(pk=request.pk)
            against = obstacles_to_approve(cases.line(fresh), by=here.reviewer)
            assert all(each.rule == "organic_is_said" for each in against)
            return [each.staff_sentence.partition(" (")[0] for each in against]

    assert locked() == ["Commercial invoice", "Transport document", "Phytosanitary certificate"]
    page = reviewer.get(at).content.decode()
    said = "Commercial invoice (commercial_invoice.pdf): say whether it names the product as organic"
    assert f'<a href="#paper-{INVOICE}">{said}</a>' in page
    assert 'id="paper-commercial_invoice"' in page
    refused = reviewer.post(approve, {"revision": str(request.revision)})
    assert (refused.status_code, said in refused.content.decode()) == (422, True)

    # What is only written down may say no; what is not needed is not asked.
    press(reviewer, request, f"no:{phyto.pk}")
    invoice = slot(world, request).files[0]
    press(reviewer, request, f"not_needed:{INVOICE}:{invoice.pk}", "Sold under the framework invoice")
    assert locked() == ["Transport document"]
    draft = slot(world, request, "transport_document").files[0]
    press(reviewer, request, f"yes:{draft.pk}", htmx=True)
    assert locked() == []
    page = reviewer.get(at).content.decode()
    assert f'value="yes:{draft.pk}" aria-pressed="true"' in page
    assert f'value="no:{phyto.pk}" aria-pressed="true"' in page
    assert f'value="no:{draft.pk}" aria-pressed' not in page
    with tenant(here.certifier):
        request.refresh_from_db()
    assert reviewer.post(approve, {"revision": str(request.revision)}).status_code == 302
    with tenant(here.certifier):
        assert cases.line(request).status == "approved"


def test_without_scripts_a_button_of_the_list_keeps_what_is_ticked_in_the_checks(
    world: World, reviewer: Client
) -> None:
    request = cases.taken(world.here)
    file, at = slot(world, request).files[0], f"/tierra/cases/{request.reference}/papers/"
    form = {
        "paper": f"yes:{file.pk}",
        "v-packages": "differs",
        "note-packages": "318 bags",
        "revision": request.revision,
    }
    assert reviewer.post(at, {**form, "v-packages": "perhaps"}).status_code == 422
    assert reviewer.post(at, form).status_code == 302
    with tenant(world.here.certifier):
        [kept] = CheckVerdict.objects.filter(request=request)
        assert (kept.check_id, kept.verdict, kept.note) == ("packages", "differs", "318 bags")
        assert Document.objects.get(pk=file.pk).named_organic
