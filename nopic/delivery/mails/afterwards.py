"""Letters after the issue: routing, a treatment, a document that has still to come, somebody's lost standing."""

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from nopic.delivery.mails.letters import WRITERS, Case, Letter, NotNeeded, first_that_fits, shorten
from nopic.presentation.words import day, full_day, kg
from nopic.tenants.roster import today_of
from nopic.watch.models import Concern, OwedDocument, OwedState, RoutingChange, TreatmentReport
from nopic.watch.queries import ROUTING, impact
from nopic.watch.standing import in_words
from nopic.watch.words import routing_in_words


def routing_changed(case: Case) -> Letter:
    """What is different on the way; the number stays the same."""
    record = case.record
    if record is None or record.cancelled_at:
        raise NotNeeded("no valid certificate")
    change = RoutingChange.objects.get(certifier_id=case.mail.certifier_id, pk=case.mail.context["change"])
    facts = [(str(ROUTING[name]), routing_in_words(name, new)) for name, (_old, new) in change.changes.items()]
    lines = [_("Why: %(why)s") % {"why": shorten(change.note)}] if change.note else []
    lines.append(_("Questions: %(office)s") % {"office": case.office})
    return Letter(
        first_that_fits(_("%(number)s: changed on the way") % {"number": record.number}, _("Changed on the way")),
        _("The certificate and its number stay as they are; what follows is different on the way."),
        [(_("Number"), record.number), *facts],
        lines,
        (_("Open the consignment"), case.link()),
    )


def treatment_reported(case: Case) -> Letter:
    """Kilograms that are not organic any more."""
    record = case.record
    if record is None:
        raise NotNeeded("no certificate")
    report = TreatmentReport.objects.get(certifier_id=case.mail.certifier_id, pk=case.mail.context["report"])
    lines, link = [_("Questions: %(office)s") % {"office": case.office}], (_("Open the consignment"), case.link)
    if case.mail.recipient_kind == "staff":
        page = f"{settings.BASE_URL}/{case.request.certifier.slug}/certificates/{report.certificate_id}/"
        lines, link = [_("Reported by %(name)s.") % {"name": report.by}], (_("Open the certificate"), lambda: page)
    return Letter(
        first_that_fits(_("Treated, not organic: %(number)s") % {"number": record.number}),
        _("%(kg)s kg under this number were treated and are not organic any more. Do not sell them as organic.")
        % {"kg": kg(report.kg)},
        [
            (_("Number"), record.number),
            (_("What was done"), ", ".join(filter(None, (str(report.get_treatment_display()), report.agent)))),
            (_("When and where"), f"{full_day(report.treated_on)}, {report.place}"),
            (_("Net weight treated"), f"{kg(report.kg)} kg"),
        ],
        lines,
        (link[0], link[1]()),
    )


def document_owed(case: Case) -> Letter:
    """A document that must follow has still to come: what, until when, where to send it."""
    row = OwedDocument.objects.filter(certifier_id=case.mail.certifier_id, pk=case.mail.context["owed"]).first()
    if row is None or row.state != OwedState.OWED:
        raise NotNeeded("it came")
    reference, number = case.request.reference, case.record.number if case.record else ""
    words = {"document": row.called, "day": day(row.due_on)}
    lines = [_("It was not accepted: %(why)s") % {"why": shorten(row.refused_why)}] if row.refused_why else []
    lines += [
        _("Without it the certificate may be cancelled before the goods are cleared."),
        _("Questions: %(office)s") % {"office": case.office},
    ]
    return Letter(
        first_that_fits(
            # Two papers of one request may be due on one day: the shorter reference leaves room to say which.
            *(
                _("%(number)s: send the %(document)s by %(day)s") % {"number": each, **words}
                for each in (number, reference)
                if each
            ),
            _("%(number)s: send a document by %(day)s") % {"number": number or reference, **words},
        ),
        _("Send the %(document)s by %(day)s.") % {**words, "day": full_day(row.due_on)},
        [(_("Request"), reference), *([(_("Number"), number)] if number else [])],
        lines,
        (_("Send it now"), f"{case.page}documents/"),
    )


def concern_noticed(case: Case) -> Letter:
    """A party or product lost its standing: to the certifier's office, where a person decides what goes on."""
    concern = Concern.objects.get(certifier_id=case.mail.certifier_id, pk=case.mail.context["concern"])
    if concern.settled_at is not None:
        raise NotNeeded("settled already")
    found = impact(concern, today_of(concern.certifier_id))
    live, waiting = len(found.certificates), len(found.requests)
    return Letter(
        first_that_fits(_("Lost standing: %(name)s") % {"name": concern.name}),
        _("Decide what goes on. Until then no new shipment may leave under the certificates that it reaches."),
        lines=[
            f"{concern.get_kind_display()}: {concern.name}, {in_words(concern.standing)}.",
            ngettext("%(n)s live certificate on hold.", "%(n)s live certificates on hold.", live) % {"n": live},
            ngettext("%(n)s open request names it.", "%(n)s open requests name it.", waiting) % {"n": waiting},
        ],
        link=(_("Decide"), f"{settings.BASE_URL}/{case.request.certifier.slug}/watch/{concern.pk}/"),
    )


WRITERS.update({w.__name__: w for w in (routing_changed, treatment_reported, document_owed, concern_noticed)})
