"""Assisted entry: keyed by one person, confirmed by another, recorded once, and the same endings as the other channel."""

from datetime import timedelta
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError, IntegrityError, transaction

from nopic.certificates import actions, assisted, queries
from nopic.certificates.actions import revising
from nopic.certificates.models import Certificate, PublicRecord, RegistryEntry, RegistryOperation, Revision
from nopic.certificates.statuses import EntryOutcome
from nopic.oid.numbers import WrongFormat
from nopic.requests.models import CertificateRequest
from nopic.tenants.context import tenant
from nopic.tenants.models import Policy
from nopic.workflow import dispatch
from nopic.workflow.clock import now
from nopic.workflow.models import Dispatch
from nopic.workflow.transitions import Overtaken, Refused
from tests.certificates.by_hand import KG, NUMBER, approved, books, entered, issue, operation
from tests.factories import World
from tests.faults import replacing
from tests.ledger.test_accounts import together


def test_nothing_is_sent_and_it_waits_for_people(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    here = world.here
    (certificate,) = approved(here)

    def never(*_: Any, **__: Any) -> Any:
        raise AssertionError("the registry was called")

    monkeypatch.setattr("nopic.oid.wire.exchange", never)
    for row in Dispatch.objects.filter(topic="registry"):
        dispatch.run(row.pk)
    assert not Dispatch.objects.filter(topic="registry", done_at=None).exists()
    with tenant(here.certifier):
        certificate.refresh_from_db()
        assert (certificate.status, certificate.number) == ("pending", None)
        assert assisted.waiting_count(here.certifier.pk) == 1
        RegistryOperation.objects.update(created_at=now() - timedelta(hours=3))
        assert queries.attention(here.certifier.pk) == []  # it is work for people, not a call that hangs
        assert not PublicRecord.objects.exists()


def test_the_channel_is_pinned_with_the_approval(world: World) -> None:
    here = world.here
    (certificate,) = approved(here)
    with tenant(here.certifier):
        back = {**here.policy.data, "registry_channel": "http"}
        Policy.objects.create(certifier=here.certifier, version=9, data=back, by="test")
        issue(here, certificate)
        actions.cancel(certificate=certificate, by=here.reviewer, reason="issued_in_error")
        assert operation(certificate, "cancel").channel == "assisted"
        with pytest.raises(DatabaseError, match="pinned"), transaction.atomic():
            RegistryOperation.objects.update(channel="http")


def test_two_people_issue_it_with_everything_that_follows(world: World) -> None:
    here = world.here
    (certificate,) = approved(here)
    with tenant(here.certifier):
        at = now().replace(second=0, microsecond=0)
        entry = entered(here, certificate, at=max(at, certificate.approved_at))
        certificate.refresh_from_db()
        assert (certificate.status, certificate.number) == ("issuing", None)
        assert books(here) == (KG, 0)
        assisted.confirm(entry=entry, typed=NUMBER.replace("-", ""), by=here.colleague)
        certificate.refresh_from_db()
        assert (certificate.status, certificate.number, certificate.issued_at) == ("issued", NUMBER, entry.published_at)
        assert books(here) == (0, KG)
        assert certificate.record.number == NUMBER
        assert (operation(certificate).status, assisted.waiting_count(here.certifier.pk)) == ("done", 0)
        assert Dispatch.objects.filter(topic="render", subject_id=certificate.pk, done_at=None).exists()
        told = [(one.call, one.outcome, one.by) for one in operation(certificate).attempts_made.order_by("pk")]
        first, second = str(here.reviewer), str(here.colleague)
        assert told == [("keying", "by_hand", first), ("typed", "by_hand", first), ("confirmed", "by_hand", second)]


def test_the_person_who_entered_it_does_not_confirm_it_and_the_database_says_so_too(world: World) -> None:
    here = world.here
    (certificate,) = approved(here)
    with tenant(here.certifier):
        entry = entered(here, certificate)
        with pytest.raises(Refused, match="You entered it yourself"):
            assisted.confirm(entry=entry, typed=NUMBER, by=here.reviewer)
        with pytest.raises(IntegrityError, match="entry_two_people"), transaction.atomic():
            RegistryEntry.objects.filter(pk=entry.pk).update(confirmed_by=here.reviewer, confirmed_at=now())


def test_without_a_confirmed_entry_the_database_lets_nothing_be_done(world: World) -> None:
    here = world.here
    (certificate,) = approved(here)
    with tenant(here.certifier):
        entered(here, certificate)
        with pytest.raises(DatabaseError, match="second person"), transaction.atomic():
            RegistryOperation.objects.update(status="done")


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("9010004127", "That is an operation's NOP ID"),
        ("901-9010004127-000318-draft", "The number must have 3, 10 and 6 digits. Numbers with ‘draft’ are not valid."),
        ("901-9010004127-31", "The number must have 3, 10 and 6 digits. Numbers with ‘draft’ are not valid."),
        ("", "The number must have 3, 10 and 6 digits. Numbers with ‘draft’ are not valid."),
    ],
)
def test_what_is_no_number_is_said(typed: str, sentence: str) -> None:
    with pytest.raises(WrongFormat) as wrong:
        from nopic.certificates.assisted.actions import read_number

        read_number(typed)
    assert str(wrong.value.sentence) == sentence


def test_a_number_is_used_once(world: World) -> None:
    here, there = world.here, world.there
    first, second = approved(here, 2)
    (foreign,) = approved(there)
    with tenant(here.certifier):
        issue(here, first)
        reference = first.request.reference
        with pytest.raises(Refused) as refused:
            entered(here, second)
        assert refused.value.findings == [f"{NUMBER} is already on request {reference}."]
    with tenant(there.certifier), pytest.raises(Refused, match="000318 is already on another certificate"):
        entered(there, foreign)


def test_a_number_typed_otherwise_by_the_second_person_records_nothing(world: World) -> None:
    here = world.here
    (certificate,) = approved(here)
    with tenant(here.certifier):
        entry = entered(here, certificate)
        with pytest.raises(Refused, match="You typed another number than Reviewer"):
            assisted.confirm(entry=entry, typed="901-9010004127-000319", by=here.colleague)
        certificate.refresh_from_db()
        assert (certificate.status, certificate.number) == ("issuing", None)


def test_a_wrong_entry_is_taken_back_and_kept(world: World) -> None:
    here = world.here
    (certificate,) = approved(here)
    with tenant(here.certifier):
        wrong = entered(here, certificate, "901-9010004127-000381")
        with pytest.raises(Overtaken):
            entered(here, certificate)
        assisted.correct(entry=wrong, why="two digits turned round", by=here.reviewer)
        with pytest.raises(Overtaken):
            assisted.confirm(entry=wrong, typed=wrong.number, by=here.colleague)
        with pytest.raises(DatabaseError, match="kept as it is"), transaction.atomic():
            RegistryEntry.objects.filter(pk=wrong.pk).update(number=NUMBER)
        with pytest.raises(DatabaseError, match="kept as it is"), transaction.atomic():
            RegistryEntry.objects.filter(pk=wrong.pk).delete()
        assert issue(here, certificate).number == NUMBER
        assert list(RegistryEntry.objects.order_by("pk").values_list("number", "withdrawn_why")) == [
            ("901-9010004127-000381", "two digits turned round"),
            (NUMBER, ""),
        ]


def test_goods_that_left_are_asked_about_before_and_after_keying(world: World) -> None:
    here = world.here
    one, two = approved(here, 2)
    with tenant(here.certifier):
        assisted.start(operation=operation(one), by=here.reviewer)
        with pytest.raises(Refused, match="goods that have left"):
            entered(here, one, still_there=False)
        CertificateRequest.objects.update(departed_on=now().date())
        with pytest.raises(Refused, match="goods that have left"):
            entered(here, one)
        with pytest.raises(Refused):
            assisted.start(operation=operation(two), by=here.reviewer)
        assert operation(two).last_sent_at is None
        actions.cancel(certificate=one, by=here.reviewer, reason="issued_in_error")
        entry = entered(here, one, still_there=False)  # what is published is recorded, because its end follows
        assisted.confirm(entry=entry, typed=NUMBER, by=here.colleague)
        one.refresh_from_db()
        assert (one.status, one.number, one.record.cancelled_at is not None) == ("issued", NUMBER, True)


def test_times_that_cannot_be_are_refused(world: World) -> None:
    here = world.here
    (certificate,) = approved(here)
    with tenant(here.certifier):
        for at, sentence in (
            (None, "Enter when INTEGRITY published it"),
            (now() + timedelta(minutes=5), "That time has not come yet"),
            (now() - timedelta(days=1), "That is before the certificate was approved"),
        ):
            with pytest.raises(Refused) as refused:
                entered(here, certificate, at=at)
            assert refused.value.findings == [sentence]


def test_cancelled_before_anybody_began_it_is_given_up_at_once(world: World) -> None:
    here = world.here
    (certificate,) = approved(here)
    with tenant(here.certifier):
        actions.cancel(certificate=certificate, by=here.reviewer, reason="issued_in_error")
        certificate.refresh_from_db()
        assert (certificate.status, books(here)) == ("abandoned", (0, 0))
        with pytest.raises(Overtaken):
            assisted.start(operation=operation(certificate), by=here.reviewer)


def test_cancelled_while_it_is_keyed_ends_with_what_became_of_it(world: World) -> None:
    here = world.here
    published, nothing = approved(here, 2)
    with tenant(here.certifier):
        for one in (published, nothing):
            assisted.start(operation=operation(one), by=here.reviewer)
            actions.cancel(certificate=one, by=here.reviewer, reason="issued_in_error")
            with pytest.raises(Refused, match="finished first"):
                assisted.start(operation=operation(one, "cancel"), by=here.reviewer)
        said = assisted.enter(
            operation=operation(nothing), outcome=EntryOutcome.NOTHING, typed="", at=None, still_there=True,
            by=here.reviewer,
        )  # fmt: skip
        with pytest.raises(Refused):
            assisted.confirm(entry=said, typed="", by=here.reviewer)
        assisted.confirm(entry=said, typed="", by=here.colleague)
        nothing.refresh_from_db()
        assert nothing.status == "abandoned"
        issue(here, published)
        assert published.status == "issued"
        end = operation(published, "cancel")
        assisted.start(operation=end, by=here.colleague)
        done = assisted.enter(
            operation=end, outcome=EntryOutcome.DONE, typed="", at=now(), still_there=True, by=here.colleague
        )
        published.refresh_from_db()
        assert published.status == "issued"
        assisted.confirm(entry=done, typed="", by=here.reviewer)
        published.refresh_from_db()
        assert (published.status, books(here)) == ("cancelled", (0, 0))
        assert assisted.waiting_count(here.certifier.pk) == 0


def test_what_was_begun_and_not_keyed_is_keyed_anew(world: World) -> None:
    here = world.here
    (certificate,) = approved(here)
    with tenant(here.certifier):
        nothing = entered(here, certificate, "", outcome=EntryOutcome.NOTHING)
        assisted.confirm(entry=nothing, typed="", by=here.colleague)
        assert (operation(certificate).status, operation(certificate).last_sent_at) == ("pending", None)
        assert issue(here, certificate).status == "issued"


def test_eight_confirmations_at_once_record_it_once(committed_world: World) -> None:
    here = committed_world.here
    (certificate,) = approved(here)
    with tenant(here.certifier):
        entry = entered(here, certificate)

    def work(n: int) -> str:
        with tenant(here.certifier, here.colleague):
            mine = RegistryEntry.objects.select_related("operation").get(pk=entry.pk)
            assisted.confirm(entry=mine, typed=NUMBER, by=here.colleague if n % 2 else here.admin)
            return "recorded"

    results = together(8, work)
    assert results.count("recorded") == 1
    assert all(isinstance(one, Overtaken) for one in results if one != "recorded")
    with tenant(here.certifier):
        assert books(here) == (0, KG)
    said = StringIO()
    call_command("verify_audit", stdout=said)


def test_a_confirmation_and_a_correction_at_once_leave_one_of_them(committed_world: World) -> None:
    here = committed_world.here
    (certificate,) = approved(here)
    with tenant(here.certifier):
        entry = entered(here, certificate)

    def work(n: int) -> str:
        with tenant(here.certifier, here.colleague):
            mine = RegistryEntry.objects.select_related("operation").get(pk=entry.pk)
            if n:
                assisted.confirm(entry=mine, typed=NUMBER, by=here.colleague)
                return "issued"
            assisted.correct(entry=mine, why="wrong", by=here.reviewer)
            return "issuing"

    results = together(2, work)
    (done,) = [one for one in results if not isinstance(one, Overtaken)]
    with tenant(here.certifier):
        certificate.refresh_from_db()
        assert certificate.status == done


def test_a_cancellation_and_a_beginning_at_once_agree(committed_world: World) -> None:
    here = committed_world.here
    certificates = approved(here, 4)

    def work(n: int) -> str:
        certificate = certificates[n // 2]
        with tenant(here.certifier, here.reviewer):
            if n % 2:
                actions.cancel(certificate=certificate, by=here.reviewer, reason="issued_in_error")
            else:
                assisted.start(operation=operation(certificate), by=here.reviewer)
        return ""

    together(8, work)
    with tenant(here.certifier):
        for certificate in certificates:
            certificate.refresh_from_db()
            was_begun = operation(certificate).last_sent_at is not None
            assert certificate.status == ("issuing" if was_begun else "abandoned")


def test_the_sheet_has_every_field_that_the_other_channel_sends(world: World) -> None:
    here = world.here
    (certificate,) = approved(here)
    with tenant(here.certifier):
        (card,) = assisted.cards(certificate.request, by=here.reviewer)
        said = {row.label: row.value for row in card.rows}
        assert [said[key] for key in ("Exporter NOP ID", "Importer NOP ID", "HTS code", "Net weight, kg", "Lots")] == [
            "9010004127",
            "9100019836",
            "0901.11.0015",
            "100.25",
            "VV-26-0 (100.25 kg)",
        ]
        sent = texts_of(operation(certificate).payload)
        text = " ".join(said.values())
        assert [value for value in sent if value not in text] == []


def texts_of(payload: Any) -> list[str]:
    """Every text of a payload that a person would key, in plain words."""
    if isinstance(payload, dict):
        codes = {"schema", "kind", "nop_code", "label_category", "mode", "first_departure", "last_departure"}
        return [text for key, one in payload.items() if key not in codes | {"certifier"} for text in texts_of(one)]
    if isinstance(payload, list):
        return [text for one in payload for text in texts_of(one)]
    return [str(payload)] if payload not in (None, "") else []


@pytest.mark.parametrize(
    ("kg", "text", "found"),
    [
        ("38400", "Net weight 38,400.00 kg", True),
        ("38400", "38400 kg", True),
        ("38400", "38 400 kg", True),
        ("38400", "138400 kg", False),
        ("38400", "38,400.50 kg", False),
        ("100.25", "Total 100.250", True),
        ("100.25", "Total 100,25 kg", True),
        ("100.25", "Total 1100.25", False),
        ("100.25", "", False),
    ],
)
def test_weights_are_found_however_they_are_written(kg: str, text: str, found: bool) -> None:
    from nopic.certificates.assisted.comparing import _weighs

    assert _weighs(kg, text) is found


def test_the_registrys_pdf_is_compared_with_what_was_approved(world: World) -> None:
    here = world.here
    (certificate,) = approved(here)
    with tenant(here.certifier):
        one = operation(certificate)
        text = f"NOP Import Certificate {NUMBER}\nExporter 901-000412 HTS 0901110015\n100.25 kg lot VV-26-01"
        found = {fact.label: fact.found for fact in assisted.compare(certificate, one, NUMBER, text)}
    assert found == {
        "Number": True,
        "Exporter NOP ID": False,
        "Importer NOP ID": False,
        "HTS code": True,
        "Net weight, kg": True,
        "Lots": False,
    }


def test_a_new_version_and_a_report_of_weights_go_by_hand_in_their_sequence(world: World) -> None:
    here = world.here
    (certificate,) = approved(here)
    with tenant(here.certifier):
        issue(here, certificate)
        less = Decimal("90.25")
        wish = revising.Wish(
            less, [("VV-26-0", less)], "one bag torn", "A bag was torn.", gross_kg=Decimal(91), packages=1
        )
        revising.approve(revision=revising.ask(certificate=certificate, wish=wish, by=here.sender), by=here.reviewer)
        left = [("truck 1", now().date(), Decimal("90.25"))]
        revising.report_weights(certificate=certificate, shipments=left, by=here.reviewer)
        version, weights = operation(certificate, "revise"), operation(certificate, "weights")
        assert {version.channel, weights.channel} == {"assisted"}
        with pytest.raises(Refused, match="finished first"):
            assisted.start(operation=weights, by=here.reviewer)
        shown = {
            row.label: row.value for card in assisted.cards(certificate.request, by=here.admin) for row in card.rows
        }
        assert shown["Version"] == "2"
        assert shown["Remarks"] == "one bag torn"
        assert shown["Packages"] == "1 bags"
        assert shown["Net weight that left, kg"] == "90.25"
        # The number was published an hour ago, the version approved half an hour ago and published ten minutes ago.
        published, later = now() - timedelta(hours=1), timedelta(minutes=30)
        Certificate.objects.filter(pk=certificate.pk).update(issued_at=published)
        Revision.objects.update(decided_at=published + later)
        for one, early, sentence in (
            (version, published + timedelta(minutes=10), "That is before the version was approved"),
            (weights, published + later, "That is before what it follows was published"),
        ):
            assisted.start(operation=one, by=here.reviewer)
            with pytest.raises(Refused, match=sentence):
                assisted.enter(
                    operation=one, outcome=EntryOutcome.DONE, typed="", at=early, still_there=True, by=here.reviewer
                )
            done = assisted.enter(
                operation=one, outcome=EntryOutcome.DONE, typed="", at=now(), still_there=True, by=here.reviewer
            )
            assisted.confirm(entry=done, typed="", by=here.colleague)
        certificate.refresh_from_db()
        assert (certificate.version, certificate.number) == (2, NUMBER)
        assert certificate.data["net_weight_kg"] == "90.25"
        assert certificate.actual_kg == Decimal("90.25")
        assert books(here) == (0, Decimal("90.25"))


def test_the_replaced_number_is_ended_in_the_registry_by_two_people_too(world: World) -> None:
    here = world.here
    (old,) = approved(here)
    with tenant(here.certifier):
        issue(here, old)
    new = replacing.approved(here, old)
    with tenant(here.certifier):
        assert assisted.waiting_count(here.certifier.pk) == 1
        issue(here, new, typed="901-9010004127-000319")
        old.refresh_from_db()
        assert old.status == "superseded"
        task = operation(old, "cancel")
        [card] = assisted.cards(old.request, by=here.reviewer)
        assert [(row.label, row.value) for row in card.rows] == [
            ("Certificate number", NUMBER), ("Set to", "Replaced, or cancelled where there is no such state"),
        ]  # fmt: skip
        assisted.start(operation=task, by=here.reviewer)
        entry = assisted.enter(
            operation=task, outcome=EntryOutcome.DONE, typed="", at=now(), still_there=True, by=here.reviewer
        )
        with pytest.raises(Refused, match="You entered it yourself"):
            assisted.confirm(entry=entry, typed="", by=here.reviewer)
        assisted.confirm(entry=entry, typed="", by=here.colleague)
        old.refresh_from_db()
        assert (old.status, old.cancelled_at, assisted.waiting_count(here.certifier.pk)) == ("superseded", None, 0)
        assert books(here) == (0, KG)


def test_a_cancellation_ends_what_was_being_keyed_about_the_dead_number(world: World) -> None:
    here = world.here
    (certificate,) = approved(here)
    with tenant(here.certifier):
        issue(here, certificate)
        left = [("truck 1", now().date(), Decimal("50"))]
        revising.report_weights(certificate=certificate, shipments=left, by=here.reviewer)
        report = operation(certificate, "weights")
        assisted.start(operation=report, by=here.reviewer)
        entry = assisted.enter(
            operation=report, outcome=EntryOutcome.DONE, typed="", at=now(), still_there=True, by=here.reviewer
        )
        actions.cancel(certificate=certificate, by=here.reviewer, reason="issued_in_error")
        with pytest.raises(Overtaken):
            assisted.confirm(entry=entry, typed="", by=here.colleague)
        assert [(one.kind, one.status) for one in certificate.operations.order_by("sequence")] == [
            ("issue", "done"),
            ("weights", "superseded"),
            ("cancel", "pending"),
        ]
