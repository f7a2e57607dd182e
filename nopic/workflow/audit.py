"""The audit log: who did what, when, from what, to what and why.

An event is one inserted row. At commit the database itself (a deferred trigger, see the migration) gives the row its
place in the certifier's chain: sequence number, previous hash and SHA-256 over all of its columns. The chain head is
therefore locked last and briefly, events of rolled-back work leave no trace, and nobody can write a link by hand.
Rows own nothing: no foreign keys, so history survives everything and blocks nothing.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any, Protocol

from django.db.models import Model

from nopic.workflow.models import AuditEvent

_acting_for: ContextVar[str] = ContextVar("acting_for", default="")
_telling_of: ContextVar[datetime | None] = ContextVar("telling_of", default=None)


@contextmanager
def acting_for(whom: str) -> Iterator[None]:
    """Every event written inside names also in whose place the actor acts: `facts["on_behalf_of"]`."""
    token = _acting_for.set(whom)
    try:
        yield
    finally:
        _acting_for.reset(token)


@contextmanager
def telling_of(moment: datetime) -> Iterator[None]:
    """Every event written inside says when it happened, `facts["happened_at"]`: a history that is told afterwards. `at`
    stays the moment at which the database wrote it.
    """
    token = _telling_of.set(moment)
    try:
        yield
    finally:
        _telling_of.reset(token)


class HasLabel(Protocol):
    """A person, seen from the log: an id and the name that was theirs at the time."""

    pk: Any

    def __str__(self) -> str: ...


Actor = HasLabel | str  # a user, or the name of a process such as "issuance"


def record(
    subject: Model, verb: str, *, by: Actor, old: str = "", new: str = "", note: str = "", **facts: Any
) -> AuditEvent:
    """Write one event about `subject`, in the caller's transaction.

    The certifier is the subject's; subjects without one (importers, platform settings) go to the platform's chain 0.
    `facts` must be JSON: whatever a later reader needs beside old and new.
    """
    if whom := _acting_for.get():
        facts = {**facts, "on_behalf_of": whom}
    if moment := _telling_of.get():
        facts = {**facts, "happened_at": moment.isoformat()}
    event = AuditEvent(
        certifier_id=getattr(subject, "certifier_id", None) or 0,
        actor_id=None if isinstance(by, str) else by.pk,
        actor=str(by),
        subject_type=subject._meta.label_lower,
        subject_id=subject.pk,
        subject=str(subject)[:200],
        verb=verb,
        old=old,
        new=new,
        note=note,
        facts=facts,
    )
    event.save(force_insert=True)
    return event
