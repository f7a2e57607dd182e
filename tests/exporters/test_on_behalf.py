"""Staff fill in a request for an exporter who asked by phone or on paper; the exporter confirms and sends it."""

import re

import pytest
from django.test import Client

from nopic.delivery.models import Mail
from nopic.requests import actions
from nopic.requests.models import CertificateRequest, OnBehalf
from nopic.tenants.context import tenant
from nopic.workflow import clock
from nopic.workflow.models import AuditEvent, Dispatch
from nopic.workflow.transitions import Refused
from tests import factories
from tests.delivery.consignments import work
from tests.factories import World

ASKED = {"asked_by": "Rosa Quispe", "means": "phone", "reason": "No internet at the packing house"}


@pytest.fixture
def staff(world: World) -> Client:
    return factories.signed_in(world.here.reviewer)


def started(world: World, staff: Client) -> CertificateRequest:
    answer = staff.post(
        f"/tierra/operations/{world.here.exporter.nop_id}/on-behalf/",
        {**ASKED, "asked_on": clock.today("UTC").isoformat()},
    )
    assert answer.status_code == 302
    with tenant(world.here.certifier):
        return CertificateRequest.objects.select_related("certifier").latest("pk")


def test_a_request_is_begun_once_however_often_it_is_clicked(world: World, staff: Client) -> None:
    place = f"/tierra/operations/{world.here.exporter.nop_id}/on-behalf/"
    key = staff.get(place).context["forms"][0]["key"].value()
    said = {**ASKED, "asked_on": clock.today("UTC").isoformat(), "key": key}
    assert len({staff.post(place, said)["Location"] for _click in range(2)}) == 1


def test_staff_fill_in_the_exporters_own_form_and_the_log_names_both(world: World, staff: Client) -> None:
    found = started(world, staff)
    place = f"/tierra/requests/{found.reference}/"
    page = staff.get(f"{place}transport/").content.decode()
    assert "You fill this in for Cooperativa CANARY-tierra. Asked by Rosa Quispe: By phone" in page
    answer = staff.post(f"{place}supplier/", {"supplier-name": "Finca Sol", "supplier-same": "yes"})
    assert answer.status_code == 302
    with tenant(world.here.certifier):
        event = AuditEvent.objects.get(subject="Finca Sol")
        assert event.actor == str(world.here.reviewer)
        assert event.facts["on_behalf_of"].startswith("Cooperativa CANARY-tierra, Rosa Quispe, By phone")


def test_no_page_of_the_form_leads_staff_to_one_that_is_closed_to_them(world: World, staff: Client) -> None:
    found = started(world, staff)
    place = f"/tierra/requests/{found.reference}/"
    for step in ("", "departure/", "importer/", "products/", "transport/", "documents/", "check/"):
        page = staff.get(f"{place}{step}").content.decode()
        for address in set(re.findall(r'<a [^>]*href="(/tierra/[^"#]*)', page)):
            assert staff.get(address).status_code == 200, (step, address)


def test_only_who_began_it_comes_in_and_only_to_that_draft(world: World, staff: Client) -> None:
    found = started(world, staff)
    other = factories.draft(world.here)
    colleague = factories.signed_in(world.here.colleague)
    assert staff.get(f"/tierra/requests/{found.reference}/").status_code == 200
    assert colleague.get(f"/tierra/requests/{found.reference}/").status_code == 403
    assert staff.get(f"/tierra/requests/{other.reference}/").status_code == 403
    assert staff.get("/tierra/requests/").status_code == 403
    assert factories.signed_in(world.there.reviewer).get(f"/tierra/requests/{found.reference}/").status_code == 404


def test_the_exporter_is_asked_and_confirms_by_sending(world: World, staff: Client) -> None:
    request = factories.complete_draft(world.here)
    with tenant(world.here.certifier):
        OnBehalf.objects.create(
            certifier=world.here.certifier,
            request=request,
            staff=world.here.reviewer,
            asked_on=clock.today("UTC"),
            **ASKED,
        )
    check = f"/tierra/requests/{request.reference}/check/"
    assert "Send request" not in staff.get(check).content.decode()
    assert staff.post(check, {"declared": "yes", "revision": request.revision}).status_code == 302
    with tenant(world.here.certifier):
        request.refresh_from_db()
        assert request.status == "draft"
        assert Dispatch.objects.filter(topic="request_to_confirm", subject_id=request.pk).count() == 1
        with pytest.raises(Refused, match="somebody of the exporter must confirm it"):
            actions.submit(request=request, by=world.here.reviewer, declared=True, revision=request.revision)
    sender = factories.signed_in(world.here.sender)
    at_hub = sender.get(f"/tierra/requests/{request.reference}/").content.decode()
    for said in (
        "filled this in for you: Rosa Quispe asked on",
        ASKED["reason"],
        f'href="{check}">Look at it and send it',
    ):
        assert said in at_hub
    assert ASKED["reason"] in sender.get(check).content.decode()
    waiting = sender.get("/tierra/requests/").content.decode()
    assert "Confirm and send the request for" in waiting
    assert "entered it for you, because Rosa Quispe asked" in waiting
    page = sender.get(check).content.decode()
    assert "Confirm and send" in page
    assert "Rosa Quispe asked on" in page
    assert sender.post(check, {"declared": "yes", "revision": request.revision}).status_code == 302
    with tenant(world.here.certifier):
        kept = OnBehalf.objects.get(request=request)
        assert kept.confirmed_by == world.here.sender
    assert staff.get(f"/tierra/requests/{request.reference}/").status_code == 403  # sent: the case is theirs now


def test_the_worker_writes_once_for_each_time_it_was_asked(world: World, staff: Client) -> None:
    found = started(world, staff)
    check = f"/tierra/requests/{found.reference}/check/"
    for _again in range(2):
        asked = re.search(r'name="asked" value="(\d+)"', staff.get(check).content.decode())
        for _click in range(2):
            staff.post(check, {"asked": asked and asked[1]})
            work("request_to_confirm", "mail")
    with tenant(world.here.certifier):
        mails = Mail.objects.filter(template="v1/request_to_confirm")
        assert [mail.subject for mail in mails] == [f"{found.reference}: confirm and send your request"] * 2


def test_what_is_missing_is_said_at_its_field(world: World, staff: Client) -> None:
    place = f"/tierra/operations/{world.here.exporter.nop_id}/on-behalf/"
    page = staff.post(place, {"asked_by": "Rosa"})
    assert page.status_code == 422
    for part in ("Choose how they asked you", "Enter why you fill it in for them", 'value="Rosa"'):
        assert part in page.content.decode()
    future = staff.post(place, {**ASKED, "asked_on": "2999-01-01"})
    assert future.status_code == 422
    assert "today or earlier" in future.content.decode()
    with tenant(world.here.certifier):
        assert not CertificateRequest.objects.exists()  # a refusal leaves no draft behind
