"""Staff correct a request that was sent, because its exporter said so by phone, e-mail or on paper.

They type it on the exporter's own pages, box by box with a reason; meanwhile nothing is decided. The exporter confirms,
which makes a new version, or rejects, which leaves the one that was sent. The clock stands while the exporter is asked,
not while staff type.
"""

from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from nopic.certificates import projection
from nopic.requests import actions as requests
from nopic.requests.actions import Asked, Signed
from nopic.requests.checks import Finding
from nopic.requests.facts import load
from nopic.requests.models import CertificateRequest, Correction
from nopic.requests.policies import correction_of, obstacles_to_confirm
from nopic.requests.snapshot import request_snapshot
from nopic.requests.statuses import RequestStatus
from nopic.review import policies, queries
from nopic.review.actions.taking import lock
from nopic.review.policies.correcting import obstacles_to_correct, obstacles_to_take_correction_back
from nopic.tenants.models import User
from nopic.workflow.audit import acting_for, record
from nopic.workflow.clock import now
from nopic.workflow.dispatch import owe
from nopic.workflow.transitions import Overtaken, Refused, advance

MOST_CHARACTERS = 500  # of one reason
A_DAY = timedelta(days=1)


@transaction.atomic
def begin_correction(*, request: CertificateRequest, by: User, asked: Asked, revision: int) -> Correction:
    """Open a sent request for `by` to correct. Raises Overtaken (not mine, or changed since `revision`) or Refused."""
    fresh = lock(request)
    if fresh.revision != revision or policies.obstacles_to_decide(fresh, by):
        raise Overtaken(fresh)
    if against := obstacles_to_correct(fresh, by):
        raise Refused(against)
    begun = Correction.objects.create(
        certifier_id=fresh.certifier_id,
        request=fresh,
        turn=fresh.turn,
        staff=by,
        before=request_snapshot(fresh),
        started_at=now(),
        **requests.as_asked(asked, load(fresh).today, no_reason=requests.NO_REASON_TO_CORRECT),
    )
    with acting_for(begun.in_words):
        advance(fresh, RequestStatus.QUESTIONS_OPEN, by=by, note=begun.reason, revision=fresh.revision + 1)
        record(fresh, "correction begun", by=by, new=begun.asked_by, means=begun.means, correction=begun.pk)
    return begun


@transaction.atomic
def ask_for_confirmation(*, request: CertificateRequest, by: User, whys: Sequence[str], revision: int) -> Correction:
    """Show the exporter every box that changed with its reason, and stop the clock until they answer.

    `whys` are the reasons in the order of `queries.corrected`, as they were shown at `revision`. Raises Refused (nothing
    changed, a reason is missing, or the request could not be sent like this), Overtaken (not mine, or changed since).
    """
    fresh = lock(request)
    correction = _of(fresh)
    if correction.staff_id != by.pk or correction.asked_to_confirm_at is not None or fresh.revision != revision:
        raise Overtaken(fresh)
    changed = queries.corrected(correction)
    said = [" ".join(why.replace("\x00", "").split())[:MOST_CHARACTERS] for why in whys]
    if not changed:
        raise Refused([_("Nothing is changed yet. Change a box, or take the correction back.")])
    if len(said) != len(changed):
        raise Overtaken(fresh)
    missing = [
        Finding("corrections_say_why", None, "stop", sentence, sentence, field=f"correction#why-{at}")
        for at, (change, why) in enumerate(zip(changed, said, strict=True))
        if not why
        for sentence in [_("%(title)s: write why it is changed") % {"title": change.title}]
    ]
    if against := [*missing, *requests.stops_against_answers(load(fresh))]:
        raise Refused(against)
    moment = now()
    correction.boxes = [
        {"box": one.box, "title": one.title, "product": one.product, "old": one.old, "new": one.new, "why": why}
        for one, why in zip(changed, said, strict=True)
    ]
    correction.asked_to_confirm_at, correction.due_at = moment, queries.answers_due(fresh, moment)
    correction.save(update_fields=["boxes", "asked_to_confirm_at", "due_at"])
    fresh.questions_due_at, fresh.revision = correction.due_at, fresh.revision + 1
    fresh.save(update_fields=["questions_due_at", "revision"])
    with acting_for(correction.in_words):
        record(fresh, "asked to confirm a correction", by=by, old=correction.asked_by, boxes=correction.boxes)
    owe("correction_to_confirm", correction.pk, certifier_id=fresh.certifier_id)
    owe("correction_due", correction.pk, certifier_id=fresh.certifier_id, due=correction.due_at - A_DAY)
    return correction


@transaction.atomic
def confirm_correction(
    *, request: CertificateRequest, by: User, revision: int, signed: Signed | None = None
) -> CertificateRequest:
    """The exporter confirms what was shown at `revision`: a new version is back in review, with the same reviewer.

    `signed`: whoever entered it adds the form that the exporter signed, if the policy takes one. Raises Overtaken
    (nothing to confirm, or something changed), Refused for whoever entered it, or with what stands
    against the answers.
    """
    fresh = lock(request)
    correction = _of(fresh)
    if correction.asked_to_confirm_at is None or fresh.revision != revision:
        raise Overtaken(fresh)
    requests.sign(correction, by=by, signed=signed)
    requests.send_answers(request=fresh, before=correction.before, paused_at=correction.asked_to_confirm_at, by=by)
    _close(correction, Correction.Outcome.CONFIRMED, by)
    projection.refresh_request(fresh)
    return fresh


@transaction.atomic
def reject_correction(*, request: CertificateRequest, by: User, why: str, revision: int) -> CertificateRequest:
    """The exporter rejects what was shown at `revision`: the request says again what was sent, and the clock goes on.

    Raises as `confirm_correction`.
    """
    fresh = lock(request)
    correction = _of(fresh)
    if correction.asked_to_confirm_at is None or fresh.revision != revision:
        raise Overtaken(fresh)
    if against := obstacles_to_confirm(correction, by):
        raise Refused(against)
    said = why.replace("\x00", "").strip()[:1000]
    if not said:
        sentence = _("Write what is wrong with it")
        raise Refused([Finding("rejection_says_why", None, "stop", sentence, sentence, field="correction#why")])
    correction.answer = said
    _go_on(fresh, correction, Correction.Outcome.REJECTED, by)
    return fresh


@transaction.atomic
def take_correction_back(*, request: CertificateRequest, by: User) -> CertificateRequest:
    """Staff take it back: the request says again what was sent. An exporter who was asked is told."""
    fresh = lock(request)
    correction = _of(fresh)
    if obstacles_to_take_correction_back(correction, by):
        raise Overtaken(fresh)
    _go_on(fresh, correction, Correction.Outcome.TAKEN_BACK, by)
    if correction.asked_to_confirm_at is not None:
        owe("correction_taken_back", correction.pk, certifier_id=fresh.certifier_id)
    return fresh


def withdraw_correction(*, request: CertificateRequest, by: User) -> None:
    """Close what is open for a request that its exporter has withdrawn, in that transaction."""
    for correction in Correction.objects.filter(
        certifier_id=request.certifier_id, request_id=request.pk, closed_at=None
    ):
        _close(correction, Correction.Outcome.WITHDRAWN, by)


def _of(fresh: CertificateRequest) -> Correction:
    correction = correction_of(fresh)
    if correction is None:
        raise Overtaken(fresh)
    return correction


def _go_on(fresh: CertificateRequest, correction: Correction, outcome: str, by: User) -> None:
    requests.go_on_unanswered(
        request=fresh, before=correction.before, since=correction.started_at,
        paused_at=correction.asked_to_confirm_at or now(), by=by,
    )  # fmt: skip
    _close(correction, outcome, by)


def _close(correction: Correction, outcome: str, by: User) -> None:
    correction.closed_at, correction.closed_by, correction.outcome = now(), str(by), outcome
    correction.save(update_fields=["closed_at", "closed_by", "outcome", "answer", *requests.SIGNATURE])
    record(
        correction.request, f"correction {outcome.replace('_', ' ')}", by=by, note=correction.answer,
        correction=correction.pk,
    )  # fmt: skip
