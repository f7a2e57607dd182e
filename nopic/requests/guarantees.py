"""What vouches for purchased lots: the transaction certificates that they name."""

from collections import defaultdict

from nopic.ledger import inputs
from nopic.ledger.models import InputCertificate
from nopic.requests.models import CertificateRequest, Lot


def proofs(
    request: CertificateRequest, lots: list[Lot]
) -> tuple[dict[int, InputCertificate], dict[int, list[InputCertificate]]]:
    """The transaction certificate that each purchased lot names, by the lot's key, however its number was typed; and the
    certifier's other entries of that number, whoever entered them. One statement."""
    named = {
        lot.pk: (inputs.plainly(lot.proof), lot.supplier_id)
        for lot in lots
        if lot.proof and lot.supplier and not lot.supplier.same_certifier
    }
    if not named:
        return {}, {}
    of_number: dict[str, list[InputCertificate]] = defaultdict(list)
    found = InputCertificate.objects.filter(
        certifier_id=request.certifier_id, number_key__in={number for number, _supplier in named.values()}
    )
    for one in found.select_related("exporter").order_by("pk"):
        of_number[one.number_key].append(one)
    mine = {
        pk: one
        for pk, (number, supplier) in named.items()
        for one in of_number[number]
        if (one.exporter_id, one.supplier_id) == (request.exporter_id, supplier)
    }
    others = {pk: [one for one in of_number[number] if one != mine.get(pk)] for pk, (number, _s) in named.items()}
    return mine, {pk: ones for pk, ones in others.items() if ones}
