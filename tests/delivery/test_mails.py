"""E-mails: one notice, one e-mail, whatever happens; what they say; and what becomes of those that cannot be delivered."""

import smtplib
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.db import connection

from nopic.delivery import actions, queries
from nopic.delivery.mails import sending
from nopic.delivery.mails.letters import LONGEST_SUBJECT
from nopic.delivery.models import ConsignmentLink, Mail
from nopic.requests.models import RequestLine, RequestVersion
from nopic.tenants import people, post
from nopic.tenants.context import tenant
from nopic.tenants.models import Membership, Policy
from nopic.workflow import dispatch
from nopic.workflow.clock import now
from nopic.workflow.dispatch import owe, run
from nopic.workflow.models import AuditEvent, Dispatch
from nopic.workflow.transitions import Overtaken
from tests.delivery import consignments
from tests.delivery.consignments import Consignment, hand_over, owe_hand_over, work
from tests.factories import World


@pytest.fixture
def consignment(world: World) -> Consignment:
    return consignments.make(world.here, world.importer)


def letter_to(address: str) -> Any:
    [found] = [one for one in mail.outbox if one.to == [address]]
    return found


def mails(consignment: Consignment) -> list[Mail]:
    with tenant(consignment.side.certifier):
        return list(Mail.objects.order_by("pk"))


def test_exporter_importer_and_broker_get_one_letter_each(consignment: Consignment) -> None:
    hand_over(consignment)
    assert sorted(one.to[0] for one in mail.outbox) == sorted(
        [consignment.side.sender.email, "buyer@baybridge.example", "desk@harborline.example"]
    )
    with tenant(consignment.side.certifier):
        consignment.certificate.refresh_from_db()
    assert consignment.certificate.handed_over_at is not None


def test_the_certifiers_own_paragraph_comes_with_its_placeholders_filled(world: World) -> None:
    own = {"letter": "issued", "language": "en", "text": "Call {{phone}} about {{number}} for {{exporter}}."}
    here = world.here
    with tenant(here.certifier):
        data = {**here.policy.data, "letters": [own]}
        here.policy = Policy.objects.create(certifier=here.certifier, version=2, data=data, by="test")
    made = consignments.make(here, world.importer)
    hand_over(made)
    said = f"Call {here.certifier.phone} about {made.number} for {here.exporter}."
    assert said in letter_to("buyer@baybridge.example").body


def test_nothing_is_sent_before_there_is_a_pdf(world: World) -> None:
    hand_over(consignments.make(world.here, world.importer, rendered=False))
    assert mail.outbox == []


def test_the_same_notice_is_sent_once_however_often_it_is_owed_and_delivered(consignment: Consignment) -> None:
    for _time in range(5):
        owe_hand_over(consignment)
        for pk in Dispatch.objects.values_list("pk", flat=True):
            for _again in range(5):
                run(pk)
    assert len(mail.outbox) == 3


def test_the_importers_letter_has_what_the_broker_enters(consignment: Consignment) -> None:
    hand_over(consignment)
    letter = letter_to("buyer@baybridge.example")
    text = letter.body
    assert len(letter.subject) <= LONGEST_SUBJECT
    assert f"Number: {consignment.number}" in text
    assert "HTS: 0901.11.0015" in text
    assert "Net weight: 38,400 kg" in text
    assert "Lots: VV-26-088, VV-26-089, VV-26-090, VV-26-091" in text
    assert "A 10-digit NOP ID is not a certificate number." in text
    assert "MOCK: not valid for customs entry" in text
    assert len([line for line in text.splitlines() if line.strip()]) <= 12
    [html] = [part for part, kind in letter.alternatives if kind == "text/html"]
    assert consignment.number in html
    assert "<img" not in html
    [(name, attached, kind)] = letter.attachments
    assert (name, kind) == (f"{consignment.number}.pdf", "application/pdf")
    assert attached == consignments.pdf_of(consignment)
    assert letter.reply_to == [consignment.side.certifier.email]


def test_of_a_time_frame_no_letter_names_kilograms_or_lots_to_enter(consignment: Consignment) -> None:
    consignments.change(consignment, time_frame=True)
    hand_over(consignment)
    for letter in mail.outbox:
        assert "Net weight: up to 38,400 kg in several shipments" in letter.body
        assert "Lots:" not in letter.body


def test_every_letter_of_every_kind_is_short_and_its_subject_fits(consignment: Consignment) -> None:
    hand_over(consignment)
    consignments.cancel(consignment)
    work()
    assert len(mail.outbox) == 6
    for letter in mail.outbox:
        assert len(letter.subject) <= LONGEST_SUBJECT
        assert len([line for line in letter.body.splitlines() if line.strip()]) <= 12
        assert "!" not in letter.body


def test_a_name_that_looks_like_html_or_a_header_stays_text(world: World) -> None:
    with tenant(world.here.certifier):
        world.here.exporter.name = "<script>alert(1)</script>\r\nBcc: everybody@example.com"
        world.here.exporter.save()
    hand_over(consignments.make(world.here, world.importer))
    letter = letter_to("buyer@baybridge.example")
    assert "\n" not in letter.subject
    assert b"\nBcc:" not in letter.message().as_bytes()
    [html] = [part for part, _kind in letter.alternatives]
    assert "<script>" not in html


def test_a_letter_has_the_same_identity_at_every_try(consignment: Consignment, monkeypatch: Any) -> None:
    seen: list[tuple[str, str]] = []
    send = EmailMultiAlternatives.send

    def crash_after_the_server_took_it(message: EmailMultiAlternatives, **options: Any) -> int:
        seen.append((message.extra_headers["Message-ID"], message.extra_headers[sending.NOTICE_HEADER]))
        send(message, **options)
        raise RuntimeError("power cut")

    owe_hand_over(consignment)
    work("hand_over")
    monkeypatch.setattr(EmailMultiAlternatives, "send", crash_after_the_server_took_it)
    [pk] = Dispatch.objects.filter(topic="mail", done_at=None).values_list("pk", flat=True)[:1]
    for _try in range(3):
        run(pk)
        Dispatch.objects.filter(pk=pk).update(due_at=now())
    assert len(seen) == 3
    assert len(set(seen)) == 1


def test_the_recipients_link_is_made_when_it_is_sent_and_only_its_digest_is_kept(consignment: Consignment) -> None:
    hand_over(consignment)
    token = token_in(letter_to("buyer@baybridge.example").body)
    assert len(token) >= 43
    with tenant(consignment.side.certifier), connection.cursor() as cursor:
        for table in ("delivery_mail", "delivery_consignmentlink", "workflow_auditevent", "workflow_dispatch"):
            cursor.execute(f'SELECT count(*) FROM "{table}" t WHERE t::text LIKE %s', [f"%{token}%"])
            assert cursor.fetchone() == (0,), table
        assert ConsignmentLink.objects.count() == 3


def token_in(text: str) -> str:
    [line] = [line for line in text.splitlines() if "/c/" in line]
    return line.rpartition("/c/")[2].strip("/ ")


def refusing(code: int, asked: list[str]) -> Any:
    """What a mail server does that answers with a code."""

    def send(message: EmailMultiAlternatives, **options: Any) -> int:
        asked.append(message.to[0])
        raise smtplib.SMTPRecipientsRefused({message.to[0]: (code, b"no")})

    return send


@pytest.mark.parametrize("code", sorted(post.NOBODY_THERE))
def test_an_address_that_nobody_has_is_given_up_at_once_and_shown(
    consignment: Consignment, monkeypatch: Any, code: int
) -> None:
    monkeypatch.setattr(EmailMultiAlternatives, "send", refusing(code, []))
    hand_over(consignment)
    with tenant(consignment.side.certifier):
        found = queries.deliveries(
            certifier_id=consignment.side.certifier.pk, certificate_id=consignment.certificate.pk
        )
        assert [one.state for one in found] == ["failed"] * 3
        assert AuditEvent.objects.filter(verb="not delivered").count() == 3


@pytest.mark.parametrize("code", [421, 450, 451, 452, 535, 552])
def test_a_passing_trouble_is_tried_again_with_growing_pauses(
    consignment: Consignment, monkeypatch: Any, code: int
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(EmailMultiAlternatives, "send", refusing(code, asked))
    owe_hand_over(consignment)
    work("hand_over")
    [pk] = Dispatch.objects.filter(topic="mail").order_by("pk").values_list("pk", flat=True)[:1]
    pauses = []
    for _try in range(4):
        Dispatch.objects.filter(pk=pk).update(due_at=now())
        before = now()
        run(pk)
        pauses.append((Dispatch.objects.get(pk=pk).due_at - before).total_seconds())
    assert len(asked) == 4
    assert pauses == sorted(pauses)
    assert pauses[-1] > pauses[0] * 3
    monkeypatch.undo()
    Dispatch.objects.filter(topic="mail").update(due_at=now())
    work("mail")
    assert len(mail.outbox) == 3


def test_a_mail_server_that_stays_away_is_given_up_after_hours(consignment: Consignment, monkeypatch: Any) -> None:
    def away(message: EmailMultiAlternatives, **options: Any) -> int:
        raise ConnectionRefusedError

    monkeypatch.setattr(EmailMultiAlternatives, "send", away)
    owe_hand_over(consignment)
    work("hand_over")
    for _try in range(20):
        Dispatch.objects.filter(topic="mail", done_at=None).update(due_at=now())
        work("mail")
    assert [one.failed_at is not None for one in mails(consignment)] == [True] * 3
    assert {one.attempts for one in mails(consignment)} == {10}


def test_a_damaged_pdf_is_not_sent(consignment: Consignment) -> None:
    damage(consignment)
    hand_over(consignment)
    assert mail.outbox == []
    assert {one.last_error for one in mails(consignment)} == {"the stored PDF cannot be read"}


def damage(consignment: Consignment) -> None:
    sha256 = consignments.sha256_of(consignment)
    [path] = Path(settings.STORAGES["default"]["OPTIONS"]["location"]).rglob(sha256)
    path.chmod(0o600)
    path.write_bytes(b"%PDF-1.7 something else")


def test_a_cancellation_is_told_to_the_same_people_once(consignment: Consignment) -> None:
    hand_over(consignment)
    mail.outbox.clear()
    consignments.cancel(consignment)
    work()
    owe_hand_over(consignment)
    work()
    assert len(mail.outbox) == 3
    letter = letter_to("desk@harborline.example")
    assert letter.subject == f"Cancelled: {consignment.number}"
    assert "From now on this number is not valid." in letter.body
    assert "The final documents did not come in time." in letter.body
    assert letter.attachments == []


def test_a_certificate_cancelled_before_its_letter_left_is_not_announced(consignment: Consignment) -> None:
    owe_hand_over(consignment)
    work("hand_over")
    consignments.cancel(consignment)
    work()
    assert {one.subject for one in mail.outbox} == {f"Cancelled: {consignment.number}"}
    assert [one.not_needed_at is not None for one in mails(consignment)] == [True] * 3 + [False] * 3


def test_one_address_that_is_importer_and_broker_gets_one_letter(world: World) -> None:
    hand_over(consignments.make(world.here, world.importer, broker_email="buyer@baybridge.example"))
    assert len(mail.outbox) == 2


def test_what_left_the_company_gets_no_mail_of_it(world: World) -> None:
    with tenant(world.here.certifier):
        Membership.objects.create(
            user=world.here.colleague, role="exporter_sender", certifier=world.here.certifier,
            exporter=world.here.exporter,
        )  # fmt: skip
        people.end(membership=Membership.objects.get(user=world.here.sender), by=world.here.sender)
    hand_over(consignments.make(world.here, world.importer))
    assert letter_to(world.here.exporter.email)
    assert [one for one in mail.outbox if one.to == [world.here.sender.email]] == []


def test_sending_again_is_a_new_audited_act_with_a_key_of_its_own(consignment: Consignment) -> None:
    hand_over(consignment)
    side = consignment.side
    with tenant(side.certifier):
        first = actions.resend(certificate=consignment.certificate, recipient="importer", by=side.reviewer)
        again = actions.resend(certificate=consignment.certificate, recipient="importer", by=side.reviewer)
        assert first == again, "two clicks are one"
        assert AuditEvent.objects.filter(verb="sent again", actor_id=side.reviewer.pk).count() == 1
    work("mail")
    assert len([one for one in mail.outbox if one.to == ["buyer@baybridge.example"]]) == 2
    with tenant(side.certifier):
        later = actions.resend(certificate=consignment.certificate, recipient="importer", by=side.reviewer)
        assert later.key != first.key
        with pytest.raises(ValueError, match="nobody"):
            actions.resend(certificate=consignment.certificate, recipient="nobody", by=side.reviewer)


def test_there_is_nothing_to_send_again_before_the_pdf(world: World) -> None:
    consignment = consignments.make(world.here, world.importer, rendered=False)
    with tenant(world.here.certifier), pytest.raises(Overtaken):
        actions.resend(certificate=consignment.certificate, recipient="importer", by=world.here.reviewer)


def test_the_exporter_gets_a_receipt_a_return_and_a_refusal(consignment: Consignment) -> None:
    side, request = consignment.side, consignment.request
    with tenant(side.certifier):
        RequestVersion.objects.filter(certifier=side.certifier, request=request).update(
            returned_at=now(), returned_by="x",
            return_points=[{"box": "10", "text": "The invoice says 22,000 kg."}, {"box": "", "text": "Sign it."}],
        )  # fmt: skip
        type(request.importer).objects.filter(pk=request.importer_id).update(name="Northshore Inc.")
        line = RequestLine.objects.get(request=request)
        RequestLine.objects.filter(pk=line.pk).update(
            status="refused", reason_code="already_departed", reason_text="The bill of lading says 1 November."
        )
        for topic, pk in (("request_sent", request.pk), ("request_returned", request.pk), ("line_refused", line.pk)):
            for _time in range(2):
                owe(topic, pk, certifier_id=side.certifier.pk)
    work()
    receipt, returned, refused = mail.outbox
    assert {one.to[0] for one in mail.outbox} == {side.sender.email}
    assert receipt.subject.startswith("2026-0426 received, decision by ")
    assert "Nothing to do now." in receipt.body
    assert "to Northshore Inc.\n" in receipt.body
    assert returned.subject == "2026-0426: 2 points to change"
    assert "1. Box 10: The invoice says 22,000 kg." in returned.body
    assert "2. Sign it." in returned.body
    assert refused.subject == "2026-0426: certificate not issued"
    for sentence in (
        "The goods have already left. The bill of lading says 1 November.",
        "Rule: 7 CFR 205.273(a)",
        "Do not ship these goods as organic.",
        "ask once for a second look",
        side.certifier.phone,
    ):
        assert sentence in refused.body
    assert "appeal" not in refused.body.lower()


def test_no_transaction_is_open_while_a_letter_is_sent(committed_world: World, monkeypatch: Any) -> None:
    consignment = consignments.make(committed_world.here, committed_world.importer)
    open_while_sending: list[bool] = []
    send = EmailMultiAlternatives.send

    def watch(message: EmailMultiAlternatives, **options: Any) -> int:
        open_while_sending.append(connection.in_atomic_block)
        return send(message, **options)

    monkeypatch.setattr(EmailMultiAlternatives, "send", watch)
    hand_over(consignment)
    assert open_while_sending == [False] * 3


def test_a_letter_whose_lease_was_lost_is_not_sent(consignment: Consignment) -> None:
    owe_hand_over(consignment)
    work("hand_over")
    [pk] = Dispatch.objects.filter(topic="mail").values_list("pk", flat=True)[:1]
    claim = dispatch.claim(pk)
    assert claim is not None
    Dispatch.objects.filter(pk=pk).update(fence=99)
    with pytest.raises(dispatch.LostLease):
        dispatch.HANDLERS["mail"][1](claim)
    assert mail.outbox == []
