"""Every rule: when it speaks, how severely at which moment, and what it says. One row, one case."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from nopic.ledger import accounts
from nopic.products.models import ProductVersion
from nopic.requests import actions, checks
from nopic.requests.models import CertificateRequest
from nopic.tenants.models import Exporter, Importer, Policy
from nopic.workflow import clock
from nopic.workflow.clock import now
from nopic.workflow.transitions import Refused
from tests import factories
from tests.factories import Side, line_answers

Case = Callable[[Side, CertificateRequest], Any]


def dated(values: dict[str, Any]) -> dict[str, Any]:
    """The same with days for what was said as so many from today: a run may go on past midnight."""
    today = clock.today("UTC")
    return {name: today + value if isinstance(value, timedelta) else value for name, value in values.items()}


def change(model: type, **values: Any) -> Case:
    return lambda here, request: model.objects.update(**dated(values))


def request_is(**values: Any) -> Case:
    def apply(here: Side, request: CertificateRequest) -> None:
        CertificateRequest.objects.filter(pk=request.pk).update(**dated(values))

    return apply


def line_is(**values: Any) -> Case:
    return lambda here, request: request.lines.update(**values)


def listed(**values: Any) -> Case:
    """A newer version of the product that says something else."""

    def apply(here: Side, request: CertificateRequest) -> None:
        facts = {
            field.name: getattr(here.version, field.name)
            for field in ProductVersion._meta.concrete_fields
            if field.name not in ("id", "number", "created_at")
        }
        ProductVersion.objects.create(number=2, **{**facts, **dated(values)})

    return apply


def policy_is(**values: Any) -> Case:
    def apply(here: Side, request: CertificateRequest) -> None:
        Policy.objects.create(
            certifier=here.certifier, version=here.policy.version + 1, data=factories.rules(**values).to_json(), by="x"
        )

    return apply


def nothing_left(here: Side, request: CertificateRequest) -> None:
    accounts.open_balance(here.account, Decimal(90_000), by="a test", reason="elsewhere")


def both(*cases: Case) -> Case:
    def apply(here: Side, request: CertificateRequest) -> None:
        for case in cases:
            case(here, request)

    return apply


COFFEE = "Organic green coffee CANARY-tierra"
# rule, what is wrong, severity at draft / submit / approval / issue ("-": silent), a piece of the exporter's sentence
RULES: list[tuple[str, Case, str, str]] = [
    ("exporter_is_certified", change(Exporter, status="suspended"), "stop stop stop stop", "not in force today"),
    (
        "exporter_is_certified",
        change(Exporter, registry_status="suspended"),
        "stop stop stop -",  # at issue the registry is asked live
        "INTEGRITY does not list",
    ),
    ("exporter_is_certified", change(Exporter, soe_compliant=False), "stop stop stop stop", "does not cover the rule"),
    (
        "exporter_is_certified",
        change(Exporter, certified_to=timedelta(days=5)),
        "stop stop stop stop",
        "before the goods leave",
    ),
    ("importer_is_certified", change(Importer, status="suspended"), "note stop stop stop", "is not certified"),
    (
        "importer_is_certified",
        change(Importer, status="not_found"),
        "note stop stop stop",
        "We did not find 9100019836",
    ),
    (
        "importer_is_certified",
        change(Importer, certified_to=timedelta(days=-1)),
        "note stop stop stop",
        "is not certified since",
    ),
    (
        "importer_is_certified",
        change(Importer, status="unknown", read_at=None),
        "question question question stop",
        "not yet read in INTEGRITY",
    ),
    (
        "importer_is_certified",
        change(Importer, read_at=now() - timedelta(hours=25)),
        "question question question stop",
        "certified when last read",
    ),
    ("importer_is_certified", request_is(importer=None), "- stop stop stop", "Choose or add the importer"),
    ("recipients_are_named", request_is(importer_email=""), "stop stop stop -", "Enter the importer's e-mail"),
    ("recipients_are_named", request_is(broker_email=""), "stop stop stop -", "Enter the broker's e-mail"),
    (
        "has_not_departed",
        request_is(departure_on=timedelta(days=-2), turn=1),
        "stop stop stop stop",
        "Has it left?",
    ),
    ("has_not_departed", request_is(departed_on=timedelta()), "stop stop stop stop", "goods that have left"),
    (
        "leaves_soon_enough",
        request_is(departure_on=timedelta(days=200), arrival_on=timedelta(days=230)),
        "stop stop - -",
        "within 120 days",
    ),
    ("is_sent_in_time", request_is(departure_on=timedelta()), "stop stop stop -", ""),
    (
        "is_sent_in_time",
        request_is(departure_on=timedelta(), late_reason="The buyer moved the booking forward."),
        "question question stop -",
        "asks for 3 working days",
    ),
    (
        "is_sent_in_time",
        request_is(
            departure_on=timedelta(),
            late_reason="The buyer moved the booking forward.",
            status="submitted",
            submitted_at=now(),
            policy_id=0,
        ),
        "question question stop -",
        "Your request may be refused",
    ),
    ("arrives_after_departure", request_is(arrival_on=timedelta()), "stop stop stop -", "it must be after"),
    (
        "container_numbers_are_right",
        request_is(containers=[{"number": "APLU 417512 4", "seal": ""}]),
        "question question question -",
        "the last digit does not match",
    ),
    (
        "treatment_is_permitted",
        request_is(treatment="other", treatment_text="Methyl bromide at the port"),
        "question question question -",
        "can end the organic status",
    ),
    (
        "documents_are_complete",
        lambda here, request: request.dossier.documents.filter(rule="commercial_invoice").update(removed_at=now()),
        "stop stop stop -",
        "Choose the file: Commercial invoice",
    ),
    (
        "documents_are_complete",
        lambda here, request: request.dossier.documents.filter(rule="packing_list").update(status="refused"),
        "stop stop stop -",
        "the file was not accepted",
    ),
    ("product_is_on_the_verified_list", line_is(item=None), "stop stop stop stop", "choose the product"),
    (
        "product_is_on_the_verified_list",
        change(ProductVersion, valid_to=timedelta(days=-1)),
        "stop stop stop stop",
        "not on your verified list today",
    ),
    (
        "product_is_on_the_verified_list",
        change(ProductVersion, valid_to=timedelta(days=3)),
        "stop stop stop stop",
        "only until before",
    ),
    ("product_is_on_the_verified_list", listed(status="suspended"), "stop stop stop stop", "is suspended"),
    ("product_is_on_the_verified_list", listed(status="removed"), "stop stop stop stop", "was removed"),
    (
        "product_is_on_the_verified_list",
        listed(hts="0901.12.0015", valid_from=timedelta(days=4)),
        "stop stop stop stop",
        "changes on your verified list from",
    ),
    (
        "product_is_on_the_verified_list",
        both(lambda here, request: request.lines.update(version=here.version), listed(wording="Organic coffee")),
        "- - stop stop",
        "Send the request again",
    ),
    ("product_is_on_the_verified_list", listed(brand="New brand"), "- - - -", ""),
    (
        "hts_belongs_to_the_product",
        listed(hts="0901.11.0025"),
        "note note note -",
        "a code of its own for the organic goods",
    ),
    (
        "hts_belongs_to_the_product",
        listed(hts="9999.99.9999"),
        "note note note -",
        "names no organic goods",
    ),
    ("quantity_is_positive", line_is(net_kg=None), "stop stop stop stop", "enter the net weight in kilograms"),
    ("gross_is_at_least_net", line_is(gross_kg=Decimal(19_000)), "stop stop stop -", "must be 19,200 kg or more"),
    ("packages_are_counted", line_is(packages=None), "stop stop stop -", "enter the number of packages"),
    (
        "quantity_is_within_what_is_left",
        nothing_left,
        "stop stop stop -",
        f"{COFFEE}: net weight must be 10,000 kg or less, because that is what is left on your verified list",
    ),
    (
        "quantity_is_within_what_is_left",
        both(nothing_left, policy_is(over_allocation="ask_staff")),
        "question question stop -",
        "",
    ),
    (
        "quantity_is_within_what_is_left",
        line_is(crop_year=2019),
        "stop stop stop -",
        f"{COFFEE}: your verified list has no quantity for harvest 2019",
    ),
    (
        "packages_hold_the_net_weight",
        line_is(packages=318),
        "note note note -",
        f"{COFFEE}: 318 packages of 60 kg are 19,080 kg, the net weight is 19,200 kg. Compare them",
    ),
    ("packages_hold_the_net_weight", line_is(package_kind="bags of 70 kg"), "question question question -", ""),
    ("packages_hold_the_net_weight", line_is(packages=20, package_kind="big bags"), "- - - -", ""),
    (
        "lots_are_named",
        lambda here, request: request.lines.get().lots.all().delete(),
        "stop stop stop -",
        "enter at least one lot number",
    ),
    (
        "lots_are_named",
        lambda here, request: request.lines.get().lots.filter(code="VV-26-118").update(kg=Decimal(9_000)),
        "question question question -",
        "the lots weigh 18,600 kg together, the net weight is 19,200 kg",
    ),
    (
        "lots_are_named",
        both(
            lambda here, request: request.lines.get().lots.filter(code="VV-26-118").update(kg=Decimal(9_000)),
            policy_is(weight_tolerance_percent="3.13"),
        ),
        "- - - -",
        "",
    ),
]


@pytest.mark.parametrize("rule, wrong, severities, sentence", RULES, ids=[f"{n}-{r[0]}" for n, r in enumerate(RULES)])
def test_a_rule_speaks_when_it_does_not_hold(
    here: Side, rule: str, wrong: Case, severities: str, sentence: str
) -> None:
    request = factories.complete_draft(here)
    wrong(here, request)
    if CertificateRequest.objects.filter(pk=request.pk, policy_id=0).update(policy=here.policy):
        pass  # the row asked for a sent request, which has a policy
    request = CertificateRequest.objects.get(pk=request.pk)
    said = {}
    for moment in ("draft", "submit", "approval", "issue"):
        mine = [finding for finding in checks.findings(request, moment=moment) if finding.rule == rule]
        said[moment] = mine[0].severity if mine else "-"
        for finding in mine:
            assert sentence in finding.sentence
            assert finding.staff_sentence
            assert finding.box is None or finding.box in range(1, 21)
    assert " ".join(said.values()) == severities


def test_a_complete_request_has_nothing_against_it_at_any_moment(here: Side) -> None:
    request = factories.submitted(here)
    for moment in ("draft", "submit", "approval", "issue"):
        assert [str(f) for f in checks.findings(request, moment=moment)] == []
        assert [str(f) for f in checks.line_findings(request.lines.get(), moment=moment)] == []


def test_an_empty_draft_is_told_nothing_until_a_step_is_saved_and_everything_when_sent(here: Side) -> None:
    request = factories.draft(here)
    assert checks.findings(request, moment="draft") == []
    told = [finding.field for finding in checks.findings(request, moment="submit") if finding.is_stop]
    assert len(told) == len(set(told))
    assert {field.partition("#")[0] for field in told} == {
        "departure",
        "importer",
        "products",
        "transport",
        "documents",
    }


def test_what_could_not_be_read_stands_against_sending(here: Side) -> None:
    request = factories.complete_draft(here, port_of_entry="Atlantis")
    with pytest.raises(Refused) as refused:
        actions.submit(request=request, by=here.sender, declared=True, revision=request.revision)
    assert [(f.field, str(f)) for f in refused.value.findings] == [
        ("transport#port_of_entry", "Choose the US port of entry")
    ]


@pytest.mark.parametrize(
    "changes, field, sentence",
    [
        ({"lots": [{"code": "L" * 41}]}, "lots-0-code", "may have at most 40 characters; this has 41"),
        ({"net": "42,000 stones"}, "net", "as a number alone, such as 19,200, and choose its unit beside it"),
        ({"crop_year": "2025/2026"}, "crop_year", "enter one harvest year with its four digits"),
        ({"crop_year": "2025"}, "crop_year", "your verified list has no quantity for harvest 2025"),
        ({"item": "77"}, "item", "choose the product on your verified list"),
        ({"importer_email": "x"}, "importer_email", "Enter an e-mail address such as name@company.com"),
        ({"departure_on": "2020-01-01"}, "departure_on", "That day has passed"),
    ],
)
def test_a_wrong_answer_is_explained_and_not_called_missing(
    here: Side, changes: dict, field: str, sentence: str
) -> None:
    known = line_answers(here).keys() & changes.keys()
    request = factories.complete_draft(here, **({"lines": [line_answers(here, **changes)]} if known else changes))
    told = [finding for finding in checks.findings(request, moment="submit") if finding.is_stop]
    told = [finding for finding in told if not finding.field.startswith("transport")]  # arrives before it leaves
    assert [finding.field.rpartition("lines-0-")[2].rpartition("#")[2] for finding in told] == [field]
    assert sentence in told[0].sentence


def test_a_hint_does_not_stand_against_sending(here: Side) -> None:
    request = factories.submitted(here, containers=[{"number": "APLU 417512 4", "seal": ""}])
    assert request.status == "submitted"


def test_the_same_commodity_twice_is_offered_for_merging_and_counted_together(here: Side) -> None:
    heavy = line_answers(here, net="60,000", gross="61,000", packages="1000", lots="A")
    request = factories.complete_draft(here, lines=[heavy, {**heavy, "lots": "B"}])
    first, second = request.lines.all()
    found = checks.findings(request, moment="submit")
    assert [(f.rule, f.line_id, f.severity) for f in found] == [
        ("same_commodity_once", second.pk, "note"),
        ("quantity_is_within_what_is_left", second.pk, "stop"),
    ]
    assert found[1].inputs["left_kg"] == "40000.000"
    assert found[1].field == "products#lines-1-net"
    assert checks.line_findings(first, moment="submit") == []


def test_what_a_sent_line_holds_is_not_counted_against_it(here: Side) -> None:
    whole = line_answers(here, net="100,000", gross="101,000", package_kind="drums", lots="A")
    request = factories.submitted(here, lines=[whole])
    assert [f.rule for f in checks.findings(request, moment="approval")] == []


def test_a_late_request_is_overridden_by_a_reviewer_with_a_note(here: Side) -> None:
    reason = "The buyer moved the booking forward."
    request = factories.submitted(here, departure_on=clock.today("UTC").isoformat(), late_reason=reason, mode="air")
    assert request.late
    (late,) = checks.findings(request, moment="approval")
    assert (late.rule, late.severity, late.can_be_waived) == ("is_sent_in_time", "stop", True)
    (note,) = checks.findings(
        request,
        moment="approval",
        waived={("is_sent_in_time", None): checks.LetPass("I. Carrasco", "Papers were complete.", None)},
    )
    assert (note.severity, note.waived_by, note.waived_why) == ("note", "I. Carrasco", "Papers were complete.")


def test_a_stop_that_nobody_may_waive_stays(here: Side) -> None:
    request = factories.complete_draft(here)
    Importer.objects.update(status="revoked")
    request = CertificateRequest.objects.get(pk=request.pk)
    waived = {("importer_is_certified", None): checks.LetPass("I. Carrasco", "I know them.", None)}
    assert [f.severity for f in checks.findings(request, moment="approval", waived=waived)] == ["stop"]


@pytest.mark.parametrize("moment", ["draft", "submit", "approval", "issue"])
def test_findings_take_the_same_statements_for_one_line_and_for_ten(here: Side, moment: str) -> None:
    counts = []
    factories.complete_draft(here)  # beside both: it names the same container
    for lines in (1, 10):
        request = factories.complete_draft(here, lines=[line_answers(here, lots=f"A{n}") for n in range(lines)])
        request = CertificateRequest.objects.get(pk=request.pk)
        with CaptureQueriesContext(
            connection,
        ) as captured:
            checks.findings(request, moment=moment)
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 25
