"""The e-mail that calls a draft to mind before its last moment: once for each draft and date, never about a sent one."""

from datetime import date, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from nopic.delivery.mails.letters import WRITERS, Case, Letter, NotNeeded, first_that_fits
from nopic.delivery.mails.owing import exporter_address, owe_mail
from nopic.delivery.models import Mail
from nopic.presentation.words import city_of, day, moment
from nopic.requests.facts import policy_of
from nopic.requests.models import CertificateRequest
from nopic.requests.statuses import RequestStatus
from nopic.tenants.calendar import Office
from nopic.tenants.models import Certifier
from nopic.workflow.clock import now

# Nobody is reminded of what they are writing at this moment.
AT_REST = timedelta(hours=1)
# Lead days, reminder days and the longest closure between them never reach further; it only bounds what is read.
FURTHEST = timedelta(days=120)


def owe_nudges(certifier: Certifier) -> int:
    """Owe the e-mail for every draft whose moment has come; how many were new. Inside the certifier's `tenant()`."""
    present, rules = now(), policy_of(certifier.pk).rules
    if not rules.nudge_working_days:
        return 0
    office = Office(rules)
    today = office.local(present).date()
    drafts = CertificateRequest.objects.filter(
        certifier_id=certifier.pk,
        status=RequestStatus.DRAFT,
        departed_on=None,
        departure_on__range=(today, today + FURTHEST),
        saved_at__lte=present - AT_REST,
    ).select_related("exporter", "submitted_by", "created_by")
    told = set(
        Mail.objects.filter(certifier_id=certifier.pk, key__startswith="draft_nudge:").values_list("key", flat=True)
        if drafts
        else ()
    )
    new = 0
    for draft in drafts:
        departure = draft.departure_on
        if departure is None or (key := f"draft_nudge:{draft.pk}:{departure.isoformat()}") in told:
            continue
        begins = office.nudge_at(departure)
        if begins is not None and begins <= present <= office.latest_sending(departure):
            owe_mail(
                key=key,
                template="draft_nudge",
                to=exporter_address(draft),
                kind="exporter",
                request=draft,
                context={"departure": departure.isoformat()},
            )
            new += 1
    return new


def draft_nudge(case: Case) -> Letter:
    """Until when to send it. Not needed once it was sent or withdrawn, has another date, or its last moment is past."""
    request = case.request
    departure = date.fromisoformat(str(case.mail.context["departure"]))
    if request.status != RequestStatus.DRAFT or request.departure_on != departure:
        raise NotNeeded(_("The request was sent, withdrawn or given another date"))
    rules = policy_of(request.certifier_id).rules
    office = Office(rules)
    limit = office.latest_sending(departure)
    if now() > limit:
        raise NotNeeded(_("The time to send it has passed"))
    city = city_of(office.zone)
    said = {"ref": request.reference, "when": moment(limit, office.zone), "certifier": request.certifier.name}
    asks = ngettext(
        "%(certifier)s asks for %(n)s working day before the goods leave on %(day)s.",
        "%(certifier)s asks for %(n)s working days before the goods leave on %(day)s.",
        rules.lead_days,
    ) % {"certifier": request.certifier.name, "n": rules.lead_days, "day": day(departure)}  # fmt: skip
    return Letter(
        first_that_fits(_("%(ref)s: send it by %(when)s") % said, _("%(ref)s is not sent yet") % said),
        _("Send the request by %(when)s, or it is late.") % {"when": moment(limit, office.zone, city)},
        lines=[
            asks,
            _("A late request needs a reason and may be refused."),
            _("If the goods leave later, change the date. If they do not leave, give up the draft."),
            _("Questions: %(office)s") % {"office": case.office},
        ],
        link=(_("Open the request"), case.page),
    )


WRITERS[draft_nudge.__name__] = draft_nudge
