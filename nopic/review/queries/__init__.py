"""What a reviewer sees of one case: its checks and findings, what its papers say, its balance and its history."""

from .balance import Balance, balance
from .case import Case, Check, load, papers_changed_at
from .history import Event, history
from .papers import Paper, Place, Say, papers
from .versions import boxes_of

__all__ = [
    "Balance",
    "Case",
    "Check",
    "Event",
    "Paper",
    "Place",
    "Say",
    "balance",
    "boxes_of",
    "history",
    "load",
    "papers",
    "papers_changed_at",
]
