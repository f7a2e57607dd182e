"""What tests of assisted entry share: a certifier that keys by hand, and its people at work."""

from decimal import Decimal
from typing import Any

from nopic.certificates import assisted
from nopic.certificates.models import Certificate, RegistryEntry, RegistryOperation
from nopic.certificates.statuses import EntryOutcome
from nopic.ledger.models import Account
from nopic.tenants.context import tenant
from nopic.tenants.models import Policy
from nopic.workflow.clock import now
from tests.factories import Side
from tests.faults import lab

NUMBER = "901-9010004127-000318"
KG = lab.KG


def by_hand(side: Side) -> None:
    """From now on this certifier keys its certificates itself."""
    with tenant(side.certifier):
        checks = [row for row in side.policy.data["checks"] if row["id"] == lab.ONE_CHECK.id]
        data = {**side.policy.data, "checks": checks, "registry_channel": "assisted"}
        Policy.objects.create(certifier=side.certifier, version=side.policy.version + 1, data=data, by="test")


def approved(side: Side, count: int = 1) -> list[Certificate]:
    by_hand(side)
    return lab.begun(side, count)


def operation(certificate: Certificate, kind: str = "issue") -> RegistryOperation:
    return RegistryOperation.objects.get(certifier_id=certificate.certifier_id, certificate=certificate, kind=kind)


def operation_of(certificate: Certificate) -> RegistryOperation:
    """The same, from outside the door, with the request."""
    with tenant(certificate.certifier_id):
        found = RegistryOperation.objects.select_related("certificate__request")
        return found.get(certifier_id=certificate.certifier_id, certificate=certificate, kind="issue")


def entered(side: Side, certificate: Certificate, typed: str = NUMBER, **said: Any) -> RegistryEntry:
    """Keyed and entered by the reviewer; inside the door."""
    one = operation(certificate)
    if one.status == "pending":
        assisted.start(operation=one, by=side.reviewer)
    facts = {"outcome": EntryOutcome.DONE, "typed": typed, "at": now(), "still_there": True} | said
    return assisted.enter(operation=one, by=side.reviewer, **facts)


def issue(side: Side, certificate: Certificate, typed: str = NUMBER) -> Certificate:
    """Entered and confirmed; inside the door."""
    assisted.confirm(entry=entered(side, certificate, typed), typed=typed, by=side.colleague)
    certificate.refresh_from_db(fields=["status", "number", "issued_at"])
    return certificate


def books(side: Side) -> tuple[Decimal, Decimal]:
    account = Account.objects.get(pk=side.account.pk)
    return account.held, account.issued
