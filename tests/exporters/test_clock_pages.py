"""The clock on the exporter's pages: classes to choose from, and what follows what, while it is typed and when it is sent."""

from dataclasses import replace

import pytest
from django.test import Client

from nopic.requests.models import CertificateRequest
from nopic.tenants.context import tenant
from nopic.tenants.models import Policy
from nopic.tenants.policy import Rules, Turnaround
from tests import factories
from tests.factories import Side, World

CLASSES = Rules(
    turnarounds=(
        Turnaround(code="standard", amount=2),
        Turnaround(code="day", name="Fast", unit="hours", amount=24),
        Turnaround(code="always", name="Urgent", unit="hours", amount=24, over_closed_days=True),
    )
)


@pytest.fixture
def here(world: World) -> Side:
    with tenant(world.here.certifier):
        Policy.objects.create(certifier=world.here.certifier, version=2, data=CLASSES.to_json(), by="x")
    return world.here


def page(side: Side, request: CertificateRequest, step: str, **posted: str) -> str:
    client = Client()
    client.force_login(side.sender)
    url = f"/{side.certifier.slug}/requests/{request.reference}/{step}/"
    answer = client.post(url, posted) if posted else client.get(url)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_the_exporter_chooses_a_class_and_reads_whether_it_runs_over_a_weekend(here: Side) -> None:
    text = page(here, factories.complete_draft(here), "departure")
    assert "How quickly do you need the decision?" in text
    assert "2 working days. Weekends and holidays do not count" in text
    assert "24 hours on working days. They stand still over weekends and holidays" in text
    assert "24 hours from sending. They run over nights, weekends and holidays too" in text
    assert text.count("if you send it now") == 3


def test_what_a_class_costs_on_top_stands_beside_it(here: Side) -> None:
    rules = CLASSES.to_json()
    code = rules["turnarounds"][1]["code"]
    with tenant(here.certifier):
        data = {**rules, "fees": {**rules["fees"], "classes": [{"turnaround": code, "price": "75.00"}]}}
        Policy.objects.create(certifier=here.certifier, version=3, data=data, by="x")
    text = page(here, factories.complete_draft(here), "departure")
    assert text.count("USD 75.00 on top, for each certificate") == 1


def test_one_class_is_no_question(world: World) -> None:
    text = page(world.here, factories.complete_draft(world.here), "departure")
    assert "How quickly" not in text


def test_a_class_that_there_is_not_stays_with_a_sentence(here: Side) -> None:
    request = factories.complete_draft(here)
    client = Client()
    client.force_login(here.sender)
    answer = client.post(
        f"/{here.certifier.slug}/requests/{request.reference}/departure/",
        {**request.raw["departure"], "turnaround": "yesterday", "revision": str(request.revision)},
    )
    assert answer.status_code == 422
    assert "Choose how quickly you need the decision" in answer.content.decode()


@pytest.mark.parametrize("step", ["departure", "transport", "check"])
def test_all_moments_stand_beside_the_form_with_their_reasons(here: Side, step: str) -> None:
    text = page(here, factories.complete_draft(here), step)
    for said in ("Send the request by", "Decision by", "Customs data, usually by", "Counted from the beginning of"):
        assert said in text


def test_the_moments_follow_what_is_typed_and_nothing_is_saved(here: Side) -> None:
    request = factories.complete_draft(here)
    departure = {**request.raw["departure"], "turnaround": "day"}
    assert "Fast: 24 hours on working days" in page(here, request, "departure/when", **departure)
    assert "before it arrives" in page(here, request, "departure/when", mode="air", arrival_on=str(request.arrival_on))
    with tenant(here.certifier):
        stored = CertificateRequest.objects.get(pk=request.pk)
        assert (stored.turnaround, stored.mode) == ("standard", "sea")


def test_what_was_promised_stays_on_the_page_of_a_sent_request(here: Side) -> None:
    request = factories.submitted(here)
    with tenant(here.certifier):
        later = replace(CLASSES, turnarounds=(Turnaround(code="standard", name="Slow", amount=20),))
        Policy.objects.create(certifier=here.certifier, version=3, data=later.to_json(), by="x")
    client = Client()
    client.force_login(here.sender)
    text = client.get(f"/{here.certifier.slug}/requests/{request.reference}/").content.decode()
    assert "2 working days. Weekends" in text
    assert "Slow" not in text
