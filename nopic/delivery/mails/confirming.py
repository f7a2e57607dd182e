"""The letter that asks an exporter to confirm what staff filled in for it."""

from django.utils.translation import gettext as _

from nopic.delivery.mails.letters import WRITERS, Case, Letter, NotNeeded, first_that_fits
from nopic.presentation.words import day
from nopic.requests.models import OnBehalf
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


WRITERS["request_to_confirm"] = request_to_confirm
