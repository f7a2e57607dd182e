"""The same data are the same bytes, whoever writes them and whenever."""

import json
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nopic.oid.payloads import (
    cancel_payload,
    canonical,
    client_ref,
    fingerprint,
    issue_payload,
    plain_decimal,
)
from tests.oid import examples

_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner),
    max_leaves=20,
)


def test_the_bytes_are_sorted_compact_utf_8():
    payload = {"b": [True, None, 1], "a": "Cortés", "c": Decimal("38400.500")}
    assert canonical(payload) == '{"a":"Cortés","b":[true,null,1],"c":"38400.5"}'.encode()


@settings(max_examples=40, deadline=None)
@given(st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), _VALUES))
def test_what_went_through_the_wire_has_the_same_hash(payload):
    received = json.loads(json.dumps(payload))
    assert fingerprint(received) == fingerprint(dict(reversed(payload.items())))


@pytest.mark.parametrize("value", [1.5, float("nan"), date(2026, 3, 1), b"x", {1: "x"}, {"x"}, Decimal("NaN")])
def test_what_has_no_one_form_is_refused(value):
    with pytest.raises(TypeError):
        canonical({"value": value})


@pytest.mark.parametrize(
    "value, text",
    [
        ("38400", "38400"),
        ("38400.000", "38400"),
        ("3.84E+4", "38400"),
        ("0.500", "0.5"),
        ("-0.0", "0"),
        ("1E-3", "0.001"),
    ],
)
def test_a_decimal_is_plain_text(value, text):
    assert plain_decimal(Decimal(value)) == text


def test_a_reference_is_the_same_for_every_try_and_another_for_every_call():
    reference = client_ref(7, 431)
    assert reference == client_ref(7, 431, 1, "issue") == "n1-" + reference[3:]
    assert len(reference) == 35
    others = {client_ref(8, 431), client_ref(7, 432), client_ref(7, 431, 2), client_ref(7, 431, kind="cancel")}
    assert len(others | {reference, client_ref(74, 31), client_ref(743, 1)}) == 7
    with pytest.raises(ValueError, match="unknown kind"):
        client_ref(7, 431, kind="resend")


def test_a_reference_never_changes_between_releases():
    assert client_ref(1, 1) == "n1-QVVLCSIABWQY6QHTGXMZ34FROUIMWM7Z"


def test_the_registry_is_told_the_statutory_fields_and_the_parties_and_nothing_of_the_people():
    payload = issue_payload(examples.data())
    assert payload["origin"]["country"] == "HN"  # origin
    assert payload["importer"]["state"] == "Louisiana"  # destination
    assert payload["certifier"] == {"name": "Tierra Firme", "nop_code": "901"}  # certifying agent
    assert payload["hts"] == "0901.11.0015"
    assert payload["net_weight_kg"] == "38400"
    assert payload["standard"]["code"] == "NOP"
    said = canonical(payload).decode()
    for private in ("office@tierra.example", "+504", "A. Reviewer", "2026-0431", "GC-1", "Commercial invoice"):
        assert private not in said


def test_data_without_a_statutory_field_are_a_bug():
    for name in (
        "coverage",
        "certifier",
        "exporter",
        "importer",
        "product",
        "hts",
        "standard",
        "net_weight_kg",
        "origin",
    ):
        incomplete = examples.data()
        del incomplete[name]
        with pytest.raises(KeyError):
            issue_payload(incomplete)


def test_a_cancellation_names_the_number_and_the_reason():
    said = cancel_payload("901-9010000017-000042", "documents_late", "No bill of lading.")
    assert (said["number"], said["reason"]) == ("901-9010000017-000042", "documents_late")
