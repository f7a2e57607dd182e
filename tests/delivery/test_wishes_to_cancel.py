"""An exporter asks to cancel a certificate: only staff see it, they cancel it or say why not, and the exporter reads that."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.test import Client

from nopic.certificates import projection
from nopic.certificates.actions import cancel, wishing
from nopic.certificates.models import CancelWish, Certificate
from nopic.delivery import actions
from nopic.requests.models import CertificateRequest
from nopic.review.actions import approve
from nopic.tenants.context import tenant
from nopic.workflow.clock import now, today
from nopic.workflow.models import AuditEvent
from nopic.workflow.transitions import Overtaken, Refused
from tests.delivery import consignments
from tests.delivery.consignments import Consignment
from tests.delivery.test_replaced import old, replaced_by  # noqa: F401 - a fixture
from tests.factories import World, signed_in
from tests.review import cases

SAID = {"goods": "elsewhere", "why": "The buyer stepped back"}


@pytest.fixture
def consignment(world: World) -> Consignment:
    return consignments.make(world.here, world.importer)


def asked_in_the_queue(staff: Client) -> list[str]:
    """What the queue counts beside its link to what exporters want cancelled."""
    page = staff.get("/tierra/queue/").content.decode()
    return re.findall(r'href="/tierra/certificates/\?state=wish">Asked to be cancelled\s*<span>(\d+)</span>', page)


def test_asked_once_seen_by_staff_alone_and_declined_with_a_letter(world: World, consignment: Consignment) -> None:
    side, pk = consignment.side, consignment.certificate.pk
    exporter, staff = signed_in(side.sender), signed_in(side.reviewer)
    mine, theirs = f"/tierra/my-certificates/{pk}/", f"/tierra/certificates/{pk}/"
    empty = exporter.post(f"{mine}cancel/", {"why": "\x00"})
    assert empty.status_code == 422
    assert "Choose what happened to the goods" in empty.content.decode()
    assert exporter.post(f"{mine}cancel/", SAID).status_code == 302
    assert exporter.post(f"{mine}cancel/", SAID).status_code == 302  # pressed twice
    assert exporter.post(f"{mine}cancel/", SAID | {"why": "Another"}).status_code == 422
    assert "Until Tierra Certification has answered it stays valid" in exporter.get(mine).content.decode()
    assert "The buyer stepped back" in staff.get(theirs).content.decode()
    assert f"/tierra/certificates/{pk}/" in staff.get("/tierra/certificates/?state=wish").content.decode()
    assert asked_in_the_queue(staff) == ["1"]
    consignments.work("cancel_wished", "mail")
    (asked,) = [one for one in mail.outbox if one.subject.startswith("Asked to be cancelled")]
    assert asked.to == [side.certifier.email]
    for words in ("The buyer stepped back", "They go to another buyer", f"{theirs}cancel/"):
        assert words in asked.body, words
    for page in ("/in/", f"/in/certificates/{consignment.number}/", f"/v/{consignment.number}/"):
        assert "stepped back" not in signed_in(world.importer_user).get(page).content.decode()
    keep = {"keep": re.findall(r'name="keep" value="(\d+)"', staff.get(f"{theirs}cancel/").content.decode())[0]}
    assert staff.post(f"{theirs}cancel/", keep | {"answer": " "}).status_code == 422
    stale = staff.post(f"{theirs}cancel/", {"keep": "0", "answer": "To a wish before this one"}, follow=True)
    assert "It was answered already." in stale.content.decode()
    assert staff.post(f"{theirs}cancel/", keep | {"answer": "The goods are on the vessel"}).status_code == 302
    assert staff.post(f"{theirs}cancel/", keep | {"answer": "Twice"}).status_code == 302
    consignments.work("hand_over", "mail")
    (told,) = [one for one in mail.outbox if one.subject.startswith("Not cancelled")]
    assert (told.to, "The goods are on the vessel" in told.body) == ([side.sender.email], True)
    assert "The goods are on the vessel" in exporter.get(mine).content.decode()
    assert f"/tierra/certificates/{pk}/" not in staff.get("/tierra/certificates/?state=wish").content.decode()
    assert asked_in_the_queue(staff) == []
    with tenant(side.certifier):
        verbs = AuditEvent.objects.filter(subject_id=pk, verb__in=["cancellation wished", "cancellation declined"])
        assert [event.verb for event in verbs.order_by("pk")] == ["cancellation wished", "cancellation declined"]


def test_the_cancellation_answers_the_wish(world: World) -> None:
    side = world.here
    request = cases.ready(side)
    with tenant(side.certifier):
        approve(line=cases.line(request), by=side.reviewer, revision=request.revision)
        certificate = Certificate.objects.get()
        wishing.ask_to_cancel(certificate=certificate, by=side.sender, **SAID)
        cancel(certificate=certificate, by=side.reviewer, reason="issued_in_error")
        assert CancelWish.objects.get().outcome == "cancelled"
    consignments.work("cancel_wished", "hand_over", "mail")
    told = [(one.to, one.subject) for one in mail.outbox if one.subject.startswith(request.reference)]
    # It never had a number, so this is the exporter's only word of it; the office is not asked any more.
    assert ([side.sender.email], f"{request.reference}: cancelled before it was published") in told
    assert not [one for one in mail.outbox if one.subject.startswith("Asked to be cancelled")]
    page = signed_in(side.sender).get(f"/tierra/my-certificates/{certificate.pk}/").content.decode()
    assert "Tierra Certification cancelled it." in page
    with tenant(side.certifier):
        with pytest.raises(Overtaken):
            wishing.decline_to_cancel(
                certificate=certificate, by=side.reviewer, note="No", seen=str(CancelWish.objects.get().pk)
            )
        with pytest.raises(Refused):
            wishing.ask_to_cancel(certificate=certificate, by=side.sender, **SAID)


def test_a_cancelled_number_tells_its_exporter_that_this_is_what_they_asked_for(
    world: World, consignment: Consignment
) -> None:
    side = consignment.side
    with tenant(side.certifier):
        certificate = Certificate.objects.get(pk=consignment.certificate.pk)
        wishing.ask_to_cancel(certificate=certificate, by=side.sender, **SAID)
        CancelWish.objects.get().answer("cancelled", by=side.reviewer)
        Certificate.objects.filter(pk=certificate.pk).update(
            status="cancelled", cancel_requested_at=now(), cancelled_at=now() + timedelta(seconds=1),
            cancel_requested_by=side.reviewer, cancel_reason="issued_in_error",
        )  # fmt: skip
        projection.refresh(Certificate.objects.get(pk=certificate.pk))
        actions.hand_over(certificate=Certificate.objects.get(pk=certificate.pk))
    consignments.work("mail")
    told = {one.to[0]: one.body for one in mail.outbox if one.subject.startswith("Cancelled")}
    assert len(told) == 3
    assert [address for address, body in told.items() if "to cancel it: this answers it" in body] == [side.sender.email]


def test_a_replacement_answers_the_wish(world: World, old: Consignment) -> None:  # noqa: F811
    side = old.side
    with tenant(side.certifier):
        certificate = Certificate.objects.get(pk=old.certificate.pk)
        wishing.ask_to_cancel(certificate=certificate, by=side.sender, **SAID)
    new = replaced_by(old, world)
    consignments.work("cancel_wished", "hand_over", "mail")
    with tenant(side.certifier):
        wish = CancelWish.objects.get()
        assert (wish.outcome, wish.answered_by_id) == ("replaced", new.approved_by_id)
    told = {one.to[0]: one.body for one in mail.outbox if one.subject.startswith("Replaced")}
    assert [address for address, body in told.items() if "to cancel it: this answers it" in body] == [side.sender.email]
    assert asked_in_the_queue(signed_in(side.reviewer)) == []
    page = signed_in(side.sender).get(f"/tierra/my-certificates/{old.certificate.pk}/").content.decode()
    assert "It was replaced, so it is not valid any more." in page


def test_goods_that_are_to_leave_later_have_not_left_unless_it_is_said_on_which_day(consignment: Consignment) -> None:
    side, pk = consignment.side, consignment.certificate.pk
    exporter = signed_in(side.sender)
    said = SAID | {"goods": "left"}
    answer = exporter.post(f"/tierra/my-certificates/{pk}/cancel/", said)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert list(answer.context["form"].errors) == ["goods"]
    assert "When they have left already, first say on which day" in page
    assert "The buyer stepped back" in page  # nothing typed is lost
    with tenant(side.certifier):
        CertificateRequest.objects.filter(pk=consignment.request.pk).update(departed_on=today("UTC"))
    assert exporter.post(f"/tierra/my-certificates/{pk}/cancel/", said).status_code == 302


def test_the_table_keeps_one_open_wish_and_a_reason_for_no(consignment: Consignment) -> None:
    side = consignment.side
    with tenant(side.certifier):
        certificate = Certificate.objects.get(pk=consignment.certificate.pk)
        wish = wishing.ask_to_cancel(certificate=certificate, by=side.sender, **SAID)
        with pytest.raises(IntegrityError), transaction.atomic():
            CancelWish.objects.filter(pk=wish.pk).update(outcome="declined", answered_at=wish.asked_at, answered_by=1)
        wish.pk = None
        with pytest.raises(IntegrityError), transaction.atomic():
            wish.save()
