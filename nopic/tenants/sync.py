"""What the registry says about parties: the only writer of an importer's identity, and reader of exporters' status.

A party is asked about when it is chosen or changed and every night. What was read is kept with its time; when the registry does
not answer, what was known stays and grows old, and the rules say what that means. No transaction is open while asking.
"""

import logging
from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.db import transaction

from nopic.oid.client import Operation, Registry, Rejected, Unavailable
from nopic.tenants import crypto
from nopic.tenants.context import tenant
from nopic.tenants.models import Certifier, Exporter, Importer, RegistryCredential
from nopic.tenants.statuses import FRESH, Certification
from nopic.workflow.audit import record
from nopic.workflow.clock import now
from nopic.workflow.dispatch import Claim, Later, owe

log = logging.getLogger(__name__)
NOBODY = 0  # importers belong to no certifier
LONGEST_PAUSE = 900  # seconds between two questions about the same party


class NoKey(Exception):
    """No certifier has a key that the registry accepts: staff must renew one."""


def know_importer(nop_id: str) -> Importer:
    """The importer with exactly this NOP ID; a new one is a number only until the registry has been asked."""
    importer, created = Importer.objects.get_or_create(nop_id=nop_id)
    if created:
        record(importer, "first named", by="sync", nop_id=nop_id)
    return importer


def is_fresh(importer: Importer, moment: datetime | None = None) -> bool:
    """Whether its status was read recently enough to be believed."""
    return importer.read_at is not None and (moment or now()) - importer.read_at <= FRESH


def ask_soon(importer: Importer) -> None:
    """Owe a look at the importer's status, from the moment this transaction commits."""
    owe("party", importer.pk, certifier_id=NOBODY)


def ask_soon_about_exporter(exporter: Exporter) -> None:
    """Owe a look at the exporter's status, from the moment this transaction commits."""
    owe("exporter_status", exporter.pk, certifier_id=exporter.certifier_id)


def standing_changed(certifier_id: int) -> None:
    """Owe a comparison of everybody's standing at one certifier (nopic.watch), from this transaction's commit on."""
    owe("standing", certifier_id, certifier_id=certifier_id)


def owe_all() -> None:
    """Owe a look at every importer, and at every exporter of every certifier."""
    for importer in Importer.objects.order_by("pk").only("pk").iterator():
        ask_soon(importer)
    for certifier in Certifier.objects.order_by("pk"):
        with tenant(certifier):
            for exporter in Exporter.objects.filter(certifier=certifier).order_by("pk").only("pk", "certifier_id"):
                ask_soon_about_exporter(exporter)


def ask_about_importer(claim: Claim) -> Later | None:
    """Read one importer with the key of any certifier: what is listed there is public."""
    nop_id = Importer.objects.values_list("nop_id", flat=True).get(pk=claim.subject_id)
    answer = ask(claim, nop_id, Certifier.objects.order_by("pk").values_list("pk", flat=True))
    if isinstance(answer, Later):
        return answer
    with transaction.atomic():
        claim.finish()
        read_importer(Importer.objects.select_for_update().get(pk=claim.subject_id), answer)
    return None


def read_importer(importer: Importer, found: Operation | None) -> None:
    """Write down what the registry just answered about an importer; None: it lists no such operation."""
    before = importer.status
    importer.status = status_of(found)
    if found is not None:
        importer.name = found.name[:200]
        importer.address = "\n".join(found.address_lines)
        importer.state = found.state[:60]
        importer.certified_to = found.ends_on
    importer.read_at = now()
    importer.save()
    if importer.status != before:
        record(importer, "status read", by="registry", old=before, new=importer.status)
        for certifier_id in Certifier.objects.order_by("pk").values_list("pk", flat=True):
            standing_changed(certifier_id)


def status_of(found: Operation | None) -> str:
    """The registry's word in ours; one that we do not know is as good as none."""
    if found is None:
        return Certification.NOT_FOUND
    return found.status if found.status in Certification.values else Certification.UNKNOWN


def ask_about_exporter(claim: Claim) -> Later | None:
    """Read one exporter with its own certifier's key. The office's own word on it stays as staff left it."""
    with tenant(claim.certifier_id):
        nop_id = Exporter.objects.values_list("nop_id", flat=True).get(pk=claim.subject_id)
    answer = ask(claim, nop_id, [claim.certifier_id])
    if isinstance(answer, Later):
        return answer
    with tenant(claim.certifier_id):
        claim.finish()
        exporter = Exporter.objects.select_for_update().get(pk=claim.subject_id)
        before = exporter.registry_status
        exporter.registry_status = status_of(answer)
        exporter.registry_read_at = now()
        exporter.save(update_fields=["registry_status", "registry_read_at"])
        if exporter.registry_status != before:
            record(exporter, "status read", by="registry", old=before, new=exporter.registry_status)
            standing_changed(claim.certifier_id)
    return None


def ask(claim: Claim, nop_id: str, certifier_ids: Iterable[int]) -> Operation | Later | None:
    """The registry's answer, or when to ask again."""
    try:
        return look_up(nop_id, certifier_ids)
    except (Unavailable, NoKey) as failure:
        pause = getattr(failure, "retry_after", None) or min(LONGEST_PAUSE, 15 * 2.0 ** min(claim.attempts, 10))
        return Later(pause * settings.TIME_SCALE, type(failure).__name__)
    except Rejected as refusal:
        log.warning(
            "the registry does not answer about operation of %s/%s: %s", claim.topic, claim.subject_id, refusal.code
        )
        return Later(LONGEST_PAUSE * settings.TIME_SCALE, "Rejected")


def look_up(nop_id: str, certifier_ids: Iterable[int]) -> Operation | None:
    """Ask with the first key that is accepted; None when the registry lists no such operation.

    Raises Unavailable, Rejected, or NoKey. A key that is not accepted is marked, so that nobody calls with it again
    until staff renew it. Call outside of any transaction.
    """
    for certifier_id in certifier_ids:
        with tenant(certifier_id):
            credential = RegistryCredential.objects.filter(certifier_id=certifier_id, rejected_at=None).first()
        if credential is None:
            continue
        registry = Registry(
            settings.OID_URL,
            crypto.decrypt(credential.secret),
            read=settings.REGISTRY_READ_SECONDS,
            total=settings.REGISTRY_READ_SECONDS,
        )
        try:
            return registry.operation(nop_id)
        except Unavailable as failure:
            if not failure.credential:
                raise
            with tenant(certifier_id):
                RegistryCredential.objects.filter(pk=credential.pk, secret=credential.secret).update(rejected_at=now())
                record(credential, "key rejected", by="registry")
    raise NoKey(nop_id)
