"""Drafts: what was typed is always kept, in two tabs as well; rows follow what could be read."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from nopic.requests import actions, checks, queries
from nopic.requests.models import CertificateRequest, Lot, RequestLine
from nopic.tenants.context import tenant
from nopic.tenants.models import Importer, ImporterContact
from nopic.workflow.clock import today
from nopic.workflow.models import AuditEvent, Dispatch
from nopic.workflow.transitions import Overtaken, Refused
from tests import factories
from tests.factories import Side, World, answers, line_answers


def save(here: Side, request, step: str, raw: dict, revision: int | None = None):
    return actions.revise(
        request=request, step=step, raw=raw, revision=request.revision if revision is None else revision, by=here.sender
    )


def test_references_count_by_certifier_and_year(world: World) -> None:
    first, second, elsewhere = factories.draft(world.here), factories.draft(world.here), factories.draft(world.there)
    year = first.reference[:4]
    assert [first.reference, second.reference, elsewhere.reference] == [f"{year}-0001", f"{year}-0002", f"{year}-0001"]


def test_a_wrong_answer_is_kept_as_typed_and_the_rest_is_read(here: Side) -> None:
    request = factories.draft(here)
    save(here, request, "transport", answers(here, port_of_entry="somewhere", arrival_on="in May")["transport"])
    request.refresh_from_db()
    assert request.raw["transport"]["arrival_on"] == "in May"
    assert (request.mode, request.port_of_entry, request.arrival_on) == ("sea", "", None)
    assert request.problems == {"transport": 2}


def test_a_step_that_does_not_exist_is_a_key_error(here: Side) -> None:
    with pytest.raises(KeyError):
        save(here, factories.draft(here), "payment", {})


def test_lines_keep_their_rows_across_saves(here: Side) -> None:
    request = factories.draft(here)
    save(here, request, "products", {"lines": [line_answers(here), line_answers(here, item=str(here.second_item.pk))]})
    first, second = request.lines.all()
    typed = request.raw["products"]["lines"]
    assert [entry["id"] for entry in typed] == [str(first.pk), str(second.pk)]
    typed[1]["net"] = "1,000"
    save(here, request, "products", {"lines": typed[::-1]})
    assert [(line.pk, line.net_kg) for line in request.lines.all()] == [(second.pk, 1_000), (first.pk, 19_200)]


def test_a_removed_product_goes_from_a_draft(here: Side) -> None:
    request = factories.draft(here)
    save(here, request, "products", {"lines": [line_answers(here), line_answers(here)]})
    typed = request.raw["products"]["lines"]
    kept = typed[1]["id"]
    save(here, request, "products", {"lines": [{**typed[0], "remove": "1"}, typed[1]]})
    assert [str(line.pk) for line in RequestLine.objects.filter(request=request)] == [kept]
    assert [entry["id"] for entry in request.raw["products"]["lines"]] == [kept]
    assert Lot.objects.filter(line__request=request).count() == 2


def test_a_line_of_another_request_cannot_be_taken(here: Side) -> None:
    theirs, mine = factories.complete_draft(here), factories.draft(here)
    stolen = theirs.lines.get()
    save(here, mine, "products", {"lines": [line_answers(here, id=str(stolen.pk), net="5")]})
    stolen.refresh_from_db()
    assert (stolen.request_id, stolen.net_kg) == (theirs.pk, Decimal(19_200))
    assert mine.lines.get().pk != stolen.pk


def test_a_removed_product_of_a_returned_request_stays_readable(here: Side) -> None:
    request = factories.submitted(here, lines=[line_answers(here), line_answers(here, item=str(here.second_item.pk))])
    actions.return_to_exporter(request=request, by=here.reviewer, points=[{"box": "7", "text": "Only coffee."}])
    typed = request.raw["products"]["lines"]
    save(here, request, "products", {"lines": typed[:1]})
    assert [line.removed for line in RequestLine.objects.filter(request=request)] == [False, True]
    assert [box.number for box in queries.summary(request)].count(7) == 1


def test_the_same_post_twice_is_one_save(here: Side) -> None:
    request = factories.draft(here)
    raw = {"lines": [line_answers(here)]}
    save(here, request, "products", raw, revision=1)
    again = save(here, request, "products", {"lines": [line_answers(here)]}, revision=1)
    assert again.values["lines"][0]["net_kg"] == 19_200
    assert request.lines.count() == 1
    assert request.revision == 2


def test_a_second_tab_gets_the_difference_and_overwrites_nothing(here: Side) -> None:
    request = factories.draft(here)
    save(here, request, "departure", {"departure_on": "2026-12-11", "late_reason": ""}, revision=1)
    with pytest.raises(Overtaken) as overtaken:
        save(here, request, "departure", {"departure_on": "2026-12-18", "late_reason": ""}, revision=1)
    assert overtaken.value.subject.raw["departure"]["departure_on"] == "2026-12-11"
    request.refresh_from_db()
    assert request.raw["departure"]["departure_on"] == "2026-12-11"


def test_a_second_tab_on_another_step_is_no_clash(here: Side) -> None:
    request = factories.draft(here)
    save(here, request, "departure", answers(here)["departure"], revision=1)
    save(here, request, "transport", answers(here)["transport"], revision=1)
    assert (request.revision, request.mode) == (3, "sea")


def test_what_was_sent_is_not_revised(here: Side) -> None:
    request = factories.submitted(here)
    with pytest.raises(Overtaken):
        save(here, request, "departure", {"departure_on": ""})


def test_a_new_importer_is_provisional_and_the_registry_is_asked(here: Side) -> None:
    request = factories.draft(here)
    raw = {
        "contact": "new",
        "nop_id": "8150019863",
        "name": "Ridge Foods",
        "address": "1 Main St\nReno",
        "importer_email": "a@b.example",
    }
    save(here, request, "importer", raw)
    save(here, request, "importer", {**raw, "name": "Ridge Foods LLC"})
    importer, contact = Importer.objects.get(nop_id="8150019863"), ImporterContact.objects.get(name="Ridge Foods LLC")
    assert (importer.name, importer.status, importer.read_at) == ("", "unknown", None)
    assert (request.importer, request.contact, contact.confirmed_at) == (importer, contact, None)
    assert Dispatch.objects.filter(topic="party", certifier_id=0, subject_id=importer.pk).count() == 1


def test_an_exporter_cannot_rename_an_importer_that_is_known(here: Side, world: World) -> None:
    request = factories.draft(here)
    raw = {
        "contact": "new",
        "nop_id": world.importer.nop_id,
        "name": "Mine",
        "address": "Here",
        "importer_email": "me@b.example",
    }
    save(here, request, "importer", raw)
    here.contact.refresh_from_db()
    assert (request.contact, here.contact.name, here.contact.email) == (
        here.contact,
        "Bay Bridge Coffee",
        "buyer@baybridge.example",
    )
    assert Importer.objects.get(pk=world.importer.pk).name == "Bay Bridge Coffee"


def test_the_pair_remembers_its_recipients_once_sent(here: Side) -> None:
    factories.submitted(here, importer_email="import@baybridge.example", broker_name="", broker_email="")
    here.contact.refresh_from_db()
    assert (here.contact.email, here.contact.broker_email) == ("import@baybridge.example", "")


def test_a_supplier_decides_which_guarantee_is_asked(here: Side) -> None:
    request = factories.draft(here)
    asked = {}
    for name, certifier_name, same in (("Finca Norte", "", True), ("Rio Alto", "Other Cert", False)):
        supplier = actions.add_supplier(
            exporter=here.exporter,
            name=name,
            nop_id="",
            certifier_name=certifier_name,
            same_certifier=same,
            by=here.sender,
        )
        lots = [{"code": "L1", "supplier": str(supplier.pk)}, {"code": "L2", "supplier": str(supplier.pk)}]
        entry = {
            **line_answers(here, lots=lots),
            "id": request.raw.get("products", {}).get("lines", [{"id": ""}])[0]["id"],
        }
        save(here, request, "products", {"lines": [entry]})
        asked[name] = [slot.name for slot in queries.documents(request) if slot.subject == f"supplier-{supplier.pk}"]
    assert asked == {
        "Finca Norte": ["Purchase invoice from Finca Norte"],
        "Rio Alto": ["Transaction certificate from Rio Alto"],
    }


@pytest.mark.parametrize(
    "changes, sentence",
    [
        ({"name": " "}, "Enter the supplier's name"),
        ({"nop_id": "123"}, "The NOP ID must have 10 digits"),
        ({"name": "x" * 201}, "may have at most 200 characters; this has 201"),
        ({"certifier_name": "x" * 300}, "may have at most 120 characters; this has 300"),
        ({"certifier_name": ""}, "Enter who certifies the supplier"),
    ],
)
def test_a_supplier_needs_name_and_certifier(here: Side, changes: dict, sentence: str) -> None:
    said = {"name": "Rio Alto", "nop_id": "", "certifier_name": "Other Cert", "same_certifier": False, **changes}
    with pytest.raises(Refused, match=sentence):
        actions.add_supplier(exporter=here.exporter, by=here.sender, **said)


def test_documents_are_answered_for_only_where_the_policy_allows_it(here: Side) -> None:
    request = factories.draft(here)

    def answer(rule: str, said: str, reason: str = "", due_on: date | None = None) -> str:
        try:
            actions.answer_slot(
                request=request, rule=rule, subject="", answer=said, reason=reason, due_on=due_on, by=here.sender
            )
        except Refused as refused:
            return str(refused)
        return {slot.rule: slot.state for slot in queries.documents(request)}[rule]

    assert answer("commercial_invoice", "does_not_apply", "none") == "Commercial invoice is needed before sending"
    assert answer("packing_list", "does_not_apply") == "Packing list: tell us why it does not apply"
    assert answer("packing_list", "does_not_apply", "Loose cargo in one hold.") == "not_needed"
    assert answer("packing_list", "later") == "Packing list is needed before sending"
    assert answer("phytosanitary_certificate", "later") == "Phytosanitary certificate: tell us on which day it comes"
    assert answer("phytosanitary_certificate", "later", due_on=today("UTC") + timedelta(days=30)) == "later"
    actions.clear_slot(request=request, rule="packing_list", subject="", by=here.sender)
    assert {slot.rule: slot.state for slot in queries.documents(request)}["packing_list"] == "missing"
    assert AuditEvent.objects.filter(verb="slot answered").count() == 2
    with pytest.raises(Overtaken):
        answer("bill_of_sale", "later")


def test_after_sending_only_what_may_follow_is_taken(here: Side) -> None:
    request = factories.submitted(here)
    assert actions.open_slot(request=request, rule="phytosanitary_certificate", subject="") == request.dossier
    with pytest.raises(Overtaken):
        actions.open_slot(request=request, rule="commercial_invoice", subject="")


def test_a_draft_is_behind_its_certifiers_door(world: World) -> None:
    request = factories.draft(world.here)
    with pytest.raises(type(request).DoesNotExist), tenant(world.there.certifier, world.there.sender):
        actions.revise(request=request, step="departure", raw={}, revision=1, by=world.there.sender)


def lots_of(request: CertificateRequest) -> list[list[tuple[str, Decimal | None]]]:
    return [list(line.lots.values_list("code", "kg")) for line in request.lines.filter(removed=False)]


def test_grams_are_merged_as_grams(here: Side) -> None:
    """The sum stands in the form as text, where 150.125 would be read as thousands."""
    request = factories.complete_draft(here, lines=[line_answers(here, net=net) for net in ("100.1250", "50")])
    one, two = request.lines.all()
    assert (one.net_kg, two.net_kg) == (Decimal("100.125"), 50)
    actions.merge(request=request, line_id=two.pk, revision=request.revision, by=here.sender)
    assert request.lines.get().net_kg == Decimal("150.125")


def test_a_product_that_is_there_twice_is_merged_with_the_weights_packages_and_lots_of_both(here: Side) -> None:
    first = line_answers(here, net="42,000", unit="lb", gross="43,000", packages="320", lots="A, B")
    second = line_answers(here, net="6", unit="t", gross="6.1", packages="100",
                          lots=[{"code": "C", "kg": "1000", "supplier": "own"}, {"code": "A", "kg": "", "supplier": ""}])  # fmt: skip
    request = factories.complete_draft(here, lines=[first, second])
    one, two = request.lines.all()
    net, gross = one.net_kg + two.net_kg, one.gross_kg + two.gross_kg
    with pytest.raises(Overtaken):
        actions.merge(request=request, line_id=one.pk, revision=request.revision, by=here.sender)
    with pytest.raises(Overtaken):
        actions.merge(request=request, line_id=two.pk, revision=request.revision - 1, by=here.sender)
    actions.merge(request=request, line_id=two.pk, revision=request.revision, by=here.sender)
    [merged] = request.lines.all()
    assert (merged.pk, merged.net_kg, merged.gross_kg, merged.packages) == (one.pk, net, gross, 420)
    assert lots_of(request) == [[("A", None), ("B", None), ("C", 1000)]]
    found = checks.findings(request, moment="submit")
    assert not any(one.is_stop or one.rule == "same_commodity_once" for one in found)
    assert AuditEvent.objects.get(verb="products merged").facts == {"line": one.pk, "merged": two.pk}


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"crop_year": "2025"}, "the harvest year"),
        ({"package_kind": "boxes"}, "the packaging"),
        ({"origin_region": "Puno", "package_kind": "boxes"}, "the packaging, the region of origin"),
    ],
)
def test_what_differs_is_not_merged_and_says_why(here: Side, changes: dict[str, str], what: str) -> None:
    light = {"net": "60", "gross": "61", "packages": "1", "lots": "A"}
    request = factories.complete_draft(
        here, lines=[line_answers(here, **light), line_answers(here, **light, **changes)]
    )
    second = request.lines.last()
    [told] = [one for one in checks.findings(request, moment="submit") if one.rule == "same_commodity_once"]
    assert f"They stay two certificates: {what} differs" in told.sentence
    assert told.asks == ""
    with pytest.raises(Overtaken):
        actions.merge(request=request, line_id=second.pk, revision=request.revision, by=here.sender)
    assert request.lines.count() == 2
