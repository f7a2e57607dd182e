"""A slip of the pen found after departure: which digits may still be put right, and on what evidence.

Nothing is issued for goods that have left. The same certificate, asked for before they left, gets a version that says
the right digit under the same number: customs knows the goods by that number already.
"""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from nopic.certificates import policies
from nopic.certificates.limits.revising import said_remarks
from nopic.certificates.models import Certificate, Revision
from nopic.certificates.statuses import Corrected
from nopic.documents.actions import Slot
from nopic.documents.models import Document
from nopic.documents.statuses import DocumentStatus
from nopic.oid.numbers import one_slip
from nopic.presentation.words import full_day
from nopic.products.models import ProductVersion
from nopic.requests.models import RequestVersion
from nopic.requests.ports import today_at
from nopic.tenants.models import Importer, User
from nopic.tenants.statuses import Certification


@dataclass(frozen=True)
class Slip:
    """What is wrong, the right number in its stored form, and how the slip came about."""

    what: Corrected
    to: str
    why: str


@dataclass(frozen=True)
class Evidence:
    """When the request was first sent (the moment, and its day at the place of loading), and the day the goods left."""

    sent_at: datetime
    sent_on: date
    left_on: date

    @property
    def same_day(self) -> bool:
        """Days alone then do not say which came first: a paper must."""
        return self.sent_on == self.left_on


def evidence(certificate: Certificate) -> Evidence | None:
    """What shows that the request preceded departure; None while the goods of a single shipment have not left.

    Of a time frame the first day of departure counts: its certificate is not replaced, so its slips are corrected too.
    """
    request = certificate.request
    left = (
        date.fromisoformat(certificate.data["coverage"]["first_departure"])
        if policies.is_time_frame(certificate)
        else policies.day_left(certificate)
    )
    if left is None:
        return None
    versions = RequestVersion.objects.filter(certifier_id=certificate.certifier_id, request_id=request.pk)
    sent = versions.order_by("number").values_list("sent_at", flat=True)[0]
    assert request.policy is not None  # noqa: S101 - a sent request has one
    local = today_at(request.place_of_loading, request.country_of_loading, sent)
    return Evidence(sent, local or sent.astimezone(ZoneInfo(request.policy.rules.time_zone)).date(), left)


def obstacles_to_correct(certificate: Certificate, *, but: Revision | None = None) -> list[str]:
    """Why no digit can be corrected under its number now; `but`: the correction that is being decided."""
    if against := policies.obstacles_to_revise(certificate, but=but):
        return against
    shown = evidence(certificate)
    if shown is None:
        return [_("The goods have not left yet. Replace the certificate instead: the new one is reviewed as a whole.")]
    if shown.sent_on > shown.left_on:
        return [
            _(
                "The request was sent on %(sent)s and the goods had left on %(left)s. Only a certificate that was asked"
                " for before departure can be corrected afterwards."
            )
            % {"sent": full_day(shown.sent_on), "left": full_day(shown.left_on)}
        ]
    return []


def says(certificate: Certificate, what: Corrected) -> str:
    """The number as it stands on the certificate now."""
    return str(certificate.data["hts"] if what == Corrected.HTS else certificate.data["importer"]["nop_id"])


def importer_of(nop_id: str) -> Importer | None:
    """Who has this NOP ID, as far as the portal knows."""
    return Importer.objects.filter(nop_id=nop_id).first()


def faults_of_correction(certificate: Certificate, slip: Slip) -> list[str]:
    """What is wrong with the number that shall stand there, in sentences for whoever asks."""
    now_there = says(certificate, slip.what)
    if slip.to == now_there:
        return [_("That is what the certificate says already.")]
    if not one_slip(now_there, slip.to):
        return [
            _(
                "The certificate says %(now)s. Only a slip of the pen is corrected after departure: one wrong digit, or"
                " two neighbouring digits in the wrong order."
            )
            % {"now": now_there}
        ]
    if slip.what == Corrected.IMPORTER and importer_of(slip.to) is None:
        return [_("No importer with the NOP ID %(to)s is known here. Look for it in INTEGRITY.") % {"to": slip.to}]
    return []


def remark(certificate: Certificate, slip: Slip) -> str:
    """What is printed beside the version, after the remarks that stand there: in English like the whole certificate."""
    label = "HTS code" if slip.what == Corrected.HTS else "Importer's NOP ID"
    said = f"Clerical correction: {label} {says(certificate, slip.what)} corrected to {slip.to}."
    return " ".join(filter(None, (said_remarks(certificate), said)))


def slot_of(revision: Revision) -> Slot:
    """Where the papers that support a correction lie in its request's dossier."""
    return Slot("correction", f"revision-{revision.pk}")


def papers(certificate: Certificate, revision: Revision) -> list[Document]:
    """What was attached to a correction and could be kept, oldest first."""
    slot = slot_of(revision)
    mine = Document.objects.filter(
        certifier_id=revision.certifier_id, dossier_id=certificate.request.dossier_id, rule=slot.rule,
        subject=slot.subject, removed_at=None,
    )  # fmt: skip
    return list(mine.exclude(status=DocumentStatus.REFUSED).order_by("pk"))


def obstacles_to_check(certificate: Certificate, revision: Revision) -> list[str]:
    """Why a correction cannot be checked (and told to USDA) now."""
    shown = evidence(certificate)
    against = obstacles_to_correct(certificate, but=revision)
    if not against and shown and shown.same_day and not papers(certificate, revision):
        against.append(
            _(
                "Request and departure are of the same day. Add a paper that says at what time the goods left, such as"
                " the carrier's receipt."
            )
        )
    if revision.corrects == Corrected.HTS:
        known = ProductVersion.objects.filter(certifier_id=revision.certifier_id, item_id=certificate.line.item_id)
        if not known.filter(hts=revision.corrected_to).exists():
            against.append(
                _("The verified list does not say %(to)s for this product. Correct the list first.")
                % {"to": revision.corrected_to}
            )
    else:
        importer = importer_of(revision.corrected_to)
        if importer is None or importer.status != Certification.CERTIFIED:
            against.append(
                _("The importer with NOP ID %(to)s is not certified as far as INTEGRITY told us.")
                % {"to": revision.corrected_to}
            )
    return against


def obstacles_to_approve_correction(certificate: Certificate, revision: Revision, *, by: User) -> list[str]:
    """Why this person cannot approve a correction; the database refuses the same one, too."""
    if revision.checked_by_id is None:
        return [_("A colleague first checks the evidence and tells USDA. Then somebody else approves it.")]
    if revision.checked_by_id == by.pk:
        return [_("You checked it yourself: a colleague looks at the evidence too and approves it.")]
    return obstacles_to_check(certificate, revision)
