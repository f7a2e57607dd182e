"""Certificates, what is owed to the registry for them, every try ever made, their files, and their public record."""

from nopic.certificates.models.certificate import Certificate, CertificateFile, PublicRecord, Revision
from nopic.certificates.models.registry import RegistryAttempt, RegistryEntry, RegistryOperation

__all__ = [
    "Certificate",
    "CertificateFile",
    "PublicRecord",
    "RegistryAttempt",
    "RegistryEntry",
    "RegistryOperation",
    "Revision",
]
