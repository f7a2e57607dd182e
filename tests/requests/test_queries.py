"""What pages read of requests: boxes in the certificate's order, bars that add up, the ruler, and statements that do not grow."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from nopic.ledger import accounts
from nopic.ledger.models import Account
from nopic.requests import actions, queries
from nopic.requests.facts import load
from nopic.requests.models import CertificateRequest
from nopic.review.queries.balance import balance
from nopic.tenants.models import Policy
from nopic.workflow import clock
from tests import factories
from tests.factories import Side, line_answers


def test_the_summary_has_every_box_in_the_order_of_the_certificate(here: Side) -> None:
    request = factories.complete_draft(
        here, lines=[line_answers(here), line_answers(here, item=str(here.second_item.pk))]
    )
    boxes = queries.summary(request)
    goods = [7, 8, 9, 10, 11, 12, 13]
    assert [box.number for box in boxes] == [2, 3, 4, 5, 6, *goods, *goods, 14, 15, 16, 17, 18]
    assert [box.title for box in boxes if not box.values] == []
    (net, other) = (box for box in boxes if box.number == 10)
    assert (net.values, net.anchor, other.anchor) == (("19,200 kg",), "products#lines-0-net", "products#lines-1-net")


def test_the_summary_of_an_empty_draft_shows_what_is_missing(here: Side) -> None:
    boxes = {box.number: box.values for box in queries.summary(factories.draft(here))}
    assert boxes[15] == boxes[17] == boxes[18] == ()


def test_the_bar_of_a_line_adds_up(here: Side) -> None:
    accounts.open_balance(here.account, Decimal(50_000), by="a test", reason="elsewhere")
    factories.submitted(here)
    heavy = line_answers(here, net="20,000", gross="21,000", lots="A")
    request = factories.complete_draft(here, lines=[heavy, {**heavy, "lots": "B"}])
    first, second = (queries.drawdown(line) for line in request.lines.all())
    assert first == queries.DrawDown(
        allocated=Decimal(100_000), certified=Decimal(50_000), held_by_others=Decimal(19_200), this=Decimal(20_000),
        left=Decimal(10_800), over=Decimal(0),
    )  # fmt: skip
    assert (second.held_by_others, second.left, second.over) == (39_200, 0, 9_200)


def test_what_the_replaced_certificate_uses_is_drawn_once(here: Side, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is the request's own: neither certified beside it nor missing, for the exporter and for the reviewer."""
    accounts.open_balance(here.account, Decimal(90_000), by="a test", reason="of the certificate that it replaces")
    request = factories.complete_draft(here)
    assert queries.drawdown(request.lines.get()).over == 9_200
    facts = load(request)
    [line] = facts.lines
    line.lent = Decimal(19_200)
    [drawn] = queries.drawdowns(request, facts).values()
    assert (drawn.certified, drawn.this, drawn.left, drawn.over) == (70_800, 19_200, 10_000, 0)
    monkeypatch.setattr(queries, "lent", lambda _request, _account: line.lent)
    asked = {"item_id": here.item.pk, "crop_year": here.account.crop_year, "kg": Decimal(19_200)}
    assert queries.drawdown_of(request=request, line_id=line.line.pk, **asked) == drawn
    said = balance(line)  # nobody is told to raise the verified quantity
    assert (said.missing_kg, said.held, said.left) == (0, True, "10,000 kg left after this request")


def test_a_sent_line_is_not_held_by_others(here: Side) -> None:
    bar = queries.drawdown(factories.submitted(here).lines.get())
    assert (bar.held_by_others, bar.this, bar.left) == (0, 19_200, 80_800)


def test_without_a_cap_nothing_is_left_or_over(here: Side) -> None:
    accounts.remove_cap(here.account, by="a test", reason="handler")
    bar = queries.drawdown(factories.complete_draft(here).lines.get())
    assert (bar.allocated, bar.left, bar.over) == (None, None, 0)


def test_the_bar_while_typing_says_the_same_as_the_bar_once_saved(here: Side) -> None:
    request = factories.complete_draft(here)
    line = request.lines.get()
    year = Account.objects.get(pk=here.account.pk).crop_year
    typing = queries.drawdown_of(
        request=request, item_id=here.item.pk, crop_year=year, kg=Decimal(19_200), line_id=line.pk
    )
    assert typing == queries.drawdown(line)


def test_nobody_sees_the_kilograms_of_another_exporter(here: Side, world) -> None:
    typing = queries.drawdown_of(
        request=factories.draft(here), item_id=world.there.item.pk, crop_year=2026, kg=Decimal(5)
    )
    assert (typing.allocated, typing.over) == (0, 5)


def test_the_ruler_ends_with_the_departure_and_marks_the_last_day_to_send(here: Side) -> None:
    request = factories.complete_draft(here)
    ruler = queries.ruler(request, here.policy)
    assert ruler.departure == ruler.days[-1]["date"] == request.departure_on
    assert [day["date"] for day in ruler.days if day["role"] == "by"] == [ruler.send_by.date()]
    assert (ruler.late, queries.ruler(clock.today("UTC"), here.policy).late) == (False, True)
    assert queries.ruler(factories.draft(here), here.policy) is None


def test_a_decision_is_promised_for_the_end_of_a_working_day(here: Side) -> None:
    friday = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
    assert queries.promise(here.policy, friday) == datetime(2026, 11, 24, 17, 0, tzinfo=UTC)


def test_the_list_is_the_exporters_own_newest_first(here: Side, world) -> None:
    first, second = factories.draft(here), factories.submitted(here)
    found = queries.for_exporter(here.exporter.pk, certifier_id=here.certifier.pk)
    assert list(found) == [second, first]
    assert [line.version.wording for line in found[0].standing_lines] == ["Organic green coffee CANARY-tierra"]
    assert list(queries.for_exporter(world.there.exporter.pk)) == []


def listing(here: Side) -> list[str]:
    rows = queries.for_exporter(here.exporter.pk, certifier_id=here.certifier.pk)
    return [
        f"{row.reference} {row.importer} {row.contact} {row.exporter} {row.reviewer}"
        + "".join(
            f"{line.item} {[str(v) for v in line.item.versions.all()]} {line.version}" for line in row.standing_lines
        )
        for row in rows
    ]


@pytest.mark.parametrize("read", ["list", "summary", "documents", "bars"])
def test_statements_do_not_grow_with_the_rows(here: Side, read: str) -> None:
    counts = []
    for many in (1, 8):
        request = factories.complete_draft(here, lines=[line_answers(here, lots=f"A{n}, B{n}") for n in range(many)])
        for _n in range(many - 1):
            factories.submitted(here, lines=[line_answers(here, net="1", gross="1", lots="A")])
        request = CertificateRequest.objects.get(pk=request.pk)
        with CaptureQueriesContext(connection) as captured:
            if read == "list":
                assert len(listing(here)) >= many
            elif read == "bars":
                assert len(queries.drawdowns(request)) == many
            else:
                assert getattr(queries, read)(request)
        counts.append(len(captured))
    assert counts[0] == counts[1] <= {"list": 3}.get(read, 17)


def test_rules_of_a_sent_request_are_those_it_was_sent_under(here: Side) -> None:
    sent, draft = factories.submitted(here), factories.complete_draft(here)
    rows = [row for row in here.policy.data["documents"] if row["key"] != "packing_list"]
    checks = [{**row, "compares": []} for row in here.policy.data["checks"]]
    later = factories.rules(documents=rows, checks=checks, time_zone="America/Lima")
    Policy.objects.create(certifier=here.certifier, version=2, data=later.to_json(), by="x")
    assert "packing_list" in {slot.rule for slot in queries.documents(sent)}
    assert "packing_list" not in {slot.rule for slot in queries.documents(draft)}
    actions.return_to_exporter(request=sent, by=here.reviewer, points=[{"box": "18", "text": "Fewer papers."}])
    assert "packing_list" not in {slot.rule for slot in queries.documents(sent)}


def test_a_policy_that_begins_tomorrow_does_not_rule_today(here: Side) -> None:
    Policy.objects.create(
        certifier=here.certifier, version=2, by="x", data=factories.rules(lots_required=False).to_json(),
        effective_from=clock.now() + timedelta(days=1),
    )  # fmt: skip
    assert factories.submitted(here).policy == here.policy
