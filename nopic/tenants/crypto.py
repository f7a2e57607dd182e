"""Encryption at rest of the few secrets that must be readable again: registry keys and TOTP secrets."""

import base64

from cryptography.fernet import Fernet
from django.conf import settings


def _fernet() -> Fernet:
    return Fernet(base64.urlsafe_b64encode(settings.FIELD_KEY))


def encrypt(text: str) -> str:
    """Authenticated encryption (Fernet) under FIELD_KEY."""
    return _fernet().encrypt(text.encode()).decode()


def decrypt(text: str) -> str:
    """The clear text; raises cryptography.fernet.InvalidToken when the key has changed."""
    return _fernet().decrypt(text.encode()).decode()
