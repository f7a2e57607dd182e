"""Letters about questions to the exporter, in the exporter's language as far as the portal's sentences exist in it."""

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from nopic.delivery.mails.letters import WRITERS, Case, Letter, NotNeeded, first_that_fits, shorten
from nopic.presentation.words import city_of, moment
from nopic.review.models import QuestionRound

MOST_POINTS, LONGEST_POINT = 5, 400  # what was found stands behind what was declared


def questions_asked(case: Case) -> Letter:
    """What is asked, point by point, and until when."""
    asked = _round(case)
    with translation.override(asked.language):
        count = asked.points.count()
        subject = ngettext(
            "%(ref)s: %(n)s question, answer by %(due)s", "%(ref)s: %(n)s questions, answer by %(due)s", count
        )
        first = _("Answer the reviewer's questions by %(due)s. The clock is stopped until you answer.")
        return _questions(case, asked, subject, first)


def questions_reminder(case: Case) -> Letter:
    """The same once more, shortly before the answers are due and on the day."""
    asked = _round(case)
    with translation.override(asked.language):
        first = _("The reviewer still waits for your answers, due by %(due)s.")
        return _questions(case, asked, _("%(ref)s: reminder, answer by %(due)s"), first)


def questions_taken_back(case: Case) -> Letter:
    """There is nothing to answer any more."""
    asked = _round(case, still_open=False)
    with translation.override(asked.language):
        return Letter(
            first_that_fits(_("%(ref)s: nothing to answer any more") % {"ref": case.request.reference}),
            _("The reviewer took the questions back. You need not answer; the review goes on."),
            lines=[_("Questions: %(office)s") % {"office": case.office}],
            link=(_("Open the request"), case.page),
        )


def _round(case: Case, *, still_open: bool = True) -> QuestionRound:
    asked = QuestionRound.objects.get(certifier_id=case.request.certifier_id, pk=case.mail.context["round"])
    if still_open and asked.closed_at is not None:
        raise NotNeeded("answered or taken back meanwhile")
    return asked


def _questions(case: Case, asked: QuestionRound, subject: str, first: str) -> Letter:
    request, points = case.request, list(asked.points.all())
    zone = request.policy.rules.time_zone if request.policy else "UTC"
    said = {"ref": request.reference, "n": len(points), "due": moment(asked.due_at, zone).replace(",", "")}
    lines = [
        _("%(n)s. Box %(box)s: %(text)s")
        % {"n": point.position, "box": point.box, "text": shorten(point.text, LONGEST_POINT)}
        if point.box
        else _("%(n)s. %(text)s") % {"n": point.position, "text": shorten(point.text, LONGEST_POINT)}
        for point in points[:MOST_POINTS]
    ]
    if (more := len(points) - MOST_POINTS) > 0:
        lines.append(ngettext("%(n)s more on the page.", "%(n)s more on the page.", more) % {"n": more})
    lines.append(_("Questions: %(office)s") % {"office": case.office})
    return Letter(
        first_that_fits(subject % said),
        first % {"due": moment(asked.due_at, zone, city_of(zone))},
        lines=lines,
        link=(_("Answer"), f"{case.page}questions/"),
    )


WRITERS.update({writer.__name__: writer for writer in (questions_asked, questions_reminder, questions_taken_back)})
