"""Four policies to start from, each in the style of one published procedure. Nobody's rule: what a source does not say
is a sample value and is marked so wherever it is shown.

One line adds a value: its setting, the value as JSON, and the sentence of the source that says it (none: a sample).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from .rules import Rules
from .saying import label_of, said_of


@dataclass(frozen=True)
class Value:
    """One setting of a preset; ``source`` is what the document says, in own words, or empty for a sample value."""

    setting: str
    value: Any
    source: str = ""


@dataclass(frozen=True)
class Preset:
    """A policy to start from."""

    slug: str
    title: str | Promise
    values: tuple[Value, ...]

    def written(self) -> dict[str, Any]:
        """Its values as JSON, in the shape in which a policy stores them."""
        stored = Rules.from_json({one.setting: one.value for one in self.values}).to_json()
        return {one.setting: stored[one.setting] for one in self.values}

    def touches(self, settings: Iterable[str]) -> bool:
        """Whether it says anything about these settings."""
        return any(one.setting in set(settings) for one in self.values)

    def rows(self, settings: Iterable[str]) -> list[tuple[str, str, str]]:
        """(label, value in words, what the source says or nothing) of its values among these settings."""
        wanted, stored = set(settings), self.written()
        return [
            (label_of(one.setting), said_of(one.setting, stored[one.setting]), one.source)
            for one in self.values
            if one.setting in wanted
        ]


_SOURCE_PAPERS: Final = [
    {"key": "commercial_invoice"},
    {"key": "packing_list", "may_not_apply": True},
    {"key": "bill_of_sale", "may_not_apply": True},
    {"key": "transport_document", "kinds": ["final", "draft", "booking"]},
]
_TRACED: Final = [
    {"key": "traceability_declaration"},
    {"key": "transaction_certificate", "per": "supplier", "condition": "purchased_lot_other_certifier"},
    {"key": "purchase_invoice", "per": "supplier", "condition": "purchased_lot_same_certifier"},
]
_PLANT_HEALTH: Final = {
    "key": "phytosanitary_certificate", "required_before_sending": False, "may_follow": True, "may_not_apply": True,
}  # fmt: skip

_FEES: Final = {  # no source names a price: samples, all of them
    "certificate": "75.00", "time_frame": "15.00", "late": "50.00", "revision": "35.00", "replacement": "75.00",
}  # fmt: skip

QCS: Final = Preset(
    "qcs",
    gettext_lazy("QCS-style sample"),
    (
        Value("documents", [*_SOURCE_PAPERS, *_TRACED, _PLANT_HEALTH],
              "Bills of lading, bills of sale, invoices and packing lists name the product as organic; the other rows are samples."),
        Value("time_frames", {"allowed": "yes"},
              "The whole volume in one shipment, or in several within a specified period; the figures are samples."),
        Value("lead_days", 3),
        Value("counting", "strict"),
        Value("country", "US"),
        Value("time_zone", "America/New_York"),
        Value("page_size", "Letter"),
        Value("weight_tolerance_kg", "0"),
        Value("weight_tolerance_percent", "0"),
        Value("over_allocation", "ask_staff"),
        Value("fees", _FEES),
    ),
)  # fmt: skip
OREGON_TILTH: Final = Preset(
    "oregon-tilth",
    gettext_lazy("Oregon Tilth-style sample"),
    (
        Value("lead_days", 3),
        Value("country", "US"),
        Value("subdivision", "OR"),
        Value("time_zone", "America/Los_Angeles"),
        Value("page_size", "Letter"),
        Value("documents", [*_SOURCE_PAPERS, *_TRACED, _PLANT_HEALTH]),
        Value("over_allocation", "ask_staff"),
        Value("fees", _FEES),
    ),
)
CERTISYS: Final = Preset(
    "certisys",
    gettext_lazy("Certisys-style sample"),
    (
        Value("lead_days", 3, "Requests come at least 3 working days before the goods leave the country of export."),
        Value("counting", "lenient"),
        Value("documents",
              [
                  {"key": "commercial_invoice"},
                  {"key": "packing_list", "may_not_apply": True},
                  *_TRACED,
                  {"key": "transport_document", "kinds": ["final", "draft", "booking"]},
                  _PLANT_HEALTH,
              ],
              "The supporting documents of the first shipment; a supplier of the same certifier needs the invoice only."),
        Value("time_frames", {"allowed": "by_arrangement"},
              "Exporters keep to the time frame defined for their operation; the figures are samples."),
        Value("second_person", {"first_request": True, "override": True}),
        Value("country", "BE"),
        Value("time_zone", "Europe/Brussels"),
        Value("page_size", "A4"),
        Value("over_allocation", "ask_staff"),
        Value("fees", _FEES),
    ),
)  # fmt: skip
PAO: Final = Preset(
    "pao",
    gettext_lazy("PAO-style sample"),
    (
        Value("turnarounds",
              [
                  {"code": "day", "unit": "hours", "amount": 24},
                  {"code": "two_days", "amount": 2},
                  {"code": "standard", "amount": 5},
              ],
              "Processed by the requested need, from 24 hours to 5 days; the classes between are samples."),
        Value("time_frames", {"allowed": "by_arrangement"},
              "For a set time period in specific instances, by arrangement; the figures are samples."),
        Value("lead_days", 1),
        Value("country", "US"),
        Value("subdivision", "CA"),
        Value("time_zone", "America/Los_Angeles"),
        Value("page_size", "Letter"),
        Value("documents",
              [
                  *_SOURCE_PAPERS,
                  {"key": "cbp_entry_data", "required_before_sending": False, "may_follow": True, "may_not_apply": True},
                  {"key": "international_markets_addendum"},
                  *_TRACED,
                  _PLANT_HEALTH,
              ],
              "Records that name the product as organic, and the International Markets Addendum; the rows about suppliers are samples."),
        Value("over_allocation", "ask_staff"),
        Value("fees", {**_FEES, "classes": [{"turnaround": "day", "price": "60.00"}, {"turnaround": "two_days", "price": "30.00"}]}),
    ),
)  # fmt: skip

PRESETS: Final[dict[str, Preset]] = {one.slug: one for one in (QCS, OREGON_TILTH, CERTISYS, PAO)}
