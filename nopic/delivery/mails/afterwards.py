"""Letters about goods on their way: a change of routing, a treatment that was reported (source: ux.md §8)."""

from django.utils.translation import gettext as _

from nopic.delivery.mails.letters import WRITERS, Case, Letter, NotNeeded, first_that_fits, shorten
from nopic.presentation.words import full_day, kg
from nopic.watch.models import RoutingChange, TreatmentReport
from nopic.watch.queries import ROUTING
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
        [_("Questions: %(office)s") % {"office": case.office}],
        (_("Open the consignment"), case.link()),
    )


WRITERS.update({writer.__name__: writer for writer in (routing_changed, treatment_reported)})
