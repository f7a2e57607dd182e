"""What the papers say: declared values found again in their text, whatever the notation, and nothing claimed beyond."""

from decimal import Decimal

import pytest

from nopic.documents.models import PageImage
from nopic.review.queries.papers import places
from nopic.review.queries.values import Values


def found(text: str, needle: str | Decimal, *more: str) -> list[str]:
    """The words outlined on a page that holds this text, one line of it."""
    words = text.split(" ")
    page = PageImage(words=[[word, n / 100, 0.1, (n + 1) / 100, 0.12] for n, word in enumerate(words)])
    marks = places(page, [("net_weight", 10, Values(needles=(needle, *more)))])
    return [" ".join(words[round(m.x * 100) : round((m.x + m.width) * 100)]) for m in marks]


@pytest.mark.parametrize(
    "written",
    ["19,200", "19.200", "19200", "19 200", "19,200.00", "19.200,00", "19,200kg", "19'200", "19,200."],
)
def test_a_weight_is_found_in_every_notation(written: str) -> None:
    assert found(f"Net weight {written} KG", Decimal(19200)) == [written]


@pytest.mark.parametrize("written", ["19,080", "119,200", "19,2000", "1920", "192.00", "19,20", "A19200", "19 2000"])
def test_another_weight_is_not(written: str) -> None:
    assert found(f"Net weight {written} KG", Decimal(19200)) == []


def test_a_weight_within_the_tolerance_of_the_policy_is_found_too() -> None:
    page = PageImage(words=[["19,190", 0.1, 0.1, 0.2, 0.12], ["19,180", 0.3, 0.1, 0.4, 0.12]])
    wanted = [("net_weight", 10, Values(needles=(Decimal(19200),), tolerance=Decimal(10)))]
    assert [mark.x for mark in places(page, wanted)] == [0.1]


@pytest.mark.parametrize(
    ("text", "code", "outlined"),
    [
        ("container APLU 417512 5 sealed", "APLU 417512 5", ["APLU 417512 5"]),
        ("container APLU4175125 sealed", "APLU 417512 5", ["APLU4175125"]),
        ("HS 0901.11.0015 coffee", "0901.11.0015", ["0901.11.0015"]),
        ("HS 0901110015 coffee", "0901.11.0015", ["0901110015"]),
        ("HS 0901.11 coffee", "0901.11.0015", []),
        ("lots VV-26-118, VV-26-121", "VV-26-118", ["VV-26-118,"]),
        ("lots VV-26-1180", "VV-26-118", []),
        ("Consignee: BAY BRIDGE COFFEE TRADERS, L.L.C.", "Bay Bridge Coffee Traders LLC",
         ["BAY BRIDGE COFFEE TRADERS, L.L.C."]),
        ("Cooperativa Agraria Ñandú", "cooperativa agraria nandu", ["Cooperativa Agraria Ñandú"]),
        ("a b", "a", []),
    ],
)  # fmt: skip
def test_names_and_codes_are_compared_without_what_stands_between(text: str, code: str, outlined: list[str]) -> None:
    assert found(text, code) == outlined


def test_each_place_is_outlined_once_though_two_checks_look_for_it() -> None:
    page = PageImage(words=[["19,200", 0.1, 0.1, 0.2, 0.12]])
    wanted = [("net_weight", 10, Values(needles=(Decimal(19200),))), ("lots", 12, Values(needles=("19200",)))]
    assert [(m.check_id, m.box) for m in places(page, wanted)] == [("net_weight", 10)]


def test_a_value_over_two_lines_is_outlined_on_the_first() -> None:
    page = PageImage(words=[["Bay", 0.8, 0.1, 0.9, 0.12], ["Bridge", 0.1, 0.2, 0.2, 0.22]])
    mark = places(page, [("importer", 5, Values(needles=("Bay Bridge",)))])[0]
    assert (mark.x, round(mark.y + mark.height, 2)) == (0.8, 0.12)


@pytest.mark.parametrize("words", [[], [["x"]], [["", 0, 0, 0, 0]], [["½", 0.1, 0.1, 0.2, 0.2]], [["²", 0, 0, 1, 1]]])
def test_odd_words_do_no_harm(words: list[object]) -> None:
    assert places(PageImage(words=words), [("net_weight", 10, Values(needles=(Decimal(3), "no")))]) == []
