"""A stored policy says what it means or is refused with a sentence, and the document list follows from it."""

import dataclasses
import json
from datetime import date, time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certifiers.views.signed import RULE as SIGNED_FORM
from nopic.documents.acceptance import BESIDE_THE_LIST
from nopic.requests.slots import DEMANDED
from nopic.tenants.policy import (
    Answers,
    CheckRow,
    ClosedDay,
    DocumentRule,
    Goods,
    PolicyError,
    Reason,
    Rules,
    Supplier,
    cancel_text,
    documents_due,
    refusal_text,
)
from nopic.tenants.policy.checklist import OWN_SOURCES
from nopic.tenants.policy.groups import GROUPS
from nopic.tenants.policy.kinds import BUILT_IN, RESERVED
from nopic.tenants.policy.reading import shape_of

EL_HUABO = Supplier(1, "El Huabo", same_certifier=True)
CABANA = Supplier(2, "Cabana", same_certifier=False)


def test_an_empty_policy_is_the_default_and_storing_it_writes_every_setting():
    assert Rules.from_json({}) == Rules()
    assert set(Rules().to_json()) == set(Rules.__dataclass_fields__)


@given(
    st.builds(
        Rules,
        time_zone=st.sampled_from(["UTC", "America/Lima", "Asia/Kolkata"]),
        country=st.just("PE"),
        subdivision=st.sampled_from(["", "LIM"]),
        closed_days=st.lists(
            st.builds(ClosedDay, st.dates(), st.just("Bridge")), unique_by=lambda d: d.day, max_size=3
        ).map(tuple),
        weekend=st.sampled_from([(), ("sun",), ("fri", "sat")]),
        opening=st.just(time(0)),
        cut_off=st.times(max_value=time(12)).map(lambda t: t.replace(second=0, microsecond=0)),
        lead_days=st.integers(0, 15),
        weight_tolerance_kg=st.decimals(0, 1000, places=3),
        lots_required=st.booleans(),
        checks=st.just((CheckRow(id="own_row", group="process", question="Seal photo present"),)),
        refusal_reasons=st.just((Reason(code="own", text="Own words", citation="7 CFR 205.273"),)),
        documents=st.just(
            (
                DocumentRule(key="label", name="Label", why="New brand", kinds=("draft",)),
                DocumentRule(key="packing_list"),
            )
        ),
    )
)
def test_what_is_stored_comes_back_the_same(rules):
    assert Rules.from_json(json.loads(json.dumps(rules.to_json()))) == rules


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"lead_days": 16}, "Lead days must be a whole number from 0 to 15."),
        ({"lead_days": True}, "Lead days must be a whole number from 0 to 15."),
        ({"lead_days": "3"}, "Lead days must be a whole number from 0 to 15."),
        ({"leed_days": 3}, "A policy: “leed_days” is not a setting."),
        ({"time_zone": "America"}, "Time zone must be the name of a time zone, such as America/Lima."),
        ({"time_zone": "../etc/passwd"}, "Time zone must be the name of a time zone, such as America/Lima."),
        ({"country": "Peru"}, "Country of the holidays must be a country code of two capital letters, such as PE."),
        ({"subdivision": "BY"}, "A state or region of the holidays needs its country."),
        ({"cut_off": "4 pm"}, "Cut-off hour must be a time from 00:00 to 23:59, such as 16:00."),
        ({"cut_off": "18:00"}, "The cut-off hour must not be after the closing hour."),
        ({"counting": "kind"}, "Counting must be one of: lenient, strict."),
        ({"weekend": ["sat", "sat"]}, "Weekend must not hold “sat” twice."),
        (
            {"weekend": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]},
            "Weekend must have 0 to 6 entries.",
        ),
        ({"weekend": "sat"}, "Weekend must have 0 to 6 entries."),
        (
            {"weight_tolerance_kg": 0.5},
            "Weight tolerance must be a weight from 0 to 1,000 kg, such as 0.5.",
        ),
        (
            {"weight_tolerance_kg": "NaN"},
            "Weight tolerance must be a weight from 0 to 1,000 kg, such as 0.5.",
        ),
        (
            {"weight_tolerance_kg": "0.0005"},
            "Weight tolerance is kept to the gram: at most three digits after the point, such as 0.125.",
        ),
        ({"lots_required": 1}, "Lot numbers required must be true or false."),
        ({"page_size": "A5"}, "Page size must be one of: A4, Letter."),
        (
            {"closed_days": [{"day": "2026-02-30", "why": "x"}]},
            "Closed days, entry 1: day must be a date such as 2026-12-24.",
        ),
        ({"closed_days": [{"why": "x"}]}, "Closed days, entry 1: day is missing."),
        ({"documents": [{"key": "photo"}]}, "Document row “photo” needs a name."),
        (
            {"documents": [{"key": "packing_list", "least_files": 3, "most_files": 2}]},
            "Document row “Packing list” requires 3 files but accepts 2: it can never be complete.",
        ),
        (
            {"documents": [{"key": "packing_list", "accepts": ["pdf", "exe"]}]},
            "Document rows, entry 1: accepted files, entry 2 must be one of: pdf, jpeg, png, heic, xlsx, docx.",
        ),
        (
            {"documents": [{"key": "packing_list", "days_after_departure": 3}]},
            "Document row “Packing list” has days after departure, but may not follow.",
        ),
        (
            {"documents": [{"key": "laboratory_analysis", "organic": "stop"}]},
            "Document row “Laboratory analysis”: that it does not name the product as organic can only be recorded. It is "
            "a stop on the invoice, packing list, transport document and bill of sale.",
        ),
        (
            {"documents": [{"key": "Label"}]},
            "Document rows, entry 1: short name must be small letters, digits and _ that begin with a letter, 40 at most, such as two_days.",
        ),
        (
            {"documents": [{"key": "packing_list"}, {"key": "packing_list"}]},
            "Document rows must not hold “Packing list” twice.",
        ),
        (
            {"documents": [{"key": "correction", "name": "Corrected papers"}]},
            "The portal uses the short name “correction” itself. Choose another one.",
        ),
        (
            {"documents": [{"key": "packing_list", "may_follow": True}]},
            "Document row “Packing list” cannot be needed before sending and follow later.",
        ),
        (
            {"documents": [{"key": "purchase_invoice", "per": "supplier"}]},
            "Document row “Purchase invoice”: asked for each supplier, its condition is about goods that were bought. "
            "Asked once for the request, it is not about one supplier.",
        ),
        ({"documents": ["packing_list"]}, "Document rows, entry 1 must be an object with named settings."),
        ({"checks": []}, "Checks must have 1 to 80 entries."),
        ({"checks": [{"id": "own", "group": "process"}]}, "Check “own” needs a question."),
        (
            {"checks": [{"id": "lots", "group": "weights", "compares": ["birth_certificate"]}]},
            "Check “Lot numbers” is compared with “birth_certificate”, which is no row of the document list.",
        ),
        ({"refusal_reasons": [{"code": "bad_mood"}]}, "Reason “bad_mood” needs a text."),
        ({"declaration": "x" * 2001}, "Declaration must be text of at most 2000 characters."),
        ({"declaration": "nul\x00"}, "Declaration must be text of at most 2000 characters."),
    ],
)
def test_a_bad_setting_is_refused_with_one_sentence(data, sentence):
    with pytest.raises(PolicyError) as caught:
        Rules.from_json(data)
    assert list(caught.value.problems.values()) == [sentence]


def test_every_fault_of_a_policy_is_named_at_once_with_its_place():
    with pytest.raises(ValueError, match="must be") as caught:
        Rules.from_json({"lead_days": -1, "checks": [{"id": "lots", "group": "weights", "box": 21}], "colour": "red"})
    assert set(caught.value.problems) == {"lead_days", "checks.0.box", "colour"}


@pytest.mark.parametrize("data", [None, [], "policy", 3])
def test_a_policy_that_is_no_object_is_refused(data):
    with pytest.raises(PolicyError, match="A policy must be an object"):
        Rules.from_json(data)


def due(*suppliers, rules=None, **answers):
    rules = rules or Rules()
    return documents_due(rules, Answers(suppliers=suppliers, **answers))


def test_own_production_needs_no_supplier_guarantee():
    assert [row.key for row in due()] == [
        ("commercial_invoice", ""),
        ("packing_list", ""),
        ("traceability_declaration", ""),
        ("transport_document", ""),
        ("phytosanitary_certificate", ""),
    ]


def test_each_supplier_is_asked_for_the_paper_that_its_certifier_decides():
    rows = {row.key: row for row in due(EL_HUABO, CABANA, EL_HUABO)}
    assert len(rows) == 7
    assert rows["transaction_certificate", "2"].name == "Transaction certificate from Cabana"
    assert rows["purchase_invoice", "1"].name == "Purchase invoice from El Huabo"
    assert ("transaction_certificate", "1") not in rows
    assert ("purchase_invoice", "2") not in rows


def test_a_supplier_that_changes_its_certifier_changes_the_row_and_keeps_the_others():
    before = {row.key for row in due(CABANA)}
    after = {row.key for row in due(Supplier(2, "Cabana", same_certifier=True))}
    assert before ^ after == {("transaction_certificate", "2"), ("purchase_invoice", "2")}


def test_what_may_wait_and_what_may_not_apply_follows_the_procedure():
    rows = {row.rule: row for row in due(CABANA)}
    assert {key for key, row in rows.items() if not row.required_before_sending} == {"phytosanitary_certificate"}
    assert {key for key, row in rows.items() if row.may_follow} == {"phytosanitary_certificate"}
    assert {key for key, row in rows.items() if row.may_not_apply} == {"packing_list", "phytosanitary_certificate"}
    assert rows["transport_document"].kinds == ("final", "draft", "booking")


def test_a_certifiers_own_row_carries_its_own_words():
    rules = Rules.from_json(
        {
            "documents": [
                {"key": "label", "name": "Front label", "why": "New brand."},
                {"key": "sample", "name": "Sampling report", "per": "supplier", "condition": "purchased_lot"},
                {"key": "cargo_photo", "name": "Photo of the cargo", "condition": "not_departed"},
            ]
        }
    )
    assert [(row.name, row.why) for row in due(CABANA, rules=rules, departed=True)] == [
        ("Front label", "New brand."),
        ("Sampling report, Cabana", "Asked because a lot was bought."),
    ]
    assert [row.rule for row in due(rules=rules)] == ["label", "cargo_photo"]


def test_a_built_in_row_that_a_certifier_names_anew_loses_the_portals_explanation():
    rules = Rules.from_json({"documents": [{"key": "traceability_declaration", "name": " Form T-4 "}]})
    assert [(row.name, row.why) for row in due(rules=rules)] == [("Form T-4", "Asked of every request.")]


COFFEE = Goods(code="PV-03", hts="0901.11.0015", origin="Peru", suppliers=frozenset({"2"}))
QUINOA = Goods(code="PV-05", hts="1008.50.0010", origin="Bolivia")


@pytest.mark.parametrize(
    ("conditions", "answers", "why"),
    [
        ({"products": ["PV-03"]}, {"goods": (COFFEE,)}, "Asked because of the product: PV-03."),
        ({"products": ["pv-03"]}, {"goods": (QUINOA,)}, None),
        ({"products": ["0901.11"]}, {"goods": (COFFEE, QUINOA)}, "Asked because of the product: 0901.11."),
        ({"products": ["0902"]}, {"goods": (COFFEE,)}, None),
        ({"origins": ["bolivia"]}, {"goods": (QUINOA,)}, "Asked because of the country of origin: bolivia."),
        ({"origins": ["Chile"]}, {"goods": (COFFEE, QUINOA)}, None),
        ({"modes": ["air", "road"]}, {"mode": "air"}, "Asked because it leaves by air."),
        ({"modes": ["air"]}, {"mode": ""}, None),
        (
            {"destinations": ["California"]},
            {"places": ("california", "2811")},
            "Asked because of the destination: California.",
        ),
        ({"destinations": ["2811"]}, {"places": ("Oakland, California",)}, None),
        (
            {"modes": ["sea"], "origins": ["Peru"]},
            {"mode": "sea", "goods": (COFFEE,)},
            "Asked because of the country of origin: Peru. Asked because it leaves by sea.",
        ),
        ({"modes": ["sea"], "origins": ["Peru"]}, {"mode": "sea", "goods": (QUINOA,)}, None),
        ({"condition": "not_departed", "modes": ["sea"]}, {"mode": "sea", "departed": True}, None),
    ],
)
def test_a_row_is_asked_when_all_of_its_conditions_hold_and_says_why(conditions, answers, why):
    rules = Rules.from_json({"documents": [{"key": "affidavit", "name": "Affidavit", **conditions}]})
    assert [row.why for row in due(rules=rules, **answers)] == ([] if why is None else [why])


def test_a_row_of_a_supplier_looks_at_the_products_of_that_supplier():
    row = {"key": "analysis", "name": "Analysis", "per": "supplier", "condition": "purchased_lot", "products": ["0901"]}
    rules = Rules.from_json({"documents": [row]})
    rows = due(EL_HUABO, CABANA, rules=rules, goods=(COFFEE, QUINOA))
    assert [(each.subject, each.why) for each in rows] == [("2", "Asked because of the product: 0901.")]


def test_every_row_that_ships_says_why_it_is_asked():
    assert all(row.why for row in due(EL_HUABO, CABANA))


def test_only_papers_that_travel_with_the_goods_stop_for_the_word_organic():
    marking = {key: DocumentRule(key=key).marking for key in BUILT_IN}
    assert {key for key, asked in marking.items() if asked == "stop"} == {
        "commercial_invoice", "packing_list", "bill_of_sale", "transport_document",
    }  # fmt: skip
    assert {key for key, asked in marking.items() if asked == "record"} == {
        "phytosanitary_certificate", "laboratory_analysis", "cbp_entry_data", "purchase_invoice",
    }  # fmt: skip


def test_every_shipped_row_check_and_reason_has_words():
    rules = Rules()
    assert all(row.title for row in rules.documents)
    assert all(check.title for check in rules.checks)
    assert all(refusal_text(reason) for reason in rules.refusal_reasons)
    assert all(cancel_text(reason) for reason in rules.cancel_reasons)
    assert refusal_text(rules.refusal("late_request")).startswith("The request came too late")
    assert refusal_text(Reason(code="late_request", text="Too late for us.")) == "Too late for us."
    assert rules.declaration_text.startswith("I declare")


def test_the_tolerance_is_exact():
    assert Rules.from_json({"weight_tolerance_kg": "0.125"}).weight_tolerance_kg == Decimal("0.125")
    assert Rules.from_json({"closed_days": [{"day": "2026-12-24", "why": "Eve"}]}).closed_days == (
        ClosedDay(date(2026, 12, 24), "Eve"),
    )


def test_every_setting_is_changed_on_exactly_one_page():
    placed = [name for group in GROUPS.values() for name in group.settings]
    assert sorted(placed) == sorted(Rules.__dataclass_fields__), "name it in nopic/tenants/policy/groups.py"


def readers(cls):
    for field in dataclasses.fields(cls):
        yield f"{cls.__name__}.{field.name}", field.metadata["reads"]
        shape = shape_of(field.metadata["reads"])
        while shape.item is not None:
            shape = shape.item
        if shape.record is not None:
            yield from readers(shape.record)


def test_every_reader_says_what_it_takes_so_that_a_screen_can_ask_for_it():
    assert [name for name, read in readers(Rules) if not hasattr(read, "shape")] == [], "wrap it in reading.shaped"


def test_no_row_may_have_a_key_under_which_the_portal_keeps_something_itself():
    assert BESIDE_THE_LIST | set(OWN_SOURCES) | {DEMANDED, SIGNED_FORM} <= RESERVED
    assert not RESERVED & BUILT_IN.keys()
