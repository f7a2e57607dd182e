"""What waits for the exporter, most urgent first: requests sent back, what staff entered and they confirm, papers that were
not accepted, dates that have passed, drafts with problems, and documents that have still to follow."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from exporters.presenters.rows import address, goods, step_address
from nopic.presentation import words
from nopic.requests.models import CertificateRequest
from nopic.requests.ports import today_at
from nopic.requests.queries import Returned, returned
from nopic.requests.slots import SlotView
from nopic.requests.standing import Entered, entered
from nopic.requests.statuses import RequestStatus
from nopic.tenants.calendar import Office
from nopic.watch.models import OwedDocument

MOST = 10  # things shown; every one of them stands in the list of open requests as well


@dataclass(frozen=True)
class Thing:
    """One thing to do."""

    title: str
    url: str
    details: tuple[tuple[str, str], ...]  # box or "", text
    by: str
    note: str
    late: bool


def things(
    requests: Sequence[CertificateRequest], refused: Mapping[int, Sequence[SlotView]], office: Office, now: datetime
) -> list[Thing]:
    """Everything to do in these open requests of `with_returns` and `with_entered`; `refused`: rows not accepted, by request."""
    today = office.local(now).date()
    back, again, gone, unfinished = [], [], [], []
    for request in requests:
        if papers := refused.get(request.pk):
            again.append(_send_again(request, papers))
        there = today_at(request.place_of_loading, request.country_of_loading, now) or today
        passed = request.departed_on is None and request.departure_on is not None and request.departure_on < there
        problems = sum(request.problems.values())
        if passed and not request.turn:
            problems = max(problems, 1)  # never sent: a date that passed is an answer to mend, and no question
        elif passed:
            gone.append(_has_it_left(request))
        elif (known := entered(request)) is not None:
            if known.shown_at is not None:
                back.append(_confirm(request, known, office, now))
        elif request.status == RequestStatus.QUESTIONS_OPEN:
            back.append(_answer(request, office, now))
        elif request.status != RequestStatus.DRAFT:
            continue
        elif request.turn and not request.recalled_at:
            back.append(_change(request, returned(request), office, now))
        elif problems:
            unfinished.append(_mend(request, problems, office, now))
    return back + again + gone + unfinished


def still_to_send(owed: Sequence[OwedDocument], today: date) -> list[Thing]:
    """Documents of certified requests that have still to come, soonest first."""
    return [
        Thing(
            _("Send the %(document)s") % {"document": row.called},
            f"{address('request_hub', row.request)}documents/",
            (("", row.refused_why or _("Request %(reference)s has its certificate; customs needs this paper too.")
              % {"reference": row.request.reference}),),
            words.day(row.due_on),
            _("not accepted, send another one") if row.refused_why else "",
            row.due_on < today,
        )
        for row in owed
    ]  # fmt: skip


def _change(request: CertificateRequest, back: Returned | None, office: Office, now: datetime) -> Thing:
    points = back.points if back else []
    title = ngettext(
        "Change %(n)s point in your request for %(goods)s",
        "Change %(n)s points in your request for %(goods)s",
        len(points),
    ) % {"n": len(points), "goods": goods(request)}
    note = _("sent back on %(day)s") % {"day": words.day(office.local(back.at).date())} if back else ""
    by, late = _send_by(request, office, now)
    details = tuple((str(point["box"]), str(point["text"])) for point in points)
    return Thing(title, address("request_hub", request), details, by, note, late)


def _send_again(request: CertificateRequest, papers: Sequence[SlotView]) -> Thing:
    title = ngettext(
        "Send %(n)s document again for %(goods)s", "Send %(n)s documents again for %(goods)s", len(papers)
    ) % {"n": len(papers), "goods": goods(request)}
    details = tuple(("", f"{slot.name}: {slot.reason}") for slot in papers)
    return Thing(title, f"{address('request_hub', request)}documents/", details, "", _("not accepted"), late=False)


def _answer(request: CertificateRequest, office: Office, now: datetime) -> Thing:
    zone, due = office.rules.time_zone, request.questions_due_at
    title = _("Answer the reviewer about %(goods)s") % {"goods": goods(request)}
    text = _("Request %(reference)s. The clock stands still until you answer.") % {"reference": request.reference}
    by = words.moment(due, zone, words.city_of(zone)) if due else ""
    return Thing(title, address("request_questions", request), (("", text),), by, "", bool(due and due < now))


def _confirm(request: CertificateRequest, known: Entered, office: Office, now: datetime) -> Thing:
    said = {"who": known.by, "asker": known.asked_by, "reference": request.reference}
    text = _("Request %(reference)s. %(who)s entered it for you, because %(asker)s asked.") % said
    if request.status == RequestStatus.QUESTIONS_OPEN:
        title = _("Confirm the correction for %(goods)s") % {"goods": goods(request)}
        zone, due = office.rules.time_zone, request.questions_due_at
        by, late = words.moment(due, zone, words.city_of(zone)) if due else "", bool(due and due < now)
        return Thing(title, address("request_correction", request), (("", text),), by, "", late)
    title = _("Confirm and send the request for %(goods)s") % {"goods": goods(request)}
    by, late = _send_by(request, office, now)
    return Thing(title, step_address(request, "check"), (("", text),), by, "", late)


def _has_it_left(request: CertificateRequest) -> Thing:
    day = words.day(request.departure_on) if request.departure_on else ""
    text = _("Request %(reference)s was to leave on %(day)s. Tell us the day it left, or the new date.") % {
        "reference": request.reference,
        "day": day,
    }
    title = _("Has it left? %(goods)s") % {"goods": goods(request)}
    return Thing(title, address("request_departed", request), (("", text),), "", "", late=True)


def _mend(request: CertificateRequest, problems: int, office: Office, now: datetime) -> Thing:
    title = ngettext(
        "Solve %(n)s problem in your draft for %(goods)s", "Solve %(n)s problems in your draft for %(goods)s", problems
    ) % {"n": problems, "goods": goods(request)}
    by, late = _send_by(request, office, now)
    text = _("Draft %(reference)s. Nothing is sent yet.") % {"reference": request.reference}
    return Thing(title, address("request_hub", request), (("", text),), by, "", late)


def _send_by(request: CertificateRequest, office: Office, now: datetime) -> tuple[str, bool]:
    """Until when to send it, in words, and whether that has passed."""
    if request.departure_on is None:
        return "", False
    zone = office.rules.time_zone
    deadline = office.latest_sending(request.departure_on)
    return words.moment(deadline, zone, words.city_of(zone)), office.is_late(now, request.departure_on)
