"""The fees of one exporter that fell due in one month, as a PDF printed by the same sealed renderer as certificates.

Decides how the statement looks; what is owed is told by the caller. It is English and uses the style of the first
version of the certificate. A character that no shipped font prints stands as "?".
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from functools import cache
from hashlib import sha256
from typing import Any

from django.template import Context, Engine

from nopic.certificates.pdf.boxes_v1 import Typesetter
from nopic.certificates.pdf.engine import ONE_AT_A_TIME, renderer
from nopic.certificates.pdf.fonts import TEMPLATES, clean, missing

STYLE = "v1"
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One fee, every value as it is printed."""

    due: str
    reference: str
    fee: str
    amount: str
    owed: str
    why: str


@dataclass(frozen=True)
class StatementPaper:
    """Everything that the statement says; `totals` is one amount for each currency."""

    certifier: str
    address: str
    exporter: str
    nop_id: str
    month: date
    page_size: str
    totals: Sequence[str]
    rows: Sequence[Row]


def render_statement(facts: StatementPaper) -> bytes:
    """The PDF. The same facts give the same bytes."""
    set_ = Typesetter()

    def text(value: str) -> Any:
        lost = missing(clean(value))
        return set_("".join("?" if sign in lost else sign for sign in clean(value)))

    month = f"{MONTHS[facts.month.month - 1]} {facts.month.year}"
    words = {
        "certifier": text(facts.certifier), "address": text(", ".join(facts.address.splitlines())),
        "exporter": text(facts.exporter), "nop_id": text(facts.nop_id), "month": month,
        "totals": [text(total) for total in facts.totals],
        "rows": [{name: text(value) for name, value in asdict(row).items()} for row in facts.rows],
    }  # fmt: skip
    html = _engine().get_template("certificates/statement_v1.html").render(Context(words))
    with ONE_AT_A_TIME:
        pages = renderer().layout(html, STYLE, facts.page_size)
        identity = sha256(html.encode()).hexdigest()
        return renderer().pdf(pages, identity=identity, attachments={}, at=None)


@cache
def _engine() -> Engine:
    return Engine(dirs=[str(TEMPLATES)], autoescape=True)
