"""A slip of the pen put right after departure: asked for with its evidence, checked and told to USDA, approved by another.

Each act is one transaction of the caller's `tenant()`. It goes out as a revision (nopic.certificates.actions.revising):
same number, next version; nothing is issued for goods that have left.
"""

from datetime import date
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from nopic.certificates import limits
from nopic.certificates.actions.revising import locked, open_revision
from nopic.certificates.limits import Slip
from nopic.certificates.models import Certificate, Revision
from nopic.certificates.statuses import RevisionStatus
from nopic.documents.models import Dossier
from nopic.presentation.words import full_day
from nopic.tenants.models import User
from nopic.workflow.audit import record
from nopic.workflow.clock import now, today
from nopic.workflow.dispatch import owe
from nopic.workflow.transitions import Fault, Overtaken, Refused

MOST_REMARKS = 200  # characters that stand beside the version


@transaction.atomic
def ask(*, certificate: Certificate, slip: Slip, by: User) -> Revision:
    """Ask for one digit to be put right; the evidence is kept with it, and the office is told. Refused with sentences, Overtaken.

    The second of two clicks gets what the first one asked for.
    """
    fresh = locked(certificate)
    said = {"corrects": slip.what, "corrected_to": slip.to, "why": slip.why, "asked_by": by}
    mine = fresh.revisions.filter(certifier_id=fresh.certifier_id, status=RevisionStatus.REQUESTED)
    if asked := mine.filter(**said).first():
        return asked
    against = limits.obstacles_to_correct(fresh) or limits.faults_of_correction(fresh, slip)
    shown = limits.evidence(fresh)
    remarks = limits.remark(fresh, slip)
    if not against and len(remarks) > MOST_REMARKS:
        against = [_("The remarks on the certificate leave no room to say what was corrected. Shorten them first.")]
    if against or shown is None:
        raise Refused(against)
    data = fresh.data
    try:
        with transaction.atomic():
            revision = Revision.objects.create(
                certifier_id=fresh.certifier_id, certificate=fresh, version=fresh.version + 1,
                net_kg=Decimal(data["net_weight_kg"]), lots=data["lots"], remarks=remarks,
                first_sent_at=shown.sent_at, left_on=shown.left_on, **said,
            )  # fmt: skip
    except IntegrityError as error:
        raise Overtaken(fresh) from error
    record(
        fresh, "correction asked for", by=by, note=slip.why, field=str(slip.what), old=limits.says(fresh, slip.what),
        new=slip.to, request_sent=shown.sent_at.isoformat(), left_on=shown.left_on.isoformat(),
    )  # fmt: skip
    owe("version_asked", revision.pk, certifier_id=fresh.certifier_id)
    return revision


@transaction.atomic
def check(*, revision: Revision, note: str, told_on: date, by: User) -> Revision:
    """The first of two people: looked at the evidence, told USDA in these words on this day. Refused, Overtaken."""
    certificate, fresh = open_revision(revision)
    if not fresh.corrects or fresh.checked_by_id:
        raise Overtaken(fresh)
    against: list[str | Fault] = [*limits.obstacles_to_check(certificate, fresh)]
    assert certificate.request.policy is not None  # noqa: S101 - a sent request has one
    office_day = today(certificate.request.policy.rules.time_zone)
    if told_on > office_day:
        sentence = _("USDA was told on %(day)s: that day has not come yet.")
        against.append(Fault(sentence % {"day": full_day(told_on)}, "told_on"))
    elif fresh.left_on and told_on < fresh.left_on:
        sentence = _("USDA was told on %(day)s: the goods had not left by then.")
        against.append(Fault(sentence % {"day": full_day(told_on)}, "told_on"))
    if against:
        raise Refused(against)
    fresh.checked_by, fresh.checked_at, fresh.usda_note, fresh.usda_told_on = by, now(), note, told_on
    fresh.save(update_fields=["checked_by", "checked_at", "usda_note", "usda_told_on"])
    record(
        certificate, "correction checked and told to USDA", by=by, note=note, version=fresh.version,
        told_on=told_on.isoformat(), papers=[one.sha256 for one in limits.papers(certificate, fresh)],
    )  # fmt: skip
    return fresh


@transaction.atomic
def attach(*, revision: Revision) -> Dossier:
    """The dossier for a paper that supports a correction, until it is checked. Overtaken afterwards."""
    certificate, fresh = open_revision(revision)
    if not fresh.corrects or fresh.checked_by_id:
        raise Overtaken(fresh)
    return Dossier.objects.get(certifier_id=fresh.certifier_id, pk=certificate.request.dossier_id)
