"""/in/: everything addressed to an importer or a broker, from every certifier, and nothing else."""

import csv
from datetime import timedelta
from io import StringIO

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from nopic.tenants.context import organisation
from nopic.tenants.models import Broker, Membership
from nopic.tenants.statuses import Role
from nopic.workflow.clock import now
from tests import factories
from tests.delivery import consignments
from tests.delivery.consignments import Consignment
from tests.delivery.test_mails import damage
from tests.factories import World, signed_in


@pytest.fixture
def ours(world: World) -> Consignment:
    return consignments.make(world.here, world.importer)


@pytest.fixture
def elsewhere(world: World) -> Consignment:
    """The other certifier issued one to the same importer, through another broker."""
    return consignments.make(world.there, world.importer, broker_email="other@broker.example", reference="2026-0001")


@pytest.fixture
def foreign(world: World) -> Consignment:
    """The other certifier issued one to the other importer."""
    return consignments.make(world.there, world.other_importer, broker_email="", reference="2026-0002")


def listed(client: Client, address: str = "/in/") -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_an_importer_of_two_certifiers_sees_both_and_nothing_else(
    world: World, ours: Consignment, elsewhere: Consignment, foreign: Consignment
) -> None:
    client = signed_in(world.importer_user)
    html = listed(client)
    assert html.index(elsewhere.number) < html.index(ours.number), "newest first"
    assert foreign.number not in html
    for seen in (ours, elsewhere):
        assert client.get(f"/in/{seen.number}/").status_code == 200
        assert client.get(f"/in/{seen.number}/certificate.pdf").getvalue() == consignments.pdf_of(seen)
    for address in (f"/in/{foreign.number}/", f"/in/{foreign.number}/certificate.pdf"):
        assert client.get(address).status_code == 404
    assert foreign.number not in client.get("/in/certificates.csv").content.decode()
    assert f"/in/{foreign.number}/" not in listed(client, f"/in/?q={foreign.number}")


def test_a_broker_sees_what_names_its_exact_address(world: World, ours: Consignment, elsewhere: Consignment) -> None:
    shouted = consignments.make(world.here, world.importer, broker_email="DESK@harborline.example", reference="R3")
    alike = consignments.make(world.here, world.importer, broker_email="desk@harborline.example.org", reference="R4")
    client = signed_in(world.broker_user)
    html = listed(client)
    assert ours.number in html
    assert shouted.number in html, "addresses are compared without regard to case"
    for other in (elsewhere, alike):
        assert other.number not in html
        assert client.get(f"/in/{other.number}/").status_code == 404
        assert client.get(f"/in/{other.number}/certificate.pdf").status_code == 404


def test_people_of_a_certifier_have_no_inbox(world: World, ours: Consignment) -> None:
    for person in (world.here.reviewer, world.here.sender, world.stranger):
        assert signed_in(person).get("/in/").status_code == 403
    assert Client().get("/in/").status_code == 302


def test_the_outstanding_document_and_a_cancellations_reason_are_shown_here(world: World, ours: Consignment) -> None:
    client = signed_in(world.importer_user)
    assert "final transport document has still to come" in listed(client, f"/in/{ours.number}/")
    assert "for the OR2 message" in listed(client, f"/in/{ours.number}/")
    consignments.cancel(ours)
    html = listed(client, f"/in/{ours.number}/")
    assert "Not valid for import" in html
    assert "for the OR2 message" not in html, "nothing is offered to be entered any more"
    assert html.count("data-copy") == 1, "its number, to tell others"
    assert "The final documents did not come in time." in html
    consignments.work("render")
    answer = client.get(f"/in/{ours.number}/certificate.pdf")
    assert "-CANCELLED.pdf" in answer.headers["Content-Disposition"]
    assert "Not valid for import" in consignments.text_of(answer.getvalue())


def test_the_filters_leave_what_they_name(world: World, ours: Consignment) -> None:
    left = consignments.make(
        world.here, world.importer, departure_on=now().date() - timedelta(days=9), arrival_in=12, reference="R2"
    )
    gone = consignments.make(world.here, world.importer, reference="R3")
    consignments.cancel(gone)
    client = signed_in(world.importer_user)

    def numbers(query: str) -> set[str]:
        html = listed(client, f"/in/?{query}")
        return {one.number for one in (ours, left, gone) if one.number in html}

    assert numbers("state=valid") == {ours.number}
    assert numbers("state=shipped") == {left.number}
    assert numbers("state=not_valid") == {gone.number}
    assert numbers("arriving=14") == {left.number}
    assert numbers("arriving=30") == {ours.number, left.number, gone.number}
    assert numbers("state=rubbish&arriving=x") == {ours.number, left.number, gone.number}
    assert numbers(f"q={left.number.replace('-', '')}") == {left.number}
    assert numbers(f"q={left.number[-6:]}") == {left.number}
    rows = list(csv.DictReader(StringIO(client.get("/in/certificates.csv?state=valid").content.decode("utf-8-sig"))))
    assert [row["number"] for row in rows] == [ours.number]


def test_a_nop_id_typed_for_a_number_is_told_so(world: World, ours: Consignment) -> None:
    html = listed(signed_in(world.importer_user), "/in/?q=9010004127")
    assert "NOP ID, not a certificate number" in html
    assert ours.number not in html


@pytest.mark.parametrize(
    "query", ["q=%00", "before=x", "before=-1", "before=" + "9" * 40, "before=%D9%A3", "q=" + "%" * 50]
)
def test_bad_input_is_no_error(world: World, ours: Consignment, query: str) -> None:
    assert signed_in(world.importer_user).get(f"/in/?{query}").status_code == 200


def test_an_empty_inbox_says_whose_it_is(world: World) -> None:
    assert "Nothing addressed to NOP ID 9100019836 yet. Is the ID right?" in listed(signed_in(world.importer_user))
    assert "desk@harborline.example" in listed(signed_in(world.broker_user))


def test_the_list_is_paged_by_key_and_costs_the_same_with_any_number_of_rows(world: World, monkeypatch) -> None:
    monkeypatch.setattr("nopic.delivery.queries.page.__defaults__", (3,))
    client = signed_in(world.importer_user)
    listed(client)
    costs = []
    made: list[Consignment] = []
    for at in (1, 6):
        while len(made) < at:
            made.append(consignments.make(world.here, world.importer, reference=f"R{len(made)}"))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            html = listed(client)
        # Savepoints stand for the transactions that production opens here.
        costs.append(len([q for q in queries.captured_queries if "SAVEPOINT" not in q["sql"]]))
    assert costs[0] == costs[1]
    assert costs[0] <= 10
    found: list[str] = []
    while True:
        found += [one.number for one in reversed(made) if one.number in html]
        if "Older" not in html:
            break
        html = listed(client, "/in/" + html.partition('" rel="next"')[0].rpartition('href="')[2])
    assert found == [one.number for one in reversed(made)]


def test_who_belongs_to_several_organisations_chooses(world: World, ours: Consignment, foreign: Consignment) -> None:
    with organisation(importer_id=world.other_importer.pk):
        other = Membership.objects.create(user=world.importer_user, role=Role.IMPORTER, importer=world.other_importer)
    client = signed_in(world.importer_user)
    html = listed(client)
    assert ours.number in html
    assert foreign.number not in html
    assert client.post("/in/choose/", {"inbox": other.pk}).status_code == 302
    html = listed(client)
    assert foreign.number in html
    assert ours.number not in html
    for not_mine in ("999999", "x", ""):
        assert client.post("/in/choose/", {"inbox": not_mine}).status_code == 404
    with organisation(importer_id=world.other_importer.pk):
        Membership.objects.filter(pk=other.pk).update(is_active=False)
    assert ours.number in listed(client), "a membership that ended opens nothing"


def test_a_broker_of_two_desks_sees_each_apart(world: World, ours: Consignment) -> None:
    desk = Broker.objects.create(name="Pacific Desk", email="desk@pacific.example")
    with organisation(broker_id=desk.pk):
        factories.member(world.broker_user, Role.BROKER, broker=desk)
    made = consignments.make(world.there, world.importer, broker_email="desk@pacific.example", reference="R9")
    client = signed_in(world.broker_user)
    assert made.number not in listed(client)
    assert client.get(f"/in/{made.number}/").status_code == 404


def test_a_damaged_file_is_refused(world: World, ours: Consignment) -> None:
    damage(ours)
    answer = signed_in(world.importer_user).get(f"/in/{ours.number}/certificate.pdf")
    assert answer.status_code == 500
    assert "We do not hand this PDF out" in answer.content.decode()


def test_nothing_of_another_certifier_reaches_its_neighbours_importer(
    world: World, ours: Consignment, foreign: Consignment
) -> None:
    client = signed_in(world.importer_user)
    for address in ("/in/", "/in/certificates.csv", f"/in/{ours.number}/", f"/in/?q={foreign.number}"):
        assert "CANARY-nordhof" not in client.get(address).content.decode()
