"""One file to send, and what must come of it."""

from collections.abc import Callable
from dataclasses import dataclass

ACCEPTED = "accepted"


@dataclass(frozen=True)
class Case:
    """One file to send and what must come of it."""

    number: int
    title: str
    make: Callable[[], bytes]
    expected: str
    name: str = "invoice.pdf"
    declared: str = "application/pdf"

    def __str__(self) -> str:
        return f"{self.number:02d}-{self.title.replace(' ', '-')}"


def a(number: int, title: str, made: bytes | Callable[[], bytes], expected: str, *sent: str) -> Case:
    """Shorthand for the catalogue."""
    return Case(number, title, made if callable(made) else lambda: made, expected, *sent)
