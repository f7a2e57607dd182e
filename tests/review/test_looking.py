"""A refused product is looked at a second time: once, by another reviewer, with its kilograms held again. And notes."""

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from nopic.ledger import accounts
from nopic.requests.models import CertificateRequest
from nopic.review import actions
from nopic.review.models import CaseNote, SecondLook
from nopic.tenants.context import tenant
from nopic.workflow.transitions import Overtaken, Refused
from tests import factories
from tests.factories import Side, World, signed_in
from tests.review import cases
from tests.review.test_seconding import strict

pytestmark = pytest.mark.sent


def refused(side: Side, **changes: object) -> CertificateRequest:
    request = cases.taken(side, **changes)
    with tenant(side.certifier):
        actions.refuse(line=cases.line(request), by=side.reviewer, reason_code="hts_wrong", text="Not this code")
        return CertificateRequest.objects.select_related("certifier", "policy", "exporter", "dossier").get(
            pk=request.pk
        )


def test_another_reviewer_looks_once_and_the_kilograms_are_held_again(world: World) -> None:
    side, request = world.here, refused(world.here)
    with tenant(side.certifier, side.sender):
        line = cases.line(request)
        with pytest.raises(Refused):
            actions.ask_second_look(line=line, by=side.sender, text=" ")
        actions.ask_second_look(line=line, by=side.sender, text="The code is right since January")
        request.refresh_from_db()
        line = cases.line(request)
        assert (request.status, request.reviewer_id, request.turn, line.status, line.reason_text) == (
            "in_review", None, 2, "open", "",
        )  # fmt: skip
        assert accounts.held_for([line.pk]) == {line.pk: line.net_kg}
        with pytest.raises(Overtaken):
            actions.take(request=request, by=side.reviewer)
        with pytest.raises(Refused):
            actions.assign(request=request, to=side.reviewer, by=side.admin)
        (outcome,) = actions.bulk_take(requests=[request], by=side.reviewer)
        assert "another reviewer than the one who refused" in outcome.why_not
        actions.take(request=request, by=side.colleague)
        actions.refuse(line=line, by=side.colleague, reason_code="hts_wrong", text="Still not")
        assert SecondLook.objects.get().decided_by == side.colleague
        assert accounts.held_for([line.pk]) == {}
        request.refresh_from_db()
        with pytest.raises(Overtaken):
            actions.ask_second_look(line=cases.line(request), by=side.sender, text="Once more")


@pytest.mark.sent(False)
def test_what_a_third_person_did_not_confirm_is_still_not_for_the_one_who_refused(world: World) -> None:
    side = world.here
    strict(side, above_kg="1000")
    request = refused(side)
    with tenant(side.certifier):
        actions.ask_second_look(line=cases.line(request), by=side.sender, text="Look again")
        request = actions.take(request=request, by=side.colleague)
        cases.confirm(request, side.colleague)
        actions.approve(line=cases.line(request), by=side.colleague, revision=request.revision)
        actions.send_back(line=cases.line(request), by=side.admin, note="The seal is another one")
        request = actions.release(request=request, by=side.colleague)
        with pytest.raises(Overtaken):
            actions.take(request=request, by=side.reviewer)
        actions.take(request=request, by=side.admin)


def test_the_database_refuses_the_one_who_refused(world: World) -> None:
    side, request = world.here, refused(world.here)
    with tenant(side.certifier, side.sender):
        actions.ask_second_look(line=cases.line(request), by=side.sender, text="Look again")
        with pytest.raises(IntegrityError, match="second_look_by_another"), transaction.atomic():
            connection.cursor().execute("UPDATE review_secondlook SET decided_by_id = refused_by_id")


def test_kilograms_that_are_not_free_any_more_are_said(world: World) -> None:
    side, request = world.here, refused(world.here)
    factories.submitted(side, lines=[factories.line_answers(side, net="90,000", gross="91,000", packages="1500", lots=[{"code": "Z", "supplier": "own"}])])  # fmt: skip
    with tenant(side.certifier, side.sender), pytest.raises(Refused, match="10,000 kg"):
        actions.ask_second_look(line=cases.line(request), by=side.sender, text="Look again")
    with tenant(side.certifier):
        request.refresh_from_db()
        assert (request.status, cases.line(request).status) == ("decided", "refused")


def test_it_is_asked_for_on_the_requests_page(world: World) -> None:
    side, request = world.here, refused(world.here)
    base = f"/{side.certifier.slug}/requests/{request.reference}/"
    sender = signed_in(side.sender)
    assert b"Ask for a second look" in sender.get(base).content
    assert signed_in(side.member).get(f"{base}products/1/second-look/").status_code == 403
    assert sender.post(f"{base}products/1/second-look/", {"text": ""}).status_code == 422
    assert sender.post(f"{base}products/1/second-look/", {"text": "Look again"}).status_code == 302
    assert b"You asked for a second look" in sender.get(base).content
    assert sender.get(f"{base}products/1/second-look/").status_code == 302


def test_the_other_reviewer_reads_what_was_refused_and_what_the_exporter_asks(world: World) -> None:
    side, request = world.here, refused(world.here)
    with tenant(side.certifier, side.sender):
        actions.ask_second_look(line=cases.line(request), by=side.sender, text="The code is right since January")
    base = f"/{side.certifier.slug}/cases/{request.reference}/"
    colleague, first = signed_in(side.colleague), signed_in(side.reviewer)
    page = colleague.get(base).content.decode()
    assert f"{side.reviewer} refused it: Not this code" in page
    assert f"{side.sender} asks to look again: The code is right since January" in page
    assert "second look" in colleague.get(f"/{side.certifier.slug}/queue/").content.decode()
    own = first.get(base).content.decode()
    assert "the second look is taken by another reviewer than the one who refused" in own
    assert "Take over" not in own
    with tenant(side.certifier):
        actions.take(request=request, by=side.colleague)
        actions.refuse(line=cases.line(request), by=side.colleague, reason_code="hts_wrong", text="Still not")
    assert "The code is right since January" in colleague.get(base).content.decode()


def test_a_note_of_the_office_never_reaches_the_exporter(world: World) -> None:
    side, request = world.here, refused(world.here)
    base = f"/{side.certifier.slug}/cases/{request.reference}/"
    staff, exporter = signed_in(side.reviewer), signed_in(side.sender)
    assert staff.post(f"{base}notes/", {"text": ""}).status_code == 422
    assert staff.post(f"{base}notes/", {"text": "CANARY-internal"}).status_code == 302
    assert staff.post(f"{base}notes/", {"text": "Read me", "visible": "on"}).status_code == 302
    assert "CANARY-internal" in staff.get(base).content.decode()
    own = f"/{side.certifier.slug}/requests/{request.reference}/"
    pages = [exporter.get(each).content.decode() for each in (own, f"{own}versions/1/", own.rsplit("/", 2)[0] + "/")]
    assert ["CANARY-internal" in page for page in pages] == [False] * 3
    assert "Read me" in pages[0]
    assert exporter.get(f"{base}notes/").status_code == 403
    with tenant(side.certifier):
        with pytest.raises(DatabaseError), transaction.atomic():
            CaseNote.objects.update(visible=True)
