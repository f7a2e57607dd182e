"""What a reviewer does. Every verb runs inside the caller's `tenant()` and locks the request first.

Taking: take, release, assign, take_over, bulk_take. Checking: judge, waive, raise_allocation, rule_on_paper, confirm_organic. Deciding: approve, refuse,
return_to_exporter, declare_departure, cancel; a second person: confirm, send_back; the approver: take_approval_back; without a second one: go_on_alone, then review_afterwards, close_alarm. Asking: ask, take_back; note; and the exporter's ask_second_look, keep_replies, send_answers,
withdraw. Correcting for the exporter: begin_correction, ask_for_confirmation, take_correction_back; the exporter's confirm_correction and
reject_correction. Verbs raise Refused (a rule stands against it) or Overtaken (somebody was faster; its subject
says who).
"""

from .asking import Point, ask, keep_replies, send_answers, take_back, withdraw
from .checking import judge, raise_allocation, waive
from .correcting import (
    ask_for_confirmation,
    begin_correction,
    confirm_correction,
    reject_correction,
    take_correction_back,
)
from .deciding import approve, cancel, declare_departure, refuse, return_to_exporter
from .exporting import note_export
from .looking import ask_second_look
from .noting import note
from .papers import confirm_organic, confirm_organic_of_owed, rule_on_owed, rule_on_paper
from .seconding import close_alarm, confirm, go_on_alone, review_afterwards, send_back, take_approval_back
from .taking import Outcome, assign, bulk_take, release, take, take_over

__all__ = [
    "Outcome",
    "Point",
    "approve",
    "ask",
    "ask_for_confirmation",
    "ask_second_look",
    "assign",
    "begin_correction",
    "bulk_take",
    "cancel",
    "close_alarm",
    "confirm",
    "confirm_correction",
    "confirm_organic",
    "confirm_organic_of_owed",
    "declare_departure",
    "go_on_alone",
    "judge",
    "keep_replies",
    "note",
    "note_export",
    "raise_allocation",
    "refuse",
    "reject_correction",
    "release",
    "return_to_exporter",
    "review_afterwards",
    "rule_on_owed",
    "rule_on_paper",
    "send_answers",
    "send_back",
    "take",
    "take_approval_back",
    "take_back",
    "take_correction_back",
    "take_over",
    "waive",
    "withdraw",
]
