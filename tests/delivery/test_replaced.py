"""A replaced certificate as its readers meet it: dead everywhere at once, and always with the number to use instead."""

from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client

from nopic.certificates import actions, policies, printed
from nopic.certificates.issuance import endings
from nopic.certificates.issuance.paper import issue_facts
from nopic.certificates.models import Certificate, PublicRecord
from nopic.certificates.pdf import CertificateDocument, boxes_v1
from nopic.delivery import actions as delivery
from nopic.delivery.access import file_name
from nopic.delivery.mails import letters
from nopic.delivery.models import Mail
from nopic.delivery.presenters import as_json
from nopic.delivery.tasks import _case
from nopic.ledger import accounts
from nopic.requests.models import CertificateRequest, RequestLine
from nopic.review import actions as looking
from nopic.review import policies as review
from nopic.tenants.context import tenant
from nopic.workflow.clock import now
from nopic.workflow.dispatch import Claim
from nopic.workflow.transitions import Overtaken, Refused
from tests import factories
from tests.delivery import consignments
from tests.delivery.consignments import Consignment
from tests.factories import World

NEW = "901-9010004127-999999"


@pytest.fixture
def old(world: World) -> Consignment:
    """An issued certificate whose kilograms are accounted."""
    made = consignments.make(world.here, world.importer)
    with tenant(world.here.certifier):
        line = made.certificate.line
        line.account = world.here.account
        line.save(update_fields=["account"])
        accounts.hold(line.account, Decimal(38400), line_id=line.pk, turn=1, by="test")
        accounts.issue(line.account, Decimal(38400), line_id=line.pk, turn=1, by="test")
    return made


def replaced_by(old: Consignment, world: World) -> Certificate:
    """The certificate in its place, with the number that the registry gave."""
    made = consignments.make(world.here, world.importer, reference="2026-0427", rendered=False)
    with tenant(world.here.certifier):
        was = made.certificate
        PublicRecord.objects.filter(certificate_id=was.pk).delete()
        line = was.line
        line.account = world.here.account
        line.save(update_fields=["account"])
        new = Certificate.objects.create(
            **{
                name: getattr(was, name)
                for name in ("certifier_id", "request_id", "importer_id", "data", "data_sha256", "template_version",
                             "page_size", "approved_at", "approved_by")
            },
            line=RequestLine.objects.create(
                certifier=world.here.certifier, request=made.request, position=9, status="approved",
                item=world.here.item, version=world.here.version, net_kg=Decimal(38400), account=world.here.account,
                decided_at=now(), decided_by=world.here.reviewer,
            ),
            verification_key="ABCDEFGHJKMN", replaces=old.certificate, status="issuing",
        )  # fmt: skip
        new = Certificate.objects.select_related("request__policy", "line__account", "replaces").get(pk=new.pk)
        endings.issued(new, NEW, at=now(), by="test")
    return new


def test_every_reader_is_told_which_number_to_use_instead(old: Consignment, world: World, client: Client) -> None:
    new = replaced_by(old, world)
    with tenant(world.here.certifier):
        dead = Certificate.objects.select_related("request__policy").get(pk=old.certificate.pk)
        record = PublicRecord.objects.get(certificate_id=dead.pk)
        said = as_json(record, "public")
        assert (said["state"], said["replaced_by"], said["valid_for_import"]) == ("not_valid", NEW, False)
        assert as_json(PublicRecord.objects.get(certificate_id=new.pk), "public")["replaces"] == old.number
        assert file_name(record) == f"{old.number}-REPLACED.pdf"
        assert printed.file_version(dead) == 2
        document = CertificateDocument.from_json(dead.data, issue_facts(dead))
        assert boxes_v1.context(document, "A4", boxes_v1.Typesetter())["standing"] == [
            "Not valid for import: replaced by another certificate"
        ]
        assert issue_facts(new)["replaces"] == old.number
        delivery.hand_over(certificate=dead)
        mails = list(Mail.objects.filter(certificate_id=dead.pk).order_by("pk"))
        assert sorted(one.recipient_kind for one in mails) == ["broker", "exporter", "importer"]
        claim = Claim(1, "mail", dead.certifier_id, mails[0].pk, fence=1, asked=1, attempts=1, crashes=0, ends_at=0)
        letter = letters.write(_case(claim, mails[0]))
    assert letter.subject == f"Replaced: {old.number}"
    assert ("Replaced by", NEW) in letter.facts
    page = client.get(f"/v/{old.number}?k={old.key}").content.decode()
    assert "Not valid for import" in page
    assert f"use {NEW} instead" in page
    assert f"Replaces {old.number}" in client.get(f"/v/{NEW}?k={new.verification_key}").content.decode()
    PublicRecord.objects.filter(certificate_id=old.certificate.pk).update(final_document_owed=True)
    shown = factories.signed_in(world.importer_user).get(f"/in/{old.number}/").content.decode()
    assert f"Use {NEW} instead" in shown
    assert "has still to come" not in shown
    slug = world.here.certifier.slug
    sender, door = factories.signed_in(world.here.sender), f"/{slug}/certificates/{old.certificate.pk}"
    change, again = (sender.get(f"{door}/{page}/").content.decode() for page in ("change", "replace"))
    assert "It is not in force any more and cannot be changed." in change
    assert "Record a change on the way" not in change
    assert "It is not in force any more. Start a new request instead." in again
    assert "stays in force until another one" not in again
    for person, where in ((world.here.reviewer, "certificates"), (world.here.sender, "my-certificates")):
        theirs = factories.signed_in(person)
        dead_page = theirs.get(f"/{slug}/{where}/{old.certificate.pk}/").content.decode()
        assert (NEW in dead_page, "Record a change on the way" in dead_page) == (True, False)
        assert old.number in theirs.get(f"/{slug}/{where}/{new.pk}/").content.decode()


def test_the_database_lets_one_certificate_be_replaced_once_and_for_good(old: Consignment, world: World) -> None:
    new = replaced_by(old, world)
    with tenant(world.here.certifier):
        account = world.here.account
        account.refresh_from_db()
        assert account.issued == 38400
        with pytest.raises(DatabaseError, match="in whose place"), transaction.atomic():
            Certificate.objects.filter(pk=new.pk).update(replaces=None)
        with pytest.raises(DatabaseError, match="in whose place"), transaction.atomic():
            Certificate.objects.filter(pk=old.certificate.pk).update(superseded_at=None)
        with pytest.raises(Refused, match="not in force any more"):
            actions.replace(certificate=old.certificate, by=world.here.sender)


def test_one_replacement_is_open_at_a_time_and_stands_against_revising(old: Consignment, world: World) -> None:
    here = world.here
    slug, client = here.certifier.slug, factories.signed_in(here.sender)
    address = f"/{slug}/certificates/{old.certificate.pk}/replace/"
    assert "Start the replacement" in client.get(address).content.decode()
    first = client.post(address)
    assert client.post(address)["Location"] == first["Location"]
    with tenant(here.certifier):
        begun = CertificateRequest.objects.get(certifier=here.certifier, replaces_id=old.certificate.pk)
        assert "replacement" in policies.obstacles_to_revise(old.certificate)[0]
        with pytest.raises(IntegrityError), transaction.atomic():
            CertificateRequest.objects.filter(pk=old.request.pk).update(
                status="draft", replaces_id=old.certificate.pk, replaces_line=old.certificate.line
            )
    page = f"/{slug}/my-certificates/{old.certificate.pk}/"
    assert f"under way as request {begun.reference}. Until then" in client.get(page).content.decode()
    with tenant(here.certifier):
        Certificate.objects.filter(pk=old.certificate.pk).update(
            cancel_requested_at=now(), cancel_requested_by=here.reviewer, cancel_reason="issued_in_error"
        )
    assert "stays in force" not in client.get(page).content.decode()


def test_a_second_look_beside_another_open_replacement_is_refused_in_words(old: Consignment, world: World) -> None:
    here = world.here
    with tenant(here.certifier):
        refused = actions.replace(certificate=old.certificate, by=here.sender)
        line = RequestLine.objects.create(
            certifier=here.certifier, request=refused, position=1, status="refused", item=here.item,
            version=here.version, net_kg=Decimal(38400), decided_at=now(), decided_by=here.reviewer, reason_code="other",
        )  # fmt: skip
        CertificateRequest.objects.filter(pk=refused.pk).update(
            status="decided", decided_at=now(), submitted_at=now(), policy=here.policy, turn=1
        )
        other = actions.replace(certificate=old.certificate, by=here.sender)
        line = RequestLine.objects.select_related("request").get(pk=line.pk)
        assert review.obstacles_to_second_look(line) == [
            f"Another request for its replacement is open: {other.reference}."
        ]
        with pytest.raises(Overtaken):
            looking.ask_second_look(line=line, by=here.sender, text="Look again")
        CertificateRequest.objects.filter(pk=other.pk).update(status="withdrawn", withdrawn_at=now())
        assert review.obstacles_to_second_look(line) == []
        CertificateRequest.objects.filter(pk=old.request.pk).update(departed_on=now().date())
        assert "The goods have left" in str(review.obstacles_to_second_look(line)[0])


def test_goods_that_have_left_are_not_certified_again(old: Consignment, world: World) -> None:
    with tenant(world.here.certifier):
        CertificateRequest.objects.filter(pk=old.request.pk).update(departed_on=now().date())
        with pytest.raises(Refused, match="no other certificate can be issued for goods that have left"):
            actions.replace(certificate=old.certificate, by=world.here.sender)


def test_staff_start_it_for_the_exporter_who_asked(old: Consignment, world: World) -> None:
    here = world.here
    client = factories.signed_in(here.reviewer)
    address = f"/{here.certifier.slug}/certificates/{old.certificate.pk}/replace/"
    assert client.post(address).status_code == 422
    done = client.post(address, {"asked_by": "Rosa", "means": "phone", "reason": "Another importer"})
    assert (done.status_code, "/requests/" in done["Location"]) == (302, True)
    assert client.get(done["Location"]).status_code == 200


def test_the_request_for_a_replacement_says_what_it_replaces_and_whether_that_is_in_force(
    world: World, old: Consignment
) -> None:
    side, pk = world.here, old.certificate.pk
    sender = factories.signed_in(side.sender)
    hub = sender.post(f"/tierra/certificates/{pk}/replace/")["Location"]
    page = sender.get(hub).content.decode()
    assert f'Replaces certificate <a href="/tierra/my-certificates/{pk}/">{old.number}</a>' in page
    assert "stays in force until the new one has its number" in page
    assert "What is new today?" not in page
    with tenant(side.certifier):
        Certificate.objects.filter(pk=pk).update(cancel_requested_at=now(), cancel_reason="issued_in_error")
    page = sender.get(hub).content.decode()
    assert "which is not in force any more." in page
