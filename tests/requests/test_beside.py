"""A container, a seal, a transport document and a lot in two requests: said to whom it concerns, never a silent block."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from nopic.requests.beside import MARKS, compactly
from nopic.requests.checks import Finding, findings
from nopic.requests.models import CertificateRequest, TransportNumber
from nopic.tenants.context import tenant
from nopic.tenants.models import Exporter
from tests import factories
from tests.factories import World, signed_in

pytestmark = pytest.mark.sent

OTHER_PAPERS = {"containers": [{"number": "APLU 417512 5", "seal": "PE000001"}], "transport_document": "ANOTHER-1"}
OTHER_CONTAINER = {"containers": [{"number": "MSKU 712207 8", "seal": "PE000001"}], "transport_document": "ANOTHER-1"}
MINE = "APLU 417512 5, APLCLLOAK26094, PE881960"


def said(
    world: World, *, moment: Any = "approval", days: int = 0, rule: str = "travels_by_itself", **other: Any
) -> tuple[CertificateRequest, list[Finding]]:
    """What is said of a sent request beside an earlier one that leaves so many days before and says `other`."""
    earlier = factories.submitted(world.here)
    later = factories.submitted(world.here) if moment == "approval" else factories.complete_draft(world.here)
    with tenant(world.here.certifier):
        if days:
            other["departure_on"] = later.departure_on - timedelta(days=days)  # type: ignore[operator]
        CertificateRequest.objects.filter(pk=earlier.pk).update(**other)
        later = CertificateRequest.objects.select_related("certifier", "exporter", "importer", "policy").get(
            pk=later.pk
        )
        return earlier, [one for one in findings(later, moment=moment) if one.rule == rule]


def another_exporter(world: World) -> Exporter:
    here = world.here
    with tenant(here.certifier):
        return Exporter.objects.create(
            certifier=here.certifier, name="Cooperativa Sur", address="Puno", country="Peru", nop_id="9010009999",
            email="sur@example.com", certified_from=here.exporter.certified_from, standard="NOP",
        )  # fmt: skip


@pytest.mark.parametrize(
    ("days", "other", "shared"),
    [
        (7, {}, MINE),
        (7, OTHER_PAPERS, "APLU 417512 5"),
        (30, {}, "APLCLLOAK26094, PE881960"),  # the container may be back, a seal and a bill of lading never are
        (30, OTHER_PAPERS, ""),
        (61, {}, ""),
        (7, OTHER_CONTAINER, ""),
        (7, {"mode": "road", "vessel": "Andes Courier, voyage 0646N", **OTHER_CONTAINER}, ""),
        (7, {"status": "withdrawn"}, ""),
    ],
)
def test_a_container_on_another_day_is_a_question_to_the_reviewer_while_it_cannot_be_back(
    world: World, days: int, other: dict[str, Any], shared: str
) -> None:
    earlier, found = said(world, days=days, **other)
    assert [(one.severity, one.inputs["others"]) for one in found] == (
        [("question", [earlier.reference])] if shared else []
    )
    if shared:
        assert found[0].staff_sentence.startswith(f"{shared} is in {earlier.reference} too, which leaves on")


def test_the_exporter_is_asked_about_the_number_before_sending(world: World) -> None:
    earlier, (found,) = said(world, moment="submit", days=7)
    assert found.severity == "note"
    assert f"is in {earlier.reference} of" in found.sentence
    assert found.sentence.endswith("as well: is the number right?")


def test_a_truck_that_importers_share_is_said_to_the_reviewer_only(world: World) -> None:
    northshore = {"importer_id": world.other_importer.pk}
    _earlier, (found,) = said(world, **northshore)
    assert (found.severity, "for Northshore Foods" in found.staff_sentence) == ("note", True)


def test_no_exporter_reads_of_another_ones_request(world: World) -> None:
    earlier, (found,) = said(world, days=2, exporter_id=another_exporter(world).pk)
    assert found.severity == "question"
    assert f"{earlier.reference} of another exporter" in found.staff_sentence
    assert earlier.reference not in found.sentence
    with tenant(world.here.certifier):
        mine = CertificateRequest.objects.order_by("-pk")[0]
    page = signed_in(world.here.sender).get(f"/tierra/requests/{mine.reference}/").content.decode()
    assert "is the number right?" not in page
    _other, nothing = said(world, moment="submit", days=2, exporter_id=another_exporter_again(world))
    assert nothing == []


def another_exporter_again(world: World) -> int:
    with tenant(world.here.certifier):
        CertificateRequest.objects.update(departure_on=None, status="withdrawn")
        return Exporter.objects.get(name="Cooperativa Sur").pk


def test_goods_that_were_refused_may_be_asked_for_again_in_the_same_container(world: World) -> None:
    earlier = factories.submitted(world.here)
    later = factories.submitted(world.here)
    with tenant(world.here.certifier):
        CertificateRequest.objects.filter(pk=earlier.pk).update(importer=world.other_importer)
        assert [one.rule for one in findings(later, moment="approval") if one.rule == "travels_by_itself"]
        later.refresh_from_db()
        earlier.lines.update(status="withdrawn")
        assert not [one.rule for one in findings(later, moment="approval") if one.rule == "travels_by_itself"]


def test_the_reviewer_sees_lots_that_another_request_names_and_opens_it_from_the_case(world: World) -> None:
    earlier, found = said(world, rule="lots_are_not_counted_twice")
    assert [one.severity for one in found] == ["question", "question"]
    assert f"Lot VV-26-118 is in {earlier.reference} too" in found[0].staff_sentence
    assert "Kilograms there: 9,600. Here: 9,600" in found[0].staff_sentence
    with tenant(world.here.certifier):
        newest = CertificateRequest.objects.order_by("-pk")[0]
    page = signed_in(world.here.reviewer).get(f"/tierra/cases/{newest.reference}/").content.decode()
    assert f'<a href="/tierra/cases/{earlier.reference}/">Open {earlier.reference}</a>' in page


def test_what_stands_beside_a_request_takes_the_same_statements_however_much_it_is(world: World) -> None:
    def statements() -> int:
        with tenant(world.here.certifier):
            fresh = CertificateRequest.objects.select_related("certifier", "exporter", "importer", "policy").get(
                pk=mine.pk
            )
            with CaptureQueriesContext(connection) as captured:
                findings(fresh, moment="approval")
        return len(captured)

    mine = factories.submitted(world.here)
    factories.submitted(world.here)
    one = statements()
    factories.submitted(world.here)
    assert statements() == one


@pytest.mark.parametrize("typed", ["aplclloak26094", "APLC LLOAK-26094"])
def test_a_bill_of_lading_is_known_however_it_is_typed(world: World, typed: str) -> None:
    _earlier, found = said(world, days=30, **{**OTHER_CONTAINER, "transport_document": typed})
    assert ["APLCLLOAK26094" in (one.staff_sentence or one.sentence) for one in found] == [True]


def test_drafts_with_the_same_container_do_not_hide_what_was_sent(world: World) -> None:
    earlier, found = said(world, days=7)
    assert found
    with tenant(world.here.certifier):
        later = CertificateRequest.objects.exclude(pk=earlier.pk).get()
        draft = factories.draft(world.here)
        same = {
            name: getattr(later, name)
            for name in ("departure_on", "containers", "vessel", "mode", "transport_document")
        }
        CertificateRequest.objects.filter(pk=draft.pk).update(**same)
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr("nopic.requests.beside.MOST", 1)
            later = CertificateRequest.objects.select_related("certifier", "exporter", "importer", "policy").get(
                pk=later.pk
            )
            again = [one for one in findings(later, moment="approval") if one.rule == "travels_by_itself"]
    assert again == found


def test_what_is_only_typed_into_a_correction_of_another_request_is_not_compared(world: World) -> None:
    typed = {
        "status": "questions_open",
        "transport_document": "TYPED-4711",
        "containers": [{"number": "MSKU 712207 8"}],
    }
    _earlier, (found,) = said(world, importer_id=world.other_importer.pk, **typed)
    assert found.staff_sentence.startswith(f"{MINE} is in ")


def test_a_correction_that_is_being_typed_moves_neither_the_day_nor_the_lots_of_what_was_sent(world: World) -> None:
    earlier, found = said(world, rule="lots_are_not_counted_twice")
    with tenant(world.here.certifier):
        earlier.lines.get().lots.update(kg=1)
        typed = {"status": "questions_open", "departure_on": earlier.departure_on + timedelta(days=90)}  # type: ignore[operator]
        CertificateRequest.objects.filter(pk=earlier.pk).update(**typed)
        later = CertificateRequest.objects.select_related("certifier", "exporter", "importer", "policy").get(
            pk=CertificateRequest.objects.exclude(pk=earlier.pk).get().pk
        )
        again = findings(later, moment="approval")
        assert [one for one in again if one.rule == "lots_are_not_counted_twice"] == found
        assert [one.inputs["others"] for one in again if one.rule == "is_not_there_twice"] == [[earlier.reference]]
        earlier.lines.update(status="withdrawn")
        CertificateRequest.objects.filter(pk=earlier.pk).update(departure_on=None)
        assert not [one for one in findings(later, moment="approval") if one.rule == "lots_are_not_counted_twice"]


def test_the_database_writes_numbers_as_they_are_compared(world: World) -> None:
    request = factories.submitted(world.here)
    odd = f"ab{MARKS}-9Ä ß'\\"
    with tenant(world.here.certifier):
        told = {
            "vessel": odd,
            "transport_document": " - ",
            "containers": [{"number": "msku 1", "seal": None}, {"seal": "s.2"}],
        }
        CertificateRequest.objects.filter(pk=request.pk).update(**told)
        kept = TransportNumber.objects.filter(request_id=request.pk).values_list("plain", flat=True)
        assert sorted(kept) == sorted([compactly(odd), "MSKU1", "S2"])
        CertificateRequest.objects.filter(pk=request.pk).update(status="questions_open", vessel="Typed", containers=[])
        assert len(kept.all()) == 3
        CertificateRequest.objects.filter(pk=request.pk).update(status="submitted")
        assert list(kept.all()) == ["TYPED"]
