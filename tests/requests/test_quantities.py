"""Numbers in the notations of five countries are read as their writers meant them, and kilograms are exact."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nopic.requests.quantities import (
    MOST,
    UNITS,
    QuantityError,
    echo,
    exact_kg,
    is_rounded,
    read_number,
    to_kg,
)


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("19,200", "19200"),
        ("19.200", "19200"),
        ("19 200", "19200"),
        ("19\u00a0200", "19200"),
        ("19\u202f200", "19200"),
        ("19\u2009200", "19200"),
        ("19'200", "19200"),
        ("19’200", "19200"),
        ("19200", "19200"),
        ("  19200 ", "19200"),
        ("1,234,567", "1234567"),
        ("1.234.567", "1234567"),
        ("0.500", "0.5"),
        ("0,500", "0.5"),
        ("1234.567", "1234.567"),
        ("1234,567", "1234.567"),
        ("12,5", "12.5"),
        ("12.50", "12.5"),
        (".5", "0.5"),
        ("1.234,56", "1234.56"),
        ("1,234.56", "1234.56"),
        ("1 234,567", "1234.567"),
        ("1'234.5", "1234.5"),
        ("1,000", "1000"),
        ("012", "12"),
        ("99999999999.999", "99999999999.999"),
    ],
)
def test_a_number_is_read_as_it_was_meant(typed, value):
    assert read_number(typed) == Decimal(value)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "missing"),
        (" \u00a0", "missing"),
        ("abc", "unreadable"),
        ("1e5", "unreadable"),
        ("NaN", "unreadable"),
        ("Infinity", "unreadable"),
        ("٣٤", "unreadable"),
        ("1²", "unreadable"),
        ("19,200 kg", "unreadable"),
        ("1,23,456", "unreadable"),
        ("1,234,56", "unreadable"),
        ("1.234.56", "unreadable"),
        ("1234,567.8", "unreadable"),
        ("1234 567", "unreadable"),
        ("12 50", "unreadable"),
        ("1,234 567", "unreadable"),
        ("0,123,456", "unreadable"),
        ("5.", "unreadable"),
        ("1" * 41, "unreadable"),
        ("0", "not_positive"),
        ("0.000", "not_positive"),
        ("-5", "not_positive"),
        ("1.2345", "decimals"),
        ("0.0001", "decimals"),
        ("100000000000", "too_large"),
        ("9" * 40, "too_large"),
    ],
)
def test_what_is_no_number_above_zero_is_refused(typed, code):
    with pytest.raises(QuantityError) as caught:
        read_number(typed)
    assert caught.value.code == code


def test_the_sentences_use_the_words_of_the_label():
    with pytest.raises(QuantityError) as caught:
        read_number("", "the net weight in kilograms")
    assert str(caught.value) == "Enter the net weight in kilograms"
    assert caught.value.about("Green coffee") == "Green coffee: enter the net weight in kilograms"


GRAMS = st.integers(1, int(MOST * 1000))


@given(GRAMS, st.sampled_from([(",", "."), (".", ","), (" ", ","), ("\u202f", ","), ("'", ".")]))
def test_every_weight_survives_every_notation_in_which_it_can_be_written(grams, signs):
    kg = Decimal(grams) / 1000
    whole, _, rest = f"{kg:,.3f}".partition(".")
    if kg >= 1000:
        assert read_number(whole.replace(",", signs[0]) + signs[1] + rest) == kg
        assert read_number(whole.replace(",", signs[0])) == int(kg)
        assert read_number(str(kg)) == kg
    else:  # 12.345 would be twelve thousand: below a thousand three decimals need a leading zero
        assert read_number(f"0{kg:.3f}") == kg


@given(st.text(max_size=45) | st.text(alphabet="0123456789.,' \u202f", max_size=45))
def test_no_text_breaks_the_reader(typed):
    try:
        value = read_number(typed)
    except QuantityError:
        return
    assert 0 < value <= MOST
    assert value == round(value, 3)


@pytest.mark.parametrize(
    ("value", "unit", "pack_kg", "kg"),
    [
        ("19200", "kg", None, "19200"),
        ("19.2", "t", None, "19200"),
        ("42328", "lb", None, "19199.658"),  # 19199.65783736
        ("1", "lb", None, "0.454"),  # 0.45359237
        ("40", "lb", None, "18.144"),
        ("21", "short_ton", None, "19050.880"),  # 19050.87954
        ("20", "long_ton", None, "20320.938"),  # 20320.938176
        ("320", "pack", "60", "19200"),
        ("275", "pack", "69", "18975"),
        ("1100", "pack", "18.14", "19954"),
        ("1", "pack", "0.0625", "0.062"),  # the half goes to the even neighbour
        ("3", "pack", "0.0625", "0.188"),
    ],
)
def test_the_kilograms_of_a_unit_were_computed_by_hand(value, unit, pack_kg, kg):
    assert to_kg(Decimal(value), unit, Decimal(pack_kg) if pack_kg else None) == Decimal(kg)


def test_only_a_result_with_more_than_three_decimals_is_rounded():
    assert is_rounded(Decimal(1), "lb")
    assert not is_rounded(Decimal("0.001"), "kg")
    assert not is_rounded(Decimal(100_000), "lb")
    assert exact_kg(Decimal(100_000), "lb") == Decimal("45359.237")


@given(GRAMS, st.sampled_from(sorted(UNITS)))
def test_kilograms_are_within_half_a_gram_of_the_exact_fraction(grams, unit):
    value = Decimal(grams) / 1000
    try:
        kg = to_kg(value, unit)
    except QuantityError:
        assert not 0 < exact_kg(value, unit) - Decimal("0.0005") < MOST
        return
    exact = Fraction(grams, 1000) * Fraction(UNITS[unit].kg)
    assert abs(Fraction(kg) - exact) <= Fraction(1, 2000)
    assert (Fraction(kg) == exact) is not is_rounded(value, unit)


def test_the_tons_are_multiples_of_the_pound():
    assert UNITS["short_ton"].kg == 2000 * UNITS["lb"].kg
    assert UNITS["long_ton"].kg == 2240 * UNITS["lb"].kg


@pytest.mark.parametrize(
    ("value", "unit", "pack_kg", "code"),
    [
        ("2.5", "pack", "60", "part_pack"),
        ("2", "pack", None, "no_pack"),
        ("2", "pack", "0", "no_pack"),
        ("0.001", "lb", None, "too_small"),
        ("99999999999.999", "t", None, "too_large"),
    ],
)
def test_a_weight_that_cannot_be_stored_is_refused(value, unit, pack_kg, code):
    with pytest.raises(QuantityError) as caught:
        to_kg(Decimal(value), unit, Decimal(pack_kg) if pack_kg else None)
    assert caught.value.code == code


def test_a_float_is_a_mistake_of_the_programmer():
    with pytest.raises(TypeError):
        to_kg(19200.0, "kg")


@pytest.mark.parametrize(
    ("value", "unit", "pack_kg", "sentence"),
    [
        ("19200", "kg", None, "19 200 kg, 19.2 t"),
        ("0.5", "kg", None, "0.5 kg, 0.0005 t"),
        ("25000", "t", None, "25 000 000 kg, 25 000 t"),
        ("320", "pack", "60", "19 200 kg, 19.2 t"),
        ("42328", "lb", None, "19 199.658 kg, 19.199658 t, rounded to the gram"),
    ],
)
def test_the_echo_shows_kilograms_and_tonnes(value, unit, pack_kg, sentence):
    words = echo(Decimal(value), unit, Decimal(pack_kg) if pack_kg else None)
    assert words.replace("\u00a0", " ") == sentence
