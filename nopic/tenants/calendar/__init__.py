"""The clock of a certifier: when a request must be sent, when its decision is due, when customs wants the data.

All rules are the certifier's own, none is law: no regulation names a lead time in days. The office's calendar governs
(its zone, the public holidays of its country, its own closed days, its weekend), never the exporter's. A departure is a
plain date: the day on the clock of the place where the goods leave (``requests.ports``), and it never counts itself.

Nothing here reads or writes anything: a moment and the rules go in, a moment comes out. ``office`` counts working
days, ``promises`` the decision and its pauses, ``filing`` the usual customs deadlines.
"""

from .filing import Filing, filing
from .final_documents import final_document_due, reminders
from .holidays_of import fault, public_holidays
from .office import Office, RulerDay
from .promises import Pause, merged

__all__ = [
    "Filing",
    "Office",
    "Pause",
    "RulerDay",
    "fault",
    "filing",
    "final_document_due",
    "merged",
    "public_holidays",
    "reminders",
]
