"""Letters about a time frame: it runs low, it ends, its actual weights are due (source: ux.md §8)."""

from datetime import date

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from nopic.certificates.models import Certificate
from nopic.certificates.shipping.settling import ACTUALS, ENDING, UNSAID
from nopic.delivery.mails.letters import WRITERS, Case, Letter, NotNeeded, first_that_fits, shorten
from nopic.delivery.mails.owing import exporter_address, owe_mail, recipients
from nopic.frames.actions import Said
from nopic.frames.models import Notice
from nopic.frames.presenters import told
from nopic.frames.queries import pace, standing
from nopic.frames.statuses import ShipmentStatus
from nopic.presentation.words import day, kg
from nopic.tenants.calendar import Office
from nopic.tenants.context import tenant
from nopic.workflow.clock import now
from nopic.workflow.dispatch import Claim, Later, handles

SHOWN = 5  # planned shipments named in a letter


@handles("frame_notice", queue="mail")
def owe_frame_notice(claim: Claim) -> Later | None:
    """A warning about a time frame is due."""
    with tenant(claim.certifier_id):
        _owe(claim.certifier_id, claim.subject_id)
        claim.finish()
    return None


def _owe(certifier_id: int, notice_id: int) -> None:
    """Owe a warning to the exporter of the certificate, and that it ends to its importer as well."""
    notice = Notice.objects.select_related("allowance").get(certifier_id=certifier_id, pk=notice_id)
    certificate = Certificate.objects.select_related("request__exporter", "request__submitted_by").get(
        certifier_id=certifier_id, pk=notice.allowance.certificate_id
    )
    who = {"exporter": exporter_address(certificate.request)}
    if notice.kind == ENDING:
        who |= {kind: to for kind, to in recipients(certificate.request).items() if kind == "importer"}
    for kind, to in who.items():
        owe_mail(
            key=f"frame_notice:{notice.pk}:{kind}", template="frame_notice", to=to, kind=kind,
            request=certificate.request, certificate=certificate, context={"notice": notice.pk},
        )  # fmt: skip


def frame_notice(case: Case) -> Letter:
    """What runs out, and what to do by when, from the balance at the moment of sending."""
    notice = Notice.objects.select_related("allowance").get(
        certifier_id=case.request.certifier_id, pk=case.mail.context["notice"]
    )
    allowance, certificate, policy = notice.allowance, case.certificate, case.request.policy
    if allowance.closed_at or certificate is None or not certificate.number or policy is None:
        raise NotNeeded("the certificate was closed meanwhile")
    office = Office(policy.rules)
    today = office.local(now()).date()
    if allowance.last_on < today and notice.kind != UNSAID:
        raise NotNeeded("the time frame is over")
    words = {"number": certificate.number, "day": day(allowance.last_on, today), "kg": kg(allowance.left_kg)}
    facts = [
        (_("Number"), certificate.number),
        (_("Product"), shorten(certificate.data["product"]["name"])),
        (_("Left"), _("%(left)s kg of %(cap)s kg") % {"left": kg(allowance.left_kg), "cap": kg(allowance.cap_kg)}),
        (_("Last departure"), day(allowance.last_on, today)),
    ]
    lines = [_("Questions: %(office)s") % {"office": case.office}]
    page = f"{settings.BASE_URL}/{case.request.certifier.slug}/my-certificates/{certificate.pk}/shipments/"
    link = (_("Open the shipments"), page if case.mail.recipient_kind == "exporter" else case.link())
    if notice.kind == ENDING:
        return Letter(
            _headed(_("%(number)s ends on %(day)s"), words=words),
            _("Shipments leaving after %(day)s need a new certificate.") % words, facts, lines, link,
        )  # fmt: skip
    if notice.kind == UNSAID:
        waiting = [one for one in reversed(standing(allowance)) if one.status == ShipmentStatus.PLANNED]
        if not waiting:
            raise NotNeeded("it was said meanwhile")
        facts += [(_("Shipment %(n)s") % {"n": one.number}, told(Said.of_shipment(one))) for one in waiting[:SHOWN]]
        return Letter(
            _headed(_("%(number)s: has what was planned left?"), words=words),
            _("Say of each planned shipment whether it has left, or take it back: until then the rest is not released.")
            % words, facts, lines, link,
        )  # fmt: skip
    if notice.kind == ACTUALS:
        return Letter(
            _headed(_("%(number)s: complete the weights by %(day)s"), words=words),
            _("Record every shipment with its actual net weight by %(day)s: they are reported to the US database.")
            % words, facts, lines, link,
        )  # fmt: skip
    return _low(words, allowance_days(notice, today), office, today, facts, lines, link)


def allowance_days(notice: Notice, today: date) -> tuple[int | None, date]:
    """How many days the rest lasts at the present pace, and the day on which the exporter needs a new certificate."""
    known = pace(notice.allowance, today)
    return known.days, known.runs_out_on or notice.allowance.last_on


def _low(
    words: dict[str, str],
    lasts: tuple[int | None, date],
    office: Office,
    today: date,
    facts: list[tuple[str, str]],
    lines: list[str],
    link: tuple[str, str],
) -> Letter:
    days, until = lasts
    subjects = [_("%(number)s: %(kg)s kg left")]
    if days is not None:
        lasting = ngettext(
            "%(number)s: %(kg)s kg left, about %(n)s day", "%(number)s: %(kg)s kg left, about %(n)s days", days
        )
        subjects.insert(0, lasting)
    send_by = office.local(office.latest_sending(until)).date() if until > today else today
    first = _("Ask for a new certificate now to have it in time.")
    if send_by > today:
        first = _("Ask for a new certificate by %(day)s to have it in time.") % {"day": day(send_by, today)}
    return Letter(_headed(*subjects, words={**words, "n": str(days)}), first, facts, lines, link)


def _headed(*subjects: str, words: dict[str, str]) -> str:
    """The subject with the whole number; where that leaves no room with its last digits, which two exporters may share."""
    short = {**words, "number": words["number"].rpartition("-")[2]}
    return first_that_fits(*(subject % each for each in (words, short) for subject in subjects))


WRITERS[frame_notice.__name__] = frame_notice  # as the others in letters, which has no room for another topic
