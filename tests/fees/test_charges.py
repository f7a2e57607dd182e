"""Fees of real requests: fixed when sent, due when issued, waived with a reason, and the same on statement and page."""

import csv
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nopic.certificates.actions import cancel, revising
from nopic.certificates.models import Certificate, RegistryOperation
from nopic.delivery.mails.costing import price_lines
from nopic.fees import actions, queries
from nopic.fees.models import Charge, ChargeEvent
from nopic.requests import actions as requests
from nopic.requests.models import CertificateRequest
from nopic.requests.pricing import charges_of, quote_of
from nopic.review import actions as review
from nopic.tenants.context import tenant
from nopic.tenants.models import Policy
from nopic.tenants.policy import Rules
from nopic.tenants.policy.fees import Fees
from nopic.workflow.clock import now, today
from nopic.workflow.models import AuditEvent
from nopic.workflow.transitions import Overtaken, Refused
from tests import factories
from tests.browser import PageAt, assert_no_overflow, show
from tests.certificates.test_revisions import ask
from tests.delivery import consignments
from tests.factories import Side, World
from tests.review import cases
from tests.review.test_asking import asked

RULES = Rules(fees=Fees(certificate=Decimal(45), revision=Decimal(35)))


def price(side: Side, rules: Rules = RULES, version: int = 2) -> Policy:
    return Policy.objects.create(certifier=side.certifier, version=version, data=rules.to_json(), by="x")


@pytest.fixture
def here(world: World) -> Iterator[Side]:
    with tenant(world.here.certifier, world.here.sender):
        price(world.here)
        yield world.here


def submit(side: Side, request: CertificateRequest) -> None:
    requests.submit(request=request, by=side.sender, declared=True, revision=request.revision)


def sent(side: Side) -> CertificateRequest:
    request = factories.complete_draft(side)
    submit(side, request)
    return request


def shown(side: Side) -> list[tuple[str, str, str]]:
    rows, _next = queries.charges(side.certifier.pk, side.exporter.pk)
    return [(row.words, row.amount, row.state) for row in rows]


def issued(side: Side, request: CertificateRequest) -> None:
    line = request.lines.get()
    actions.fall_due(certifier_id=side.certifier.pk, request_id=request.pk, line_id=line.pk, by=side.reviewer)


def test_sending_fixes_the_price_and_a_later_list_does_not_change_it(here: Side) -> None:
    request = sent(here)
    price(here, Rules(fees=Fees(certificate=Decimal(99))), version=3)
    [charge] = Charge.objects.filter(request_id=request.pk)
    assert (charge.amount, charge.currency, charge.policy_version) == (Decimal(45), "USD", 2)
    assert shown(here) == [(f"Certificate: {here.version.wording}", "USD 45.00", "quoted")]


def test_it_is_due_when_the_certificate_is_issued_and_once(here: Side) -> None:
    request = sent(here)
    issued(here, request)
    issued(here, request)
    assert [row[2] for row in shown(here)] == ["due"]
    assert ChargeEvent.objects.count() == 1


def test_where_the_certifier_says_so_it_is_due_when_sent(here: Side) -> None:
    price(here, Rules(fees=Fees(certificate=Decimal(45), due="when_sent")), version=3)
    sent(here)
    assert [row[2] for row in shown(here)] == ["due"]


def test_what_was_not_due_when_the_request_was_withdrawn_is_not_charged(here: Side) -> None:
    requests.withdraw(request=sent(here), by=here.sender, reason="No order")
    assert [state for _words, _amount, state in shown(here)] == ["dropped"]


def test_what_fell_due_when_it_was_sent_is_owed_though_it_was_withdrawn(here: Side) -> None:
    price(here, Rules(fees=Fees(certificate=Decimal(45), due="when_sent")), version=3)
    requests.withdraw(request=sent(here), by=here.sender, reason="No order")
    assert [state for _words, _amount, state in shown(here)] == ["due"]


def test_a_refused_request_is_charged_nothing_unless_a_second_look_opens_it_again(world: World) -> None:
    here = world.here
    staff = factories.signed_in(here.reviewer)
    pages = [
        (factories.signed_in(here.sender), "/tierra/fees/"),
        (staff, f"/tierra/operations/{here.exporter.nop_id}/fees/"),
    ]

    def told() -> set[tuple[str, str]]:
        return {(row.state, row.why) for who, page in pages for row in who.get(page).context["charges"]}

    with tenant(here.certifier):
        price(here)
        request = sent(here)
    assert told() == {("quoted", "")}
    with tenant(here.certifier):
        review.take(request=request, by=here.reviewer)
        line = request.lines.get()
        review.refuse(line=line, by=here.reviewer, reason_code="hts_wrong", text="Another code")
    assert told() == {("dropped", "Not approved")}
    case = staff.get(f"/tierra/cases/{request.reference}/").context["charges"]
    assert {(row.state, row.why) for row in case} == {("dropped", "Not approved")}
    with tenant(here.certifier):
        line.refresh_from_db()
        line.request = CertificateRequest.objects.select_related("certifier", "exporter").get(pk=request.pk)
        review.ask_second_look(line=line, by=here.sender, text="The code is right")
    assert told() == {("quoted", "")}


def test_what_was_given_up_before_it_was_published_is_not_charged(world: World) -> None:
    here = world.here
    with tenant(here.certifier):
        price(here)
    request = cases.ready(here)
    with tenant(here.certifier):
        review.approve(line=cases.line(request), by=here.reviewer, revision=request.revision)
        assert [row.state for row in charges_of(request)] == ["quoted"]
        cancel(certificate=Certificate.objects.get(), by=here.reviewer, reason="issued_in_error")
        assert [(row.state, row.why) for row in charges_of(request)] == [("dropped", "Not published")]


def test_a_moved_departure_changes_the_late_fee_as_often_as_it_moves(world: World) -> None:
    here = world.here
    with tenant(here.certifier, here.sender):
        price(here, Rules(fees=Fees(certificate=Decimal(45), late=Decimal(25))))
        request = sent(here)
    far, near = request.departure_on, today("UTC") + timedelta(days=1)

    def late(day: date | None = None) -> list[str]:
        if day is not None:
            requests.declare_departure(request=request, by=here.sender, departed_on=None, new_date=day, why="Rolled")
        told = [row for row in queries.of_request(here.certifier.pk, request.pk) if row.charge.code == "late"]
        assert request.late is bool(told)  # as the certifier's policy says, so it costs
        return [row.state for row in told]

    with tenant(here.certifier, here.sender):
        assert [late(), late(near), late(far), late(near)] == [[], ["quoted"], [], ["quoted"]]
        charge = Charge.objects.filter(code="late").latest("pk")
        actions.waive(charge=charge, by=here.reviewer, reason="The carrier's fault")
        assert [late(far), late(near)] == [[], ["waived"]]
    page = client(here.sender).get(f"/{here.certifier.slug}/requests/{request.reference}/departed/").content.decode()
    assert "late for its new date costs USD 25.00 more" in page


def test_a_fee_is_not_waived_without_a_reason_and_that_is_said_at_the_field(world: World) -> None:
    here = world.here
    with tenant(here.certifier):
        price(here)
        sent(here)
        charge = Charge.objects.get()
    place = f"/tierra/operations/{here.exporter.nop_id}/fees/"
    page = factories.signed_in(here.reviewer).post(place, {"charge": charge.pk, "reason": " "})
    assert (page.status_code, page.context["problems"]) == (422, [("Write why the fee is waived", f"why-{charge.pk}")])
    said = page.content.decode()
    assert f'href="#why-{charge.pk}"' in said
    assert said.index('id="waive-error"') > said.index("<table")  # beside its box


def test_a_request_that_is_sent_again_is_charged_once(here: Side) -> None:
    request = sent(here)
    requests.return_to_exporter(request=request, by=here.reviewer, points=[{"box": "10", "text": "Weight"}])
    submit(here, request)
    assert [row[2] for row in shown(here)] == ["quoted", "dropped"]
    assert [row.state for row in queries.of_request(here.certifier.pk, request.pk)] == ["quoted"]


def test_what_was_waived_stays_waived_when_the_request_is_sent_again_at_the_same_price(here: Side) -> None:
    request = sent(here)
    actions.waive(charge=Charge.objects.get(), by=here.reviewer, reason="Our fault")
    for _again in range(2):
        requests.return_to_exporter(request=request, by=here.reviewer, points=[{"box": "10", "text": "Weight"}])
        submit(here, request)
        [row] = queries.of_request(here.certifier.pk, request.pk)
        assert (row.state, row.why, row.by, row.charge.turn) == (
            "waived",
            "Our fault",
            str(here.reviewer),
            request.turn,
        )
    price(here, Rules(fees=Fees(certificate=Decimal(60))), version=3)
    requests.return_to_exporter(request=request, by=here.reviewer, points=[{"box": "10", "text": "Weight"}])
    submit(here, request)
    [row] = queries.of_request(here.certifier.pk, request.pk)
    assert (row.state, row.charge.amount) == ("quoted", Decimal(60))


def test_a_product_added_by_an_answer_is_charged_and_one_taken_out_is_not(here: Side) -> None:
    request = asked(here)
    [first] = request.lines.all()
    lines = [
        factories.line_answers(here, id=str(first.pk)),
        factories.line_answers(
            here, item=str(here.second_item.pk), net="100", gross="110", packages="2",
            lots=[{"code": "Z-1", "kg": "100", "supplier": "own"}],
        ),
    ]  # fmt: skip
    assert [state for _words, _amount, state in shown(here)] == ["quoted"]

    def answer(lines: list[dict[str, object]]) -> None:
        request.refresh_from_db()
        requests.revise(
            request=request, step="products", raw={"lines": lines}, revision=request.revision, by=here.sender
        )
        review.keep_replies(request=request, replies={1: "As written."})
        review.send_answers(request=request, by=here.sender)

    answer(lines)
    assert [(amount, state) for _words, amount, state in shown(here)] == [("USD 45.00", "quoted")] * 2
    request.refresh_from_db()
    added = request.lines.get(position=2)
    with tenant(here.certifier):
        review.ask(
            request=request, by=here.reviewer, points=[review.Point("Is it one product?")],
            due_at=now() + timedelta(days=2), language="en", revision=request.revision,
        )  # fmt: skip
    answer([lines[0], {**lines[1], "id": str(added.pk), "remove": "yes"}])
    assert sorted(state for _words, _amount, state in shown(here)) == ["dropped", "quoted"]


def test_a_free_price_list_leaves_no_rows(here: Side) -> None:
    price(here, Rules(), version=3)
    sent(here)
    assert Charge.objects.count() == 0


def test_a_revision_is_charged_once_and_at_once(here: Side) -> None:
    request = sent(here)
    facts = {
        "revision_id": 7, "exporter_id": here.exporter.pk, "request_id": request.pk, "line_id": None,
        "reference": "901-9010000017-000042", "policy": Policy.objects.get(version=2), "by": here.reviewer,
    }  # fmt: skip
    first = actions.charge_for_revision(**facts)
    assert first is not None
    assert actions.charge_for_revision(**facts) == first
    assert shown(here)[0] == ("Revision", "USD 35.00", "due")


def test_whoever_asks_for_a_new_version_or_approves_it_reads_first_what_it_costs(world: World) -> None:
    made = consignments.make(world.here, world.importer)
    with tenant(world.here.certifier):
        CertificateRequest.objects.filter(pk=made.request.pk).update(policy=price(world.here))
    costs, page = (
        "A revision costs USD 35.00, owed once it is approved.",
        f"/tierra/certificates/{made.certificate.pk}/",
    )
    for address in ("revise/", "split/"):
        assert costs in factories.signed_in(world.here.sender).get(page + address).content.decode()
    revision = ask(made)
    assert costs in factories.signed_in(world.here.reviewer).get(f"{page}revisions/{revision.pk}/").content.decode()
    with tenant(world.here.certifier):
        revising.approve(revision=revision, by=world.here.reviewer)
        assert shown(world.here)[0] == ("Revision", "USD 35.00", "due")
        RegistryOperation.objects.create(
            certifier=world.here.certifier, certificate=made.certificate, sequence=9, kind="issue", status="done",
            client_ref="x", payload={}, payload_sha256="", last_sent_at=now(),
        )  # fmt: skip
        cancel(certificate=made.certificate, by=world.here.reviewer, reason="issued_in_error")
        assert shown(world.here)[0] == ("Revision", "USD 35.00", "dropped")  # it is never published


def test_a_replacement_is_quoted_as_one_and_charged_as_quoted(here: Side) -> None:
    request, rules = factories.complete_draft(here), Rules(fees=Fees(certificate=Decimal(45), replacement=Decimal(75)))
    replacing = CertificateRequest(
        pk=request.pk, certifier=here.certifier, replaces_id=7, departure_on=request.departure_on
    )
    quote = quote_of(replacing, rules, now())
    assert quote is not None
    assert [(row.words, row.amount) for row in quote.rows] == [("Replacement", Decimal(75))]
    actions.fix(
        quote, exporter_id=here.exporter.pk, request_id=request.pk, reference=request.reference, turn=1,
        policy=price(here, rules, version=3), by=here.sender,
    )  # fmt: skip
    assert shown(here) == [("Replacement", "USD 75.00", "quoted")]
    issued(here, request)
    assert shown(here) == [("Replacement", "USD 75.00", "due")]
    free = quote_of(replacing, RULES, now())
    assert free is not None
    assert free.items == ()


def test_waiving_needs_a_reason_and_happens_once(here: Side) -> None:
    charge = Charge.objects.get(request_id=sent(here).pk)
    with pytest.raises(Refused):
        actions.waive(charge=charge, by=here.reviewer, reason="  ")
    actions.waive(charge=charge, by=here.reviewer, reason="Our fault")
    with pytest.raises(Overtaken):
        actions.waive(charge=charge, by=here.reviewer, reason="Again")
    [row] = queries.of_request(here.certifier.pk, charge.request_id)
    assert (row.state, row.why, row.by, row.owed) == ("waived", "Our fault", str(here.reviewer), Decimal(0))
    assert AuditEvent.objects.filter(verb="fee waived", subject_id=charge.pk, note="Our fault").count() == 1


def test_whoever_waives_a_fee_in_the_same_moment_as_a_colleague_is_told_so(
    here: Side, monkeypatch: pytest.MonkeyPatch
) -> None:
    charge = Charge.objects.get(request_id=sent(here).pk)

    def meanwhile() -> datetime:
        monkeypatch.undo()
        actions.waive(charge=charge, by=here.colleague, reason="Theirs")
        return now()

    monkeypatch.setattr(actions, "now", meanwhile)  # asked for between the look and the entry
    with pytest.raises(Overtaken):
        actions.waive(charge=charge, by=here.reviewer, reason="Mine")


@pytest.mark.parametrize("table", ["fees_charge", "fees_chargeevent"])
def test_nobody_can_change_a_fee_afterwards(here: Side, table: str) -> None:
    issued(here, sent(here))
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET by = 'nobody'")


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(st.decimals("0.01", "999.99", places=2), st.booleans(), st.sampled_from(["USD", "EUR"])), max_size=6
    )
)
def test_a_statement_adds_up_to_its_rows(here: Side, facts: list) -> None:
    request = CertificateRequest.objects.filter(status="submitted").first() or sent(here)
    policy = Policy.objects.get(version=2)
    owed: dict[str, Decimal] = {}
    before = Charge.objects.count()
    for at, (amount, waived, currency) in enumerate(facts):
        made = Charge.objects.create(
            certifier=here.certifier, exporter=here.exporter, request_id=request.pk, key=f"x:{before}:{at}",
            reference=request.reference, code="revision", amount=amount, currency=currency,
            policy_version=policy.version, at=now(), by="x",
        )  # fmt: skip
        actions.happen("due", [made], at=now(), by="x")
        if waived:
            actions.waive(charge=made, by=here.reviewer, reason="why")
    found = queries.statement(here.certifier.pk, here.exporter.pk, now().date(), RULES)
    for row in found.rows:
        owed[row.charge.currency] = owed.get(row.charge.currency, Decimal(0)) + row.owed
    assert found.totals == owed
    table = list(csv.reader(StringIO(queries.as_csv(found, RULES).lstrip("\ufeff"))))
    written = {row[4]: Decimal(row[5]) for row in table if row[2] == "Total"}
    assert written == owed
    assert sum((Decimal(row[5]) for row in table[1:] if row[2] != "Total"), Decimal(0)) == sum(
        owed.values(), Decimal(0)
    )


def test_a_statement_is_of_its_month_on_the_offices_clock(here: Side) -> None:
    issued(here, sent(here))
    today = now().date()
    assert len(queries.statement(here.certifier.pk, here.exporter.pk, today, RULES).rows) == 1
    assert queries.statement(here.certifier.pk, here.exporter.pk, date(2020, 1, 1), RULES).rows == []
    assert queries.months(here.certifier.pk, here.exporter.pk, RULES) == [today.replace(day=1)]


def test_no_value_of_a_statement_runs_as_a_formula(here: Side) -> None:
    request = sent(here)
    charge = Charge.objects.create(
        certifier=here.certifier, exporter=here.exporter, request_id=request.pk, key="evil", reference="=1+1",
        code="revision", amount=Decimal(1), currency="USD", policy_version=1, at=now(), by="x",
    )  # fmt: skip
    actions.happen("due", [charge], at=now(), by="x")
    actions.waive(charge=charge, by=here.reviewer, reason="@SUM(A1)")
    text = queries.as_csv(queries.statement(here.certifier.pk, here.exporter.pk, now().date(), RULES), RULES)
    assert '"\'=1+1"' in text
    assert '"\'@SUM(A1)"' in text


def client(person: object) -> Client:
    made = Client()
    made.force_login(person)  # type: ignore[arg-type]
    return made


def test_the_exporter_reads_prices_before_sending_and_charges_afterwards(world: World) -> None:
    here = world.here
    with tenant(here.certifier, here.sender):
        price(here)
    draft = factories.complete_draft(here)
    rosa, base = client(here.sender), f"/{here.certifier.slug}"
    for step in ("departure", "check"):
        assert "USD 45.00" in rosa.get(f"{base}/requests/{draft.reference}/{step}/").content.decode()
    with tenant(here.certifier, here.sender):
        submit(here, draft)
        issued(here, draft)
    text = rosa.get(f"{base}/fees/").content.decode()
    assert "USD 45.00" in text
    assert draft.reference in text
    month = now().date()
    answer = rosa.get(f"{base}/fees/{month.year}-{month.month}.csv")
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/csv; charset=utf-8")
    assert draft.reference in answer.content.decode()
    assert rosa.get(f"{base}/fees/2026-13.csv").status_code == 404


def test_staff_waive_a_fee_on_the_page_and_a_missing_reason_is_said(world: World) -> None:
    here = world.here
    with tenant(here.certifier, here.sender):
        price(here)
    request = factories.submitted(here)
    with tenant(here.certifier):
        charge = Charge.objects.get(request_id=request.pk)
    ines, url = client(here.reviewer), f"/{here.certifier.slug}/operations/{here.exporter.nop_id}/fees/"
    refused = ines.post(url, {"charge": charge.pk, "reason": " "})
    assert refused.status_code == 422
    assert "Write why the fee is waived" in refused.content.decode()
    assert ines.post(url, {"charge": charge.pk, "reason": "Our fault"}).status_code == 302
    assert "Our fault" in ines.get(url).content.decode()


def test_the_number_of_statements_does_not_grow_with_the_charges(
    world: World, django_assert_max_num_queries: object
) -> None:
    here = world.here
    with tenant(here.certifier, here.sender):
        price(here)
    ines, url = client(here.reviewer), f"/{here.certifier.slug}/operations/{here.exporter.nop_id}/fees/"
    counts = []
    ines.get(url)  # what a process reads once
    for _each in range(2):
        request = factories.submitted(here, lines=[factories.line_answers(here, net="100", packages="2", gross="110")])
        with tenant(here.certifier, here.sender):
            issued(here, request)
        with django_assert_max_num_queries(60) as asked:  # type: ignore[operator]
            ines.get(url)
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_the_receipt_and_the_case_say_what_was_fixed_when_it_was_sent(world: World, page_at: PageAt) -> None:
    side = world.here
    with tenant(side.certifier):
        price(side)
        draft = factories.complete_draft(side)
    before = factories.signed_in(side.sender).get(f"/tierra/requests/{draft.reference}/check/").content.decode()
    show(phone := page_at(390), before, "/tierra/")
    assert "Fixed when you send it." in before
    assert_no_overflow(phone)  # the sentence stood in a box that does not wrap
    request = factories.submitted(side)
    staff, case = factories.signed_in(side.reviewer), f"/tierra/cases/{request.reference}/"
    with tenant(side.certifier):
        (line,) = price_lines(request, 1)
    assert line == "1 certificate, 2 working days: USD 45.00. Fees never change how a request is judged."
    page = staff.get(case).content.decode()
    assert "What it costs the exporter" in page
    assert "USD 45.00" in page
    with tenant(side.certifier):
        actions.waive(charge=Charge.objects.get(), by=side.admin, reason="Our mistake")
    assert "Our mistake" in staff.get(case).content.decode()
