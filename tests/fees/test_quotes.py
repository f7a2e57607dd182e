"""What a request costs: exact sums of a dated price list, whatever is asked."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nopic.fees.prices import price_list
from nopic.fees.quotes import Facts, quote
from nopic.tenants.policy import PolicyError, Rules, Turnaround
from nopic.tenants.policy.fees import ClassPrice, Fees

# The ladder that one certifier publishes: 75 for one, 15 more for several shipments, 75 more for the next day.
LADDER = Fees(
    certificate=Decimal(75), classes=(ClassPrice("fast", Decimal(75)),), time_frame=Decimal(15),
    late=Decimal("22.50"), same_day=Decimal(150), revision=Decimal(35),
)  # fmt: skip
ONE, TWO = [(1, "Coffee")], [(1, "Coffee"), (2, "Cocoa")]


@pytest.mark.parametrize(
    ("facts", "total", "codes"),
    [
        (Facts(ONE), "75", ["certificate"]),
        (Facts(TWO), "150", ["certificate", "certificate"]),
        (Facts(ONE, turnaround="fast"), "150", ["certificate", "turnaround"]),
        (Facts(ONE, turnaround="standard"), "75", ["certificate"]),
        (Facts(ONE, several_shipments=True), "90", ["certificate", "time_frame"]),
        (Facts(TWO, late=True), "172.50", ["certificate", "certificate", "late"]),
        (Facts(ONE, late=True, same_day=True), "225", ["certificate", "same_day"]),
        (Facts([], late=True), "0", []),
    ],
)
def test_the_price_was_added_up_by_hand(facts: Facts, total: str, codes: list[str]) -> None:
    found = quote(LADDER, facts)
    assert (found.total, [item.code for item in found.items]) == (Decimal(total), codes)


def test_without_a_same_day_fee_such_a_request_costs_the_late_fee() -> None:
    assert quote(Fees(late=Decimal(5)), Facts(ONE, same_day=True)).total == Decimal(5)


def test_certificates_of_one_price_are_one_row() -> None:
    rows = quote(LADDER, Facts(TWO, turnaround="fast", turnaround_title="Fast")).rows
    assert [(row.words, row.times, row.each, row.amount) for row in rows] == [
        ("Certificate", 2, Decimal(75), Decimal(150)),
        ("Turnaround: Fast", 2, Decimal(75), Decimal(150)),
    ]


PRICES = st.decimals(0, 1000, places=2)


@given(
    st.builds(Fees, certificate=PRICES, time_frame=PRICES, late=PRICES, same_day=PRICES),
    st.integers(0, 9), st.booleans(), st.booleans(), st.booleans(),
)  # fmt: skip
def test_the_rows_add_up_to_the_total_to_the_cent(fees: Fees, n: int, several: bool, late: bool, same: bool) -> None:
    found = quote(fees, Facts([(i, "x") for i in range(n)], several_shipments=several, late=late, same_day=same))
    assert sum((row.amount for row in found.rows), Decimal(0)) == found.total
    assert all(item.amount > 0 for item in found.items)
    more = quote(fees, Facts([(i, "x") for i in range(n + 1)], several_shipments=several, late=late, same_day=same))
    assert more.total >= found.total


def test_a_price_list_names_what_costs_something_and_a_free_one_nothing() -> None:
    rules = Rules(fees=LADDER, turnarounds=(Turnaround(code="standard"), Turnaround(code="fast", name="Fast")))
    assert [row[:2] for row in price_list(rules)] == [
        ("Certificate", "USD 75.00"), ("Turnaround: Fast", "USD 75.00"),
        ("Several shipments in a time frame", "USD 15.00"), ("Late request", "USD 22.50"),
        ("Goods leave on the day of sending", "USD 150.00"), ("Revision", "USD 35.00"),
    ]  # fmt: skip
    assert (price_list(Rules()), Rules().fees.is_free, LADDER.is_free) == ([], True, False)


@pytest.mark.parametrize(
    ("fees", "sentence"),
    [
        ({"certificate": "1.005"}, "may have at most two digits after the point, such as 45.50"),
        ({"certificate": "-1"}, "must be an amount"),
        ({"certificate": 1.5}, "must be an amount"),
        ({"certificate": "NaN"}, "must be an amount"),
        ({"currency": "XXX"}, "must be one of"),
        ({"classes": [{"turnaround": "warp", "price": "5"}]}, "a turnaround class that is not offered"),
    ],
)
def test_a_price_list_that_cannot_be_is_refused_with_the_reason(fees: dict, sentence: str) -> None:
    with pytest.raises(PolicyError, match=sentence):
        Rules.from_json({"fees": fees})
