"""Every step reads any text: what it understood, and one sentence for everything else."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nopic.presentation.words import day
from nopic.requests import actions, steps
from nopic.requests.checks import findings
from nopic.requests.models import CertificateRequest
from nopic.requests.steps import Reading
from nopic.workflow import clock
from tests import factories
from tests.factories import Side, answers, line_answers

LEAVES_IN = 20  # days


def on(days: int) -> date:
    """So many days from today; asked anew by each test, as a run may go on past midnight."""
    return clock.today("UTC") + timedelta(days=days)


def leaves() -> date:
    return on(LEAVES_IN)


def filled(sentence: str, days: int) -> str:
    """The sentence with a day in it, as pages write it."""
    return sentence.replace("DAY", day(on(days), on(0)))


@pytest.fixture
def request_(here: Side) -> CertificateRequest:
    request = factories.draft(here)
    request.departure_on = leaves()
    return request


def sentences(reading: Reading) -> dict[str, str]:
    return {problem.field: problem.sentence for problem in reading.problems}


def read(request: CertificateRequest, here: Side, step: str, **changes: object) -> Reading:
    return steps.read(step, answers(here, **changes)[step], request=request)


def test_a_complete_form_has_no_problems(here: Side, request_: CertificateRequest) -> None:
    for step, raw in answers(here).items():
        assert sentences(steps.read(step, raw, request=request_)) == {}


@pytest.mark.parametrize("step", ["departure", "importer", "products", "transport", "documents"])
def test_an_empty_form_says_what_is_missing_and_fails_nowhere(
    here: Side, request_: CertificateRequest, step: str
) -> None:
    assert steps.read(step, {}, request=request_).problems


@pytest.mark.parametrize(
    "typed, sentence",
    [
        ("", "Enter the date the goods leave"),
        ("soon", "Enter the date the goods leave as year, month and day, such as 2026-12-11"),
        ("2026-02-30", "Enter the date the goods leave as year, month and day, such as 2026-12-11"),
        (
            -2,
            "That day has passed. Enter the date the goods leave, today or later",
        ),
        (
            121,
            "The date the goods leave must be within 120 days. Choose DAY or earlier",
        ),
    ],
)
def test_departure_dates(here: Side, request_: CertificateRequest, typed: str | int, sentence: str) -> None:
    written = typed if isinstance(typed, str) else on(typed).isoformat()
    assert sentences(read(request_, here, "departure", departure_on=written)) == {"departure_on": filled(sentence, 120)}


@pytest.mark.parametrize(
    "reason, sentence",
    [
        ("", "Tell us why the request is late"),
        ("forgot", "Tell us why the request is late, in 20 to 500 characters"),
        ("x" * 501, "Tell us why the request is late, in 20 to 500 characters"),
        ("The buyer moved the booking forward.", None),
    ],
)
def test_a_late_request_needs_a_reason(
    here: Side, request_: CertificateRequest, reason: str, sentence: str | None
) -> None:
    reading = read(request_, here, "departure", departure_on=on(0).isoformat(), late_reason=reason)
    assert sentences(reading).get("late_reason") == sentence
    assert reading.values == {
        "coverage": "single",
        "departure_on": on(0),
        "last_departure_on": None,
        "turnaround": "standard",
        "late_reason": reason,
    }


@pytest.mark.parametrize(
    "changes, field, sentence",
    [
        ({"contact": ""}, "contact", "Choose or add the importer"),
        ({"contact": "999999"}, "contact", "Choose or add the importer"),
        ({"importer_email": "buyer at bay"}, "importer_email", "Enter an e-mail address such as name@company.com"),
        ({"broker_email": ""}, "broker_email", "Enter the broker's e-mail"),
        ({"broker_name": ""}, "broker_name", "Enter the broker's name"),
        (
            {"consignee_address": "Dock 4"},
            "consignee_name",
            "Enter the name of the recipient, or remove the address",
        ),
    ],
)
def test_importers_and_recipients(
    here: Side, request_: CertificateRequest, changes: dict, field: str, sentence: str
) -> None:
    assert sentences(read(request_, here, "importer", **changes)) == {field: sentence}


@pytest.mark.parametrize(
    "typed, digits, sentence",
    [
        ("8150019863", "8150019863", None),
        (" 81 500 19863 ", "8150019863", None),
        ("815001986", "", "The NOP ID must have 10 digits"),
        ("my importer", "", "The NOP ID must have 10 digits"),
        ("", "", "Enter the NOP ID, 10 digits from the importer's organic certificate"),
        (
            "417-8150019863-000321",
            "",
            "This is a certificate number of 21 characters. The NOP ID must have 10 digits, "
            "it stands on the importer's organic certificate",
        ),
    ],
)
def test_nop_ids(here: Side, request_: CertificateRequest, typed: str, digits: str, sentence: str | None) -> None:
    raw = {
        "contact": "new",
        "nop_id": typed,
        "name": "Ridge Foods",
        "address": "1 Main St",
        "importer_email": "a@b.example",
    }
    reading = steps.read("importer", raw, request=request_)
    assert sentences(reading).get("nop_id") == sentence
    assert (reading.values["new"] or {"nop_id": ""})["nop_id"] == digits


def test_a_known_importer_brings_its_usual_recipients(here: Side, request_: CertificateRequest) -> None:
    reading = steps.read("importer", {"contact": str(here.contact.pk)}, request=request_)
    assert sentences(reading) == {}
    assert reading.values["importer_email"] == "buyer@baybridge.example"
    assert reading.values["broker_email"] == "desk@harborline.example"


COFFEE = "Organic green coffee CANARY-tierra"


@pytest.mark.parametrize(
    "changes, field, sentence",
    [
        ({"item": ""}, "item", "Product 1: choose the product on your verified list"),
        ({"net": ""}, "net", f"{COFFEE}: enter the net weight in kilograms"),
        ({"net": "-3"}, "net", f"{COFFEE}: enter the net weight in kilograms as a number above 0"),
        ({"net": "1.2345"}, "net", f"{COFFEE}: enter the net weight in kilograms with at most 3 decimals"),
        ({"unit": "stone"}, "unit", f"{COFFEE}: choose the unit of the net weight"),
        ({"gross": "19,100"}, "gross", f"{COFFEE}: gross weight must be 19,200 kg or more"),
        ({"gross": ""}, "gross", f"{COFFEE}: enter the gross weight in kilograms"),
        ({"packages": ""}, "packages", f"{COFFEE}: enter the number of packages"),
        ({"packages": "2.5"}, "packages", f"{COFFEE}: enter the number of packages as a whole number"),
        ({"crop_year": "next"}, "crop_year", f"{COFFEE}: enter one harvest year with its four digits, such as 2026"),
        ({"lots": []}, "lots-0-code", f"{COFFEE}: enter at least one lot number"),
        ({"lots": ", ".join(f"L{n}" for n in range(41))}, "lots-0-code", f"{COFFEE}: enter at most 40 lot numbers"),
        ({"lots": [{"code": "L1"}, {"code": "L1"}]}, "lots-1-code", f"{COFFEE}: lot L1 is there twice. Remove one"),
        (
            {"lots": [{"code": "L" * 41}, {"code": "M"}]},
            "lots-0-code",
            f"{COFFEE}: lot number {'L' * 40}… may have at most 40 characters; this has 41",
        ),
        ({"lots": [{"code": "L1", "supplier": "99"}]}, "lots-0-supplier", f"{COFFEE}: choose who sold lot L1"),
        (
            {"lots": [{"code": "L1", "kg": "0"}]},
            "lots-0-kg",
            f"{COFFEE}: enter the kilograms of lot L1 as a number above 0",
        ),
    ],
)
def test_products(here: Side, request_: CertificateRequest, changes: dict, field: str, sentence: str) -> None:
    reading = read(request_, here, "products", lines=[line_answers(here, **changes)])
    assert sentences(reading)[f"lines-0-{field}"] == sentence


@pytest.mark.parametrize(
    "net, unit, kg",
    [
        ("19,200", "kg", "19200"),
        ("19.200", "kg", "19200"),
        ("19 200", "kg", "19200"),
        ("0.500", "kg", "0.5"),
        ("19,2", "t", "19200"),
        ("42,329", "lb", "19200.111"),
        ("21", "short_ton", "19050.88"),
        ("320", "pack", "19200"),
    ],
)
def test_net_weights_in_every_notation_and_unit(
    here: Side, request_: CertificateRequest, net: str, unit: str, kg: str
) -> None:
    reading = read(request_, here, "products", lines=[line_answers(here, net=net, unit=unit)])
    line = reading.values["lines"][0]
    assert line["net_kg"].quantize(Decimal("0.001")) == Decimal(kg).quantize(Decimal("0.001"))
    assert (line["net_typed"], line["net_unit"]) == (net, unit)


def test_packs_count_the_packages_as_well(here: Side, request_: CertificateRequest) -> None:
    reading = read(request_, here, "products", lines=[line_answers(here, net="320", unit="pack", packages="")])
    assert (sentences(reading), reading.values["lines"][0]["packages"]) == ({}, 320)


def test_lots_typed_into_one_field_are_taken_apart(here: Side, request_: CertificateRequest) -> None:
    reading = read(request_, here, "products", lines=[line_answers(here, lots="VV-1, VV-2;VV-3\nVV-4")])
    assert [lot["code"] for lot in reading.values["lines"][0]["lots"]] == ["VV-1", "VV-2", "VV-3", "VV-4"]


def test_a_product_that_was_added_and_left_empty_is_no_line(here: Side, request_: CertificateRequest) -> None:
    blank = {"id": "", "item": "", "net": "", "unit": "kg", "packages": "", "gross": "", "lots": [{"code": ""}]}
    reading = read(request_, here, "products", lines=[line_answers(here), blank])
    assert (len(reading.values["lines"]), sentences(reading)) == (1, {})


def test_the_other_certifiers_products_and_suppliers_are_not_there(here: Side, world, request_) -> None:
    reading = read(request_, here, "products", lines=[line_answers(here, item=str(world.there.item.pk))])
    assert sentences(reading)["lines-0-item"] == "Product 1: choose the product on your verified list"


@pytest.mark.parametrize(
    "changes, field, sentence",
    [
        ({"mode": "camel"}, "mode", "Choose how the goods travel"),
        ({"place_of_loading": ""}, "place_of_loading", "Enter the place where the goods are loaded"),
        ({"port_of_entry": ""}, "port_of_entry", "Choose the US port of entry"),
        ({"port_of_entry": "Atlantis"}, "port_of_entry", "Choose the US port of entry"),
        (
            {"arrival_on": ""},
            "arrival_on",
            "Enter the estimated arrival date, it must be after DAY",
        ),
        (
            {"arrival_on": LEAVES_IN},
            "arrival_on",
            "Enter the estimated arrival date, it must be after DAY",
        ),
        (
            {"arrival_on": LEAVES_IN + 367},
            "arrival_on",
            "Enter the estimated arrival date, it is more than a year after DAY",
        ),
        (
            {"containers": [{"number": "APLU 417512 4", "seal": ""}]},
            "containers-0-number",
            "APLU 417512 4: the last digit does not match, check the number",
        ),
        (
            {"containers": [{"number": "", "seal": "PE1"}]},
            "containers-0-number",
            "Enter the number of the container with this seal",
        ),
        ({"country_of_loading": "Mordor"}, "country_of_loading", "Choose the country of loading from the list"),
        ({"treatment": ""}, "treatment", "Choose whether the goods are treated before they leave"),
        ({"treatment": "other"}, "treatment_text", "Describe the treatment: what is used, when and where"),
    ],
)
def test_transport(here: Side, request_: CertificateRequest, changes: dict, field: str, sentence: str) -> None:
    typed = {name: on(value).isoformat() if isinstance(value, int) else value for name, value in changes.items()}
    assert sentences(read(request_, here, "transport", **typed)) == {field: filled(sentence, LEAVES_IN)}


@pytest.mark.parametrize("typed", ["0001-01-01", "9999-12-31"])
def test_a_day_at_an_end_of_the_calendar_is_no_day_to_count_from(here: Side, typed: str) -> None:
    request = factories.draft(here)
    for step, raw in answers(here, departure_on=typed, arrival_on=typed).items():
        actions.revise(request=request, step=step, raw=raw, revision=request.revision, by=here.sender)
    assert (request.departure_on, request.arrival_on) == (None, None)
    assert request.raw["departure"]["departure_on"] == typed
    assert {"departure_on", "arrival_on"} <= {
        one.field.rpartition("#")[2] for one in findings(request, moment="submit")
    }


def test_a_truck_may_arrive_on_the_day_it_leaves(here: Side, request_: CertificateRequest) -> None:
    reading = read(request_, here, "transport", mode="road", arrival_on=leaves().isoformat())
    assert sentences(reading) == {}


@pytest.mark.parametrize("typed", ["2811", "2811 Oakland, California", "oakland"])
def test_a_port_of_entry_by_code_or_name(here: Side, request_: CertificateRequest, typed: str) -> None:
    reading = read(request_, here, "transport", port_of_entry=typed)
    assert (reading.values["port_code"], reading.values["port_of_entry"]) == ("2811", "Oakland, California")


def test_a_name_of_several_ports_asks_which(here: Side, request_: CertificateRequest) -> None:
    sentence = sentences(read(request_, here, "transport", port_of_entry="Portland"))["port_of_entry"]
    assert sentence.startswith("Choose the US port of entry. There are several:")
    assert "Portland, Maine" in sentence


def test_a_wrong_check_digit_is_kept_and_only_hinted_at(here: Side, request_: CertificateRequest) -> None:
    reading = read(request_, here, "transport", containers="aplu4175124, APLU 417512 5")
    assert [each["number"] for each in reading.values["containers"]] == ["APLU4175124", "APLU 417512 5"]
    assert reading.stops == 0


@pytest.mark.parametrize(
    "step, name, most",
    [
        ("transport", "place_of_loading", 120),
        ("transport", "carrier", 120),
        ("transport", "vessel", 120),
        ("transport", "transport_document", 60),
        ("transport", "treatment_text", 500),
        ("transport", "containers-0-number", 30),
        ("transport", "containers-0-seal", 40),
        ("importer", "name", 200),
        ("importer", "address", 600),
        ("importer", "consignee_name", 200),
        ("importer", "consignee_address", 600),
        ("importer", "broker_name", 200),
        ("importer", "importer_email", 254),
        ("products", "lines-0-origin_region", 120),
        ("products", "lines-0-package_kind", 40),
    ],
)
def test_a_text_that_is_too_long_is_kept_whole_and_said(
    here: Side, request_: CertificateRequest, step: str, name: str, most: int
) -> None:
    raw = answers(here, contact="new")[step]
    group, _dash, key = name.rpartition("-0-")
    place = {"": raw, "containers": raw.get("containers", [{}])[0], "lines": raw.get("lines", [{}])[0]}[group]
    place[key] = "x" * 100_000
    reading = actions.revise(request=request_, step=step, raw=raw, revision=request_.revision, by=here.sender)
    said = [sentence for field, sentence in sentences(reading).items() if field == name]
    assert [one.endswith(f"may have at most {most} characters; this has 100,000") for one in said] == [True]
    request_.refresh_from_db()
    assert "x" * 100_000 in str(request_.raw[step])


@pytest.mark.parametrize("typed, unit, kg", [("42,329 lb", "kg", "19200.111"), ("19.2 Tonnes", "lb", "19200")])
def test_a_unit_behind_the_number_counts(
    here: Side, request_: CertificateRequest, typed: str, unit: str, kg: str
) -> None:
    line = read(request_, here, "products", lines=[line_answers(here, net=typed, unit=unit)]).values["lines"][0]
    assert line["net_kg"] == Decimal(kg)
    assert (line["net_typed"], line["net_unit"]) == (typed.split()[0], {"lb": "lb", "Tonnes": "t"}[typed.split()[1]])


@pytest.mark.parametrize(
    ("unit", "gross"), [("kg", "19,500"), ("kg", "19.5 t"), ("lb", "42,990 lb"), ("nothing", "19,500")]
)
def test_a_unit_written_behind_the_net_weight_is_not_that_of_the_gross_weight(
    here: Side, request_: CertificateRequest, unit: str, gross: str
) -> None:
    entry = line_answers(here, net="19.2 t", unit=unit, gross=gross)
    (line,) = read(request_, here, "products", lines=[entry]).values["lines"]
    assert line["net_kg"] == Decimal(19_200)
    assert line["gross_kg"].quantize(Decimal(100)) == Decimal(19_500)


def test_one_figure_of_kilograms_is_not_counted_for_several_lots(here: Side, request_: CertificateRequest) -> None:
    lots = [{"code": "VV-1, VV-2", "kg": "19,200"}, {"code": "L" * 41}]
    reading = read(request_, here, "products", lines=[line_answers(here, lots=lots)])
    assert list(sentences(reading)) == ["lines-0-lots-0-kg", "lines-0-lots-1-code"]  # the rows of the form
    assert "give each lot its own row" in sentences(reading)["lines-0-lots-0-kg"]
    assert [lot["kg"] for lot in reading.values["lines"][0]["lots"]] == [None, None]


TEXT = st.text(max_size=30) | st.sampled_from(
    ["2026-12-11", "19,200", "1", "new", "kg", "sea", "\x00", "\ud800", "9" * 40]
)
ANYTHING = st.recursive(
    TEXT | st.none() | st.integers() | st.booleans(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=12,
)
NAMES = st.sampled_from(
    [
        "departure_on",
        "late_reason",
        "contact",
        "nop_id",
        "name",
        "importer_email",
        "broker_name",
        "broker_email",
        "lines",
        "mode",
        "place_of_loading",
        "port_of_entry",
        "arrival_on",
        "containers",
        "treatment",
    ]
)
LINE = st.dictionaries(
    st.sampled_from(["id", "item", "crop_year", "net", "unit", "packages", "gross", "lots", "origin_region", "remove"]),
    ANYTHING,
    max_size=8,
)


@settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(
    step=st.sampled_from(["departure", "importer", "products", "transport", "documents"]),
    raw=st.dictionaries(NAMES, ANYTHING, max_size=6) | st.fixed_dictionaries({"lines": st.lists(LINE, max_size=3)}),
)
def test_anything_posted_is_read_and_kept(here: Side, request_: CertificateRequest, step: str, raw: dict) -> None:
    reading = actions.revise(request=request_, step=step, raw=raw, revision=request_.revision, by=here.sender)
    assert all(problem.sentence for problem in reading.problems)
    request_.refresh_from_db()
    assert step in request_.raw
