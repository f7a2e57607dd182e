"""What is said of a certificate that its exporter wants cancelled, and of one that is (source: ux.md §8)."""

from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext as _

from nopic.certificates.models import CancelWish
from nopic.delivery.mails import letters
from nopic.delivery.mails.letters import Case, Letter, NotNeeded, first_that_fits, shorten
from nopic.presentation.words import day, kg
from nopic.requests.facts import rules_of


def cancel_wished(case: Case) -> Letter:
    """An exporter asks to cancel it: to the certifier's office, which cancels it or says why not."""
    wish = _wish(case)
    if wish.answered_at is not None:
        raise NotNeeded("answered already")
    page = f"{settings.BASE_URL}/{case.request.certifier.slug}/certificates/{wish.certificate_id}/cancel/"
    return Letter(
        first_that_fits(_("Asked to be cancelled: %(number)s") % {"number": _about(case)}),
        _("Cancel it, or say why not. Until then it stays valid."),
        lines=[
            _("%(exporter)s, request %(reference)s. Asked by %(name)s.")
            % {"exporter": case.request.exporter, "reference": case.request.reference, "name": wish.asked_by},
            _("Why: %(why)s") % {"why": shorten(wish.why, 400)},
            _("The goods: %(goods)s.") % {"goods": wish.get_goods_display()},
        ],
        link=(_("Open the certificate"), page),
    )


def cancel_declined(case: Case) -> Letter:
    """It stays valid although its exporter asked to cancel it: to the exporter."""
    return Letter(
        first_that_fits(_("Not cancelled: %(number)s") % {"number": _about(case)}),
        _("The certificate stays valid. Read why, and call us if it must not be used."),
        lines=[
            _("Why: %(why)s") % {"why": shorten(_wish(case).note, 400)},
            _("Questions: %(office)s") % {"office": case.office},
        ],
        link=(_("Open the request"), case.page),
    )


def cancel_granted(case: Case) -> Letter:
    """It was given up before it had a number, as its exporter asked: to the exporter, who gets no other word of it."""
    return Letter(
        first_that_fits(_("%(ref)s: cancelled before it was published") % {"ref": case.request.reference}),
        _("The certificate that you asked to cancel is not published. It has no number and cannot be used."),
        lines=[_("Questions: %(office)s") % {"office": case.office}],
        link=(_("Open the request"), case.page),
    )


def cancelled(case: Case) -> Letter:
    """From now on nobody may use the number."""
    record = case.record
    if record is None or not record.cancelled_at:
        raise NotNeeded("not cancelled")
    return Letter(
        first_that_fits(_("Cancelled: %(number)s") % {"number": record.number}),
        _("From now on this number is not valid. Do not use it for customs entry."),
        [
            (_("Number"), record.number),
            (_("Product"), record.data["product"]["name"]),
            (_("Net weight"), f"{kg(record.data['net_weight_kg'])} kg"),
        ],
        [
            _("Why: %(reason)s") % {"reason": record.cancel_reason},
            *words_on_wish(case, CancelWish.Outcome.CANCELLED),
            _("If the goods have arrived or the number is entered in ACE, call: %(office)s") % {"office": case.office},
        ],
        (_("See what is valid now"), case.link()),
    )


def words_on_wish(case: Case, outcome: str) -> list[str]:
    """To the exporter, that this answers what they asked for; nothing to anybody else, or where they asked nothing."""
    if case.mail.recipient_kind != "exporter" or case.certificate is None:
        return []
    wish = case.certificate.cancel_wishes.filter(certifier_id=case.certificate.certifier_id, outcome=outcome).last()
    if wish is None:
        return []
    zone = ZoneInfo(rules_of(case.request).time_zone)
    asked = day(wish.asked_at.astimezone(zone).date())
    return [_("You asked on %(day)s to cancel it: this answers it.") % {"day": asked}]


def _wish(case: Case) -> CancelWish:
    wishes = CancelWish.objects.select_related("asked_by").filter(certifier_id=case.request.certifier_id)
    return wishes.get(pk=case.mail.context["wish"])


def _about(case: Case) -> str:
    return case.record.number if case.record is not None else case.request.reference


letters.WRITERS.update(
    {writer.__name__: writer for writer in (cancel_declined, cancel_granted, cancel_wished, cancelled)}
)
