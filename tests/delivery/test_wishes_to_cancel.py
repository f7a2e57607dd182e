"""An exporter asks to cancel a certificate: only staff see it, they cancel it or say why not, and the exporter reads that."""

import pytest
from django.core import mail
from django.db import IntegrityError, transaction

from nopic.certificates.actions import cancel, wishing
from nopic.certificates.models import CancelWish, Certificate
from nopic.review.actions import approve
from nopic.tenants.context import tenant
from nopic.workflow.models import AuditEvent
from nopic.workflow.transitions import Overtaken, Refused
from tests.delivery import consignments
from tests.delivery.consignments import Consignment
from tests.factories import World, signed_in
from tests.review import cases

SAID = {"goods": "elsewhere", "why": "The buyer stepped back"}


@pytest.fixture
def consignment(world: World) -> Consignment:
    return consignments.make(world.here, world.importer)


def test_asked_once_seen_by_staff_alone_and_declined_with_a_letter(world: World, consignment: Consignment) -> None:
    side, pk = consignment.side, consignment.certificate.pk
    exporter, staff = signed_in(side.sender), signed_in(side.reviewer)
    mine, theirs = f"/tierra/my-certificates/{pk}/", f"/tierra/certificates/{pk}/"
    empty = exporter.post(f"{mine}cancel/", {"why": "\x00"})
    assert empty.status_code == 422
    assert "Choose what happened to the goods" in empty.content.decode()
    assert exporter.post(f"{mine}cancel/", SAID).status_code == 302
    assert exporter.post(f"{mine}cancel/", SAID).status_code == 422  # pressed twice
    assert "Until Tierra Certification has answered it stays valid" in exporter.get(mine).content.decode()
    assert "The buyer stepped back" in staff.get(theirs).content.decode()
    assert f"/tierra/certificates/{pk}/" in staff.get("/tierra/certificates/?state=wish").content.decode()
    for page in ("/in/", f"/in/certificates/{consignment.number}/", f"/v/{consignment.number}/"):
        assert "stepped back" not in signed_in(world.importer_user).get(page).content.decode()
    assert staff.post(f"{theirs}cancel/", {"keep": "1", "answer": " "}).status_code == 422
    assert staff.post(f"{theirs}cancel/", {"keep": "1", "answer": "The goods are on the vessel"}).status_code == 302
    assert staff.post(f"{theirs}cancel/", {"keep": "1", "answer": "Twice"}).status_code == 302
    consignments.work("hand_over", "mail")
    (told,) = [one for one in mail.outbox if one.subject.startswith("Not cancelled")]
    assert (told.to, "The goods are on the vessel" in told.body) == ([side.sender.email], True)
    assert "The goods are on the vessel" in exporter.get(mine).content.decode()
    assert f"/tierra/certificates/{pk}/" not in staff.get("/tierra/certificates/?state=wish").content.decode()
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
        with pytest.raises(Overtaken):
            wishing.decline_to_cancel(certificate=certificate, by=side.reviewer, note="No")
        with pytest.raises(Refused):
            wishing.ask_to_cancel(certificate=certificate, by=side.sender, **SAID)


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
