"""What follows the issue: owed with a day by mode of transport, called to mind, looked at, and cancelled by a person."""

from datetime import date, timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from nopic.certificates import projection
from nopic.certificates.models import Certificate
from nopic.delivery.mails.noting import QUIET_SECONDS
from nopic.delivery.tasks import remind
from nopic.documents.models import Document, PageImage, SlotAnswer
from nopic.requests.models import CertificateRequest
from nopic.tenants.calendar import Office, final_document_due, reminders
from nopic.tenants.context import tenant
from nopic.tenants.models import Policy
from nopic.watch import queries
from nopic.watch.models import OwedDocument
from nopic.workflow import clock
from tests.browser import PageAt, assert_accessible, assert_no_overflow, show
from tests.certifiers.test_queue import questions
from tests.delivery import consignments
from tests.delivery.consignments import Consignment
from tests.delivery.test_noting import told
from tests.factories import World, paper, rules, signed_in


def today() -> date:
    """Asked anew by each test: a run may go on past midnight."""
    return clock.today("UTC")


BELGIUM = Office(rules(time_zone="Europe/Brussels", country="BE"))


@pytest.mark.parametrize(
    ("mode", "departure", "arrival", "due"),
    [
        # By hand, Belgium 2026: Ascension Thu 14 May and Whit Monday 25 May are closed.
        ("sea", date(2026, 5, 11), date(2026, 6, 1), date(2026, 5, 19)),  # Tue 12, Wed 13, Fri 15, Mon 18, Tue 19
        ("sea", date(2026, 5, 11), date(2026, 5, 16), date(2026, 5, 14)),  # two days before arrival is earlier
        ("sea", date(2026, 5, 11), date(2026, 5, 12), date(2026, 5, 11)),  # never before it leaves
        ("sea", date(2026, 5, 11), None, date(2026, 5, 19)),
        ("road", date(2026, 5, 13), date(2026, 5, 13), date(2026, 5, 15)),  # Thu 14 is a holiday
        ("air", date(2026, 5, 22), date(2026, 5, 23), date(2026, 5, 26)),  # Fri: Sat, Sun, Whit Monday do not count
        ("rail", date(2026, 5, 16), None, date(2026, 5, 18)),  # leaves on a Saturday
    ],
)
def test_the_day_by_mode_was_counted_by_hand(mode: str, departure: date, arrival: date | None, due: date) -> None:
    assert final_document_due(BELGIUM, mode=mode, departure=departure, arrival=arrival) == due


def test_reminders_come_the_day_after_departure_the_day_before_and_on_the_day() -> None:
    assert reminders(departure=date(2026, 5, 11), due=date(2026, 5, 19)) == (
        date(2026, 5, 12),
        date(2026, 5, 18),
        date(2026, 5, 19),
    )
    assert reminders(departure=date(2026, 5, 13), due=date(2026, 5, 14)) == (date(2026, 5, 14),)
    assert reminders(departure=date(2026, 5, 13), due=date(2026, 5, 13)) == ()


@pytest.fixture
def consignment(world: World) -> Consignment:
    made = consignments.make(world.here, world.importer)
    consignments.work("owed_documents")
    return made


def owed(consignment: Consignment) -> list[OwedDocument]:
    with tenant(consignment.side.certifier):
        return queries.owed_of(consignment.request)


def again(consignment: Consignment) -> None:
    with tenant(consignment.side.certifier):
        projection.refresh_request(CertificateRequest.objects.get(pk=consignment.request.pk))
    consignments.work("owed_documents")


def test_an_issued_certificate_owes_its_definitive_transport_document(consignment: Consignment) -> None:
    [row] = owed(consignment)
    office = Office(consignment.side.policy.rules)
    departure = consignment.request.departure_on
    due = final_document_due(office, mode="sea", departure=departure, arrival=departure + timedelta(days=24))
    assert (row.rule, row.is_final, row.state, row.due_on) == ("transport_document", True, "owed", due)
    assert row.remind_on == departure + timedelta(days=1)


def test_the_days_count_from_the_day_that_a_single_shipment_is_recorded_as_left(consignment: Consignment) -> None:
    [before] = owed(consignment)
    with tenant(consignment.side.certifier):
        Certificate.objects.filter(pk=consignment.certificate.pk).update(used_up_on=today())
    again(consignment)
    [row] = owed(consignment)
    assert before.remind_on == consignment.request.departure_on + timedelta(days=1)
    assert row.remind_on == today() + timedelta(days=1)


def test_what_was_to_come_later_is_owed_on_the_day_the_exporter_named(consignment: Consignment) -> None:
    day = today() + timedelta(days=9)
    with tenant(consignment.side.certifier):
        SlotAnswer.objects.update(answer="later", due_on=day)
    again(consignment)
    assert {(row.rule, row.due_on, row.is_final) for row in owed(consignment)} >= {
        ("phytosanitary_certificate", day, False)
    }


@pytest.mark.parametrize(("days", "mode"), [(10, "sea"), (None, "sea"), (None, "road")])
def test_what_may_follow_and_was_left_open_is_owed_by_the_policys_day_or_by_mode(
    consignment: Consignment, days: int | None, mode: str
) -> None:
    here, request = consignment.side, consignment.request
    row = {"key": "phytosanitary_certificate", "required_before_sending": False, "may_follow": True}
    wanted = [{"key": "packing_list", "required_before_sending": False}, {**row, "days_after_departure": days}]
    with tenant(here.certifier):
        SlotAnswer.objects.all().delete()
        policy = Policy.objects.create(
            certifier=here.certifier, version=2, data=rules(documents=wanted).to_json(), by="a test"
        )
        CertificateRequest.objects.filter(pk=request.pk).update(policy=policy, mode=mode)
    again(consignment)
    [owes] = owed(consignment)
    office, departure = Office(here.policy.rules), request.departure_on
    by_mode = final_document_due(office, mode=mode, departure=departure, arrival=departure + timedelta(days=24))
    due = office.working_days_after(departure, days) if days else by_mode
    assert (owes.rule, owes.state, owes.due_on, owes.is_final) == (row["key"], "owed", due, False)
    page = signed_in(here.sender).get(f"/{here.certifier.slug}/requests/{request.reference}/documents/")
    assert f"Still to come, by {due:%a} {due.day} {due:%b %Y}." in page.content.decode()
    with tenant(here.certifier):
        paper(request, "phytosanitary_certificate")
    again(consignment)
    assert [row.state for row in owed(consignment)] == ["came"]


def test_what_came_waits_for_a_look_and_no_reminder_goes_out(consignment: Consignment) -> None:
    with tenant(consignment.side.certifier):
        paper(consignment.request, "transport_document", kind="final")
    again(consignment)
    [row] = owed(consignment)
    assert (row.state, row.remind_on) == ("came", None)
    queue = signed_in(consignment.side.reviewer).get(f"/{consignment.side.certifier.slug}/queue/").content.decode()
    assert "Final documents to look at <span>1</span>" in queue


def test_a_cancelled_certificate_owes_nothing(consignment: Consignment) -> None:
    consignments.cancel(consignment)
    consignments.work("owed_documents")
    assert owed(consignment) == []


def test_a_new_arrival_moves_the_day(consignment: Consignment) -> None:
    arrival = consignment.request.departure_on + timedelta(days=3)
    with tenant(consignment.side.certifier):
        Certificate.objects.filter(pk=consignment.certificate.pk).update(routing={"arrival_on": arrival.isoformat()})
    again(consignment)
    [row] = owed(consignment)
    assert (row.arrival_on, row.due_on) == (arrival, arrival - timedelta(days=2))


def test_the_exporter_is_reminded_once_a_day_until_it_is_staffs_turn(consignment: Consignment) -> None:
    def due_today(**days: date) -> None:
        with tenant(consignment.side.certifier):
            OwedDocument.objects.update(**days)

    due_today(remind_on=today(), departure_on=today() - timedelta(days=1), due_on=today() + timedelta(days=1))
    for _again in range(3):
        remind()
    consignments.work("mail")
    assert [one.to for one in mail.outbox] == [[consignment.side.sender.email]]
    reference = consignment.request.reference
    assert mail.outbox[0].subject.startswith(
        f"{reference}: send the final transport document by "
    )  # a draft may be there
    assert "Send the final transport document by" in mail.outbox[0].body
    assert owed(consignment)[0].remind_on == today() + timedelta(days=1)
    due_today(remind_on=today(), due_on=today())
    remind()
    assert owed(consignment)[0].remind_on is None
    queue, late = (f"/{consignment.side.certifier.slug}/{path}" for path in ("queue/", "final-documents/?state=late"))
    staff = signed_in(consignment.side.reviewer)
    assert "Final documents overdue" not in staff.get(queue).content.decode()  # its day is not over
    assert reference not in staff.get(late).content.decode()
    due_today(due_on=today() - timedelta(days=2))
    assert f'href="{late}">Final documents overdue <span>1</span>' in staff.get(queue).content.decode()
    assert reference in staff.get(late).content.decode()


def test_a_reminder_that_came_too_late_is_not_sent(consignment: Consignment) -> None:
    with tenant(consignment.side.certifier):
        OwedDocument.objects.update(remind_on=today())
    remind()
    with tenant(consignment.side.certifier):
        paper(consignment.request, "transport_document", kind="final")
    again(consignment)
    consignments.work("mail")
    assert mail.outbox == []


def test_the_list_stands_by_days_to_arrival_and_costs_the_same_with_any_number(
    world: World,
) -> None:
    staff = signed_in(world.here.reviewer)
    address = reverse("final_documents", kwargs={"certifier": world.here.certifier.slug})
    consignments.make(world.there, world.other_importer, reference="2026-0999")

    def asked() -> int:
        consignments.work("owed_documents")
        with CaptureQueriesContext(connection) as statements:
            assert staff.get(address).status_code == 200
        return len(questions(statements))

    consignments.make(world.here, world.importer, reference="2026-0007", arrival_in=40)
    asked()  # the first page of a session writes its token
    one_row = asked()
    for at, arrives_in in enumerate((30, 10, 20)):
        consignments.make(world.here, world.importer, reference=f"2026-000{at}", arrival_in=arrives_in)
    assert asked() == one_row <= 10
    page = staff.get(address).content.decode()
    places = [page.index(f"2026-000{at}") for at in (1, 2, 0)]
    assert places == sorted(places)
    assert "2026-0999" not in page
    assert staff.get(address, {"after": "2026-99-99_1"}).status_code == 404
    assert staff.get(address, {"state": "closed"}).status_code == 404


def test_staff_see_draft_and_final_side_by_side_and_remind_by_a_button(
    world: World, consignment: Consignment, page_at: PageAt
) -> None:
    [row] = owed(consignment)
    staff = signed_in(world.here.reviewer)
    address = reverse("final_document", kwargs={"certifier": world.here.certifier.slug, "owed_id": row.pk})
    with tenant(world.here.certifier):
        draft = paper(consignment.request, "transport_document", kind="draft", name="draft-bl.docx")
        blocks = [{"text": "Draft of the carrier"}, {"rows": [["Net", "19,080 kg"]], "more_rows": 0, "more_columns": 0}]
        PageImage.objects.create(
            certifier=world.here.certifier,
            document=draft,
            number=1,
            width=0,
            height=0,
            text="Net 19,080 kg",
            blocks=blocks,
        )
    page = staff.get(address).content.decode()
    assert "draft-bl.docx" in page
    assert "Draft of the carrier" in page
    assert "<td>19,080 kg</td>" in page
    for width in (390, 1280):
        show(shown := page_at(width), page, address)
        assert_no_overflow(shown)
        assert_accessible(shown)
    assert staff.post(address).status_code == 302
    assert staff.post(address).status_code == 302
    consignments.work("mail")
    assert len(mail.outbox) == 1
    cancel = staff.get(address).content.decode()
    assert "?reason=documents_late" in cancel


def test_what_came_is_accepted_or_owed_again_with_the_reason(world: World, consignment: Consignment) -> None:
    staff = signed_in(world.here.reviewer)
    [row] = owed(consignment)
    address = reverse("final_document", kwargs={"certifier": world.here.certifier.slug, "owed_id": row.pk})
    with tenant(world.here.certifier):
        left = today() - timedelta(days=1)  # so that a reminder is due today
        CertificateRequest.objects.filter(pk=consignment.request.pk).update(departed_on=left)
        file = paper(consignment.request, "transport_document", kind="final")
    again(consignment)
    unknown = staff.post(address, {"do": "remind me", "seen": file.pk})
    assert (unknown.status_code, "Choose whether it is accepted" in unknown.content.decode()) == (422, True)
    silent = staff.post(address, {"do": "refuse", "reason": "", "seen": file.pk})
    assert silent.status_code == 422
    assert "why it is not accepted" in silent.content.decode()
    assert staff.post(address, {"do": "refuse", "reason": "Another vessel", "seen": file.pk}).status_code == 302
    [row] = owed(consignment)  # known at once, without a worker
    assert (row.state, row.refused_why) == ("owed", "Another vessel")
    assert "Another vessel" in staff.get(reverse("final_documents", args=[world.here.certifier.slug])).content.decode()
    late = {"do": "accept", "seen": file.pk, f"organic_{file.pk}": "yes", "ruled": 0}  # opened before it was refused
    assert signed_in(world.here.colleague).post(address, late).status_code == 302
    assert [row.state for row in owed(consignment)] == ["owed"]
    with tenant(world.here.certifier):
        assert Document.objects.get(pk=file.pk).named_organic is None
    remind()
    (letter,) = told(QUIET_SECONDS)  # on the day of a reminder as well one letter says it, and at once
    assert (letter.to, "Another vessel" in letter.body) == ([world.here.sender.email], True)
    staff.post(address, {"do": "accept", "seen": 0})  # other files than those that stand there
    assert [one.state for one in owed(consignment)] == ["owed"]
    # The definitive one must name the product as organic: asked of each file, kept, and a stop.
    page, asked = staff.get(address).content.decode(), f"organic_{file.pk}"
    assert f"Does {file.name} name the product as organic?" in page
    assert "(optional)" not in page
    assert [page.count(f'id="{heading}"') for heading in ("h-before", "h-final")] == [1, 1]
    assert 'class="fluid"' not in page  # of no rule: the picture kept its own width and squeezed the column beside it
    for said, sentence in (({}, "say first whether it names"), ({asked: "no"}, "does not name the product as organic")):
        answer = staff.post(address, {"do": "accept", "seen": file.pk, **said})
        assert (answer.status_code, sentence in answer.content.decode()) == (422, True)
        assert sentence in answer.context["form"].errors[asked].as_text()  # said at the question, not at the reason
    with tenant(world.here.certifier):
        assert Document.objects.get(pk=file.pk).named_organic is False
    assert staff.post(address, {"do": "accept", "seen": file.pk, asked: "yes"}).status_code == 302
    assert owed(consignment) == []


def test_a_draft_from_before_is_not_accepted_as_the_definitive_document(world: World, consignment: Consignment) -> None:
    staff = signed_in(world.here.reviewer)
    with tenant(world.here.certifier):
        draft = paper(consignment.request, "transport_document", kind="draft")
    [row] = owed(consignment)
    address = reverse("final_document", kwargs={"certifier": world.here.certifier.slug, "owed_id": row.pk})
    assert 'value="accept"' not in staff.get(address).content.decode()
    answer = staff.post(address, {"do": "accept", "seen": draft.pk})
    assert answer.status_code == 422
    assert "the definitive one is not here yet" in answer.content.decode()
    assert [one.state for one in owed(consignment)] == ["owed"]


def test_the_exporter_reads_what_is_owed_and_until_when(world: World, consignment: Consignment) -> None:
    [row] = owed(consignment)
    sender, slug = signed_in(world.here.sender), world.here.certifier.slug
    own = reverse("my_certificate", kwargs={"certifier": slug, "certificate_id": consignment.certificate.pk})
    page = sender.get(own).content.decode()
    assert f"final transport document by {row.due_on:%a} {row.due_on.day}" in page
    documents = sender.get(f"/{slug}/requests/{consignment.request.reference}/documents/").content.decode()
    assert f"Still to come: the final one, by {row.due_on:%a} {row.due_on.day} {row.due_on:%b %Y}." in documents
    dashboard = sender.get(reverse("requests", kwargs={"certifier": slug})).content.decode()
    assert "Send the final transport document" in dashboard
