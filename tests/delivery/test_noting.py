"""The exporter hears of a note that they may read, and once of all papers that were not accepted."""

from datetime import timedelta

from django.core import mail

from nopic.delivery.mails.noting import QUIET_SECONDS
from nopic.demo.seed.timing import at
from nopic.requests import facts
from nopic.requests.models import CertificateRequest
from nopic.review import actions
from nopic.review.models import CaseNote
from nopic.tenants.context import tenant
from nopic.tenants.models import Policy
from nopic.workflow.clock import now
from nopic.workflow.models import AuditEvent, Dispatch
from tests import factories
from tests.delivery.consignments import work
from tests.factories import Side, World, signed_in
from tests.review import cases

TOPICS = ("note_left", "papers_not_accepted", "mail")


def told(seconds: float = 0) -> list[mail.EmailMessage]:
    """The e-mails after the worker has done what is due so many seconds from now."""
    mail.outbox.clear()
    Dispatch.objects.filter(done_at=None).update(due_at=now())  # claims go by the database's clock
    with at(now() + timedelta(seconds=seconds)):
        work(*TOPICS)
    return list(mail.outbox)


def refuse(side: Side, request: CertificateRequest, rule: str, reason: str) -> None:
    (slot,) = [each for each in facts.load(request).slots if each.rule == rule]
    actions.rule_on_paper(
        request=request, rule=rule, subject=slot.subject, ruling="not_accepted" if reason else "accepted",
        reason=reason, seen=[each.pk for each in slot.files], by=side.reviewer,
    )  # fmt: skip


def test_a_note_for_the_exporter_is_told_once_and_one_of_the_office_never(world: World) -> None:
    side, own = world.here, {"letter": "note_left", "language": "en", "text": "Call {{phone}} about {{reference}}."}
    with tenant(side.certifier):
        data = {**side.policy.data, "letters": [own]}
        Policy.objects.create(certifier=side.certifier, version=2, data=data, by="test")
    request = cases.taken(side)
    with tenant(side.certifier):
        actions.note(request=request, by=side.reviewer, text="Between us", visible=False)
        actions.note(request=request, by=side.reviewer, text="The vessel is late,\nsend the new date", visible=True)
    [letter] = told()
    assert (letter.to, letter.subject) == ([side.sender.email], f"{request.reference}: a note from your certifier")
    assert "The vessel is late, send the new date" in letter.body
    assert f"Call {side.certifier.phone} about {request.reference}." in letter.body
    assert "Between us" not in letter.body
    assert told() == []


def test_a_note_that_is_clicked_twice_is_one_and_is_told_once(world: World) -> None:
    side = world.here
    request = cases.taken(side)
    page = f"/{side.certifier.slug}/cases/{request.reference}/notes/"
    typed = {"text": "The vessel is late.", "visible": "on"}
    staff = signed_in(side.reviewer)
    assert [staff.post(page, typed).status_code for _ in range(2)] == [302, 302]
    with tenant(side.certifier):
        first = CaseNote.objects.get()
        assert AuditEvent.objects.filter(verb="note for the exporter").count() == 1
        others = [
            actions.note(request=request, by=by, text=first.text, visible=visible)
            for by, visible in ((side.colleague, True), (side.reviewer, False))
        ]
    assert len({first.pk, *(each.pk for each in others)}) == 3
    assert len(told()) == 2


def test_papers_that_are_not_accepted_come_in_one_letter_when_the_reviewer_is_through(world: World) -> None:
    side = world.here
    request = cases.taken(side)
    with tenant(side.certifier):
        refuse(side, request, "commercial_invoice", "Page 2 is missing")
        refuse(side, request, "packing_list", "It is of another truck")
    assert told() == []
    [letter] = told(QUIET_SECONDS + 1)
    assert letter.subject == f"{request.reference}: send 2 documents again"
    for words in ("Page 2 is missing", "It is of another truck", f"requests/{request.reference}/documents/"):
        assert words in letter.body
    assert told(QUIET_SECONDS + 1) == []
    with tenant(side.certifier):
        refuse(side, request, "packing_list", "")
        refuse(side, request, "commercial_invoice", "Still page 2")
    [letter] = told(QUIET_SECONDS + 1)
    assert letter.subject == f"{request.reference}: send another commercial invoice"
    assert "another truck" not in letter.body


def test_nothing_is_told_of_a_paper_that_was_accepted_after_all_or_replaced(world: World) -> None:
    side = world.here
    request = cases.taken(side)
    with tenant(side.certifier):
        refuse(side, request, "packing_list", "Wrong one")
        refuse(side, request, "packing_list", "")
        refuse(side, request, "commercial_invoice", "Page 2 is missing")
    with tenant(side.certifier, side.sender):
        factories.paper(request, "commercial_invoice")
    assert told(QUIET_SECONDS + 1) == []
