"""What is said when a certificate has a new version, keeps the one it has, or is replaced (source: ux.md §8)."""

from django.conf import settings
from django.utils.translation import gettext as _

from nopic.certificates.models import CancelWish, Revision
from nopic.certificates.queries import compared
from nopic.certificates.standing import split_off
from nopic.certificates.statuses import RevisionStatus
from nopic.delivery.mails import letters
from nopic.delivery.mails.letters import Case, Letter, NotNeeded, first_that_fits, shorten
from nopic.delivery.mails.wishes import words_on_wish
from nopic.presentation.words import day, kg
from nopic.requests.lending import still_elsewhere
from nopic.requests.statuses import RequestStatus


def version_asked(case: Case) -> Letter:
    """Somebody asks for the next version: to the certifier's office, which decides."""
    revision = Revision.objects.select_related("asked_by", "certificate").get(
        certifier_id=case.request.certifier_id, pk=case.mail.context["revision"]
    )
    if revision.status != RevisionStatus.REQUESTED or case.record is None:
        raise NotNeeded("decided or taken back already")
    home = f"{settings.BASE_URL}/{case.request.certifier.slug}/certificates/{revision.certificate_id}"
    return Letter(
        first_that_fits(
            _("Version %(n)s asked for: %(number)s") % {"n": revision.version, "number": case.record.number}
        ),
        _("Compare old and new, and decide. Until then version %(n)s stays valid.") % {"n": case.record.version},
        lines=[
            _("%(exporter)s, request %(reference)s. Asked by %(name)s.")
            % {"exporter": case.request.exporter, "reference": case.request.reference, "name": revision.asked_by},
            _("Why: %(why)s") % {"why": shorten(revision.why, 400)},
            *_changed(revision),
        ],
        link=(_("Open it"), f"{home}/revisions/{revision.pk}/"),
    )


def _changed(revision: Revision) -> list[str]:
    """One line that names every box that the version changes, with what it said before."""
    rows = [row for row in compared(revision.certificate, revision) if row.changed]
    what = "; ".join(f"{row.label}: {shorten(row.now, 100)} → {shorten(row.new, 100)}" for row in rows)
    return [_("Changed: %(what)s") % {"what": what}] if what else []


def revised(case: Case) -> Letter:
    """The same number says something else now: to exporter, importer and broker."""
    record = case.record
    if record is None or record.cancelled_at or record.replaced_by:
        raise NotNeeded("cancelled or replaced before it was sent")
    if record.version != case.mail.context.get("version") or not record.version_day:
        raise NotNeeded("a later version is there already")
    revision = Revision.objects.select_related("certificate").get(
        certifier_id=record.certifier_id, certificate_id=record.certificate_id, version=record.version,
        status=RevisionStatus.PUBLISHED,
    )  # fmt: skip
    return Letter(
        first_that_fits(_("Version %(n)s: %(number)s") % {"n": record.version, "number": record.number}),
        _("Use the new values and the attached PDF; the version before is no longer valid. The number is the same."),
        letters.to_copy(record),
        [
            _("Version %(n)s of %(day)s.") % {"n": record.version, "day": day(record.version_day)},
            *_changed(revision),
            _("If the number is entered in ACE already, correct the entry or call: %(office)s")
            % {"office": case.office},
            *_split_off(case, _("Request %(reference)s, for what leaves later, can be sent now: %(page)s"), free=True),
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
            *_split_off(
                case,
                _("The goods of request %(reference)s stay on this certificate, so it cannot be sent: %(page)s"),
                free=False,
            ),
            _("Questions: %(office)s") % {"office": case.office},
        ],
        link=(_("Open the request"), case.page),
    )


def _split_off(case: Case, sentence: str, *, free: bool) -> list[str]:
    """The sentence, to the exporter, for each draft of goods that leave later which can or cannot be sent now."""
    if case.mail.recipient_kind != "exporter" or case.record is None:
        return []
    parts = split_off(case.request, line_id=case.record.certificate.line_id)
    drafts = [each for each in parts if each.status == RequestStatus.DRAFT]
    home = f"{settings.BASE_URL}/{case.request.certifier.slug}/requests"
    return [
        sentence % {"reference": each.reference, "page": f"{home}/{each.reference}/"}
        for each in drafts
        if still_elsewhere(each) is not free
    ]


def replaced(case: Case) -> Letter:
    """Another number is in its place: to exporter, importer and broker of the one that is dead now."""
    record = case.record
    if record is None or not record.replaced_by:
        raise NotNeeded("not replaced")
    return Letter(
        first_that_fits(_("Replaced: %(number)s") % {"number": record.number}),
        _("From now on this number is not valid. Do not use it for customs entry."),
        [
            (_("Number"), record.number),
            (_("Replaced by"), record.replaced_by),
            (_("Product"), record.data["product"]["name"]),
        ],
        [
            _("Use %(number)s instead; its values and PDF come in an e-mail of their own to whom it is addressed.")
            % {"number": record.replaced_by},
            *words_on_wish(case, CancelWish.Outcome.REPLACED),
            _("If the old number is entered in ACE already, correct the entry or call: %(office)s")
            % {"office": case.office},
            *([letters.MOCK] if settings.OID_IS_MOCK else []),
        ],
        (_("See what is valid now"), case.link()),
    )


letters.WRITERS.update({writer.__name__: writer for writer in (replaced, revised, revision_refused, version_asked)})
