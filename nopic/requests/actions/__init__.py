"""What can be done with a request, until it is decided. Every verb runs inside the caller's `tenant()`.

Copying: copy, start_from, start_replacement, start_split, fill_in_today, keep_as_template, rename_template, delete_template.
For an exporter: start_on_behalf, as_asked (what is kept of who asked), ask_to_confirm, sign (a click, or a signed form).
Drafting: start, revise, merge, add_supplier, answer_slot, say_kind, clear_slot. Filing: open_slot (may a file come?), papers_changed.
Purchases: register_certificate, correct_certificate; of suppliers' own ones place_for_certificate, certificate_came.
Sending: submit, hold_line and repin for what the decision needs. Ending: withdraw, recall,
return_to_exporter. After questions, a correction or a refusal: send_answers (stops_against_answers), go_on_unanswered, open_again. Departing: declare_departure, the answer to "Has it left?".
Verbs raise Refused(findings) when a rule stands against them and Overtaken when somebody was faster.
"""

from nopic.requests.actions.copying import (
    copy,
    delete_template,
    fill_in_today,
    keep_as_template,
    rename_template,
    start_from,
    start_replacement,
)
from nopic.requests.actions.departing import declare_departure
from nopic.requests.actions.drafting import add_supplier, answer_slot, clear_slot, revise, say_kind, start
from nopic.requests.actions.ending import recall, release_line, return_to_exporter, withdraw
from nopic.requests.actions.filing import open_slot, papers_changed
from nopic.requests.actions.goods import Part, Present
from nopic.requests.actions.merging import merge
from nopic.requests.actions.on_behalf import (
    NO_REASON_TO_CORRECT,
    NO_REASON_TO_FILL_IN,
    SIGNATURE,
    Asked,
    Signed,
    as_asked,
    ask_to_confirm,
    sign,
    start_on_behalf,
)
from nopic.requests.actions.purchasing import (
    certificate_came,
    correct_certificate,
    place_for_certificate,
    register_certificate,
)
from nopic.requests.actions.resending import go_on_unanswered, open_again, send_answers, stops_against_answers
from nopic.requests.actions.sending import hold_line, repin, submit
from nopic.requests.actions.splitting import start_split

__all__ = [
    "NO_REASON_TO_CORRECT",
    "NO_REASON_TO_FILL_IN",
    "SIGNATURE",
    "Asked",
    "Part",
    "Present",
    "Signed",
    "add_supplier",
    "answer_slot",
    "as_asked",
    "ask_to_confirm",
    "certificate_came",
    "clear_slot",
    "copy",
    "correct_certificate",
    "declare_departure",
    "delete_template",
    "fill_in_today",
    "go_on_unanswered",
    "hold_line",
    "keep_as_template",
    "merge",
    "open_again",
    "open_slot",
    "papers_changed",
    "place_for_certificate",
    "recall",
    "register_certificate",
    "release_line",
    "rename_template",
    "repin",
    "return_to_exporter",
    "revise",
    "say_kind",
    "send_answers",
    "sign",
    "start",
    "start_from",
    "start_on_behalf",
    "start_replacement",
    "start_split",
    "stops_against_answers",
    "submit",
    "withdraw",
]
