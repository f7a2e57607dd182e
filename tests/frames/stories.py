"""What the tests about time frames begin with, reached through the real actions."""

from datetime import timedelta
from decimal import Decimal

from nopic.frames import actions
from nopic.frames.models import Permission
from nopic.requests.models import CertificateRequest
from nopic.tenants.context import tenant
from nopic.workflow import clock
from tests.factories import Side, line_answers, rules, submitted

DAYS, KG = 92, Decimal(60_000)


def asked_for(side: Side, **changes: object) -> Permission:
    """The sender asked for a time frame of 92 days and 60,000 kg of the first product."""
    said = {"days": DAYS, "kg": KG, "per_month": 30, "reason": "A truck leaves every night.", **changes}
    with tenant(side.certifier, side.sender):
        return actions.ask(item=said.pop("item", side.item), rules=rules(), by=side.sender, **said)


def permitted(side: Side, **changes: object) -> Permission:
    """A reviewer granted what was asked for, for a year from today."""
    today = clock.today("UTC")
    permission = asked_for(side)
    terms = {
        "max_days": DAYS, "max_kg": KG, "valid_from": today, "valid_to": today + timedelta(days=365), "note": "",
        **changes,
    }  # fmt: skip
    with tenant(side.certifier, side.reviewer):
        actions.grant(permission=permission, rules=rules(), by=side.reviewer, **terms)
    return permission


def frame_answers(side: Side, days: int = 60, kg: str = "40,000", **changes: object) -> dict[str, object]:
    """Changes of `factories.answers` that make the request one for a time frame: a weight and a period, no lots."""
    first = clock.today("UTC") + timedelta(days=20)
    line = line_answers(side, net=kg, packages="", gross="", lots=[], **changes)
    return {
        "coverage": "time_frame",
        "departure_on": first.isoformat(),
        "last_departure_on": (first + timedelta(days=days - 1)).isoformat(),
        "lines": [line],
    }


def frame_sent(side: Side, **changes: object) -> CertificateRequest:
    """A request for 40,000 kg in 60 days, permitted and sent."""
    permitted(side)
    return submitted(side, **frame_answers(side, **changes))
