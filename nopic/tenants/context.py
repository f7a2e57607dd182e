"""Which rows this transaction may see: the only doors to tables under row-level security.

Each door is a transaction with settings local to it (`SET LOCAL`), so nothing can stay behind on a pooled connection.
Without a door PostgreSQL shows no rows at all. No HTTP call, no rendering of PDFs and no streaming happens inside.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction

SETTINGS = (
    "app.tenant",
    "app.user",
    "app.importer",
    "app.broker",
    "app.certificate",
    "app.request",
    "app.invitation",
    "app.apikey",
)


class AnotherTenant(Exception):
    """A door was opened inside the door of somebody else: a bug, since the inner setting would outlive its block."""


def _read() -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + ", ".join(f"current_setting('{name}', true)" for name in SETTINGS))
        return dict(zip(SETTINGS, (value or "" for value in cursor.fetchone()), strict=True))


@contextmanager
def _door(**values: Any) -> Iterator[None]:
    wanted = dict.fromkeys(SETTINGS, "") | {
        f"app.{name}": str(value) for name, value in values.items() if value is not None
    }
    nested = connection.in_atomic_block
    with transaction.atomic():
        before = _read() if nested else {}  # a new transaction has no settings yet
        inside = {name: value for name, value in before.items() if value and name != "app.user"}
        if inside and inside != {name: value for name, value in wanted.items() if value and name != "app.user"}:
            raise AnotherTenant(f"inside {inside}, asked for {wanted}")
        _write(wanted)
        yield
        if nested:  # the setting would survive the release of the savepoint; a rollback takes it back by itself
            _write(before)


def _write(values: dict[str, str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT " + ", ".join("set_config(%s, %s, true)" for _ in values),
            [part for pair in values.items() for part in pair],
        )


@contextmanager
def tenant(certifier: Any, actor: Any = None) -> Iterator[None]:
    """One transaction that sees exactly one certifier's rows. `certifier` is a Certifier or its id."""
    with _door(tenant=getattr(certifier, "pk", certifier), user=getattr(actor, "pk", actor)):
        yield


@contextmanager
def identity(user: Any) -> Iterator[None]:
    """One transaction that sees the memberships of one person, before any tenant is known."""
    with _door(user=user.pk):
        yield


@contextmanager
def organisation(*, importer_id: int | None = None, broker_id: int | None = None, actor: Any = None) -> Iterator[None]:
    """One transaction that sees what was addressed to one importer or one broker, from any certifier."""
    with _door(importer=importer_id, broker=broker_id, user=getattr(actor, "pk", actor)):
        yield


@contextmanager
def bearer(
    *,
    certificate_id: int | None = None,
    request_id: int | None = None,
    invitation_id: int | None = None,
    apikey_id: int | None = None,
) -> Iterator[None]:
    """One transaction that sees what a resolved secret opens: one certificate's or consignment's public record,
    one invitation, one API key."""
    with _door(certificate=certificate_id, request=request_id, invitation=invitation_id, apikey=apikey_id):
        yield
