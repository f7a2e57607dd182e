"""Permission for a time frame: asked for by the exporter, answered by staff, and what it allows."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

import nopic.frames.tasks  # noqa: F401 - registers what the worker does
from nopic.frames import actions, policies, queries
from nopic.frames.models import Permission
from nopic.frames.policies import Terms, why_not_period
from nopic.frames.statuses import PermissionStatus
from nopic.tenants import post
from nopic.tenants.context import tenant
from nopic.tenants.models import Certifier
from nopic.workflow import clock, dispatch
from nopic.workflow.models import AuditEvent, Dispatch
from nopic.workflow.transitions import Overtaken, Refused
from tests.delivery.consignments import work
from tests.factories import World, product, rules, signed_in
from tests.frames.stories import KG, asked_for, permitted


def today() -> date:
    """Asked anew by each test: a run may go on past midnight."""
    return clock.today("America/Lima")


def page(world: World) -> str:
    return f"/{world.here.certifier.slug}/time-frame-permissions/"


def answer_page(world: World, permission: Permission) -> str:
    side = world.here
    return f"/{side.certifier.slug}/operations/{side.exporter.nop_id}/time-frames/{permission.pk}/"


@pytest.mark.parametrize(("typed", "kilograms"), [("60 t", "60000"), ("150.1250", "150.125"), ("1,5", "1.5")])
def test_kilograms_are_asked_for_and_granted_as_they_are_typed(world: World, typed: str, kilograms: str) -> None:
    side = world.here
    said = {
        "item": side.item.pk,
        "days": "92",
        "kg": typed,
        "per_month": "30",
        "reason": "A truck every night, always.",
    }
    assert signed_in(side.sender).post(page(world), said).status_code == 302
    with tenant(side.certifier):
        asked = Permission.objects.get(certifier=side.certifier)
    assert asked.asked_kg == Decimal(kilograms)
    staff = signed_in(side.reviewer)
    offered = staff.get(answer_page(world, asked)).context["form"].initial
    assert staff.post(answer_page(world, asked), {**offered, "answer": "grant"}).status_code == 302
    with tenant(side.certifier):
        asked.refresh_from_db()
    assert asked.max_kg == Decimal(kilograms)


def test_an_exporter_asks_on_the_page_and_staff_grant_it_on_the_operations_page(world: World) -> None:
    side = world.here
    said = {
        "item": side.item.pk,
        "days": "92",
        "kg": "60,000",
        "per_month": "30",
        "reason": "A truck every night, always.",
    }
    assert signed_in(side.sender).post(page(world), said).status_code == 302
    with tenant(side.certifier):
        asked = Permission.objects.get(certifier=side.certifier)
    assert (asked.asked_days, asked.asked_kg, asked.status) == (92, Decimal(60_000), "asked")
    staff = signed_in(side.reviewer)
    operation = staff.get(f"/{side.certifier.slug}/operations/{side.exporter.nop_id}/").content.decode()
    assert answer_page(world, asked) in operation
    waiting = staff.get(f"/{side.certifier.slug}/time-frames/").content.decode()
    assert f"{side.exporter.name}, Organic green coffee CANARY-tierra" in waiting
    terms = {
        "answer": "grant", "max_days": "60", "max_kg": "50,000", "valid_from": today().isoformat(),
        "valid_to": (today() + timedelta(days=200)).isoformat(), "note": "Sixty days to begin with.",
    }  # fmt: skip
    assert [staff.post(answer_page(world, asked), terms).status_code for _click in range(2)] == [302, 302]
    shown = signed_in(side.sender).get(page(world)).content.decode()
    assert "Up to 60 days and 50,000 kg" in shown
    assert "Sixty days to begin with." in shown
    with tenant(side.certifier):
        events = AuditEvent.objects.filter(certifier_id=side.certifier.pk, subject_type="frames.permission")
        verbs = list(events.order_by("id").values_list("verb", "new"))
    assert verbs == [("asked", "asked"), ("status", "granted")]


def test_what_is_wrong_with_a_question_is_said_at_its_field_and_nothing_is_lost(world: World) -> None:
    answer = signed_in(world.here.sender).post(page(world), {"days": "x", "kg": "viele", "reason": "short"})
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "Choose the product on your verified list" in text
    assert 'value="viele"' in text
    assert "At least 20 characters, for example" in text
    assert "must have at least 20 characters; this has 5" in text


def test_a_product_waits_for_one_answer_at_a_time(world: World) -> None:
    side = world.here
    asked_for(side)
    with pytest.raises(actions.Twice):
        asked_for(side)


def test_more_than_the_policy_allows_cannot_be_granted(world: World) -> None:
    side = world.here
    asked = asked_for(side)
    with tenant(side.certifier, side.reviewer), pytest.raises(Refused) as refused:
        actions.grant(
            permission=asked, max_days=93, max_kg=Decimal(240_001), valid_from=today(), valid_to=today(), note="",
            rules=rules(), by=side.reviewer,
        )  # fmt: skip
    assert refused.value.findings == [
        ("max_days", "The policy allows 92 days or fewer"),
        ("max_kg", "The policy allows 240,000 kg or less"),
    ]


def test_a_refusal_has_a_reason_also_in_the_database(world: World) -> None:
    side = world.here
    asked = asked_for(side)
    answer = signed_in(side.reviewer).post(answer_page(world, asked), {"answer": "refuse", "note": ""})
    assert answer.status_code == 422
    with tenant(side.certifier), pytest.raises(IntegrityError), transaction.atomic():
        Permission.objects.filter(pk=asked.pk).update(status="refused", decided_by=side.reviewer)


def test_a_permission_is_withdrawn_once_with_a_reason(world: World) -> None:
    side = world.here
    permission = permitted(side)
    assert (
        signed_in(side.reviewer).post(answer_page(world, permission), {"reason": "Weights were late"}).status_code
        == 302
    )
    with tenant(side.certifier, side.reviewer):
        permission.refresh_from_db()
        assert (permission.status, permission.note) == (PermissionStatus.WITHDRAWN, "Weights were late")
        with pytest.raises(Overtaken):
            actions.withdraw(permission=permission, reason="again", by=side.reviewer)


@pytest.mark.parametrize(
    ("allowed", "with_permission", "terms"),
    [
        ("no", True, None),
        ("by_arrangement", False, None),
        ("by_arrangement", True, Terms(92, KG, date.min, date.max)),
        ("yes", False, Terms(92, Decimal(240_000))),
        ("yes", True, Terms(92, KG, date.min, date.max)),
    ],
)
def test_the_terms_of_a_product_are_the_policys_narrowed_by_its_permission(
    world: World, allowed: str, with_permission: bool, terms: Terms | None
) -> None:
    side = world.here
    if with_permission:
        permitted(side)
    with tenant(side.certifier):
        found = queries.terms_by_item(
            side.certifier.pk, side.exporter.pk, [side.item.pk], rules(time_frames={"allowed": allowed})
        )
    if terms and terms.valid_from:  # as the permission is given
        terms = Terms(terms.max_days, terms.max_kg, today(), today() + timedelta(days=365))
    assert found.get(side.item.pk) == terms


def test_a_certifier_without_time_frames_says_so_instead_of_a_form(world: World) -> None:
    assert policies.obstacles_to_ask(rules(time_frames={"allowed": "no"})) == [
        "This certifier issues certificates for single shipments only."
    ]


FIRST = date(2027, 9, 14)


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (0, "The last departure must be"),
        (92, ""),
        (93, "The time frame must be 92 days or shorter. Choose a last departure of"),
    ],
)
def test_both_the_first_and_the_last_day_of_a_time_frame_count(days: int, said: str) -> None:
    wrong = why_not_period(FIRST, FIRST + timedelta(days=days - 1), Terms(92, KG), FIRST - timedelta(days=400))
    assert wrong.startswith(said) if said else wrong == ""


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"max_kg": "0"}, "Time frames are allowed, so their largest weight must be more than 0 kg."),
        (
            {"max_days": 7, "report_days": 7},
            "The actual weights would be asked for before the longest time frame has begun.",
        ),
    ],
)
def test_a_policy_that_contradicts_itself_is_refused(changes: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        rules(time_frames=changes)


def test_any_product_of_the_list_may_be_asked_for(world: World) -> None:
    side = world.here
    with tenant(side.certifier):
        for code in ("AAA", "ZZZ"):  # before and after the first in the list
            product(side.exporter, code, f"{code} coffee", "0901.11.0015", None)
    browser = signed_in(side.sender)
    offered = [key for key, _name in browser.get(page(world)).context["form"].fields["item"].choices if key]
    assert len(offered) > 2
    for item in offered:
        said = {"item": item, "days": "9", "kg": "9", "per_month": "3", "reason": "A truck every night, always."}
        assert browser.post(page(world), said).status_code == 302


@pytest.mark.parametrize("office", ["office@tierra.example", ""])
def test_the_office_reads_once_by_e_mail_that_a_time_frame_is_asked_for(
    world: World, mailoutbox: list[Any], office: str
) -> None:
    side = world.here
    Certifier.objects.filter(pk=side.certifier.pk).update(email=office)
    asked = asked_for(side, kg=Decimal("60000.5"))
    work("permission_asked")
    work("permission_asked")
    (letter,) = mailoutbox
    assert letter.to == [office or side.admin.email]
    assert letter.subject == f"Time frame asked for: {side.exporter}, Organic green coffee CANARY-tierra"
    for words in (
        str(side.sender),
        "Up to 92 days and 60,000.5 kg",
        "A truck leaves every night.",
        answer_page(world, asked),
    ):
        assert words in letter.body, words


def test_nobody_is_asked_for_an_answer_that_was_given_already(world: World, mailoutbox: list[Any]) -> None:
    permitted(world.here)
    work("permission_asked")
    assert not mailoutbox


@pytest.mark.parametrize(
    ("answer", "subject", "said"),
    [
        ("granted", "Several shipments of Organic green coffee CANARY-tierra: allowed", "up to 92 days and 60,000 kg"),
        ("refused", "Several shipments of Organic green coffee CANARY-tierra: not allowed", "Two trucks a year."),
        ("withdrawn", "Several shipments of Organic green coffee CANARY-tierra: no longer", "The season is over."),
    ],
)
def test_the_exporter_who_asked_gets_the_answer_by_e_mail_once(
    world: World, mailoutbox: list[Any], answer: str, subject: str, said: str
) -> None:
    side = world.here
    permission = asked_for(side) if answer == "refused" else permitted(side)
    work("permission_answered")
    with tenant(side.certifier):
        if answer == "refused":
            actions.refuse(permission=permission, reason="Two trucks a year.", by=side.reviewer)
        elif answer == "withdrawn":
            actions.withdraw(permission=permission, reason="The season is over.", by=side.reviewer)
    work("permission_answered")
    work("permission_answered")
    assert len(mailoutbox) == (2 if answer == "withdrawn" else 1)
    letter = mailoutbox[-1]
    assert (letter.to, letter.subject) == ([side.sender.email], subject)
    assert said in letter.body
    assert "/time-frame-permissions/" in letter.body


def test_an_answer_waits_for_a_mail_server_that_is_not_there_and_gives_up_on_an_address_that_is_not(
    world: World, mailoutbox: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    permission = permitted(world.here)

    def fails(_message: object) -> None:
        raise failure

    monkeypatch.setattr("nopic.frames.tasks.post.send", fails)
    failure: Exception = post.NotNow("no server")
    row = Dispatch.objects.get(topic="permission_answered", done_at=None)
    dispatch.run(row.pk)
    row.refresh_from_db()
    assert row.done_at is None
    failure = post.Undeliverable("SMTP 550")
    Dispatch.objects.filter(pk=row.pk).update(due_at=clock.now())
    dispatch.run(row.pk)
    row.refresh_from_db()
    assert row.done_at is not None
    with tenant(world.here.certifier):
        verbs = AuditEvent.objects.filter(certifier_id=world.here.certifier.pk, subject_id=permission.pk)
        assert "answer not delivered" in verbs.values_list("verb", flat=True)
