"""What exporters want of a certificate: its further versions and what each changes, and that it be cancelled."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from nopic.certificates.models import CancelWish, Certificate, Revision
from nopic.certificates.statuses import ENDED_CERTIFICATE, OPEN_REVISION, Corrected
from nopic.presentation.words import kg, packages
from nopic.tenants.models import Importer


def wishes_to_cancel() -> QuerySet[CancelWish]:
    """Of the certifier at the door: what exporters want cancelled and staff have not answered, where it still can be."""
    open_ones = CancelWish.objects.filter(answered_at=None)
    return open_ones.filter(certificate__cancel_requested_at=None).exclude(certificate__status__in=ENDED_CERTIFICATE)


def versions(certificate: Certificate) -> list[Revision]:
    """Every further version that was asked for, oldest first."""
    return list(certificate.revisions.filter(certifier_id=certificate.certifier_id).order_by("pk"))


def open_version(certificate: Certificate) -> Revision | None:
    """The version that is asked for or being published."""
    mine = certificate.revisions.filter(certifier_id=certificate.certifier_id)
    return mine.filter(status__in=OPEN_REVISION).first()


@dataclass(frozen=True)
class Compared:
    """One box in two versions."""

    box: int | None
    label: str
    now: str
    new: str

    @property
    def changed(self) -> bool:
        """Whether it differs."""
        return self.now != self.new


def compared(certificate: Certificate, revision: Revision) -> list[Compared]:
    """What a revision changes, beside what stood or stands there."""
    before = revision.before or certificate.data
    remarks = str((before.get("revision") or {}).get("remarks") or "")
    rows = [
        Compared(10, _("Net weight"), f"{kg(Decimal(before['net_weight_kg']))} kg", f"{kg(revision.net_kg)} kg"),
        Compared(12, _("Lots"), _lots(before["lots"]), _lots(revision.lots)),
        Compared(None, _("Remarks"), remarks or "—", revision.remarks or "—"),
    ]
    if revision.packages is not None and before["packages"]:
        was = before["packages"]
        rows.insert(
            1,
            Compared(11, _("Packages"), packages(was["count"], was["kind"]), packages(revision.packages, was["kind"])),
        )
    if revision.gross_kg is not None and before["gross_weight_kg"]:
        gross = f"{kg(Decimal(before['gross_weight_kg']))} kg"
        rows.insert(1, Compared(11, _("Gross weight"), gross, f"{kg(revision.gross_kg)} kg"))
    boxes = certificate.containers if revision.data is None else revision.data["transport"].get("containers") or []
    was, new = _containers(before["transport"].get("containers") or []), _containers(boxes)
    if was != new and not revision.corrects:
        rows.append(Compared(14, _("Containers"), was, new))
    return _corrected(before, revision) + rows


def _corrected(before: Mapping[str, Any], revision: Revision) -> list[Compared]:
    """The number that a correction puts right; of an importer also who that is."""
    if revision.corrects == Corrected.HTS:
        return [Compared(8, str(Corrected.HTS.label), before["hts"], revision.corrected_to)]
    if revision.corrects != Corrected.IMPORTER:
        return []
    old, right = before["importer"], Importer.objects.filter(nop_id=revision.corrected_to).first()
    new = ", ".join([right.name, *right.address.splitlines()]) if right else "—"
    return [
        Compared(5, str(Corrected.IMPORTER.label), old["nop_id"], revision.corrected_to),
        Compared(5, _("Importer"), ", ".join([old["name"], *old["address_lines"]]), new),
    ]


def _containers(containers: Sequence[Mapping[str, str]]) -> str:
    return ", ".join(each["number"] for each in containers) or "—"


def _lots(lots: Sequence[dict[str, str | None]]) -> str:
    found = []
    for lot in lots:
        weight = lot.get("kg")
        found.append(f"{lot['code']} ({kg(Decimal(weight))} kg)" if weight else str(lot["code"]))
    return ", ".join(found) or "—"
