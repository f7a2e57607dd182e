"""A form that the exporter signed stands for the click, if the policy takes one: for a request and for a correction."""

import pytest
from django.core import mail
from django.db import IntegrityError, transaction

from nopic.requests.models import CertificateRequest, Correction, OnBehalf
from nopic.review import queries
from nopic.tenants.context import tenant
from nopic.tenants.models import Policy
from nopic.tenants.policy import Rules
from nopic.tenants.policy.people import Asking, SecondPerson
from nopic.workflow import clock
from nopic.workflow.models import AuditEvent
from tests import factories
from tests.delivery.consignments import work
from tests.exporters.test_papers import upload
from tests.factories import Side, World, signed_in
from tests.review import cases, correcting


@pytest.fixture
def side(world: World) -> Side:
    """A certifier whose policy takes signed forms, and has a second person look at what they confirmed."""
    rules = Rules(asking=Asking(signed_form_confirms=True), second_person=SecondPerson(signed_form=True))
    with tenant(world.here.certifier):
        Policy.objects.create(certifier=world.here.certifier, version=2, data=rules.to_json(), by="x")
    return world.here


def filed(side: Side) -> CertificateRequest:
    """A complete draft that the reviewer filled in for the exporter."""
    request = factories.complete_draft(side)
    with tenant(side.certifier):
        OnBehalf.objects.create(
            certifier=side.certifier, request=request, staff=side.reviewer, asked_by="Rosa Quispe", means="form",
            asked_on=clock.today("UTC"), reason="They send Word forms",
        )  # fmt: skip
    return request


def form(request: CertificateRequest, **changes: object) -> dict[str, object]:
    today = clock.today("UTC").isoformat()
    return {
        "signed_by": "Rosa Quispe", "signed_on": today, "file": upload("order.pdf"), "revision": request.revision,
    } | changes  # fmt: skip


def test_staff_send_what_was_signed_and_the_case_names_who_signed(side: Side) -> None:
    request, staff = filed(side), signed_in(side.reviewer)
    place = f"/tierra/on-behalf/{request.reference}/signed/"
    assert place in staff.get(f"/tierra/requests/{request.reference}/check/").content.decode()
    for changes, sentence in (
        ({"signed_by": " \x00"}, "Who signed it"),
        ({"signed_on": "2999-01-01"}, "today or earlier"),
        ({"file": ""}, "Choose the file"),
        ({"file": upload("order.pdf", b"no pdf")}, "Signed form"),
    ):
        refused = staff.post(place, form(request, **changes))
        assert (refused.status_code, sentence in refused.content.decode()) == (422, True), sentence
    too_early = staff.post(place, form(request, signed_on="2999-01-01")).context["problems"]
    assert too_early == [("Enter the day on which it was signed, today or earlier", "id_signed_on")]
    assert signed_in(side.colleague).post(place, form(request)).status_code == 422
    sent = staff.post(place, form(request))
    assert (sent.status_code, sent["Location"]) == (302, f"/tierra/cases/{request.reference}/")
    assert staff.post(place, form(request)).status_code == 302  # pressed twice
    page = staff.get(f"/tierra/cases/{request.reference}/").content.decode()
    assert "Confirmed by a form that Rosa Quispe signed on" in page
    with tenant(side.certifier):
        filing = OnBehalf.objects.get()
        assert (filing.request.status, filing.confirmed_by, filing.signed_by) == ("submitted", None, "Rosa Quispe")
        assert filing.signed_form is not None
        assert filing.signed_form.name == "order.pdf"
        assert AuditEvent.objects.get(verb="confirmed by a signed form").new == "Rosa Quispe"
        case = queries.load(filing.request)
        assert queries.second_reasons(case, case.lines[0]) == ["signed_form"]
        with pytest.raises(IntegrityError), transaction.atomic():
            OnBehalf.objects.update(signed_by="")
    work("request_sent", "mail")
    receipt = mail.outbox[-1]
    assert f"{side.reviewer} sent it for you, with the form that Rosa Quispe signed on" in receipt.body
    timeline = signed_in(side.sender).get(f"/tierra/requests/{request.reference}/").content.decode()
    assert "Confirmed by a form that Rosa Quispe signed, added by" in timeline


def test_a_correction_is_confirmed_by_what_was_signed(side: Side) -> None:
    request, staff = correcting.corrected(side), signed_in(side.reviewer)
    place, case = f"/tierra/on-behalf/{request.reference}/signed/", f"/tierra/cases/{request.reference}/"
    assert place in staff.get(case).content.decode()
    assert staff.get(place).status_code == 200
    stale = staff.post(place, form(request, revision=1))
    assert (stale.status_code, stale["Location"]) == (302, case)
    with tenant(side.certifier):
        assert Correction.objects.get().closed_at is None
    assert staff.post(place, form(request)).status_code == 302
    with tenant(side.certifier):
        correction = Correction.objects.get()
        assert (correction.outcome, correction.confirmed_by, correction.signed_by) == ("confirmed", None, "Rosa Quispe")
        assert correcting.fresh(request).turn == 2
    assert "Confirmed by a form that Rosa Quispe signed on" in staff.get(case).content.decode()


def test_without_the_setting_only_the_exporter_confirms(world: World) -> None:
    side = world.here
    request, staff = filed(side), signed_in(side.reviewer)
    place = f"/tierra/on-behalf/{request.reference}/signed/"
    assert place not in staff.get(f"/tierra/requests/{request.reference}/check/").content.decode()
    refused = staff.post(place, form(request))
    assert (refused.status_code, "Your policy does not let a signed form" in refused.content.decode()) == (422, True)
    with tenant(side.certifier):
        assert OnBehalf.objects.get().request.status == "draft"
    nothing = signed_in(side.reviewer).get(f"/tierra/on-behalf/{cases.sent(side).reference}/signed/")
    assert nothing.status_code == 302
