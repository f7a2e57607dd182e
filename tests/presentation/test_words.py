"""Days, weights and sizes read the same everywhere."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.utils import translation

from nopic.presentation import words

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    "when, text",
    [(date(2026, 11, 27), "Fri 27 Nov"), (date(2027, 3, 3), "Wed 3 Mar 2027"), (date(2025, 12, 31), "Wed 31 Dec 2025")],
)
def test_a_day_carries_its_year_only_when_it_is_another_one(when: date, text: str) -> None:
    assert words.day(when, TODAY) == text


def test_a_day_for_the_files_always_carries_its_year() -> None:
    assert words.full_day(date(2026, 11, 27)) == "Fri 27 Nov 2026"


def test_a_moment_is_told_at_the_clock_of_the_office() -> None:
    late = datetime(2026, 11, 28, 3, 30, tzinfo=UTC)
    assert words.moment(late, "America/Lima", "Lima", TODAY) == "Fri 27 Nov, 22:30 Lima"
    assert words.moment(late, "Europe/Berlin", words.city_of("Europe/Berlin"), TODAY) == "Sat 28 Nov, 04:30 Berlin"
    assert words.city_of("America/New_York") == "New York"


@pytest.mark.parametrize(
    "weight, shown, copied, echo",
    [
        (Decimal("19200.000"), "19,200", "19200", "19.2 t"),
        (Decimal("1150.5"), "1,150.5", "1150.5", "1.1505 t"),
        (Decimal("0.125"), "0.125", "0.125", "0.000125 t"),
        (Decimal("100"), "100", "100", "0.1 t"),
        (Decimal("1234567.891"), "1,234,567.891", "1234567.891", "1,234.567891 t"),
        (Decimal("0"), "0", "0", "0 t"),
    ],
)
def test_a_weight_is_grouped_for_reading_and_plain_for_copying(
    weight: Decimal, shown: str, copied: str, echo: str
) -> None:
    assert (words.kg(weight), words.plain_kg(weight), words.tonnes(weight)) == (shown, copied, echo)


@pytest.mark.parametrize(
    ("language", "shown"),
    [("en", "1,150.5"), ("es", "1\u00a0150,5"), ("es-pe", "1\u00a0150,5"), ("fr", "1\u00a0150,5")],
)
def test_a_weight_is_grouped_as_the_language_of_the_sentence_does(language: str, shown: str) -> None:
    with translation.override(language):
        assert words.kg(Decimal("1150.5")) == shown


@pytest.mark.parametrize(
    "size, text",
    [(0, "0 KB"), (12, "1 KB"), (96_000, "96 KB"), (999_400, "999 KB"), (1_000_000, "1 MB"), (3_400_000, "3.4 MB")],
)
def test_a_file_has_a_size_that_phones_show_too(size: int, text: str) -> None:
    assert words.filesize(size) == text


@pytest.mark.parametrize(
    "count, kind, said",
    [
        (1320, "jute bags", "1,320 jute bags"),
        (1, "jute bags", "1 jute bag"),
        (1, "bags of 60 kg", "1 bag of 60 kg"),
        (1, "boxes", "1 box"),
        (1, "cajas", "1 caja"),
        (1, "bulk", "1 bulk"),
        (1, "", "1"),
    ],
)
def test_one_package_is_not_said_in_the_plural(count: int, kind: str, said: str) -> None:
    assert words.packages(count, kind) == said


@pytest.mark.parametrize(
    ("name", "said"),
    [("Transport document", "transport document"), ("FDA prior notice", "FDA prior notice"), ("A", "a"), ("", "")],
)
def test_a_name_within_a_sentence_keeps_its_abbreviations(name: str, said: str) -> None:
    assert words.within(name) == said
