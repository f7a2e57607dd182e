"""What happens to certificates after their issue: a revision, shipments of a time frame, cancellations.

Each is told once: what a certificate has already is left alone.
"""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from uuid import NAMESPACE_URL, uuid5

from nopic.certificates import shipping
from nopic.certificates.actions import revising
from nopic.certificates.limits import Wish
from nopic.certificates.models import Certificate
from nopic.certificates.statuses import CertificateStatus
from nopic.demo.seed.shipments import FIRST_PACKAGES, first_shipment
from nopic.demo.seed.walking import Scene
from nopic.frames.actions import Said
from nopic.frames.models import Shipment
from nopic.review import actions as review
from nopic.tenants.context import tenant
from nopic.workflow.clock import now

BROKEN_PACKAGES = 2  # that stayed behind in the story of a revision


def cancel(scene: Scene, certificate: Certificate) -> None:
    """Staff cancel it with the story's reason."""
    if certificate.status != CertificateStatus.ISSUED or certificate.cancel_requested_at:
        return
    with tenant(scene.certifier, scene.reviewer):
        review.cancel(certificate=certificate, by=scene.reviewer, reason=scene.story.reason, note=scene.story.said)


def revise(scene: Scene, certificate: Certificate) -> None:
    """Less left than was certified: the exporter asks for the next version, staff approve it."""
    [line] = scene.shipment.lines
    [lot] = line.lots
    packages = lot.packages - BROKEN_PACKAGES
    kg = line.net(packages)
    with tenant(scene.certifier, scene.sender):
        if certificate.revisions.exists():
            return
        wish = Wish(
            net_kg=kg, lots=[(lot.code, kg)], remarks="", why=scene.story.said, gross_kg=line.gross(packages),
            packages=packages,
        )  # fmt: skip
        revision = revising.ask(certificate=certificate, wish=wish, by=scene.sender)
    with tenant(scene.certifier, scene.reviewer):
        revising.approve(revision=revision, by=scene.reviewer)


def ship(scene: Scene, certificate: Certificate) -> None:
    """One container has left today, one is planned for next week."""
    first = first_shipment(scene.shipment)
    [line] = first.lines
    today = scene.office.local(now()).date()
    weights = [
        (line.net(FIRST_PACKAGES) - Decimal(40), today, True),
        (line.net(FIRST_PACKAGES), today + timedelta(days=7), False),
    ]
    with tenant(scene.certifier, scene.sender):
        if Shipment.objects.filter(certifier=scene.certifier, allowance__certificate_id=certificate.pk).exists():
            return  # whoever used the demo may have put a hold on it, or used it up
        for number, (kg, day, has_left) in enumerate(weights, start=1):
            said = Said(
                day, kg, lots=(f"{line.lots[0].code}-{number}",),
                unit=first.containers[0]["number"] if has_left else "", document=first.transport if has_left else "",
            )  # fmt: skip
            shipping.record_shipment(
                certificate=certificate, said=said, has_left=has_left, by=scene.sender,
                key=uuid5(NAMESPACE_URL, f"nopic demo {scene.story.key} {number}"),  # a second run records nothing
            )  # fmt: skip


AFTERWARDS: dict[str, Callable[[Scene, Certificate], None]] = {"cancelled": cancel, "revised": revise, "framed": ship}
