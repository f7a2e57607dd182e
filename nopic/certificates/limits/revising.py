"""What a certificate's next version may say: fewer kilograms with the packages and lots that hold them, and remarks."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from nopic.certificates import policies
from nopic.certificates.models import Certificate, Revision
from nopic.frames.queries import allowance_of
from nopic.presentation.words import kg
from nopic.requests.actions import Present
from nopic.tenants.models import User
from nopic.workflow.transitions import Fault

_FULLER = Decimal("0.02")  # of a package's mean weight: scales and moisture, not another number of packages


@dataclass(frozen=True)
class Wish:
    """What the next version shall say; and why.

    Kilograms, lots as (code, kilograms or None), remarks; gross kilograms and packages of a single shipment, None when
    they stay as they are.
    """

    net_kg: Decimal
    lots: Sequence[tuple[str, Decimal | None]]
    remarks: str
    why: str
    gross_kg: Decimal | None = None
    packages: int | None = None


def faults_of_revision(certificate: Certificate, wish: Wish) -> list[Fault]:
    """What is wrong with a wished version, in sentences for whoever asks."""
    data = certificate.data
    present = Decimal(data["net_weight_kg"])
    several = policies.is_time_frame(certificate)
    if wish.net_kg > present:
        sentence = _(
            "A revision can only lower the net weight: the certificate says %(present)s kg. More kilograms need"
            " another certificate, before the goods leave."
        )
        return [Fault(sentence % {"present": kg(present)}, "net")]
    if several and (wish.net_kg != present or wish.lots):
        sentence = _(
            "The kilograms and lots of a time frame stand in the record of its shipments. Only remarks can be added."
        )
        return [Fault(sentence, "net")]
    if not several and not wish.lots:
        return [Fault(_("Name at least one lot."), "lots")]
    if faults := faults_of_what_left(certificate, wish.net_kg):
        return [Fault(one, "net") for one in faults]
    codes = [code for code, _weight in wish.lots]
    if twice := next((code for code in codes if codes.count(code) > 1), ""):
        return [Fault(_("Lot %(lot)s is there twice. Remove one.") % {"lot": twice}, "lots")]
    known = [weight for _code, weight in wish.lots if weight is not None]
    added_up = sum(known, Decimal(0))
    found = []
    if added_up > wish.net_kg or (len(known) == len(wish.lots) and known and added_up != wish.net_kg):
        sentence = _("The lots add up to %(sum)s kg and the net weight is %(net)s kg.")
        found.append(Fault(sentence % {"sum": kg(added_up), "net": kg(wish.net_kg)}, "lots"))
    if not several:
        found += _faults_of_packing(certificate, wish)
    if found:
        return found
    now_there = [(str(lot["code"]), Decimal(lot["kg"]) if lot.get("kg") else None) for lot in data["lots"] or []]
    same = (wish.net_kg, list(wish.lots), wish.remarks) == (present, now_there, said_remarks(certificate))
    if same and packing(certificate, wish) == packing(certificate):
        return [Fault(_("Nothing is changed yet."))]
    return []


def obstacles_of_one_person(revision: Revision, *, by: User) -> list[str]:
    """Why this person cannot approve what two people stand behind; the database refuses the same one, too."""
    if not revision.two_people:
        return []
    if revision.checked_by_id is None:
        return [_("A colleague first checks the new version. Then somebody else approves it.")]
    if revision.checked_by_id == by.pk:
        return [_("You checked it yourself: a colleague compares it too and approves it.")]
    return []


def faults_of_what_left(certificate: Certificate, net_kg: Decimal) -> list[str]:
    """Why a version cannot say so few kilograms: more are recorded as planned or as left, or lost their organic status."""
    if net_kg < certificate.non_organic_kg:
        return [
            _("%(kg)s kg are reported as treated and stay counted. Enter that weight or more.")
            % {"kg": kg(certificate.non_organic_kg)}
        ]
    allowance = allowance_of(certificate.certifier_id, certificate.pk)
    drawn = allowance.planned_kg + allowance.shipped_kg if allowance else Decimal(0)
    if net_kg >= drawn:
        return []
    return [
        _("%(kg)s kg are recorded as shipped or planned. Enter that weight or more, or correct the record first.")
        % {"kg": kg(drawn)}
    ]


def _faults_of_packing(certificate: Certificate, wish: Wish) -> list[Fault]:
    """Gross weight and packages belong to the kilograms: the old ones beside fewer kilograms would be wrong on the paper."""
    present = Decimal(certificate.data["net_weight_kg"])
    old_gross, old_count = packing(certificate)
    gross, count = packing(certificate, wish)
    found = []
    if gross is not None and gross < wish.net_kg:
        sentence = _("The gross weight, %(gross)s kg, is less than the net weight, %(net)s kg.")
        found.append(Fault(sentence % {"gross": kg(gross), "net": kg(wish.net_kg)}, "gross"))
    elif gross is not None and wish.net_kg < present and old_gross is not None and gross >= old_gross:
        sentence = _(
            "The gross weight, %(gross)s kg, is not less than before. Enter what the goods that stay weigh with their packages."
        )
        found.append(Fault(sentence % {"gross": kg(gross)}, "gross"))
    if not count or not old_count or old_count == 1:  # of one package there are no fewer
        return found
    mean, before = wish.net_kg / count, present / old_count
    if wish.net_kg < present and count == old_count and abs(mean - before) > before * _FULLER:
        sentence = _(
            "%(n)s packages would hold %(mean)s kg each; until now it is %(before)s kg. Enter how many packages stay."
        )
        held = {"mean": kg(mean.quantize(Decimal("0.001"))), "before": kg(before.quantize(Decimal("0.001")))}
        found.append(Fault(sentence % {"n": f"{count:,}", **held}, "packages"))
    return found


def packing(certificate: Certificate, wish: Wish | None = None) -> tuple[Decimal | None, int | None]:
    """Gross kilograms and packages as wished, else as they are."""
    data = certificate.data
    gross = Decimal(data["gross_weight_kg"]) if data.get("gross_weight_kg") else None
    count = int(data["packages"]["count"]) if data.get("packages") else None
    if wish is None:
        return gross, count
    return wish.gross_kg or gross, wish.packages or count


def present(certificate: Certificate) -> Present:
    """What it says by now otherwise than it was asked for: the goods of a later version, and what was recorded on the way."""
    if certificate.version == 1:
        return Present(way=certificate.routing)
    gross, count = packing(certificate)
    lots = [(str(lot["code"]), Decimal(lot["kg"]) if lot.get("kg") else None) for lot in certificate.data["lots"]]
    return Present(certificate.kilograms, gross, count, lots, certificate.routing)


def said_remarks(certificate: Certificate) -> str:
    """The remarks that the present version carries."""
    return str((certificate.data.get("revision") or {}).get("remarks") or "")
