"""Questions to the exporter: asked at once, the clock stands still, answered point by point, or taken back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from nopic.certificates import projection
from nopic.presentation.typed import plain_lines
from nopic.requests import actions as requests
from nopic.requests.checks import Finding
from nopic.requests.models import CertificateRequest, RequestLine
from nopic.requests.snapshot import request_snapshot
from nopic.requests.statuses import RequestStatus
from nopic.review import policies, queries
from nopic.review.actions.correcting import withdraw_correction
from nopic.review.actions.taking import lock
from nopic.review.models import QuestionPoint, QuestionRound
from nopic.tenants.models import User
from nopic.workflow.audit import record
from nopic.workflow.clock import now
from nopic.workflow.dispatch import owe
from nopic.workflow.transitions import Overtaken, Refused, advance

MOST_CHARACTERS = 1000  # of one point or one reply
A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Point:
    """What is asked: the text, the box and the check it is about, and what was found when it was asked."""

    text: str
    box: str = ""
    title: str = ""
    check_id: str = ""
    line: RequestLine | None = None
    rules: Sequence[str] = ()
    found: Sequence[tuple[str, str]] = field(default_factory=tuple)


@transaction.atomic
def ask(
    *, request: CertificateRequest, by: User, points: Sequence[Point], due_at: datetime, language: str, revision: int
) -> QuestionRound:
    """Ask the exporter; points without a text are left out. The clock stands still until they answer.

    Owes the e-mail and its reminders. Raises Overtaken (not mine, or changed since `revision`), Refused (nothing asked,
    or due in the past).
    """
    fresh = lock(request)
    if fresh.revision != revision or policies.obstacles_to_decide(fresh, by):
        raise Overtaken(fresh)
    if against := policies.obstacles_to_ask(fresh, by):
        raise Refused(against)
    said = [(each, text) for each in points if (text := _tidy(each.text))]
    moment = now()
    if not said:
        raise Refused([_("Write what you ask the exporter, beside the box it is about")])
    if due_at <= moment:
        raise Refused([_("Choose a day in the future for the answers")])
    asked = QuestionRound.objects.create(
        certifier_id=fresh.certifier_id,
        request=fresh,
        turn=fresh.turn,
        language=language,
        asked_at=moment,
        asked_by=by,
        due_at=due_at,
        before=request_snapshot(fresh),
    )
    QuestionPoint.objects.bulk_create(
        QuestionPoint(
            certifier_id=fresh.certifier_id,
            round=asked,
            position=at,
            box=each.box,
            title=each.title[:200],
            check_id=each.check_id,
            line=each.line,
            rules=list(each.rules),
            found=[list(pair) for pair in each.found],
            text=text,
        )
        for at, (each, text) in enumerate(said, start=1)
    )
    advance(
        fresh,
        RequestStatus.QUESTIONS_OPEN,
        by=by,
        note="\n".join(f"{each.box}: {text}" if each.box else text for each, text in said),
        questions_due_at=due_at,
        revision=fresh.revision + 1,
    )
    owe("questions_asked", asked.pk, certifier_id=fresh.certifier_id)
    owe("questions_due", asked.pk, certifier_id=fresh.certifier_id, due=due_at - A_DAY)
    return asked


@transaction.atomic
def keep_replies(
    *,
    request: CertificateRequest,
    replies: Mapping[int, str],
    shown: Mapping[int, str] | None = None,
    asked_id: int | None = None,
) -> QuestionRound:
    """Keep what the exporter wrote to points of the open round, as a draft.

    `shown` is what stood at each point on the person's page, `asked_id` the round that it was about: what they left as it
    stood does not undo what a colleague wrote. Raises Overtaken when no questions are open or others are, and Refused
    with a sentence at each point to which both wrote or that is too long; then nothing is kept.
    """
    fresh = lock(request)
    asked = _open(fresh)
    if asked_id not in (None, asked.pk):
        raise Overtaken(fresh)
    stops = []
    for point in asked.points.all():
        typed = _plain(replies.get(point.position, point.reply))
        at = f"questions#reply-{point.position}"
        if len(typed) > MOST_CHARACTERS:
            sentence = _("Point %(n)s: answer with at most %(most)s characters, this has %(has)s")
            said = sentence % {"n": point.position, "most": MOST_CHARACTERS, "has": len(typed)}
            stops.append(Finding("answers_fit", None, "stop", said, said, field=at))
            continue
        before = point.reply if shown is None else _tidy(shown.get(point.position, point.reply))
        if typed in (before, point.reply):
            continue
        if before != point.reply:
            sentence = _("Point %(n)s: a colleague wrote meanwhile “%(text)s”. Make one answer of both, then send it")
            said = sentence % {"n": point.position, "text": point.reply}
            stops.append(Finding("answers_are_one", None, "stop", said, said, field=at))
            continue
        point.reply = typed
        point.save(update_fields=["reply"])
    if stops:
        raise Refused(stops)
    return asked


@transaction.atomic
def send_answers(*, request: CertificateRequest, by: User) -> CertificateRequest:
    """Send every answer at once: a new version of the request is back in review, with the same reviewer.

    A point is answered by a changed box, by a paper that came since, or by words. Raises Refused with a sentence at each
    point that is not answered, or with what cannot stand in the form; Overtaken when no questions are open.
    """
    fresh = lock(request)
    asked = _open(fresh)
    answers = queries.answers(asked, fresh)
    missing = [
        Finding(
            "questions_are_answered", None, "stop", sentence, sentence, field=f"questions#reply-{each.point.position}"
        )
        for each in answers
        if not each.is_answered
        for sentence in [
            _("Answer point %(n)s: change the box, add a document, or write to the reviewer")
            % {"n": each.point.position}
        ]
    ]
    if missing:
        raise Refused(missing)
    said = requests.send_answers(request=fresh, before=asked.before, paused_at=asked.asked_at, by=by)
    for each in answers:
        each.point.answered_by = {
            "boxes": [[change.title, change.old, change.new] for change in said if each.is_about(change)],
            "papers": [paper.name for paper in each.papers],
        }
        each.point.save(update_fields=["answered_by"])
    _close(asked, QuestionRound.Outcome.ANSWERED, by)
    projection.refresh_request(fresh)
    return fresh


@transaction.atomic
def take_back(*, request: CertificateRequest, by: User) -> CertificateRequest:
    """Staff take the questions back: the review goes on with what was sent, the clock too. The exporter is told."""
    fresh = lock(request)
    if policies.obstacles_to_take_back(fresh, by):
        raise Overtaken(fresh)
    asked = _open(fresh)
    requests.go_on_unanswered(request=fresh, before=asked.before, since=asked.asked_at, paused_at=asked.asked_at, by=by)
    _close(asked, QuestionRound.Outcome.TAKEN_BACK, by)
    owe("questions_taken_back", asked.pk, certifier_id=fresh.certifier_id)
    return fresh


@transaction.atomic
def withdraw(*, request: CertificateRequest, by: User, reason: str) -> CertificateRequest:
    """The exporter withdraws the request, also while questions are open; see nopic.requests.actions.withdraw."""
    withdrawn = requests.withdraw(request=request, by=by, reason=reason)
    for asked in QuestionRound.objects.filter(certifier_id=request.certifier_id, request_id=request.pk, closed_at=None):
        _close(asked, QuestionRound.Outcome.WITHDRAWN, by)
    withdraw_correction(request=withdrawn, by=by)
    return withdrawn


def _open(fresh: CertificateRequest) -> QuestionRound:
    asked = queries.open_round(fresh)
    if fresh.status != RequestStatus.QUESTIONS_OPEN or asked is None:
        raise Overtaken(fresh)
    return asked


def _close(asked: QuestionRound, outcome: str, by: User) -> None:
    asked.closed_at, asked.closed_by, asked.outcome = now(), str(by), outcome
    asked.save(update_fields=["closed_at", "closed_by", "outcome"])
    record(asked.request, f"questions {outcome.replace('_', ' ')}", by=by, round=asked.pk)


def _plain(text: str) -> str:
    return str(plain_lines(text)).replace("\x00", "").strip()


def _tidy(text: str) -> str:
    return _plain(text)[:MOST_CHARACTERS]
