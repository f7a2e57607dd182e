"""Every setting of the policy says what users will read, in the words that they will read; whatever changes, a sentence does."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.utils import translation

from certifiers.presenters.ruling import WRITERS, Reader, sentences
from nopic.fees.prices import price_list
from nopic.requests.checks.departure import late_in_words
from nopic.tenants.calendar import Office
from nopic.tenants.policy import Rules
from nopic.tenants.policy.frame import shape_of
from nopic.tenants.policy.groups import GROUPS
from nopic.tenants.policy.saying import declared

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)  # a Wednesday
DAY = date(2026, 12, 3).isoformat()
BASE: dict[str, Any] = {
    "country": "US",
    "closed_days": [{"day": DAY, "why": "Stocktaking"}],
    "turnarounds": [{"code": "standard", "amount": 2}, {"code": "fast", "unit": "hours", "amount": 24}],
    "fees": {"certificate": "75.00", "classes": [{"turnaround": "fast", "price": "10.00"}], "late": "5.00", "same_day": "7.00"},
    "documents": [{"key": "transport_document", "required_before_sending": False, "may_follow": True, "days_after_departure": 5}],
    "checks": [{"id": "net_weight", "group": "weights", "tolerance_kg": "1"}],
    "refusal_reasons": [{"code": "late_request"}],
    "cancel_reasons": [{"code": "documents_late"}],
    "letters": [{"letter": "issued", "language": "en", "text": "Thank you."}],
    "accent_light": "#4b5a14",
    "accent_dark": "#8fcddb",
}  # fmt: skip
# What only other rows or the record call it by: no user reads it.
UNREAD = {("turnarounds", "code"), ("refusal_reasons", "code"), ("cancel_reasons", "code")}
OTHER: dict[str, Any] = {
    "time_zone": "America/Lima", "country": "PE", "subdivision": "CA", "weekend": ["fri", "sat"], "opening": "07:00",
    "cut_off": "15:00", "closing": "16:30", "lead_days": 0, "counting": "strict", "default_turnaround": "fast",
    "first_request_extra_days": 4, "nudge_working_days": 0, "max_departure_ahead_days": 60, "lots_required": False,
    "max_lots": 12, "declaration": "I declare.", "weight_tolerance_kg": "5", "weight_tolerance_percent": "2",
    "over_allocation": "ask_staff", "pdf_footer": "Accredited", "page_size": "Letter", "registry_channel": "assisted",
    "accent_light": "#0c4a5b", "accent_dark": "#ffffff",
    "closed_days.day": "2026-12-04", "closed_days.why": "Move",
    "turnarounds.name": "Quick", "turnarounds.unit": "hours", "turnarounds.amount": 3,
    "filing.mode": "", "filing.hours": 7, "filing.measured_from": "arrival", "filing.why": "They said so",
    "time_frames.allowed": "yes", "time_frames.max_days": 40, "time_frames.max_kg": "1000", "time_frames.warn_at": [],
    "time_frames.record": "before_departure", "time_frames.record_days": 0, "time_frames.report_days": 9,
    "documents.key": "bill_of_sale", "documents.condition": "purchased_lot", "documents.products": ["0901"],
    "documents.origins": ["Peru"], "documents.modes": ["air", "road"], "documents.destinations": ["CA"],
    "documents.days_after_departure": 9, "documents.may_not_apply": True, "documents.kinds": ["final"],
    "documents.accepts": ["pdf"], "documents.least_files": 2, "documents.most_files": 3, "documents.organic": "record",
    "documents.name": "Waybill", "documents.why": "Because.",
    "final_documents.sea_working_days": 9, "final_documents.sea_days_before_arrival": 3,
    "final_documents.other_working_days": 4,
    "checks.id": "packages", "checks.group": "process", "checks.scope": "line", "checks.box": 9,
    "checks.compares": ["packing_list"], "checks.question": "Right?", "checks.tolerance_kg": "2",
    "checks.tolerance_percent": "3",
    "refusal_reasons.text": "No.", "refusal_reasons.citation": "7 CFR", "cancel_reasons.text": "No.",
    "cancel_reasons.citation": "7 CFR",
    "fees.currency": "EUR", "fees.certificate": "80.00", "fees.time_frame": "1.00", "fees.late": "2.00",
    "fees.same_day": "9.00", "fees.revision": "3.00", "fees.replacement": "4.00", "fees.due": "when_sent",
    "fees.classes": [],
    "letters.letter": "cancelled", "letters.language": "fr", "letters.text": "Merci.",
    "second_person.above_kg": "100", "second_person.above_percent": 90,
    "asking.answer_working_days": 9, "low_risk.least_issued": 2, "low_risk.days": 11,
}  # fmt: skip


def told(setting: str, data: dict[str, Any]) -> list[str]:
    return sentences(setting, Reader(Rules.from_json(data), NOON, "Tierra Firme"))


def leaves() -> list[tuple[str, str]]:
    """(setting, field of its record or nothing) of everything that can be set."""
    found = []
    for name, one in declared(Rules).items():
        shape = shape_of(one.metadata["reads"])
        record = shape.record or (shape.item.record if shape.item else None)
        found += [(name, key) for key in declared(record)] if record else [(name, "")]
    return found


def changed(name: str, key: str) -> dict[str, Any]:
    whole = Rules.from_json(BASE).to_json()
    if not key:
        return {**whole, name: OTHER[name]}
    path = f"{name}.{key}"
    row = whole[name][0] if isinstance(whole[name], list) else whole[name]
    value = OTHER[path] if path in OTHER else not row[key]
    if path == "documents.may_follow":
        row["days_after_departure"] = None
    if path == "documents.required_before_sending":
        row |= {"may_follow": False, "days_after_departure": None}
    if path == "documents.per":
        row |= {"condition": "purchased_lot"}
        value = "supplier"
    if path == "filing.mode":
        return {**whole, name: whole[name][1:]}
    if path == "turnarounds.over_closed_days":
        row = whole[name][1]
    row[key] = value
    return whole


@pytest.mark.parametrize(
    ("name", "key"), [each for each in leaves() if each not in UNREAD], ids=lambda part: part or "all"
)
def test_whoever_changes_a_setting_changes_what_is_read(name: str, key: str) -> None:
    before, after = told(name, BASE), told(name, changed(name, key))
    assert before
    assert after
    assert before != after


def test_every_setting_of_every_page_has_its_writer() -> None:
    assert set(WRITERS) == set(declared(Rules)) == {name for group in GROUPS.values() for name in group.settings}


@pytest.mark.parametrize(
    ("setting", "data", "sentence"),
    [
        ("nudge_working_days", {"nudge_working_days": 0}, "Never: no e-mail calls a draft to mind."),
        ("second_person", {}, "Never because of the weight."),
        ("second_person", {}, "Never because of the share of the verified quantity."),
        ("time_frames", {"time_frames": {"warn_at": []}}, "Never: no e-mail warns that a time frame runs low."),
        ("first_request_extra_days", {}, "An exporter's first certificate is promised as early as any other."),
        ("lead_days", {"lead_days": 0}, "No working days are asked before the goods leave."),
        ("fees", {}, "Nothing costs anything, and no page speaks of fees."),
        ("weight_tolerance_kg", {}, "Of 19,200 kg declared, exactly 19,200 kg are accepted."),
        ("time_frames", {"time_frames": {"allowed": "no"}}, "This certifier issues certificates for single shipments only."),
    ],
)  # fmt: skip
def test_what_never_happens_says_never(setting: str, data: dict[str, Any], sentence: str) -> None:
    assert sentence in told(setting, data)


def test_the_sentences_are_those_that_users_read() -> None:
    rules = Rules.from_json(BASE)
    assert any(late_in_words("Tierra Firme", rules) in line for line in told("lead_days", BASE))
    limit = Office(rules).latest_sending((NOON + timedelta(days=14)).date())
    assert any(f"send the request by {limit:%a} {limit.day}" in line for line in told("lead_days", BASE))
    for what, price, when in price_list(rules):
        assert f"{what}: {price}, {when}" in told("fees", BASE)
    assert "Two products, in time: USD 150.00." in told("fees", BASE)
    assert "The same, late: USD 155.00." in told("fees", BASE)


@pytest.mark.parametrize("language", ["en", "es", "fr"])
def test_every_default_and_every_extreme_can_be_told(language: str) -> None:
    with translation.override(language):
        for data in (BASE, {}, {"documents": [], "filing": [], "weekend": [], "max_departure_ahead_days": 366}):
            for setting in WRITERS:
                assert all(told(setting, data)), setting
