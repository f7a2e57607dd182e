"""Whole numbers that come with a request."""

import pytest

from nopic.presentation.typed import whole


@pytest.mark.parametrize("text", ["", None, "-1", "1.0", "٣", "²", " 1", "1\n", "9" * 19, "9" * 5000])
def test_what_no_page_has_sent_is_no_number(text: object) -> None:
    assert whole(text) is None


def test_a_number_is_read() -> None:
    assert (whole("0"), whole("42"), whole(7)) == (0, 42, 7)
