"""The only place where a status is written, and the three ways in which a change can fail."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Model

from nopic.workflow.audit import Actor, record


class IllegalTransition(Exception):
    """A status that may not follow the present one was asked for: a bug, so let it crash."""


class Overtaken(Exception):
    """Somebody else changed the thing first. Doors answer with a kind sentence, never with an error page."""

    def __init__(self, subject: object) -> None:
        super().__init__(f"{subject} was changed by somebody else")
        self.subject = subject


class Refused(Exception):
    """A rule stands against the action. `findings` say which, each with a sentence for the reader."""

    def __init__(self, findings: Sequence[Any]) -> None:
        super().__init__("; ".join(str(finding) for finding in findings))
        self.findings = list(findings)


@dataclass(frozen=True)
class Fault:
    """A finding of Refused that belongs to one answer of the form that was sent; "" for all of it."""

    sentence: str
    field: str = ""

    def __str__(self) -> str:
        return self.sentence


def advance(subject: Model, to: str, *, by: Actor, note: str = "", **fields: Any) -> None:
    """Move one thing to its next status, together with the fields that belong to that moment.

    The update holds only where the old status still stands (no lock needed), and the audit event is part of the same
    transaction. Raises IllegalTransition (not in the model's NEXT table) or Overtaken (somebody was faster).
    """
    was = subject.status  # type: ignore[attr-defined]
    if to not in subject.NEXT[was]:  # type: ignore[attr-defined]
        raise IllegalTransition(f"{subject!r}: {was} -> {to}")
    moved = type(subject)._base_manager.filter(pk=subject.pk, status=was).update(status=to, **fields)
    if moved != 1:
        raise Overtaken(subject)
    for name, value in {"status": to, **fields}.items():
        setattr(subject, name, value)
    record(subject, "status", by=by, old=was, new=to, note=note)
