"""Questions and answers of a case: the open round, how far each point is answered, and when answers are due."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db.models import Q

from nopic.documents.acceptance import BESIDE_THE_LIST
from nopic.documents.models import Document
from nopic.requests.changes import Change, changes
from nopic.requests.facts import rules_of
from nopic.requests.guarantees import CERTIFICATE, dossiers_of
from nopic.requests.models import CertificateRequest, Correction, OnBehalf
from nopic.requests.snapshot import request_snapshot
from nopic.review.models import QuestionPoint, QuestionRound
from nopic.tenants.calendar import Office
from nopic.tenants.policy import Rules


@dataclass
class Answer:
    """A point and what answers it so far: boxes that changed since it was asked, papers that came, words."""

    point: QuestionPoint
    boxes: list[Change] = field(default_factory=list)
    papers: list[Document] = field(default_factory=list)

    @property
    def is_answered(self) -> bool:
        """Whether anything answers it."""
        return bool(self.boxes or self.papers or self.point.reply)

    def is_about(self, change: Change) -> bool:
        """Whether a changed box is the one that the point asks about."""
        mine = self.point.line_id is None or change.line_id in (None, self.point.line_id)
        return bool(self.point.box) and change.box == self.point.box and mine


def open_round(request: CertificateRequest) -> QuestionRound | None:
    """The questions that wait for answers, with their points; None when there are none."""
    rounds = QuestionRound.objects.filter(certifier_id=request.certifier_id, request_id=request.pk, closed_at=None)
    asked = rounds.select_related("asked_by").prefetch_related("points__line").first()
    if asked is not None:
        asked.request = request
    return asked


def rounds_of(request: CertificateRequest) -> list[QuestionRound]:
    """Every round of a request with its points, newest first; two statements."""
    rounds = QuestionRound.objects.filter(certifier_id=request.certifier_id, request_id=request.pk)
    return list(rounds.defer("before").select_related("asked_by").prefetch_related("points").order_by("-pk"))


def answers(asked: QuestionRound, request: CertificateRequest) -> list[Answer]:
    """How far each point of an open round is answered, from what the request says now."""
    said = changes(asked.before, request_snapshot(request))
    known = {file["id"] for slot in asked.before["documents"] for file in slot["files"]}
    came = list(
        Document.objects.filter(
            certifier_id=request.certifier_id, dossier_id__in=dossiers_of(request), removed_at=None
        ).exclude(
            Q(status="refused")
            | Q(pk__in=known)
            | Q(rule__in=BESIDE_THE_LIST)
            | Q(rule=CERTIFICATE, uploaded_at__lte=asked.asked_at)
        )
    )
    return [_answer(point, said, came) for point in asked.points.all()]


def _answer(point: QuestionPoint, said: Iterable[Change], came: Iterable[Document]) -> Answer:
    answer = Answer(point)
    answer.boxes = [change for change in said if answer.is_about(change)]
    of_any = point.box == "18"
    answer.papers = [paper for paper in came if paper.rule in point.rules or of_any]
    return answer


def corrected(correction: Correction) -> list[Change]:
    """What a correction changes so far, box by box."""
    return changes(correction.before, request_snapshot(correction.request))


def corrections_of(request: CertificateRequest) -> list[Correction]:
    """Every correction by staff of a request, newest first; one statement."""
    found = Correction.objects.filter(certifier_id=request.certifier_id, request_id=request.pk)
    return list(found.defer("before").select_related("staff", "signed_form").order_by("-pk"))


def filing_of(request: CertificateRequest) -> OnBehalf | None:
    """Who of the staff filled it in for the exporter, and how that was confirmed; None when the exporter did it."""
    found = OnBehalf.objects.filter(certifier_id=request.certifier_id, request_id=request.pk)
    return found.select_related("staff", "confirmed_by", "signed_form").first()


def answers_due(request: CertificateRequest, moment: datetime) -> datetime:
    """When answers to questions asked at this moment are due: by the policy, but not after the goods leave.

    Then on the working day before that, if one is left.
    """
    return answers_due_by(rules_of(request), moment, leaves=request.departure_on)


def answers_due_by(rules: Rules, moment: datetime, *, leaves: date | None = None) -> datetime:
    """Closing time, the policy's working days later; the same for any request that leaves on that day."""
    office = Office(rules)
    day, days = office.counted_day(moment), rules.asking.answer_working_days
    while days > 0:
        day += timedelta(days=1)
        days -= office.is_working_day(day)
    last, earliest = leaves or date.max, office.counted_day(moment)
    while day > earliest and (day >= last or not office.is_working_day(day)):
        day -= timedelta(days=1)
    return datetime.combine(day, office.rules.closing, tzinfo=office.zone)
