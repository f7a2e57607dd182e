"""What a reviewer does. Every verb runs inside the caller's `tenant()` and locks the request first.

Taking: take, release, assign, take_over, bulk_take. Checking: judge, waive, raise_allocation. Deciding: approve, refuse,
return_to_exporter, declare_departure, cancel. Verbs raise Refused (a rule stands against it) or Overtaken (somebody was faster; its subject
says who).
"""

from .checking import judge, raise_allocation, waive
from .deciding import approve, cancel, declare_departure, refuse, return_to_exporter
from .taking import Outcome, assign, bulk_take, release, take, take_over

__all__ = [
    "Outcome",
    "approve",
    "assign",
    "bulk_take",
    "cancel",
    "declare_departure",
    "judge",
    "raise_allocation",
    "refuse",
    "release",
    "return_to_exporter",
    "take",
    "take_over",
    "waive",
]
