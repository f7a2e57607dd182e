"""What people note about certificates after their issue, and what they decide about concerns.

Each verb is one transaction of the caller's `tenant()`: change_routing, split (begun_with: what a form of it began), report_treatment; notice, weigh_again, read_again, decide, settle;
owe_documents, reminded.
"""

from .concerns import decide, notice, read_again, settle, weigh_again
from .owed import next_reminder, owe_documents, reminded
from .routing import change_routing
from .splitting import begun_with, split
from .treatments import report_treatment

__all__ = [
    "begun_with",
    "change_routing",
    "decide",
    "next_reminder",
    "notice",
    "owe_documents",
    "read_again",
    "reminded",
    "report_treatment",
    "settle",
    "split",
    "weigh_again",
]
