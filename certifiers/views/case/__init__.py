"""The case: one request before its reviewer, papers on the left, checks on the right, the decision below.

`page` shows it and takes verdicts, `decisions` and `settling` are the pages on which something is decided, `files`
hands out page images and originals. `checklist`, `viewer` and `decision_bar` prepare what is printed.
"""

from .asking import ask, take_back
from .correcting import correct, take_correction_back
from .decisions import approve, give_back, refuse
from .files import original, page_image
from .notes import notes
from .page import case, progress, verdicts, whose
from .record import case_archive, case_print
from .rerunning import case_rerun
from .ruling import decide_papers
from .seconding import confirm, go_on_alone, send_back, take_approval_back
from .settling import departure, raise_quantity, waive
from .versions import version

__all__ = [
    "approve",
    "ask",
    "case",
    "case_archive",
    "case_print",
    "case_rerun",
    "confirm",
    "correct",
    "decide_papers",
    "departure",
    "give_back",
    "go_on_alone",
    "notes",
    "original",
    "page_image",
    "progress",
    "raise_quantity",
    "refuse",
    "send_back",
    "take_approval_back",
    "take_back",
    "take_correction_back",
    "verdicts",
    "version",
    "waive",
    "whose",
]
