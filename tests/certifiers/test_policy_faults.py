"""Every fault that a policy can have, typed into its page: refused at its field in plain words, and nothing typed is lost."""

import ast
import html as entities
import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

import nopic.tenants.policy
from nopic.tenants.context import tenant
from nopic.tenants.models import Policy
from tests.certifiers.test_policies import fields, here, opened, text, url
from tests.factories import Side, signed_in

__all__ = ["here"]

POLICY = Path(nopic.tenants.policy.__file__).parent


class Fault(NamedTuple):
    """What is typed on a page (None: a box is emptied), the field where the fault stands, and its sentence."""

    page: str
    typed: Mapping[str, str | list[str] | None]
    field: str
    says: str
    add: tuple[str, ...] = ()


FAULTS = [
    Fault("time", {"time_zone": "Lima"}, "time_zone", "Time zone must be the name of a time zone, such as America/Lima."),
    Fault("time", {"country": "Peru"}, "country", "Country of the holidays must be a country code of two capital letters, such as PE."),
    Fault("time", {"country": "XX"}, "country", "There is no holiday calendar for the country XX."),
    Fault("time", {"country": "US", "subdivision": "ZZ"}, "subdivision", "ZZ"),
    Fault("time", {"subdivision": "CA"}, "subdivision", "A state or region of the holidays needs its country."),
    Fault("time", {"weekend": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]}, "weekend", "Weekend must have 0 to 6"),
    Fault("time", {"opening": "8 am"}, "opening", "Opening hour must be a time from 00:00 to 23:59, such as 16:00."),
    Fault("time", {"cut_off": "18:00"}, "cut_off", "The cut-off hour must not be after the closing hour."),
    Fault("time", {"opening": "16:30"}, "opening", "The opening hour must not be after the cut-off hour."),
    Fault("time", {"opening": "16:00", "closing": "16:00"}, "closing", "The closing hour must be after the opening hour."),
    Fault("time", {"lead_days": "many"}, "lead_days", "Lead days must be a whole number from 0 to 15."),
    Fault("time", {"max_departure_ahead_days": "2"}, "max_departure_ahead_days", "No request could come in time: 3 lead"),
    Fault("time", {"turnarounds-0-code": "slow"}, "default_turnaround", "is not one of the turnaround classes. Choose one"),
    Fault("time", {"turnarounds-0-code": "My class"}, "turnarounds-0-code", "must be small letters, digits and _"),
    Fault("time", {"turnarounds-0-unit": "hours", "turnarounds-0-amount": "0"}, "turnarounds-0-amount", "“0 hours” needs at least one hour."),
    Fault("time", {"turnarounds-0-amount": "31"}, "turnarounds-0-amount", "“31 working days” may have at most 30 working"),
    Fault("time", {"turnarounds-0-over_closed_days": "yes"}, "turnarounds-0-over_closed_days", "Only hours can run over"),
    Fault("time", {"turnarounds-1-code": "standard"}, "turnarounds-1", "must not hold “standard” twice", ("turnarounds",)),
    Fault("time", {"filing-1-mode": "sea"}, "filing-1", "Usual filing deadlines of customs must not hold “By sea” twice."),
    Fault("time", {"filing-0-hours": "-1"}, "filing-0-hours", "hours must be a whole number from 0 to 720."),
    Fault("time", {"closed_days-0-day": "soon", "closed_days-0-why": "Move"}, "closed_days-0-day",
          "Closed days, entry 1: day must be a date such as 2026-12-24.", ("closed_days",)),
    Fault("time-frames", {"time_frames-max_kg": "0"}, "time_frames-max_kg", "largest weight must be more than 0 kg."),
    Fault("time-frames", {"time_frames-max_kg": "a lot"}, "time_frames-max_kg", "must be a weight from 0 to 99,999,999 kg"),
    Fault("time-frames", {"time_frames-report_days": "60", "time_frames-max_days": "30"}, "time_frames-report_days",
          "The actual weights would be asked for before the longest time frame has begun."),
    Fault("time-frames", {"time_frames-warn_at": "15\n95"}, "time_frames-warn_at", "entry 2 must be a whole number from 1"),
    Fault("time-frames", {"time_frames-warn_at": "15\n15"}, "time_frames-warn_at", "must not hold “15” twice."),
    Fault("documents", {"documents-0-key": "declared"}, "documents-0-key", "The portal uses the short name “declared” itself"),
    Fault("documents", {"documents-0-key": "photo"}, "documents-0-name", "Document row “photo” needs a name."),
    Fault("documents", {"documents-1-key": "commercial_invoice"}, "documents-1", "must not hold “Commercial invoice” twice."),
    Fault("documents", {"documents-0-may_follow": "yes"}, "documents-0-may_follow",
          "Document row “Commercial invoice” cannot be needed before sending and follow later."),
    Fault("documents", {"documents-0-days_after_departure": "5"}, "documents-0-days_after_departure", "but may not follow."),
    Fault("documents", {"documents-0-least_files": "3", "documents-0-most_files": "2"}, "documents-0-least_files",
          "Document row “Commercial invoice” requires 3 files but accepts 2"),
    Fault("documents", {"documents-2-organic": "stop"}, "documents-2-organic", "“Traceability declaration”: that it does not"),
    Fault("documents", {"documents-4-condition": "always"}, "documents-4-condition", "“Purchase invoice”: asked for each"),
    Fault("documents", {"final_documents-sea_working_days": "0"}, "final_documents-sea_working_days", "from 1 to 60."),
    Fault("documents", {"max_lots": "0"}, "max_lots", "Most lots per product must be a whole number from 1 to 200."),
    Fault("documents", {"declaration": "x" * 2001}, "declaration", "Declaration must be text of at most 2000 characters."),
    Fault("checks", {"checks-0-id": "smell"}, "checks-0-question", "Check “smell” needs a question."),
    Fault("checks", {"checks-1-id": "net_weight"}, "checks-1", "Checks must not hold “Net weight” twice."),
    Fault("checks", {"checks-7-tolerance_kg": "5"}, "checks-7-tolerance_kg", "Check “Verified quantity left” compares no weights"),
    Fault("checks", {"checks-7-tolerance_percent": "5"}, "checks-7-tolerance_percent", "compares no weights"),
    Fault("checks", {"checks-0-compares": ["declared", "photo"]}, "checks-0-compares",
          "Check “Net weight” is compared with “photo”, which is no row of the document list."),
    Fault("checks", {"checks-0-box": "99"}, "checks-0-box", "box must be a whole number from 1 to 20."),
    Fault("checks", {"weight_tolerance_kg": "5 kilos"}, "weight_tolerance_kg", "must be a weight from 0 to 1,000 kg"),
    Fault("checks", {"weight_tolerance_kg": "0.0005"}, "weight_tolerance_kg", "Weight tolerance is kept to the gram: at most three digits after the point, such as 0.125."),
    Fault("checks", {"weight_tolerance_percent": "101"}, "weight_tolerance_percent", "must be per cent from 0 to 100"),
    Fault("checks", {"refusal_reasons-0-code": "bad_mood"}, "refusal_reasons-0-text", "Reason “bad_mood” needs a text."),
    Fault("checks", {"cancel_reasons-0-code": "bad_mood"}, "cancel_reasons-0-text", "Reason “bad_mood” needs a text."),
    Fault("fees", {"fees-certificate": "seventy"}, "fees-certificate", "must be an amount from 0 to 100,000, such as 45.00."),
    Fault("fees", {"fees-late": "-4"}, "fees-late", "must be an amount from 0 to 100,000, such as 45.00."),
    Fault("fees", {"fees-late": "0.555"}, "fees-late", "may have at most two digits after the point"),
    Fault("fees", {"fees-classes-0-turnaround": "gone", "fees-classes-0-price": "5"}, "fees-classes-0-turnaround",
          "This price is for a turnaround class that is not offered.", ("fees-classes",)),
    Fault("letters", {"letters-0-letter": "issued", "letters-0-language": "en"}, "letters-0-text", "Write the paragraph",
          ("letters",)),
    Fault("letters", {"letters-0-letter": "new_link", "letters-0-language": "en", "letters-0-text": "{{number}}"},
          "letters-0-text", "“{{number}}” is not known in this letter. Known are: certifier, phone, email.", ("letters",)),
    Fault("letters", {"letters-0-letter": "issued", "letters-0-language": "en", "letters-0-text": "{x}"}, "letters-0-text",
          "A placeholder is written with two braces on each side", ("letters",)),
    Fault("brand", {"accent_light": "green", "accent_dark": "#8fcddb"}, "accent_light", "must be a colour such as #0c4a5b."),
    Fault("brand", {"accent_light": "#0c4a5b"}, "accent_dark", "Name the accent colour for light and for dark pages"),
    Fault("brand", {"accent_light": "#8fcddb", "accent_dark": "#8fcddb"}, "accent_light", "has a contrast of 1.4:1"),
    Fault("brand", {"pdf_footer": "x" * 91}, "pdf_footer", "Line at the foot of the PDF must be text of at most 90"),
    Fault("people", {"second_person-above_kg": "lots"}, "second_person-above_kg", "must be a weight from 0 to 100,000,000 kg"),
    Fault("people", {"second_person-above_percent": "101"}, "second_person-above_percent", "from 0 to 100."),
    Fault("people", {"asking-answer_working_days": "0"}, "asking-answer_working_days", "from 1 to 30."),
    Fault("people", {"low_risk-days": "0"}, "low_risk-days", "from 1 to 1000."),
]  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS, ids=lambda one: f"{one.field}: {one.says[:24]}")
def test_a_fault_stands_at_its_field_and_everything_typed_is_still_there(here: Side, fault: Fault) -> None:
    admin, address = signed_in(here.admin), url(here, fault.page)
    sent = opened(admin, address)
    for table in fault.add:
        sent = fields(admin.post(address, {**sent, "add": table}).content.decode())
    sent = {**sent, **fault.typed, "why": "Something else", "since": sent["since"][0]}
    answer = admin.post(address, {**sent, "go": "save"})
    page = answer.content.decode()
    assert answer.status_code == 422
    link = re.search(rf'<a href="#f-{fault.field}(?:-0)?">([^<]*)</a>', page)
    assert link, text(answer)
    assert fault.says in entities.unescape(link[1])
    assert page.count(link[1]) >= 2, "in the summary and at its field"
    still = fields(page)
    for name, typed in {**fault.typed, "why": "Something else"}.items():
        assert "".join(still[name]).replace("\r\n", "\n") == "".join(typed or ""), name
    with tenant(here.certifier):
        assert Policy.objects.count() == 1


# What no page can send: only a file that somebody wrote by hand has it.
BY_HAND = {
    "%(label)s must be true or false.",
    "%(label)s must be one of: %(words)s.",
}
SAYS_FAULTS = {"faults", "_fault_of_text", "_contradictions", "faults_of_accents", "price"}


def sentences() -> set[str]:
    """Every sentence that a reader or a rule of the policy refuses something with."""
    found = set()
    for path in sorted(POLICY.glob("*.py")):
        for function in ast.walk(ast.parse(path.read_text())):
            if not isinstance(function, ast.FunctionDef) or not (
                path.stem == "reading" or function.name in SAYS_FAULTS
            ):
                continue
            for call in ast.walk(function):
                if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "_":
                    found.add(ast.literal_eval(call.args[0]))
    return found


def covers(fault: Fault, sentence: str) -> bool:
    """Whether the words of the fault are of this sentence: they share a part without a value in it."""
    parts = [part.strip(" .“”:{}") for part in re.split(r"%\(\w+\)s", sentence)]
    return any(len(part) > 8 and (part in fault.says or fault.says.strip(" .“”:{}") in part) for part in parts)


def test_every_sentence_that_refuses_something_is_typed_here() -> None:
    told = sentences() - BY_HAND
    assert len(told) > 30
    assert {one for one in told if not any(covers(fault, one) for fault in FAULTS)} == set()
