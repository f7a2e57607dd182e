"""Assisted entry: staff key a certificate into the registry by hand and bring its number back.

    start (asked: may it go now?) → key → enter what was published → a second person confirms → record

The same operations, statuses and endings as when the portal speaks to the registry itself: what was entered counts
only when somebody else has confirmed it, and then in one transaction with ledger, public record and what follows.
Nothing here sends anything. `sheet` says what to key, `comparing` finds what was approved in the registry's own PDF.
"""

from nopic.certificates.assisted.actions import attach, confirm, correct, enter, slot_of, start
from nopic.certificates.assisted.comparing import Compared, compare
from nopic.certificates.assisted.queries import Card, Waiting, card_of, cards, waiting, waiting_count, waits
from nopic.certificates.assisted.sheet import Row, rows

__all__ = [
    "Card",
    "Compared",
    "Row",
    "Waiting",
    "attach",
    "card_of",
    "cards",
    "compare",
    "confirm",
    "correct",
    "enter",
    "rows",
    "slot_of",
    "start",
    "waiting",
    "waiting_count",
    "waits",
]
