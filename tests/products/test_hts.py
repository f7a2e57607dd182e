"""Tariff codes in both notations, and what customs said about organic goods under them on a day."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nopic.products.hts import HtsCode, known, organic_breakout

WINTER = date(2026, 12, 1)


@pytest.mark.parametrize("typed", ["0901.11.0015", "0901.11.00.15", "0901110015", " 0901 11 00 15 "])
def test_every_notation_is_the_same_code(typed):
    assert str(HtsCode.read(typed)) == "0901.11.0015"


@pytest.mark.parametrize(
    "typed", ["", "0901.11", "0901.11.001", "0901.11.00155", "0901-11-0015", "090111001٥", "coffee"]
)
def test_anything_else_is_refused_with_the_sentence_for_the_field(typed):
    with pytest.raises(ValueError, match=r"The tariff code must have 10 digits, such as 0901\.11\.0015"):
        HtsCode.read(typed)


@given(st.from_regex(r"[0-9]{10}", fullmatch=True))
def test_a_code_survives_its_own_notation(digits):
    assert HtsCode.read(str(HtsCode(digits))) == HtsCode(digits)


def test_the_report_is_read_with_units_flags_and_days():
    coffee = known("0901.11.0015", WINTER)
    assert coffee is not None
    assert coffee.must_file
    assert coffee.units == ("KG",)
    assert (coffee.first, coffee.last) == (date(2018, 4, 28), date(2030, 12, 31))
    grapes = known("0806.10.2005", WINTER)
    assert grapes is not None
    assert grapes.units == ("M3", "KG")
    assert grapes.flags == ("AM4", "AM8")


def test_a_code_is_known_from_its_first_to_its_last_day_only():
    assert known("0804.50.8020", date(2026, 1, 31)) is None  # dried mangoes were split on 1 February 2026
    assert known("0804.50.8020", date(2026, 2, 1)) is not None
    assert known("0902.10.1015", date(2026, 12, 31)) is not None
    assert known("0902.10.1015", date(2027, 1, 1)) is None


def test_the_sibling_of_an_organic_code_is_found_out():
    assert [str(entry.code) for entry in organic_breakout("0803.90.0035", WINTER)] == ["0803.90.0025"]
    assert [str(entry.code) for entry in organic_breakout("1201.90.0090", WINTER)] == ["1201.90.0010"]
    assert [str(entry.code) for entry in organic_breakout("0805.50.3040", WINTER)] == ["0805.50.3020"]


def test_a_code_with_a_flag_of_its_own_has_no_better_sibling():
    pineapple = known("0804.30.4010", WINTER)
    assert pineapple is not None
    assert not pineapple.must_file
    assert organic_breakout("0804.30.4010", WINTER) == ()
    assert organic_breakout("0901.11.0015", WINTER) == ()


def test_a_code_without_flag_and_sibling_says_nothing():
    assert known("6109.10.0004", WINTER) is None
    assert organic_breakout("6109.10.0004", WINTER) == ()


def test_the_sibling_is_only_named_while_the_organic_code_holds():
    assert organic_breakout("0804.50.8040", date(2026, 1, 15)) == ()
    assert [str(entry.code) for entry in organic_breakout("0804.50.8040", date(2026, 2, 15))] == ["0804.50.8020"]
