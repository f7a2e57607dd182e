"""The whole case on one page and as an archive: complete, the same bytes again, for staff only, and written down."""

import io
import json
import zipfile
from hashlib import sha256

from nopic.documents import files
from nopic.documents.statuses import RulingKind
from nopic.requests.checks import findings
from nopic.requests.models import CertificateRequest
from nopic.review import actions, queries
from nopic.tenants.context import tenant
from nopic.workflow.models import AuditEvent
from tests import factories
from tests.factories import World
from tests.review import cases
from tests.review.test_asking import PACKED


def with_a_kept_file(world: World) -> CertificateRequest:
    found = factories.submitted(world.here)
    with tenant(world.here.certifier):
        document = found.dossier.documents.earliest("pk")
        kept = files.store(world.here.certifier.pk, io.BytesIO(b"%PDF-1.7 the invoice"), area="documents")
        document.sha256 = kept.sha256
        document.save()
    return found


def packed(world: World, found: CertificateRequest) -> bytes:
    staff = factories.signed_in(world.here.reviewer)
    answer = staff.get(f"/tierra/cases/{found.reference}/archive/")
    assert answer["Content-Disposition"].startswith(f'attachment; filename="{found.reference}.zip"')
    return b"".join(answer.streaming_content)


def test_the_page_holds_boxes_checks_documents_and_log(world: World) -> None:
    found = cases.taken(world.here)
    with tenant(world.here.certifier):
        cases.confirm(found, world.here.reviewer)
    page = factories.signed_in(world.here.reviewer).get(f"/tierra/cases/{found.reference}/print/").content.decode()
    for part in ("19,200 kg", "Lot numbers", "commercial_invoice", "VV-26-118", f"{found.reference}: sent"):
        assert part in page
    log = page[page.index('id="h-log"') :]
    for words in (
        f"Sent by {world.here.sender}",
        f"Taken by {world.here.reviewer}",
        '<td class="any">Net weight: Match<',
    ):
        assert words in log  # as the history of the case says it
    assert "→" not in log


def test_what_was_let_pass_stays_in_the_record_of_a_product_that_is_decided(world: World) -> None:
    here = world.here
    request = cases.taken(here, lines=[factories.line_answers(here, **PACKED)])
    with tenant(here.certifier):
        line, rule = cases.line(request), "packages_hold_the_net_weight"
        actions.waive(request=request, line=line, rule=rule, reason="Half bags", by=here.reviewer)
        actions.refuse(line=line, by=here.reviewer, reason_code="hts_wrong", text="Another code")
        record = queries.record_of(CertificateRequest.objects.get(pk=request.pk))
    assert ("Compare them" in record.findings[0][1], record.findings[0][2]) == (True, f"{here.reviewer}: Half bags")
    page = factories.signed_in(here.reviewer).get(f"/tierra/cases/{request.reference}/print/").content.decode()
    assert f"Let pass by {here.reviewer}: Half bags" in page
    assert "Commercial invoice" in page[page.index('id="h-papers"') :]  # a row has its name


def test_the_archive_holds_data_log_and_files_with_their_hashes(world: World) -> None:
    found = with_a_kept_file(world)
    archive = zipfile.ZipFile(io.BytesIO(packed(world, found)))
    manifest = json.loads(archive.read("manifest.json"))
    names = set(archive.namelist())
    assert names == {each["name"] for each in manifest if "missing" not in each} | {"manifest.json"}
    assert {"case.html", "case.json", "log.json"} <= names
    for each in manifest:
        if "missing" not in each:
            assert sha256(archive.read(each["name"])).hexdigest() == each["sha256"]
    assert sum(1 for each in manifest if "missing" in each) > 0  # the factory's papers have no bytes
    assert json.loads(archive.read("case.json"))["reference"] == found.reference


def test_the_same_case_gives_the_same_bytes_and_every_export_is_written_down(world: World) -> None:
    found = with_a_kept_file(world)
    assert packed(world, found) == packed(world, found)
    with tenant(world.here.certifier):
        events = AuditEvent.objects.filter(subject_id=found.pk, verb="case exported")
        assert [each.actor for each in events] == [str(world.here.reviewer)] * 2


def test_integrity_rows_say_what_to_know_and_to_order_is_normal_trade(world: World) -> None:
    found = factories.submitted(world.here, consignee_name="To order of Banco Andino", consignee_address="Lima")
    page = factories.signed_in(world.here.reviewer).get(f"/tierra/cases/{found.reference}/").content.decode()
    for part in ("“to order”", "third country", "An affidavit that the unit was cleaned", "a bulk or part load"):
        assert part in page
    with tenant(world.here.certifier):
        assert [one.rule for one in findings(found, moment="approval") if one.severity != "note"] == []


def test_the_document_list_is_on_paper_and_in_the_archive_with_who_decided_and_why(world: World) -> None:
    here = world.here
    request = cases.taken(here)
    who = here.reviewer
    with tenant(here.certifier):
        files_of = list(request.dossier.documents.filter(rule="commercial_invoice").values_list("pk", flat=True))
        decided = [("commercial_invoice", RulingKind.NOT_ACCEPTED, "The invoice is of another buyer", files_of)]
        decided += [("phytosanitary_certificate", RulingKind.NOT_NEEDED, "Roasted goods need none", [])]
        for rule, ruling, reason, seen in decided:
            actions.rule_on_paper(
                request=request, rule=rule, subject="", ruling=ruling, reason=reason, seen=seen, by=who
            )
        record = queries.record_of(CertificateRequest.objects.get(pk=request.pk))
        listed = {each["row"]: each for each in queries.record_as_json(record)["document_list"]}
    page = factories.signed_in(who).get(f"/tierra/cases/{request.reference}/print/").content.decode()
    own = factories.signed_in(here.sender).get(f"/tierra/requests/{request.reference}/").content.decode()
    assert "Send another file" in own
    for (rule, ruling, reason, _seen), state in zip(decided, ("refused", "not_needed"), strict=True):
        assert (listed[rule]["state"], listed[rule]["by"], listed[rule]["reason"]) == (state, str(who), reason)
        assert f"{who}: {reason}" in page
        name = next(slot.name for slot in record.slots if slot.rule == rule)
        assert f"{name}: {ruling.replace('_', ' ')}<" in page  # the log says when
        assert reason in own
