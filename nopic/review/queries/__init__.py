"""What a reviewer sees of one case: its checks and findings, what its papers say, its balance and its history."""

from .asked import Answer, answers, answers_due, corrected, corrections_of, filing_of, open_round, rounds_of
from .balance import Balance, balance
from .case import GUARANTEE, Case, Check, changed_at, load
from .history import Event, history, turned
from .papers import Guarantee, Paper, Place, Say, guarantees, papers, papers_of
from .record import Record, log_as_json, record_of
from .record import as_json as record_as_json
from .replacing import replacing
from .second import (
    alone_of_line,
    approved_alone,
    gone_on_alone,
    open_second_check,
    passed_by,
    second_look,
    second_reasons,
    sent_back,
)

__all__ = [
    "GUARANTEE",
    "Answer",
    "Balance",
    "Case",
    "Check",
    "Event",
    "Guarantee",
    "Paper",
    "Place",
    "Record",
    "Say",
    "alone_of_line",
    "answers",
    "answers_due",
    "approved_alone",
    "balance",
    "changed_at",
    "corrected",
    "corrections_of",
    "filing_of",
    "gone_on_alone",
    "guarantees",
    "history",
    "load",
    "log_as_json",
    "open_round",
    "open_second_check",
    "papers",
    "papers_of",
    "passed_by",
    "record_as_json",
    "record_of",
    "replacing",
    "rounds_of",
    "second_look",
    "second_reasons",
    "sent_back",
    "turned",
]
