"""Work owed by this package: the e-mail that says what became of a permission."""

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.translation import gettext as _

from nopic.frames.models import Permission
from nopic.frames.statuses import PermissionStatus
from nopic.presentation.words import full_day, kg
from nopic.tenants import post
from nopic.tenants.context import tenant
from nopic.workflow.audit import record
from nopic.workflow.dispatch import Claim, Later, handles

LONGEST_PAUSE = 3600.0  # seconds between two tries to send the e-mail


@handles("permission_answered", queue="mail")
def tell_answer(claim: Claim) -> Later | None:
    """E-mail the exporter what the certifier answered, as it stands now; sent again after a crash it says the same."""
    with tenant(claim.certifier_id):
        known = Permission.objects.select_related("exporter", "item", "certifier", "asked_by")
        permission = known.get(certifier_id=claim.certifier_id, pk=claim.subject_id)
        message = _letter(permission)
    try:
        post.send(message)
    except post.NotNow as failure:
        return Later(min(LONGEST_PAUSE, 15 * 2.0 ** min(claim.attempts, 10)) * settings.TIME_SCALE, str(failure))
    except post.Undeliverable as refusal:
        with tenant(claim.certifier_id):
            record(permission, "answer not delivered", by="mail server", note=str(refusal))
            claim.finish()
        return None
    with tenant(claim.certifier_id):
        claim.finish()
    return None


def _letter(permission: Permission) -> EmailMessage:
    product = permission.item.versions.order_by("-number").values_list("wording", flat=True).first()
    words = {"product": product or permission.item.code, "certifier": permission.certifier.name}
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
    page = f"{settings.BASE_URL}/{permission.certifier.slug}/time-frame-permissions/"
    lines += [page, ", ".join(filter(None, (permission.certifier.name, permission.certifier.phone)))]
    return EmailMessage(subject=(subject % words)[:200], body="\n\n".join(lines), to=[permission.asked_by.email])
