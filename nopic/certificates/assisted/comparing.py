"""Is what was approved in the registry's own PDF? Looked for in the text of its pages; nothing is concluded from a gap.

Weights are found however they are written ("38400", "38,400.00", "38 400"); numbers, NOP IDs and codes also with other
separators or none. A picture has no text: then nothing is found, and a person compares by eye.
"""

import re
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from nopic.certificates.assisted.sheet import rows
from nopic.certificates.models import Certificate, RegistryOperation
from nopic.documents.models import Document, PageImage
from nopic.documents.statuses import DocumentStatus


@dataclass(frozen=True)
class Compared:
    """One fact that was approved, and whether the text has it."""

    label: str
    value: str
    found: bool


def text_of(document: Document) -> str | None:
    """The words of its pages; None while they are still being drawn or when the file was refused."""
    if document.status in (DocumentStatus.RECEIVED, DocumentStatus.INSPECTING, DocumentStatus.REFUSED):
        return None
    pages = PageImage.objects.filter(certifier_id=document.certifier_id, document=document).order_by("number")
    return "\n".join(pages.values_list("text", flat=True))


def compare(certificate: Certificate, operation: RegistryOperation, number: str, text: str) -> list[Compared]:
    """Number, kilograms, tariff code, NOP IDs and lots, each found or not found in the text."""
    found = [Compared(_("Number"), number, _says(number, text))] if number else []
    if number:  # whose middle may be the exporter's NOP ID, and says nothing about it
        text = re.sub(_written(number), " ", text)
    for row in rows(certificate, operation):
        looks = _weighs if row.is_weight else _says
        found += [Compared(row.label, fact, looks(fact, text)) for fact in row.facts if fact != number]
    return found


def as_json(compared: list[Compared]) -> list[dict[str, Any]]:
    """How it is kept with the confirmation."""
    return [{"label": one.label, "value": one.value, "found": one.found} for one in compared]


def _says(fact: str, text: str) -> bool:
    """Whether the text has this word or number."""
    return re.search(_written(fact), text, re.IGNORECASE) is not None


def _written(fact: str) -> str:
    """A pattern: the fact with whatever separators, and not inside a longer word or number."""
    between = r"[\W_]*".join(re.escape(part) for part in re.findall(r"[^\W_]+", fact))
    return rf"(?<![^\W_]){between}(?![^\W_])"


def _weighs(kg: str, text: str) -> bool:
    """Whether the text has this weight, in one of the ways in which thousands and decimals are written."""
    whole, _point, fraction = kg.partition(".")
    groups = [whole[max(0, end - 3) : end] for end in range(len(whole), 0, -3)][::-1]
    written = r"[.,'’\s]?".join(groups) + (rf"[.,]{fraction}0*" if fraction else r"(?:[.,]0+)?")
    return re.search(rf"(?<![\d.,]){written}(?!\d|[.,]\d)", text) is not None
