"""What vouches for what an exporter bought: transaction certificates, which it enters and staff correct, and the organic
certificates of its suppliers."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from nopic.documents.models import Document, Dossier
from nopic.ledger import inputs
from nopic.ledger.models import InputCertificate
from nopic.presentation.words import kg as in_words
from nopic.requests.checks import Finding
from nopic.requests.models import Lot, Supplier
from nopic.requests.statuses import OPEN_REQUEST
from nopic.tenants.models import User
from nopic.workflow.audit import record
from nopic.workflow.clock import now
from nopic.workflow.dispatch import owe
from nopic.workflow.transitions import Refused


@transaction.atomic
def register_certificate(
    *, supplier: Supplier, number: str, product: str, kg: Decimal, valid_from: date, valid_to: date | None, by: User
) -> InputCertificate:
    """Enter a supplier's transaction certificate with the kilograms on it.

    Refused when the supplier needs none, when the number says nothing, when it was issued on a day that has begun nowhere
    yet, or when it is in the register already, however number and issuer are typed: then with what is left on it, or, where
    another operation entered it, without saying who.
    """
    if supplier.same_certifier:
        raise _refused(
            "supplier", _("%(name)s has the same certifier as you: the purchase invoice is enough") % {"name": supplier}
        )
    if not inputs.plainly(number):
        raise _refused("number", _("Enter the number of the transaction certificate"))
    if kg <= 0:
        raise _refused("kg", _("Enter the kilograms on the certificate"))
    if valid_from > (now() + timedelta(hours=14)).date():
        raise _refused("valid_from", _("The date of issue must not lie in the future: compare it with the certificate"))
    if valid_to is not None and valid_to < valid_from:
        raise _refused("valid_to", _("The last day must not be before the first day"))
    try:
        return inputs.register(
            exporter=supplier.exporter, supplier_id=supplier.pk, number=number, issuer=supplier.certifier_name,
            product=product, kg=kg, valid_from=valid_from, valid_to=valid_to, by=by,
        )  # fmt: skip
    except inputs.NumberKnown as known:
        there = known.certificate
        if there.exporter_id != supplier.exporter_id:
            raise _refused(
                "number",
                _("Another operation has entered %(number)s already. Contact your certifier") % {"number": number},
            ) from known
        raise _refused(
            "number",
            _("%(number)s is in the register already: %(left)s kg of %(all)s kg are left on it")
            % {"number": there.number, "left": in_words(there.left), "all": in_words(there.kg)},
        ) from known


@transaction.atomic
def place_for_certificate(*, supplier: Supplier) -> Dossier:
    """Where the files of a supplier's own organic certificate are kept, begun with the first of them."""
    mine = Supplier.objects.filter(certifier_id=supplier.certifier_id, pk=supplier.pk)
    mine.select_for_update().values_list("pk").get()
    fresh = mine.select_related("dossier").get()
    if fresh.dossier is None:
        fresh.dossier = Dossier.objects.create(certifier_id=supplier.certifier_id)
        fresh.save(update_fields=["dossier"])
    return fresh.dossier


@transaction.atomic
def certificate_came(
    *, supplier: Supplier, document: Document, number: str, valid_from: date | None, valid_to: date | None, by: User
) -> None:
    """The file of a supplier's organic certificate is there, and this stands on it. Open requests are weighed again."""
    facts: dict[str, Any] = {
        "certificate_number": number, "certificate_from": valid_from, "certificate_to": valid_to,
    }  # fmt: skip
    Supplier.objects.filter(certifier_id=supplier.certifier_id, pk=supplier.pk).update(**facts)
    said = {name: value.isoformat() if isinstance(value, date) else value for name, value in facts.items()}
    record(supplier, "certificate on file", by=by, new=document.name, document=document.pk, **said)
    sold = Lot.objects.filter(certifier_id=supplier.certifier_id, supplier=supplier, line__removed=False)
    for request_id in set(
        sold.filter(line__request__status__in=sorted(OPEN_REQUEST)).values_list("line__request_id", flat=True)
    ):
        owe("index_request", request_id, certifier_id=supplier.certifier_id)


@transaction.atomic
def correct_certificate(*, certificate: InputCertificate, kg: Decimal, reason: str, by: User) -> None:
    """Staff set the kilograms that really stand on a certificate. Refused below what is used, or without a reason."""
    said = " ".join(reason.replace("\x00", "").split())[:500]
    locked = inputs.lock([certificate.pk])[certificate.pk]
    if not said:
        raise _refused("reason", _("Write what shows that other kilograms stand on it"))
    if kg == locked.kg:
        raise _refused("kg", _("These kilograms stand there already"))
    try:
        inputs.correct(locked, kg - locked.kg, by=by, reason=said)
    except inputs.Spent:
        used = {"kg": in_words(locked.held + locked.used)}
        raise _refused("kg", _("%(kg)s kg are held or used already; it cannot say less") % used) from None


def _refused(name: str, sentence: str) -> Refused:
    return Refused([Finding("purchases_are_covered", 12, "stop", sentence, sentence, field=f"certificate#{name}")])
