"""Who may do what to a certificate now, and what stands against publishing it: asked by buttons, actions and the ladder."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from nopic.certificates.models import (
    CancelWish,
    Certificate,
    RegistryEntry,
    RegistryOperation,
    Revision,
)
from nopic.certificates.standing import is_being_replaced, open_replacement, replacement_of, waits_for_an_earlier_one
from nopic.certificates.statuses import (
    ENDED_CERTIFICATE,
    OPEN_REVISION,
    CertificateStatus,
    Channel,
    EntryOutcome,
    OperationKind,
    OperationStatus,
)
from nopic.documents.models import Document
from nopic.documents.statuses import DocumentStatus
from nopic.frames.queries import allowance_of
from nopic.requests import snapshot
from nopic.requests.checks import line_findings
from nopic.requests.models import CertificateRequest
from nopic.requests.slots import SlotView
from nopic.requests.statuses import Coverage
from nopic.tenants.models import User
from nopic.tenants.policy.reasons import cancel_text
from nopic.workflow.clock import now

NUMBERED = frozenset({OperationKind.ISSUE})  # what the registry gives a number for


def is_time_frame(certificate: Certificate) -> bool:
    """Whether it is for several shipments, each recorded by itself."""
    return bool(certificate.data["coverage"]["kind"] == Coverage.TIME_FRAME)


def departure_of(certificate: Certificate) -> date:
    """The last day on which its goods may leave, as it was frozen at approval and stands in box 17."""
    return date.fromisoformat(certificate.data["coverage"]["last_departure"])


def departure_ends(certificate: Certificate) -> datetime:
    """When that day is over at the certifier's office: an instant, so that every reader's clock agrees."""
    assert certificate.request.policy is not None  # noqa: S101 - a sent request has one
    zone = ZoneInfo(certificate.request.policy.rules.time_zone)
    return datetime.combine(departure_of(certificate) + timedelta(days=1), time.min, zone)


def arrival_of(certificate: Certificate) -> date | None:
    """When its goods are expected: as recorded last on the way, otherwise as requested."""
    recorded = certificate.routing.get("arrival_on")
    return date.fromisoformat(recorded) if recorded else certificate.request.arrival_on


def left_on(*, departed_on: date | None, departure_on: date, departure_ends_at: datetime) -> date | None:
    """The day on which the goods of a single shipment left, or None while they are still there.

    Declared, or the departure date has passed and nobody has said that they are still there. Asked of certificates and
    of public records, so that staff, exporter, importer and public get one answer.
    """
    if departed_on:
        return departed_on
    return departure_on if departure_ends_at <= now() else None


def day_left(certificate: Certificate) -> date | None:
    """The day on which the goods of a single shipment left; None of a time frame, whose shipments leave by themselves."""
    if is_time_frame(certificate):
        return None
    return left_on(
        departed_on=said_left(certificate),
        departure_on=departure_of(certificate),
        departure_ends_at=departure_ends(certificate),
    )


def said_left(certificate: Certificate) -> date | None:
    """The day on which somebody said that a single shipment left: of the request, or when its weight was recorded."""
    recorded = None if is_time_frame(certificate) else certificate.used_up_on
    return certificate.request.departed_on or recorded


def goods_have_left(certificate: Certificate) -> bool:
    """Whether the goods of a single shipment have left."""
    return day_left(certificate) is not None


def has_shipped(certificate: Certificate) -> bool:
    """Whether kilograms are recorded as left under it."""
    allowance = allowance_of(certificate.certifier_id, certificate.pk)
    return allowance is not None and allowance.shipped_kg > 0


def obstacles_to_publish(certificate: Certificate, *, asked_live: bool = True) -> list[str]:
    """Sentences for the staff that stand against publishing it in the registry at this moment.

    Whether the importer is certified is left out where it is `asked_live`: what was remembered of it gives way.
    """
    found = line_findings(certificate.line, moment="issue")
    gives_way = {"importer_is_certified"} if asked_live else set()
    against = [one.staff_sentence for one in found if one.severity == "stop" and one.rule not in gives_way]
    if snapshot.coverage_of(certificate.line.request) != certificate.data["coverage"]:
        against.append(_("The date of departure was moved after the approval: the certificate would say another one."))
    if (old := certificate.replaces) and (old.status != CertificateStatus.ISSUED or old.cancel_requested_at):
        against.append(_("The certificate that it replaces is not in force any more."))
    elif old and has_shipped(old):
        against.append(_("Goods are recorded as left under the certificate that it replaces."))
    return against


def is_assisted(operation: RegistryOperation) -> bool:
    """Whether staff key it by hand."""
    return operation.channel == Channel.ASSISTED


def obstacles_to_start(operation: RegistryOperation) -> list[str]:
    """Why nobody may begin to key it: asked by the sheet and once more when somebody begins.

    Nothing is asked live by hand: what the nightly look-up read last of exporter and importer counts.
    """
    if waits_for_an_earlier_one(operation):
        return [_("What was begun before it must be finished first.")]
    if operation.kind != OperationKind.ISSUE:
        return []
    return obstacles_to_publish(operation.certificate, asked_live=False)


def obstacles_to_confirm(entry: RegistryEntry, *, by: User) -> list[str]:
    """Why this person cannot confirm it; the database refuses the same one, too."""
    if entry.entered_by_id == by.pk:
        return [_("You entered it yourself: a colleague looks in INTEGRITY and confirms it.")]
    return []


def counts(certificate: Certificate) -> bool:
    """Approved, and neither cancelled, replaced nor given up: its request still owes what must follow."""
    return certificate.cancel_requested_at is None and certificate.status not in ENDED_CERTIFICATE


def is_certified(request: CertificateRequest) -> bool:
    """Whether a request has a certificate that counts."""
    mine = Certificate.objects.filter(certifier_id=request.certifier_id, request_id=request.pk).defer("data")
    return any(counts(certificate) for certificate in mine)


def still_owed(slots: Iterable[SlotView]) -> list[SlotView]:
    """What the exporter of a certified request has still to send: the final transport document, and what comes later."""
    return [slot for slot in slots if slot.follows]


def obstacles_to_ship(certificate: Certificate) -> list[str]:
    """Why no new shipment may begin under it; what its kilograms and days allow is asked of nopic.frames.

    A hold stops what is still there: what a single shipment that has left weighed is a fact.
    """
    if against := obstacles_to_record(certificate):
        return against
    return [certificate.on_hold_why] if certificate.on_hold_since and not goods_have_left(certificate) else []


def obstacles_to_record(certificate: Certificate) -> list[str]:
    """Why nothing more may be said of its shipments. Not a hold: what was planned before may have left, or was wrong."""
    if not counts(certificate):
        return [_("The certificate was cancelled. No shipment may be recorded under it.")]
    if certificate.status != CertificateStatus.ISSUED:
        return [_("The certificate is not issued yet. Nothing may leave under it.")]
    if not is_time_frame(certificate) and is_being_replaced(certificate):
        return [_("Its replacement is being published. Record the shipment under the number that it gets.")]
    return []


def registry_paper(certificate: Certificate) -> Document | None:
    """The registry's own PDF of what holds now, when somebody brought one and two people confirmed what it is about.

    None once the certificate is cancelled or replaced, and after a new version that came without one: the old one says
    the old.
    """
    if not counts(certificate):
        return None
    newest = (
        RegistryEntry.objects.filter(
            certifier_id=certificate.certifier_id,
            operation__certificate_id=certificate.pk,
            operation__kind__in=[OperationKind.ISSUE, OperationKind.REVISE],
            confirmed_at__isnull=False,
            outcome=EntryOutcome.DONE,
        )
        .select_related("document")
        .order_by("-pk")
        .first()
    )
    paper = newest.document if newest else None
    shown = paper and paper.status in (DocumentStatus.CLEAN, DocumentStatus.UNSCANNED)
    return paper if shown and paper and paper.media_type == "application/pdf" else None


def obstacles_to_cancel(certificate: Certificate) -> list[str]:
    """Why it cannot be cancelled (any more)."""
    if certificate.cancel_requested_at:
        return [_("Its cancellation has been asked for already.")]
    if certificate.status in ENDED_CERTIFICATE:
        return [_("It is not valid any more.")]
    if replacement_of(certificate) is not None:
        return [
            _(
                "Its replacement is approved and being published. Wait for its number, or cancel that one first: both cannot end at once."
            )
        ]
    return []


def wish_to_cancel(certificate: Certificate) -> CancelWish | None:
    """What the exporter asked and staff have not answered yet."""
    wishes = CancelWish.objects.filter(certifier_id=certificate.certifier_id, certificate_id=certificate.pk)
    return wishes.filter(answered_at=None).select_related("asked_by").first()


def obstacles_to_ask_to_cancel(certificate: Certificate) -> list[str]:
    """Why the exporter cannot ask for its cancellation: it is over, or they asked already."""
    if against := obstacles_to_cancel(certificate):
        return against
    if wish_to_cancel(certificate) is not None:
        return [_("Its cancellation was asked for already. The certifier answers; until then it stays valid.")]
    return []


def obstacles_to_revise(certificate: Certificate, *, but: Revision | None = None) -> list[str]:
    """Why no next version can be asked for or approved now; `but`: the one that is being decided."""
    if not counts(certificate) or certificate.status != CertificateStatus.ISSUED:
        return [_("Only a certificate that is published and in force can be revised.")]
    if replacement_of(certificate) is not None or open_replacement(certificate) is not None:
        return [
            _("A replacement of this certificate is under way. It is revised only when that is withdrawn or refused.")
        ]
    other = certificate.revisions.filter(certifier_id=certificate.certifier_id, status__in=OPEN_REVISION)
    if other.exclude(pk=but.pk if but else None).exists():
        return [_("A revision of this certificate is under way already.")]
    if but and but.version != certificate.version + 1:
        return [_("The certificate has another version by now.")]
    return []


def cancel_sentence(certificate: Certificate) -> str:
    """The coded reason of its cancellation as a sentence, in the words of the policy that it was sent under."""
    if not certificate.cancel_reason:
        return ""
    assert certificate.request.policy is not None  # noqa: S101 - a sent request has one
    return cancel_text(certificate.request.policy.rules.cancellation(certificate.cancel_reason))


def why_cancelled(certificate: Certificate) -> str:
    """The reason for its exporter, importer and broker: the coded sentence, and what staff wrote to them."""
    return " ".join(filter(None, (cancel_sentence(certificate), certificate.cancel_note)))


def resting_operation(certificate: Certificate) -> RegistryOperation | None:
    """The operation that waits for a person, or None."""
    return (
        certificate.operations.filter(certifier_id=certificate.certifier_id, status=OperationStatus.REFUSED)
        .order_by("sequence")
        .first()
    )


def other_numbers(certificate: Certificate) -> list[str]:
    """Numbers besides its own that the registry holds under its reference and has not cancelled."""
    listed = certificate.registry_lists or {}
    return [number for number, status in listed.items() if number != certificate.number and status != "cancelled"]


def registry_differs(certificate: Certificate) -> str:
    """What the registry lists under its reference that must not be, in a sentence for the staff; "" when all is well."""
    if certificate.registry_lists is None:
        return ""
    others = ", ".join(other_numbers(certificate))
    if others and certificate.number:
        said = _(
            "The registry holds %(others)s under our reference besides %(number)s: a second certificate for the same"
            " goods. Cancel %(others)s in the registry, then look up again."
        )
    elif others:
        said = _(
            "It was given up before it had a number, but the registry holds %(others)s under our reference."
            " Cancel %(others)s in the registry, then look up again."
        )
    else:
        said = _("The registry does not list %(number)s as published under our reference; it lists: %(listed)s.")
    listed = ", ".join(f"{number} {status}" for number, status in certificate.registry_lists.items())
    return said % {"others": others, "number": certificate.number, "listed": listed or _("nothing")}
