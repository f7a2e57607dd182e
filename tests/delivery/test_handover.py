"""A certificate's e-mails as staff and exporter see them, its PDF for them, and the page of API keys."""

import smtplib
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives

from nopic.tenants import apikeys
from nopic.tenants.context import organisation, tenant
from nopic.tenants.models import ApiKey
from nopic.workflow.models import AuditEvent
from tests.delivery import consignments
from tests.delivery.consignments import Consignment, hand_over, work
from tests.factories import World, signed_in


@pytest.fixture
def consignment(world: World) -> Consignment:
    return consignments.make(world.here, world.importer)


def address(consignment: Consignment, ending: str = "handover/") -> str:
    return f"/{consignment.side.certifier.slug}/certificates/{consignment.certificate.pk}/{ending}"


def test_staff_and_exporter_see_who_was_told_and_what_did_not_arrive(
    world: World, consignment: Consignment, monkeypatch: Any
) -> None:
    def refuse_the_importer(message: EmailMultiAlternatives, **options: Any) -> int:
        if message.to == ["buyer@baybridge.example"]:
            raise smtplib.SMTPRecipientsRefused({message.to[0]: (550, b"no such user")})
        return 1

    monkeypatch.setattr(EmailMultiAlternatives, "send", refuse_the_importer)
    hand_over(consignment)
    for person in (world.here.reviewer, world.here.sender, world.here.member):
        html = signed_in(person).get(address(consignment)).content.decode()
        assert "Not delivered to buyer@baybridge.example: SMTP 550" in html
        assert "desk@harborline.example" in html


def test_sending_again_by_a_button(world: World, consignment: Consignment) -> None:
    hand_over(consignment)
    mail.outbox.clear()
    client = signed_in(world.here.reviewer)
    for _click in range(2):
        assert client.post(address(consignment), {"recipient": "broker"}).status_code == 302
    work("mail")
    assert [one.to for one in mail.outbox] == [["desk@harborline.example"]]
    with tenant(world.here.certifier):
        [event] = AuditEvent.objects.filter(verb="sent again")
    assert event.actor_id == world.here.reviewer.pk
    assert client.post(address(consignment), {"recipient": "thief@example.com"}).status_code == 404
    assert signed_in(world.here.member).post(address(consignment), {"recipient": "broker"}).status_code == 403


def test_before_the_pdf_there_is_nothing_to_send(world: World) -> None:
    made = consignments.make(world.here, world.importer, rendered=False)
    client = signed_in(world.here.reviewer)
    assert client.post(address(made), {"recipient": "importer"}).status_code == 302
    assert "no PDF" in client.get(address(made)).content.decode()
    assert client.get(address(made, "certificate.pdf")).status_code == 404


def test_staff_and_exporter_download_their_own(world: World, consignment: Consignment) -> None:
    for person in (world.here.admin, world.here.reviewer, world.here.sender, world.here.member):
        answer = signed_in(person).get(address(consignment, "certificate.pdf"))
        assert answer.getvalue() == consignments.pdf_of(consignment)


def test_nobody_reaches_the_other_certifiers(world: World, consignment: Consignment) -> None:
    theirs = consignments.make(world.there, world.other_importer)
    client = signed_in(world.here.reviewer)
    for ending in ("handover/", "certificate.pdf"):
        assert client.get(address(theirs, ending)).status_code == 404
        swapped = f"/{world.here.certifier.slug}/certificates/{theirs.certificate.pk}/{ending}"
        assert client.get(swapped).status_code == 404
        assert signed_in(world.importer_user).get(address(consignment, ending)).status_code == 404


# --- API keys ---------------------------------------------------------------------------------------------------------


def keys_of_exporter(world: World) -> list[ApiKey]:
    with tenant(world.here.certifier):
        return list(ApiKey.objects.filter(exporter=world.here.exporter))


def test_a_key_is_shown_once_and_only_its_hash_is_kept(world: World) -> None:
    client, page = signed_in(world.here.sender), f"/{world.here.certifier.slug}/api-keys/"
    answer = client.post(page, {"name": "Warehouse"})
    html = answer.content.decode()
    token = html.partition("<output>nopic_")[2].partition("<")[0]
    assert len(token) >= 43
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert token not in client.get(page).content.decode()
    [key] = keys_of_exporter(world)
    assert (key.name, key.exporter_id) == ("Warehouse", world.here.exporter.pk)


def test_an_empty_name_is_told_and_makes_nothing(world: World) -> None:
    answer = signed_in(world.here.sender).post(f"/{world.here.certifier.slug}/api-keys/", {"name": " "})
    assert answer.status_code == 422
    assert "Say what the key is for" in answer.content.decode()
    assert keys_of_exporter(world) == []


def test_a_revoked_key_opens_nothing_from_the_next_request_on(world: World) -> None:
    client, page = signed_in(world.importer_user), "/in/api-keys/"
    html = client.post(page, {"name": "ERP"}).content.decode()
    token = "nopic_" + html.partition("<output>nopic_")[2].partition("<")[0]
    bearer = {"Authorization": f"Bearer {token}"}
    assert client.get("/api/v1/certificates/", headers=bearer).status_code == 200
    with organisation(importer_id=world.importer.pk):
        key = ApiKey.objects.get()
    assert signed_in(world.other_importer_user).post(page, {"revoke": key.pk}).status_code == 404
    assert client.post(page, {"revoke": key.pk}).status_code == 302
    assert client.get("/api/v1/certificates/", headers=bearer).status_code == 401
    assert "Revoked" in client.get(page).content.decode()


def test_only_senders_and_importers_make_keys(world: World) -> None:
    page = f"/{world.here.certifier.slug}/api-keys/"
    for person, status in ((world.here.member, 403), (world.here.reviewer, 403), (world.there.sender, 404)):
        assert signed_in(person).post(page, {"name": "x"}).status_code == status
    assert signed_in(world.broker_user).post("/in/api-keys/", {"name": "x"}).status_code == 403
    assert keys_of_exporter(world) == []


def test_one_company_has_at_most_twenty_keys(world: World) -> None:
    with tenant(world.here.certifier):
        for at in range(20):
            apikeys.create(name=f"k{at}", by=world.here.sender, exporter=world.here.exporter)
    answer = signed_in(world.here.sender).post(f"/{world.here.certifier.slug}/api-keys/", {"name": "one more"})
    assert answer.status_code == 422
    assert len(keys_of_exporter(world)) == 20
