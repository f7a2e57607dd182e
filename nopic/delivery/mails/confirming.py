"""The letters that ask an exporter to confirm what staff filled in or corrected for it."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from nopic.delivery.mails.letters import MOST_POINTS, WRITERS, Case, Letter, NotNeeded, first_that_fits, shorten
from nopic.presentation.words import city_of, day, moment
from nopic.requests.facts import rules_of
from nopic.requests.models import Correction, OnBehalf
from nopic.requests.statuses import RequestStatus


def request_to_confirm(case: Case) -> Letter:
    """What was filled in, for whom, and that only they can send it."""
    request = case.request
    filing = OnBehalf.objects.filter(certifier_id=request.certifier_id, request=request).select_related("staff").first()
    if filing is None or request.status != RequestStatus.DRAFT:
        raise NotNeeded
    said = {
        "staff": filing.staff,
        "who": filing.asked_by,
        "day": day(filing.asked_on),
        "how": filing.get_means_display(),
    }
    return Letter(
        first_that_fits(_("%(ref)s: confirm and send your request") % {"ref": request.reference}),
        _(
            "Look at the request that we filled in for you, then press “Confirm and send”. Nothing is checked until then."
        ),
        lines=[
            _("%(staff)s filled it in because %(who)s asked on %(day)s: %(how)s.") % said,
            _("Why: %(reason)s") % {"reason": filing.reason},
            _("If nobody of your company asked for it, tell us: %(office)s") % {"office": case.office},
        ],
        link=(_("Look at it and send it"), f"{case.page}check/"),
    )


def correction_to_confirm(case: Case) -> Letter:
    """Both sides of each box, why, and until when."""
    first = _("Confirm or reject the correction by %(due)s. The clock is stopped until you answer.")
    return _correction(case, _("%(ref)s: confirm a correction by %(due)s"), first)


def correction_reminder(case: Case) -> Letter:
    """The same once more, shortly before the answer is due and on the day."""
    first = _("The correction still waits for your answer, due by %(due)s.")
    return _correction(case, _("%(ref)s: reminder, confirm by %(due)s"), first)


def correction_taken_back(case: Case) -> Letter:
    """There is nothing to confirm any more."""
    return Letter(
        first_that_fits(_("%(ref)s: nothing to confirm any more") % {"ref": case.request.reference}),
        _("The correction was taken back. The review goes on with the request as you sent it."),
        lines=[_("Questions: %(office)s") % {"office": case.office}],
        link=(_("Open the request"), case.page),
    )


def _correction(case: Case, subject: str, first: str) -> Letter:
    asked = Correction.objects.select_related("staff").get(
        certifier_id=case.request.certifier_id, pk=case.mail.context["correction"]
    )
    if asked.closed_at is not None or asked.due_at is None:
        raise NotNeeded("answered or taken back meanwhile")
    zone = rules_of(case.request).time_zone
    said = {"ref": case.request.reference, "due": moment(asked.due_at, zone).replace(",", "")}
    lines = [
        _("%(staff)s entered it because %(who)s asked on %(day)s: %(how)s.")
        % {
            "staff": asked.staff,
            "who": asked.asked_by,
            "day": day(asked.asked_on),
            "how": asked.get_means_display(),
        },
        *(
            _("Box %(box)s, %(title)s: %(old)s becomes %(new)s")
            % {**one, "old": shorten(one["old"]) or "–", "new": shorten(one["new"]) or "–"}
            for one in asked.boxes[:MOST_POINTS]
        ),
    ]
    if (more := len(asked.boxes) - MOST_POINTS) > 0:
        lines.append(ngettext("%(n)s more on the page.", "%(n)s more on the page.", more) % {"n": more})
    lines.append(
        _("If nobody of your company asked for it, reject it and tell us: %(office)s") % {"office": case.office}
    )
    return Letter(
        first_that_fits(subject % said),
        first % {"due": moment(asked.due_at, zone, city_of(zone))},
        lines=lines,
        link=(_("Look at the correction"), f"{case.page}correction/"),
    )


WRITERS.update(
    {
        writer.__name__: writer
        for writer in (request_to_confirm, correction_to_confirm, correction_reminder, correction_taken_back)
    }
)
