"""The PDF of an issued certificate: stored once, recorded once, repeatable, and never a reason to lose the number."""

from pathlib import Path
from typing import Any

import pytest

from nopic.certificates import actions, pdf, projection, queries
from nopic.certificates.models import Certificate, CertificateFile, PublicRecord
from nopic.certificates.statuses import CertificateStatus, OperationKind
from nopic.documents import files
from nopic.tenants import secrets
from nopic.tenants.context import bearer, organisation, tenant
from nopic.workflow import dispatch
from tests.delivery.consignments import text_of
from tests.factories import World, signed_in
from tests.faults import lab
from tests.faults.conftest import _no_transaction_is_open_while_we_wait, oid, server  # noqa: F401 - the same registry
from tests.faults.lab import begun, drain, fresh, in_a_child, owed, was_killed
from tests.faults.test_changes import change as change_it
from tests.mock_oid import MockOid

CRASHES = ("paper.before_render", "paper.after_render", "paper.after_store", "paper.after_record")


@pytest.fixture
def issued(oid: MockOid, committed_world: World) -> list[Certificate]:  # noqa: F811
    certificates = begun(committed_world.here, len(CRASHES))
    drain()
    return [fresh(one) for one in certificates]


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page that costs nothing; what a real one looks like is tested with the PDF itself."""

    def rendered(document: pdf.CertificateDocument, **_: Any) -> Any:
        page = b"%PDF- " + document.frozen
        return pdf.Rendered(html="", pdf=page, sha256="", pages=1)

    monkeypatch.setattr(pdf, "render", rendered)


def test_the_real_pipeline_stores_a_real_page(issued: list[Certificate], committed_world: World) -> None:
    side = committed_world.here
    drain("render", seconds=90)
    for certificate in map(fresh, issued):
        with tenant(side.certifier):
            file = certificate.files.get()
            record = certificate.record
        assert certificate.rendered_at
        assert (record.file_sha256, record.file_size) == (file.sha256, file.size)
        with files.open_verified(side.certifier.pk, file.sha256, area="certificates") as stored:
            assert stored.read(5) == b"%PDF-"
    assert len(owed("hand_over")) == len(issued)


def test_a_cancelled_certificate_gets_a_page_that_says_so_and_the_first_one_is_kept(
    issued: list[Certificate], committed_world: World
) -> None:
    side, certificate = committed_world.here, issued[0]
    drain("render", seconds=90)
    with tenant(side.certifier):
        first = certificate.files.get()
        actions.cancel(certificate=certificate, by=side.reviewer, reason="documents_late")
        assert PublicRecord.objects.get(certificate=certificate).file_sha256 == ""
    drain("render", seconds=90)
    with tenant(side.certifier):
        assert certificate.files.get(version=1) == first
        marked = certificate.files.get(version=2)
        assert PublicRecord.objects.get(certificate=certificate).file_sha256 == marked.sha256
    with files.open_verified(side.certifier.pk, marked.sha256, area="certificates") as stored:
        assert text_of(stored.read()).count("Not valid for import: cancelled") == 2  # on top, and on the broker's part


def test_the_page_of_an_earlier_version_is_kept_as_it_was_and_once_more_with_a_mark_that_staff_and_exporter_read(
    issued: list[Certificate], committed_world: World
) -> None:
    side, certificate = committed_world.here, issued[0]
    drain("render", seconds=90)
    with tenant(side.certifier):
        first = certificate.files.get()
    change_it(side, certificate, OperationKind.REVISE)
    drain("registry", "render", seconds=90)
    with tenant(side.certifier):
        stored = {file.version: file for file in certificate.files.all()}
        assert (sorted(stored), stored[1]) == ([1, 2, 3], first)
        assert PublicRecord.objects.get(certificate=certificate).file_sha256 == stored[3].sha256
    at = f"/tierra/certificates/{certificate.pk}"
    for person in (side.sender, side.reviewer):
        answer = signed_in(person).get(f"{at}/version-1.pdf")
        assert f'"{fresh(certificate).number}-version-1-REPLACED.pdf"' in answer["Content-Disposition"]
        page = b"".join(answer.streaming_content)
        marked = text_of(page)
        assert marked.count("Not valid for import: a newer version is in force") == 2
        assert "Version 2" not in marked
        assert signed_in(person).get(f"{at}/version-2.pdf").status_code == 404
    assert (
        f"{at}/version-1.pdf"
        in signed_in(side.sender).get(f"/tierra/my-certificates/{certificate.pk}/").content.decode()
    )
    valid = text_of(b"".join(signed_in(side.sender).get(f"{at}/certificate.pdf").streaming_content))
    assert ("Version 2" in valid, "Not valid for import" in valid) == (True, False)
    assert signed_in(committed_world.there.sender).get(f"{at}/version-1.pdf").status_code in (403, 404)


def test_a_process_killed_at_any_step_of_rendering_leaves_one_file(
    issued: list[Certificate], committed_world: World, quick: None, settings: Any
) -> None:
    for step, row in zip(CRASHES, owed("render"), strict=True):
        assert was_killed(in_a_child(lambda row=row: dispatch.run(row), crash_at=step))
    drain("render")
    for certificate in map(fresh, issued):
        with tenant(committed_world.here.certifier):
            assert certificate.files.count() == 1
        assert certificate.rendered_at
        assert certificate.status == CertificateStatus.ISSUED
    kept = [path for path in Path(settings.DATA_DIR).rglob("*") if path.is_file() and len(path.name) == 64]
    assert len(kept) == len(issued)


def test_a_page_that_kills_three_processes_is_set_aside_and_the_certificate_stays_issued(
    issued: list[Certificate], committed_world: World, quick: None
) -> None:
    poison, *others = owed("render")
    for _ in range(3):
        assert was_killed(in_a_child(lambda: dispatch.run(poison), crash_at="paper.before_render"))
        lab.wait(lambda: poison in owed("render", due_only=True))
    drain("render")
    [bad] = [one for one in map(fresh, issued) if one.attention]
    assert "three times" in bad.attention
    assert bad.status == CertificateStatus.ISSUED
    assert len([one for one in map(fresh, issued) if one.rendered_at]) == len(others)
    with tenant(committed_world.here.certifier):
        actions.try_again(certificate=bad, by=committed_world.here.reviewer)
    drain("render")
    assert fresh(bad).rendered_at
    assert fresh(bad).attention == ""


def test_what_cannot_be_printed_is_said_and_not_tried_for_ever(
    issued: list[Certificate], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise pdf.UnprintableText(["ꙮ"])

    monkeypatch.setattr(pdf, "render", broken)
    drain("render")
    assert ["ꙮ" in one.attention for one in map(fresh, issued)] == [True] * len(issued)


def test_the_public_record_opens_to_addressees_and_by_key_and_says_do_not_use_at_once(
    issued: list[Certificate], committed_world: World
) -> None:
    side, certificate = committed_world.here, issued[0]
    with organisation(importer_id=committed_world.importer.pk):
        assert PublicRecord.objects.count() == len(issued)
    with organisation(broker_id=committed_world.broker.pk):
        assert PublicRecord.objects.count() == len(issued)
    with organisation(importer_id=committed_world.other_importer.pk):
        assert PublicRecord.objects.count() == 0
    opens = projection.verification_secret(certificate.number or "", certificate.verification_key)
    target = secrets.resolve("verify", opens)
    assert target == secrets.Target(side.certifier.pk, certificate.pk)
    assert secrets.resolve("verify", opens[:-1] + "0") in (None, target)
    with bearer(certificate_id=certificate.pk):
        record = PublicRecord.objects.get()
        assert record.status == "issued"
        assert record.cancelled_at is None
        assert record.final_document_owed
    with tenant(side.certifier):
        actions.cancel(certificate=certificate, by=side.reviewer, reason="documents_late")
    with bearer(certificate_id=certificate.pk):
        record = PublicRecord.objects.get()
        assert record.cancelled_at
        assert record.cancel_reason == "The final documents did not come in time."


def test_what_was_frozen_at_approval_cannot_be_changed(issued: list[Certificate], committed_world: World) -> None:
    from django.db import InternalError, ProgrammingError

    for change in ({"data": {}}, {"number": "901-9010004127-999999"}, {"verification_key": "0" * 16}):
        with pytest.raises((InternalError, ProgrammingError), match="frozen"), tenant(committed_world.here.certifier):
            Certificate.objects.filter(pk=issued[0].pk).update(**change)
    with pytest.raises((InternalError, ProgrammingError)), tenant(committed_world.here.certifier):
        CertificateFile.objects.update(size=1)
    with pytest.raises((InternalError, ProgrammingError)), tenant(committed_world.here.certifier):
        lab.RegistryAttempt.objects.all().delete()


def test_lists_are_paged_by_key_and_found_by_number_and_request(
    issued: list[Certificate], committed_world: World
) -> None:
    side = committed_world.here
    ids = sorted((one.pk for one in issued), reverse=True)
    with tenant(side.certifier):
        first = queries.for_certifier(side.certifier.pk, limit=3)
        assert [one.pk for one in first.certificates] == ids[:3]
        second = queries.for_certifier(side.certifier.pk, limit=3, after=first.after)
        assert [one.pk for one in second.certificates] == ids[3:]
        assert second.after is None
        for words in (issued[0].number, (issued[0].number or "").replace("-", " ")):
            assert [c.pk for c in queries.for_certifier(side.certifier.pk, search=words or "").certificates] == [
                issued[0].pk
            ]
        # Lots, containers and names are words of the request; the page looks those up (nopic.review) and passes them.
        found = queries.for_certifier(side.certifier.pk, search="APLU", requests=[issued[0].request_id])
        assert len(found.certificates) == len(issued)
        beginning = queries.for_certifier(side.certifier.pk, search="901-90")
        assert len(beginning.certificates) == len(issued)
        assert queries.for_certifier(side.certifier.pk, search="nothing like it").certificates == []
        assert len(queries.for_exporter(side.certifier.pk, side.exporter.pk).certificates) == len(issued)
        assert queries.for_exporter(side.certifier.pk, side.exporter.pk + 999).certificates == []
        assert [c.pk for c in queries.for_request(issued[0].request)] == sorted(ids)
        assert len(queries.for_certifier(side.certifier.pk, state="issued").certificates) == len(issued)
        assert queries.for_certifier(side.certifier.pk, state="cancelled").certificates == []
    with tenant(committed_world.there.certifier):
        assert queries.for_certifier(side.certifier.pk).certificates == []
