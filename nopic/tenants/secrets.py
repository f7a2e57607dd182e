"""Secrets that lead to a row before any tenant is known: invitations, links, API keys, verification keys.

Only SHA-256 digests are stored, in a table that the runtime role cannot read; two narrow functions of the database
register a digest and resolve it to ids.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


@dataclass(frozen=True)
class Target:
    """What a secret opens."""

    certifier_id: int | None
    subject_id: int


def new_token() -> str:
    """A URL-safe token of 256 random bits."""
    return secrets.token_urlsafe(32)


def new_key() -> str:
    """A key to be printed and typed: 16 characters of Crockford's base 32 (80 bits), no I, L, O, U."""
    return "".join(secrets.choice(CROCKFORD) for _ in range(16))


def digest(secret: str) -> str:
    """The stored form of a secret."""
    return hashlib.sha256(b"nopic-secret/v1\0" + secret.encode()).hexdigest()


def register(kind: str, secret: str, *, subject_id: int, certifier_id: int | None, expires_at: datetime | None) -> None:
    """Make a secret resolvable, in the caller's transaction."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT register_secret(%s, %s, %s, %s, %s)", [kind, digest(secret), certifier_id, subject_id, expires_at]
        )


def resolve(kind: str, secret: str) -> Target | None:
    """What the secret opens, or None when it is unknown or its time is over."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT certifier_id, subject_id FROM resolve_secret(%s, %s)", [kind, digest(secret)])
        row = cursor.fetchone()
    return Target(*row) if row else None


def forget(kind: str, secret_digest: str) -> None:
    """Make a secret unresolvable (used, withdrawn, revoked)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT forget_secret(%s, %s)", [kind, secret_digest])
