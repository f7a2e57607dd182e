"""Who there is. Global: people, certifiers, identities of importers and brokers. Behind a certifier's door: the rest."""

from nopic.tenants.models.accounts import User, UserManager
from nopic.tenants.models.belonging import ApiKey, Belonging, Invitation, Membership, Secret
from nopic.tenants.models.parties import (
    RESERVED_SLUGS,
    Broker,
    Certifier,
    Exporter,
    Importer,
    ImporterContact,
    Policy,
    PolicyWithdrawal,
    RegistryCredential,
    TenantModel,
    nop_id_format,
)
from nopic.tenants.models.roster import Absence, DutyHours

__all__ = [
    "RESERVED_SLUGS",
    "Absence",
    "ApiKey",
    "Belonging",
    "Broker",
    "Certifier",
    "DutyHours",
    "Exporter",
    "Importer",
    "ImporterContact",
    "Invitation",
    "Membership",
    "Policy",
    "PolicyWithdrawal",
    "RegistryCredential",
    "Secret",
    "TenantModel",
    "User",
    "UserManager",
    "nop_id_format",
]
