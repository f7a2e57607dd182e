"""Numbers as people type them, and as they are stored."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nopic.oid.numbers import (
    WrongFormat,
    is_certificate_number,
    is_nop_id,
    one_slip,
    read_certificate_number,
    read_nop_id,
)

NUMBER = "901-9010000017-000042"


@pytest.mark.parametrize(
    "typed",
    [
        NUMBER,
        f"  {NUMBER}\n",
        "901 9010000017 000042",
        "9019010000017000042",
        "901–9010000017–000042",
        "901—9010000017−000042",
        "901 - 9010000017 - 000042",
        "９０１-9010000017-000042",
        "901\u00a09010000017\u202f000042",
    ],
)
def test_a_certificate_number_is_read_however_it_is_spaced(typed):
    assert read_certificate_number(typed) == NUMBER


@pytest.mark.parametrize(
    "typed, sentence",
    [
        ("9010000017", "That is an operation's NOP ID, not a certificate number."),
        ("901 000 0017", "That is an operation's NOP ID, not a certificate number."),
        (f"{NUMBER}-DRAFT", "A draft number is not valid for import."),
        ("Draft 12", "A draft number is not valid for import."),
        ("", "A certificate number has 19 digits"),
        ("901-9010000017-00004", "A certificate number has 19 digits"),
        ("901-9010000017-00004X", "A certificate number has 19 digits"),
        ("901-9010000017-0000٤2", "A certificate number has 19 digits"),
        ("901-9010000017-000042; DROP", "A certificate number has 19 digits"),
    ],
)
def test_what_is_no_certificate_number_is_told_why(typed, sentence):
    with pytest.raises(WrongFormat) as wrong:
        read_certificate_number(typed)
    assert str(wrong.value.sentence).startswith(sentence)


def test_a_nop_id_has_ten_digits_and_is_not_a_certificate_number():
    assert read_nop_id(" 901-000 0017") == "9010000017"
    with pytest.raises(WrongFormat, match="ten digits"):
        read_nop_id("901000001")
    with pytest.raises(WrongFormat, match="certificate number, not the NOP ID"):
        read_nop_id(NUMBER)


def test_the_stored_forms_are_strict():
    assert is_certificate_number(NUMBER)
    assert is_nop_id("9010000017")
    for text in (f"{NUMBER}\n", NUMBER.replace("-", ""), NUMBER.replace("4", "٤"), None, 9010000017):
        assert not is_certificate_number(text)
        assert not is_nop_id(text)


TEN_DIGITS = st.text("0123456789", min_size=10, max_size=10)


@given(TEN_DIGITS, st.integers(0, 9), st.integers(1, 9))
def test_one_wrong_digit_and_two_neighbours_swapped_are_a_slip_of_the_pen(right, at, by):
    wrong = right[:at] + str((int(right[at]) + by) % 10) + right[at + 1 :]
    swapped = right[:at] + right[at : at + 2][::-1] + right[at + 2 :]
    assert one_slip(wrong, right)
    assert one_slip(swapped, right) == (swapped != right)


@given(TEN_DIGITS, TEN_DIGITS)
def test_everything_else_is_none(one, other):
    apart = [at for at in range(10) if one[at] != other[at]]
    if len(apart) > 2 or not apart or (len(apart) == 2 and apart[1] != apart[0] + 1):
        assert not one_slip(one, other)
    assert not one_slip(one, one[:-1])


def test_the_points_of_a_tariff_code_are_no_digits():
    assert one_slip("0901.11.0015", "0901.11.0025")
    assert not one_slip("0901.11.0015", "0901.110.015")
