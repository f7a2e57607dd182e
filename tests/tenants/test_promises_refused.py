"""A policy whose promises contradict themselves is refused, and each time with the reason."""

import pytest

from nopic.tenants.policy import PolicyError, Rules

HOURS = {"code": "fast", "unit": "hours", "amount": 0}
OVER = {"code": "slow", "unit": "working_days", "amount": 2, "over_closed_days": True}


@pytest.mark.parametrize(
    ("changes", "place", "why"),
    [
        ({"turnarounds": [HOURS], "default_turnaround": "fast"}, "turnarounds.0.amount", "needs at least one hour"),
        (
            {"turnarounds": [OVER], "default_turnaround": "slow"},
            "turnarounds.0.over_closed_days",
            "Only hours can run over closed days",
        ),
        (
            {"turnarounds": [{"code": "a", "amount": 31}], "default_turnaround": "a"},
            "turnarounds.0.amount",
            "at most 30 working",
        ),
        ({"default_turnaround": "none"}, "default_turnaround", "is not one of the turnaround classes"),
        ({"turnarounds": []}, "turnarounds", ""),
        ({"turnarounds": [{"code": "a", "amount": -1}]}, "turnarounds.0.amount", "from 0 to 240"),
        ({"first_request_extra_days": -1}, "first_request_extra_days", "from 0 to 30"),
        ({"cut_off": "18:00"}, "cut_off", "must not be after the closing hour"),
        ({"opening": "16:59", "cut_off": "16:00"}, "opening", "must not be after the cut-off hour"),
        (
            {"fees": {"classes": [{"turnaround": "gone", "price": "5.00"}]}},
            "fees.classes.0.turnaround",
            "turnaround class that is not offered",
        ),
    ],
)
def test_it_is_refused_at_its_place_with_the_reason(changes: dict[str, object], place: str, why: str) -> None:
    with pytest.raises(PolicyError) as refused:
        Rules.from_json(changes)
    assert place in refused.value.problems, refused.value.problems
    assert why in refused.value.problems[place]
