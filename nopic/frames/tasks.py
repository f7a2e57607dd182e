"""Work owed by this package: the e-mails that say that a permission was asked for, and what became of it."""

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.translation import gettext as _

from nopic.frames.models import Permission
from nopic.frames.statuses import PermissionStatus
from nopic.presentation.words import full_day, kg
from nopic.tenants import post
from nopic.tenants.context import tenant
from nopic.tenants.people import office_addresses
from nopic.workflow.audit import record
from nopic.workflow.dispatch import Claim, Later, handles

LONGEST_PAUSE = 3600.0  # seconds between two tries to send the e-mail


@handles("permission_asked", queue="mail")
def tell_question(claim: Claim) -> Later | None:
    """E-mail the office that an exporter waits for an answer; nothing once it is answered."""
    with tenant(claim.certifier_id):
        permission = _known(claim)
        to = office_addresses(permission.certifier)
        if permission.status != PermissionStatus.ASKED or not to:
            claim.finish()
            return None
        message = _question(permission, to)
    return _send(claim, permission, message, "question not delivered")


@handles("permission_answered", queue="mail")
def tell_answer(claim: Claim) -> Later | None:
    """E-mail the exporter what the certifier answered, as it stands now; sent again after a crash it says the same."""
    with tenant(claim.certifier_id):
        permission = _known(claim)
        message = _answer(permission)
    return _send(claim, permission, message, "answer not delivered")


def _known(claim: Claim) -> Permission:
    known = Permission.objects.select_related("exporter", "item", "certifier", "asked_by")
    return known.get(certifier_id=claim.certifier_id, pk=claim.subject_id)


def _send(claim: Claim, permission: Permission, message: EmailMessage, undelivered: str) -> Later | None:
    try:
        post.send(message)
    except post.NotNow as failure:
        return Later(min(LONGEST_PAUSE, 15 * 2.0 ** min(claim.attempts, 10)) * settings.TIME_SCALE, str(failure))
    except post.Undeliverable as refusal:
        with tenant(claim.certifier_id):
            record(permission, undelivered, by="mail server", note=str(refusal))
            claim.finish()
        return None
    with tenant(claim.certifier_id):
        claim.finish()
    return None


def _question(permission: Permission, to: list[str]) -> EmailMessage:
    words = {
        "product": _product(permission), "exporter": permission.exporter, "name": permission.asked_by,
        "days": permission.asked_days, "kg": kg(permission.asked_kg), "each_month": permission.per_month,
        "why": permission.reason,
    }  # fmt: skip
    lines = [
        _("%(exporter)s asks for one certificate for several shipments of %(product)s. Grant it, or say why not."),
        _("Up to %(days)s days and %(kg)s kg; shipments expected in a month: %(each_month)s. Asked by %(name)s."),
        _("Why: %(why)s"),
    ]
    page = f"/operations/{permission.exporter.nop_id}/time-frames/{permission.pk}/"
    return EmailMessage(
        subject=_one_line(_("Time frame asked for: %(exporter)s, %(product)s") % words),
        body="\n\n".join([*(line % words for line in lines), f"{_site(permission)}{page}"]),
        to=to,
    )


def _answer(permission: Permission) -> EmailMessage:
    words = {"product": _product(permission), "certifier": permission.certifier.name}
    subject, first = {
        PermissionStatus.GRANTED: (
            _("Several shipments of %(product)s: allowed"),
            _("You may now ask for one certificate for several shipments of %(product)s."),
        ),
        PermissionStatus.REFUSED: (
            _("Several shipments of %(product)s: not allowed"),
            _(
                "One certificate for several shipments of %(product)s is not possible. Send a request for each shipment."
            ),
        ),
        PermissionStatus.WITHDRAWN: (
            _("Several shipments of %(product)s: no longer"),
            _(
                "The permission for several shipments of %(product)s was withdrawn. Certificates that you have stay valid."
            ),
        ),
    }[PermissionStatus(permission.status)]
    lines = [first % words]
    if permission.status == PermissionStatus.GRANTED:
        assert permission.max_kg is not None and permission.valid_from and permission.valid_to  # noqa: S101, PT018 - a constraint
        lines.append(
            _("A time frame may have up to %(days)s days and %(kg)s kg, with departures from %(first)s to %(last)s.")
            % {"days": permission.max_days, "kg": kg(permission.max_kg), "first": full_day(permission.valid_from),
               "last": full_day(permission.valid_to)}
        )  # fmt: skip
    if permission.note:
        lines.append(_("%(certifier)s writes: %(note)s") % {**words, "note": permission.note})
    lines += [
        f"{_site(permission)}/time-frame-permissions/",
        ", ".join(filter(None, (permission.certifier.name, permission.certifier.phone))),
    ]
    return EmailMessage(subject=_one_line(subject % words), body="\n\n".join(lines), to=[permission.asked_by.email])


def _product(permission: Permission) -> str:
    product = permission.item.versions.order_by("-number").values_list("wording", flat=True).first()
    return product or permission.item.code


def _site(permission: Permission) -> str:
    return f"{settings.BASE_URL}/{permission.certifier.slug}"


def _one_line(text: str) -> str:
    return " ".join(text.split())[:200]
