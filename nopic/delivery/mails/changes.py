"""What is said when a certificate has a new version, or keeps the one it has (source: ux.md §8)."""

from django.conf import settings
from django.utils.translation import gettext as _

from nopic.certificates.models import Revision
from nopic.delivery.mails import letters
from nopic.delivery.mails.letters import Case, Letter, NotNeeded, first_that_fits, shorten
from nopic.presentation.words import day, kg


def revised(case: Case) -> Letter:
    """The same number says something else now: to exporter, importer and broker."""
    record = case.record
    if record is None or record.cancelled_at:
        raise NotNeeded("cancelled before it was sent")
    if record.version != case.mail.context.get("version") or not record.revised_at:
        raise NotNeeded("a later version is there already")
    remarks = str((record.data.get("revision") or {}).get("remarks") or "")
    return Letter(
        first_that_fits(_("Version %(n)s: %(number)s") % {"n": record.version, "number": record.number}),
        _("Use the new values and the attached PDF; the version before is no longer valid. The number is the same."),
        letters.to_copy(record),
        [
            _("Version %(n)s of %(day)s.") % {"n": record.version, "day": day(record.revised_at.date())},
            *([shorten(remarks)] if remarks else []),
            _("If the number is entered in ACE already, correct the entry or call: %(office)s")
            % {"office": case.office},
            *([letters.MOCK] if settings.OID_IS_MOCK else []),
        ],
        (_("Open the consignment"), case.link()),
        attach=True,
    )


def revision_refused(case: Case) -> Letter:
    """The version that there is stays: to the exporter."""
    revision = Revision.objects.get(certifier_id=case.request.certifier_id, pk=case.mail.context["revision"])
    record = case.record
    if record is None:
        raise NotNeeded("no certificate")
    return Letter(
        first_that_fits(_("Not revised: %(number)s") % {"number": record.number}),
        _("The certificate stays as it is: version %(n)s, %(kg)s kg.")
        % {"n": record.version, "kg": kg(record.data["net_weight_kg"])},
        lines=[
            _("Why: %(why)s") % {"why": shorten(revision.decision_note, 400)},
            _("Questions: %(office)s") % {"office": case.office},
        ],
        link=(_("Open the request"), case.page),
    )


letters.WRITERS.update({writer.__name__: writer for writer in (revised, revision_refused)})
