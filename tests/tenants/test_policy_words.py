"""The certifier's own words and colours: placeholders that exist, accents that can be read, tolerances that are used."""

from decimal import Decimal

import pytest

from nopic.tenants.policy import PolicyError, Rules
from nopic.tenants.policy.brand import colours, contrast, least_contrast
from nopic.tenants.policy.letters import LetterText, filled, paragraph


def problems(**data: object) -> dict[str, str]:
    with pytest.raises(PolicyError) as caught:
        Rules.from_json(data)
    return caught.value.problems


def test_black_on_white_has_the_contrast_of_the_standard():
    assert (round(contrast("#000000", "#ffffff"), 2), contrast("#777777", "#777777")) == (21.0, 1.0)
    assert round(contrast("#767676", "#ffffff"), 2) == 4.54


def test_a_colour_that_cannot_be_read_is_refused_with_its_contrast():
    told = problems(accent_light="#8fcddb", accent_dark="#8fcddb")
    assert told == {
        "accent_light": "#8fcddb has a contrast of 1.4:1 to the page; at least 4.5:1 is needed to read it. Choose a "
        "darker one for light pages, a lighter one for dark pages."
    }
    assert problems(accent_light="#0c4a5b") == {
        "accent_dark": "Name the accent colour for light and for dark pages, or neither."
    }
    assert problems(accent_light="petrol") == {
        "accent_light": "Accent colour on light pages must be a colour such as #0c4a5b."
    }


def test_the_portals_own_colours_pass_and_their_ink_can_be_read():
    Rules.from_json({"accent_light": "#0C4A5B", "accent_dark": "#8fcddb"})
    assert min(least_contrast("#0c4a5b", "light"), least_contrast("#8fcddb", "dark")) >= 4.5
    assert colours("#0c4a5b", "light") == {"brand": "#0c4a5b", "brand_tint": "#e7edef", "on_brand": "#ffffff"}


@pytest.mark.parametrize(
    ("letter", "text", "sentence"),
    [
        ("new_link", "{{number}}", "“{{number}}” is not known in this letter. Known are: certifier, phone, email."),
        ("issued", "{% load x %}", "A placeholder is written with two braces on each side, such as {{reference}}."),
        ("issued", " ", "Write the paragraph, or remove the row."),
    ],
)
def test_an_unknown_placeholder_is_refused_where_it_stands(letter, text, sentence):
    told = problems(letters=[{"letter": letter, "language": "en", "text": text}])
    assert told == {"letters.0.text": sentence}


def test_placeholders_are_filled_once_and_values_are_never_read_again():
    assert filled("{{exporter}} / {{ number }}", {"exporter": "{{number}}", "number": "901"}) == "{{number}} / 901"


def test_a_paragraph_is_in_the_readers_language_or_in_english():
    texts = (
        LetterText("issued", "en", "Hello"),
        LetterText("issued", "es", "Hola"),
        LetterText("cancelled", "fr", "x"),
    )
    said = [paragraph(texts, "issued", language, {}) for language in ("es-pe", "fr", "en")]
    assert said == ["Hola", "Hello", "Hello"]
    assert paragraph(texts, "cancelled", "en", {}) == ""


def test_of_kilograms_and_per_cent_the_larger_one_counts_and_a_row_may_have_its_own():
    rules = Rules.from_json(
        {
            "weight_tolerance_kg": "5",
            "weight_tolerance_percent": "0.5",
            "checks": [{"id": "lots", "group": "weights", "scope": "line", "tolerance_kg": "1"}],
        }
    )
    assert (rules.tolerance(Decimal(100)), rules.tolerance(Decimal(10_000))) == (Decimal(5), Decimal(50))
    assert rules.tolerance(Decimal(10_000), "lots") == Decimal(1)


def test_a_tolerance_where_no_weights_are_compared_is_refused():
    told = problems(checks=[{"id": "origin", "group": "parties", "tolerance_percent": "1"}])
    assert told == {
        "checks.0.tolerance_percent": "Check “Origin allowed by the standard” compares no weights, so it can have no tolerance."
    }
