"""One wrong digit found after departure: on evidence, by two people, told to USDA, under the same number."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, ProgrammingError, transaction

from nopic.certificates import limits
from nopic.certificates.actions import correcting, revising
from nopic.certificates.issuance.endings import revised
from nopic.certificates.limits import Slip
from nopic.certificates.models import Certificate, PublicRecord, RegistryOperation, Revision
from nopic.certificates.statuses import Corrected, OperationKind
from nopic.ledger import accounts
from nopic.products.models import ProductVersion
from nopic.tenants.context import tenant
from nopic.tenants.models import Importer
from nopic.watch import actions as watch
from nopic.workflow.clock import now, today
from nopic.workflow.transitions import Overtaken, Refused
from tests import factories
from tests.delivery import consignments
from tests.delivery.consignments import Consignment
from tests.documents.corpus.papers import text_pdf
from tests.factories import World

RIGHT = "0901.11.0025"
ASKED = {"what": "hts", "to": "0901.11.00.25", "why": "The organic suffix was mistyped."}
Make = Callable[..., Consignment]


@pytest.fixture
def left(world: World) -> Make:
    """An issued certificate whose goods left a week ago, on a request that was sent `sent_days_ago`."""

    def make(sent_days_ago: int = 12, left_days_ago: int = 7) -> Consignment:
        departure = today("UTC") - timedelta(days=left_days_ago)
        made = consignments.make(
            world.here, world.importer, departure_on=departure, arrival_in=30, sent_days_ago=sent_days_ago
        )
        with tenant(world.here.certifier):
            line = made.certificate.line
            line.account = world.here.account
            line.save(update_fields=["account"])
            accounts.hold(line.account, Decimal(38400), line_id=line.pk, turn=1, by="test")
            accounts.issue(line.account, Decimal(38400), line_id=line.pk, turn=1, by="test")
        return made

    return make


def listed(world: World, hts: str = RIGHT) -> None:
    """The verified list says it, too."""
    with tenant(world.here.certifier):
        ProductVersion.objects.create(
            certifier=world.here.certifier, item=world.here.item, number=2, wording="Organic green coffee", hts=hts,
            label_category="organic", origin_country="Peru", last_processing_country="Peru", package_kind="bags",
            valid_from=date(2026, 1, 1), created_by="test",
        )  # fmt: skip


def asked(consignment: Consignment, what: Corrected = Corrected.HTS, to: str = RIGHT) -> Revision:
    with tenant(consignment.side.certifier):
        slip = Slip(what, to, "Mistyped.")
        return correcting.ask(certificate=consignment.certificate, slip=slip, by=consignment.side.sender)


def published(consignment: Consignment) -> Certificate:
    """What follows when the registry has taken it."""
    with tenant(consignment.side.certifier):
        certificate = Certificate.objects.select_related("request__policy", "line__account").get(
            pk=consignment.certificate.pk
        )
        revised(certificate, 2, at=now(), by="test")
    return certificate


def test_a_wrong_digit_is_asked_for_checked_told_to_usda_and_approved_by_another_person(
    world: World, left: Make
) -> None:
    side, made = world.here, left()
    pk = made.certificate.pk
    exporter, first, second = map(factories.signed_in, (side.sender, side.reviewer, side.colleague))
    change = exporter.get(f"/tierra/certificates/{pk}/change/").content.decode()
    assert "The goods have left, and no other certificate can be issued" in change
    at = f"/tierra/certificates/{pk}/correct/"
    assert at in change
    assert exporter.post(at, ASKED).status_code == 302
    assert exporter.post(at, ASKED).status_code == 302  # twice is once
    for wrong, sentence in (
        ({}, "Choose the file"),
        ({"paper": SimpleUploadedFile("booking.pdf", b"no PDF", "application/pdf")}, "The paper: "),
    ):
        refused = exporter.post(f"{at}paper/", wrong)
        assert refused.status_code == 422
        assert f'<a href="#paper">{sentence}' in refused.content.decode()
    paper = SimpleUploadedFile("booking.pdf", text_pdf(), "application/pdf")
    assert exporter.post(f"{at}paper/", {"paper": paper}).status_code == 302
    assert "booking.pdf" in exporter.get(at).content.decode()
    consignments.work("version_asked", "mail")
    assert [one.to for one in mail.outbox if one.subject.startswith("Version 2 asked for")] == [[side.certifier.email]]
    with tenant(side.certifier):
        revision = Revision.objects.get(certificate_id=pk)
    page = f"/tierra/certificates/{pk}/revisions/{revision.pk}/"
    shown = first.get(page).content.decode()
    for words in ("0901.11.0015", RIGHT, "Evidence", "booking.pdf", "The verified list does not say 0901.11.0025"):
        assert words in shown
    usda = {"do": "check", "usda-note": "HTS 0901.11.0015 should be 0901.11.0025.", "usda-told_on": f"{now():%Y-%m-%d}"}
    assert first.post(page, usda).status_code == 422
    listed(world)
    assert "colleague first checks" in second.post(page, {"verdict": "approve"}).content.decode()
    assert first.post(page, {**usda, "usda-note": ""}).status_code == 422
    early = first.post(page, {**usda, "usda-told_on": "2030-01-01"})
    assert (early.status_code, list(early.context["check_form"].errors)) == (422, ["told_on"])
    assert "USDA was told on Tue 1 Jan 2030: that day has not come yet." in early.content.decode()
    assert first.post(page, usda).status_code == 302
    assert first.post(page, usda).status_code == 302  # a kind sentence, and nothing twice
    own = first.post(page, {"verdict": "approve"})
    assert (own.status_code, "You checked it yourself" in own.content.decode()) == (422, True)
    assert second.post(page, {"verdict": "approve"}).status_code == 302
    with tenant(side.certifier):
        [owed] = RegistryOperation.objects.filter(certificate_id=pk, kind=OperationKind.REVISE)
        assert (owed.payload["hts"], owed.payload["net_weight_kg"]) == (RIGHT, "38400")
    certificate = published(made)
    said = "Clerical correction: HTS code 0901.11.0015 corrected to 0901.11.0025."
    assert (certificate.number, certificate.version) == (made.number, 2)
    assert (certificate.data["hts"], certificate.data["revision"]["remarks"]) == (RIGHT, said)
    with tenant(side.certifier):
        assert accounts.account_of(side.item, side.account.crop_year).issued == Decimal(38400)
        kept = Revision.objects.get(certificate_id=pk)
        assert (kept.usda_note, kept.checked_by, kept.decided_by) == (usda["usda-note"], side.reviewer, side.colleague)
        assert kept.before["hts"] == "0901.11.0015"
        # Nothing else became possible for goods that have left.
        certificate.refresh_from_db()
        assert "have left" in limits.obstacles_to_replace(certificate)[0]
    public = exporter.get(f"/v/{made.number}?k={made.key}").content.decode()
    assert RIGHT in public


def test_the_importer_whose_nop_id_is_right_reads_it_from_then_on_and_the_other_one_no_more(
    world: World, left: Make
) -> None:
    side, made = world.here, left()
    revision = asked(made, Corrected.IMPORTER, world.other_importer.nop_id)  # 9100019836: two neighbours swapped
    with tenant(side.certifier):
        correcting.check(revision=revision, note="The importer's NOP ID.", told_on=now().date(), by=side.reviewer)
        revising.approve(revision=revision, by=side.colleague)
    wrong, right = map(factories.signed_in, (world.importer_user, world.other_importer_user))
    assert wrong.get(f"/in/{made.number}/").status_code == 200
    certificate = published(made)
    assert certificate.data["importer"]["nop_id"] == world.other_importer.nop_id
    assert certificate.data["importer"]["name"] == world.other_importer.name
    with tenant(side.certifier):
        assert PublicRecord.objects.get(pk=certificate.pk).importer_id == world.other_importer.pk
    assert wrong.get(f"/in/{made.number}/").status_code == 404
    assert right.get(f"/in/{made.number}/").status_code == 200


@pytest.mark.parametrize(("who", "held"), [("other_importer", True), ("importer", False)])
def test_from_then_on_the_watch_looks_at_the_importer_on_the_certificate(
    world: World, left: Make, who: str, held: bool
) -> None:
    side, made = world.here, left()
    revision = asked(made, Corrected.IMPORTER, world.other_importer.nop_id)
    with tenant(side.certifier):
        correcting.check(revision=revision, note="The importer's NOP ID.", told_on=now().date(), by=side.reviewer)
        revising.approve(revision=revision, by=side.colleague)
    certificate = published(made)
    Importer.objects.filter(pk=getattr(world, who).pk).update(status="suspended")
    with tenant(side.certifier):
        concerns = watch.notice(certifier_id=side.certifier.pk, today=today("UTC"))
        certificate.refresh_from_db()
    assert (len(concerns), bool(certificate.on_hold_since)) == (int(held), held)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"to": "0901.11.0015"}, "That is what the certificate says already."),
        ({"to": "0901.12.0025"}, "Only a slip of the pen is corrected after departure"),
        ({"to": "0901.11.002"}, "The tariff code must have 10 digits"),
        ({"to": ""}, "Enter the right number"),
        ({"what": "net_weight_kg"}, "choose one from the list"),
        ({"what": "importer", "to": "9100019837"}, "No importer with the NOP ID 9100019837 is known here."),
        ({"what": "importer", "to": "901-9010000017-000042"}, "not the NOP ID of an operation"),
        ({"why": "\x00"}, "cannot be kept"),
    ],
)
def test_what_cannot_be_corrected_is_said_and_nothing_is_lost(
    world: World, left: Make, change: dict[str, str], words: str
) -> None:
    at = f"/tierra/certificates/{left().certificate.pk}/correct/"
    reply = factories.signed_in(world.here.sender).post(
        at, {"what": "hts", "why": "Of 3 March.", "to": RIGHT, **change}
    )
    page = reply.content.decode()
    assert (reply.status_code, words in page) == (422, True)
    assert "why" in change or "Of 3 March." in page
    with tenant(world.here.certifier):
        assert not Revision.objects.exists()


@pytest.mark.parametrize(
    ("sent", "departed", "words"),
    [(12, -3, "The goods have not left yet. Replace the certificate"), (5, 7, "the goods had left on")],
)
def test_only_a_certificate_that_was_asked_for_before_departure_is_corrected_and_only_afterwards(
    left: Make, sent: int, departed: int, words: str
) -> None:
    with pytest.raises(Refused, match=words):
        asked(left(sent, departed))


def test_when_request_and_departure_are_of_one_day_a_paper_must_say_which_came_first(world: World, left: Make) -> None:
    side, made = world.here, left(7, 7)
    listed(world)
    revision = asked(made)
    with tenant(side.certifier):
        with pytest.raises(Refused, match="at what time the goods left"):
            correcting.check(revision=revision, note="Told.", told_on=now().date(), by=side.reviewer)
        factories.paper(made.request, "correction", f"revision-{revision.pk}")
        correcting.check(revision=revision, note="Told.", told_on=now().date(), by=side.reviewer)
        with pytest.raises(Overtaken):
            correcting.attach(revision=revision)


def test_the_database_refuses_one_person_for_both_and_keeps_what_was_told(world: World, left: Make) -> None:
    side, made = world.here, left()
    listed(world)
    revision = asked(made)
    with tenant(side.certifier):
        correcting.check(revision=revision, note="Told.", told_on=now().date(), by=side.reviewer)
        same = {"status": "approved", "decided_by": side.reviewer, "decided_at": now(), "data": {}}
        with pytest.raises(IntegrityError, match="revision_by_two_people"), transaction.atomic():
            Revision.objects.filter(pk=revision.pk).update(**same)
        for column in ({"usda_note": "Something else."}, {"corrected_to": "0901.11.0035"}, {"left_on": now().date()}):
            with pytest.raises(ProgrammingError, match="frozen"), transaction.atomic():
                Revision.objects.filter(pk=revision.pk).update(**column)
