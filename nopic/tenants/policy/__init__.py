"""The certifier's policy: every rule in which two certifiers may differ, as one frozen value stored as JSON.

Code asks ``Rules`` and never which certifier it is. Read ``rules`` first; ``documents``, ``checklist`` and ``reasons``
are its tables with the rows that every certifier starts with, ``reading`` is how the JSON is checked.
"""

from .answers import Answers, Goods, Supplier
from .checklist import GROUPS, CheckRow
from .clock import MODES, FilingRule, Turnaround
from .documents import DocumentRow, DocumentRule, documents_due
from .final_documents import FinalDocuments
from .kinds import FILE_TYPES, TRANSPORT_KINDS
from .people import SECOND_REASONS, Asking, LowRisk, SecondPerson
from .reading import PolicyError
from .reasons import Reason, cancel_text, refusal_text
from .rules import WEEK, ClosedDay, Rules

__all__ = [
    "FILE_TYPES",
    "GROUPS",
    "MODES",
    "SECOND_REASONS",
    "TRANSPORT_KINDS",
    "WEEK",
    "Answers",
    "Asking",
    "CheckRow",
    "ClosedDay",
    "DocumentRow",
    "DocumentRule",
    "FilingRule",
    "FinalDocuments",
    "Goods",
    "LowRisk",
    "PolicyError",
    "Reason",
    "Rules",
    "SecondPerson",
    "Supplier",
    "Turnaround",
    "cancel_text",
    "documents_due",
    "refusal_text",
]
