"""A part of the goods leaves later: what stays on the certificate and what goes are what it said, to the gram."""

from decimal import Decimal

from django.utils.translation import gettext as _

from nopic.certificates import policies
from nopic.certificates.limits.revising import Wish, faults_of_revision, packing, said_remarks
from nopic.certificates.models import Certificate
from nopic.presentation.words import kg
from nopic.requests.actions import Part
from nopic.requests.timing import day_of_loading
from nopic.workflow.clock import now
from nopic.workflow.transitions import Fault


def lots_of(certificate: Certificate) -> list[tuple[str, Decimal | None]]:
    """(code, kilograms) of its lots; one alone weighs what the certificate does."""
    lots = certificate.data["lots"] or []
    alone = certificate.kilograms if len(lots) == 1 else None
    return [(str(lot["code"]), Decimal(lot["kg"]) if lot.get("kg") else alone) for lot in lots]


def obstacles_to_split(certificate: Certificate) -> list[str]:
    """Why no part of it can be split off now."""
    if policies.is_time_frame(certificate):
        return [_("A certificate for several shipments is not split: each shipment is recorded on the day it leaves.")]
    if found := policies.obstacles_to_revise(certificate):
        return found
    if lacks_kilograms(certificate):
        return [
            _(
                "The certificate does not say how many kilograms each lot has, so nobody can tell what leaves and what stays."
                " First ask for a version that says them, with the same net weight. Once it is published, split it here."
            )
        ]
    return []


def lacks_kilograms(certificate: Certificate) -> bool:
    """Whether it names lots without kilograms of their own, or none."""
    lots = lots_of(certificate)
    return not lots or any(weight is None for _code, weight in lots)


def may_say_kilograms(certificate: Certificate) -> bool:
    """Whether a version that says the kilograms of each lot may be asked for, and is all that a split waits for."""
    if policies.is_time_frame(certificate) or policies.obstacles_to_revise(certificate):
        return False
    return lacks_kilograms(certificate)


def what_stays(certificate: Certificate, part: Part, why: str) -> Wish:
    """The next version of the certificate without the part; what goes wholly is not named any more."""
    goes = dict(part.lots)
    gross, packages = packing(certificate)
    named = {str(lot["code"]) for lot in certificate.data["lots"] if lot.get("kg")}  # a lot alone may stay without
    left = [(code, (weight or Decimal(0)) - goes.get(code, Decimal(0))) for code, weight in lots_of(certificate)]
    return Wish(
        certificate.kilograms - part.net_kg,
        [(code, weight if code in named else None) for code, weight in left if weight > 0],
        said_remarks(certificate), why,
        gross_kg=gross - part.gross_kg if gross is not None and part.gross_kg is not None else None,
        packages=packages - part.packages if packages is not None and part.packages is not None else None,
    )  # fmt: skip


def faults_of_split(certificate: Certificate, part: Part) -> list[Fault]:
    """What is wrong with a wished split, in sentences for whoever asks."""
    lots, goes = lots_of(certificate), dict(part.lots)
    if len(goes) < len(part.lots) or goes.keys() - {code for code, _weight in lots}:
        return [Fault(_("The certificate has other lots by now. Look at it again."))]
    found = [
        Fault(_("Lot %(lot)s has %(kg)s kg: that many at most can leave later.") % {"lot": code, "kg": kg(weight)}, f"lot_{at}")
        for at, (code, weight) in enumerate(lots)
        if weight is not None and goes.get(code, Decimal(0)) > weight
    ]  # fmt: skip
    if found:
        return found
    if part.net_kg <= 0:
        return [Fault(_("Enter the kilograms of at least one lot that leave later."), "lot_0")]
    if part.net_kg >= certificate.kilograms:
        return [
            Fault(
                _("Nothing would stay on this certificate. When all of it leaves later, move the day of departure."),
                "lot_0",
            )
        ]
    found = _faults_of_packing(certificate, part) + _faults_of_containers(certificate, part)
    if part.departure_on and part.departure_on < day_of_loading(certificate.request, now()):
        sentence = _("That day has passed. Enter the day they leave, today or later, or leave it empty.")
        found.append(Fault(sentence, "departure_on"))
    return found or [Fault(str(one)) for one in faults_of_revision(certificate, what_stays(certificate, part, ""))]


def _faults_of_packing(certificate: Certificate, part: Part) -> list[Fault]:
    """Gross weight and packages go with the kilograms, and some of both stay."""
    gross, packages = packing(certificate)
    found = []
    if gross is not None:
        goes = part.gross_kg or Decimal(0)
        most = gross - (certificate.kilograms - part.net_kg)  # what stays weighs at least its net weight
        if not part.net_kg <= goes <= most:
            sentence = _(
                "The gross weight that leaves later must be %(least)s kg or more, and %(most)s kg or less: otherwise one"
                " of the two parts would weigh less with its packages than without."
            )
            found.append(Fault(sentence % {"least": kg(part.net_kg), "most": kg(most)}, "gross"))
    if packages and packages > 1 and not 0 < (part.packages or 0) < packages:  # of one package there are no fewer
        sentence = _("The certificate says %(n)s packages: enter fewer, and at least 1.")
        found.append(Fault(sentence % {"n": f"{packages:,}"}, "packages"))
    return found


def _faults_of_containers(certificate: Certificate, part: Part) -> list[Fault]:
    """Containers that roll over are the certificate's, and not all of them: something stays."""
    known, goes = {each["number"] for each in certificate.containers}, {each["number"] for each in part.containers}
    if goes - known:
        return [Fault(_("The certificate has other containers by now. Look at it again."), "containers")]
    if goes and goes == known:
        return [Fault(_("Some of the goods stay, so at least one container stays. Leave its box empty."), "containers")]
    return []
