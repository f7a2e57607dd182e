"""What happens to files: received, replaced, removed, answered for, drawn. The only writers of this package's tables."""

from nopic.documents.actions.answering import answer, take_back
from nopic.documents.actions.deciding import confirm_organic, rule_on
from nopic.documents.actions.drawing import draw_pages
from nopic.documents.actions.offering import FORMS, offer_template
from nopic.documents.actions.receiving import Slot, Upload, receive, remove, say_kind

__all__ = [
    "FORMS",
    "Slot",
    "Upload",
    "answer",
    "confirm_organic",
    "draw_pages",
    "offer_template",
    "receive",
    "remove",
    "rule_on",
    "say_kind",
    "take_back",
]
