"""A past decision, judged again under the policy it was taken under, gives the same findings, whatever changed since."""

import json
from datetime import timedelta
from decimal import Decimal
from random import Random

import pytest
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, transaction
from django.db.models import F

from nopic.ledger import accounts
from nopic.requests.models import CertificateRequest
from nopic.review import actions, queries
from nopic.review.evidence import keep, rerun
from nopic.review.models import Decision
from nopic.tenants.actions import change_policy
from nopic.tenants.context import tenant
from nopic.tenants.models import Importer
from nopic.workflow.clock import now
from tests import factories
from tests.factories import Side, World, signed_in
from tests.review import cases

pytestmark = pytest.mark.sent


@pytest.fixture
def here(world: World):
    with tenant(world.here.certifier):
        yield world.here


def decided(here: Side) -> Decision:
    request = cases.ready(here)
    actions.approve(line=cases.line(request), by=here.reviewer, revision=request.revision)
    return Decision.objects.get()


def test_it_gives_the_same_findings_after_the_policy_and_the_world_changed(here: Side) -> None:
    kept = decided(here)
    assert (kept.outcome, kept.policy_id) == ("approved", here.policy.pk)
    change_policy(
        certifier=here.certifier, settings={"lead_days": 15, "counting": "strict"}, since=now(), seen=1, reason="x",
        by=here.admin,
    )  # fmt: skip
    accounts.open_balance(here.account, Decimal(60_000), by="x", reason="elsewhere")
    Importer.objects.update(status="suspended")
    again = rerun(Decision.objects.get())
    assert (again.gone, again.new) == ([], [])


def shuffled(value: object, chance: Random) -> object:
    """The same JSON with the names of every object in another order, as a database may keep them."""
    if isinstance(value, dict):
        return {name: shuffled(value[name], chance) for name in chance.sample(list(value), len(value))}
    return [shuffled(item, chance) for item in value] if isinstance(value, list) else value


def test_it_is_read_in_whatever_order_the_database_keeps_it(here: Side) -> None:
    request = cases.ready(here)
    case = queries.load(request)
    line = case.lines[0].line
    line.request = case.request  # one row in two places: written once and referred to
    kept = keep(case, line, "approved", by=here.reviewer)
    facts, chance = kept.facts, Random(7)
    assert '"~": "ref"' in json.dumps(facts)
    for _order in range(20):
        kept.facts = shuffled(facts, chance)
        assert rerun(kept).is_same


def test_what_nobody_looked_at_then_is_not_looked_at_when_it_is_judged_again(here: Side) -> None:
    kept = decided(here)
    later = factories.submitted(here)
    with tenant(here.certifier):
        CertificateRequest.objects.filter(pk=later.pk).update(departure_on=F("departure_on") + timedelta(days=7))
        del kept.facts["c"]["beside"]
        assert rerun(kept).is_same


def test_a_refusal_keeps_what_it_rested_on_and_a_difference_is_named(here: Side) -> None:
    line = cases.line(cases.taken(here))
    actions.refuse(line=line, by=here.reviewer, reason_code="hts_wrong", text="Another code.")
    kept = Decision.objects.get()
    assert (kept.outcome, kept.turn, rerun(kept).is_same) == ("refused", 1, True)
    kept.findings = [*kept.findings, {"rule": "x", "sentence": "Something else was found"}]
    assert rerun(kept).gone == ["Something else was found"]


def test_what_a_decision_rested_on_cannot_be_changed(here: Side) -> None:
    decided(here)
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        Decision.objects.update(findings=[])


def test_no_password_is_copied(here: Side) -> None:
    assert "pbkdf2" not in str(decided(here).facts)
    assert here.reviewer.password not in str(Decision.objects.get().facts)


def test_the_command_says_how_many_can_be_repeated(here: Side, capsys: pytest.CaptureFixture[str]) -> None:
    decided(here)
    call_command("rerun_decisions", here.certifier.slug)
    assert capsys.readouterr().out == "1 decisions rest on the same findings, 0 do not.\n"
    with pytest.raises(CommandError, match="no certifier"):
        call_command("rerun_decisions", "nobody")


def test_staff_read_in_the_case_whether_a_decision_can_be_repeated(world: World) -> None:
    here, staff = world.here, signed_in(world.here.reviewer)
    with tenant(here.certifier):
        kept = Decision.objects.select_related("request", "line").get(pk=decided(here).pk)
    address = f"/{here.certifier.slug}/cases/{kept.request.reference}/"
    assert f'href="{address}decisions/"' in staff.get(f"{address}print/").content.decode()
    page = staff.get(f"{address}decisions/").content.decode()
    assert "The same findings" in page
    assert f"under version {here.policy.version} of" in page
    told = {"rule": "x", "line_id": None, "sentence": "Something else was found"}
    with tenant(here.certifier):
        Decision.objects.create(
            certifier=here.certifier, request=kept.request, line=kept.line, policy=here.policy, turn=1,
            outcome="refused", by="x", at=now(), facts=kept.facts, waivers=[], findings=[*kept.findings, told],
        )  # fmt: skip
    page = staff.get(f"{address}decisions/").content.decode()
    assert "Found then, not now: Something else was found" in page
    assert page.count("The same findings") == 1
