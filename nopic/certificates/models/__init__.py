"""Certificates, what is owed to the registry for them, every try ever made, their files, and their public record."""

from nopic.certificates.models.certificate import Certificate, CertificateFile, PublicRecord, Revision
from nopic.certificates.models.registry import RegistryAttempt, RegistryEntry, RegistryOperation
from nopic.certificates.models.wishes import CancelWish

__all__ = [
    "CancelWish",
    "Certificate",
    "CertificateFile",
    "PublicRecord",
    "RegistryAttempt",
    "RegistryEntry",
    "RegistryOperation",
    "Revision",
]
