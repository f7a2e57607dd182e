"""The certifier's own paragraph in each e-mail, by language, with {{placeholders}} that are filled in when it is sent.

A placeholder is replaced by one value and nothing else: no conditions, no filters, no code. An unknown one is refused
when the policy is stored, so that no reader ever sees braces.
"""

import re
from collections.abc import Mapping
from dataclasses import MISSING, dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from . import reading as read

LANGUAGES: Final = ("en", "es", "fr")

# What each letter can name; the keys are the writers of nopic.delivery.mails.
_OFFICE: Final = ("certifier", "phone", "email")
_REQUEST: Final = (*_OFFICE, "reference", "exporter", "importer")
_CERTIFICATE: Final = (*_REQUEST, "number", "product")
LETTERS: Final[dict[str, tuple[str, ...]]] = {
    "request_sent": _REQUEST,
    "request_returned": _REQUEST,
    "line_refused": _REQUEST,
    "note_left": _REQUEST,
    "papers_not_accepted": _REQUEST,
    "issued": _CERTIFICATE,
    "cancelled": _CERTIFICATE,
    "new_link": _OFFICE,
}
LETTER_NAMES: Final[dict[str, str | Promise]] = {
    "request_sent": gettext_lazy("Receipt of a request"),
    "request_returned": gettext_lazy("Request given back"),
    "line_refused": gettext_lazy("Refusal"),
    "note_left": gettext_lazy("Note for the exporter"),
    "papers_not_accepted": gettext_lazy("Document not accepted"),
    "issued": gettext_lazy("Certificate issued"),
    "cancelled": gettext_lazy("Certificate cancelled"),
    "new_link": gettext_lazy("New link"),
    "routing_changed": gettext_lazy("Changed on the way"),
    "treatment_reported": gettext_lazy("Treatment reported"),
    "document_owed": gettext_lazy("Document still to send"),
    "request_to_confirm": gettext_lazy("Request to confirm"),
    "correction_to_confirm": gettext_lazy("Correction to confirm"),
    "correction_reminder": gettext_lazy("Correction still to confirm"),
    "correction_taken_back": gettext_lazy("Correction taken back"),
    "cancel_declined": gettext_lazy("Certificate not cancelled"),
}
SAMPLES: Final[dict[str, str]] = {
    "certifier": "Tierra Firme",
    "phone": "+51 1 555 0100",
    "email": "office@tierrafirme.example",
    "reference": "2026-0426",
    "exporter": "Valle Verde",
    "importer": "Bay Bridge Coffee",
    "number": "901-9010004127-000318",
    "product": "Organic green coffee",
}
_PLACEHOLDER: Final = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")


@dataclass(frozen=True, slots=True)
class LetterText:
    """One paragraph of one kind of letter in one language."""

    letter: str = read.setting(MISSING, label=gettext_lazy("Letter"), reads=read.one_of(*LETTERS))
    language: str = read.setting(MISSING, label=gettext_lazy("Language"), reads=read.one_of(*LANGUAGES))
    text: str = read.setting(
        MISSING,
        label=gettext_lazy("Text"),
        reads=read.text(400),
        hint=gettext_lazy(
            "One paragraph. {{reference}}, {{exporter}}, {{importer}}, {{certifier}}, {{phone}} and {{email}} are "
            "replaced; in letters about a certificate {{number}} and {{product}} too."
        ),
    )

    @property
    def called(self) -> str:
        """How it is named where two of them meet."""
        return str(LETTER_NAMES[self.letter])

    def faults(self) -> dict[str, str]:
        """Setting -> the sentence about a text that is empty or names what the letter does not know."""
        sentence = self._fault_of_text()
        return {"text": sentence} if sentence else {}

    def _fault_of_text(self) -> str:
        if not self.text:
            return _("Write the paragraph, or remove the row.")
        known = LETTERS[self.letter]
        for name in _PLACEHOLDER.findall(self.text):
            if name not in known:
                return _("“{{%(name)s}}” is not known in this letter. Known are: %(known)s.") % {
                    "name": name,
                    "known": ", ".join(known),
                }
        if "{" in _PLACEHOLDER.sub("", self.text) or "}" in _PLACEHOLDER.sub("", self.text):
            return _("A placeholder is written with two braces on each side, such as {{reference}}.")
        return ""


def filled(text: str, values: Mapping[str, str]) -> str:
    """The paragraph with its placeholders replaced, in one pass; what a value holds is never read again."""
    return _PLACEHOLDER.sub(lambda found: values.get(found[1], ""), text)


def paragraph(texts: tuple[LetterText, ...], letter: str, language: str, values: Mapping[str, str]) -> str:
    """The certifier's paragraph for a letter: in the language asked for, else in English, else nothing."""
    own = {text.language: text.text for text in texts if text.letter == letter}
    chosen = own.get(language.partition("-")[0], own.get("en", ""))
    return filled(chosen, values)
