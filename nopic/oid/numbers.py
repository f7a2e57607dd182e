"""How the numbers of the trade are written: certificate number, NOP ID, US tariff code.

Typed input is read leniently (spaces, long dashes, missing dashes) and comes back in the one form that is stored and
printed. What cannot be read raises `WrongFormat` with a sentence for the person who typed it. The groups of a
certificate number mean nothing here: who issued what is asked of the registry, never read out of digits.
"""

import re
import unicodedata

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

CERTIFICATE_NUMBER = r"[0-9]{3}-[0-9]{10}-[0-9]{6}"
NOP_ID = r"[0-9]{10}"
HTS = r"[0-9]{4}\.[0-9]{2}\.[0-9]{4}"

_DASHES = re.compile(r"[\u2010-\u2015\u2212\uFE58\uFE63\uFF0D]")
_DRAFT = re.compile(r"draft", re.IGNORECASE)


class WrongFormat(ValueError):
    """The text is no such number; `sentence` says why, in words for the person who typed it."""

    def __init__(self, sentence: str | Promise) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def is_certificate_number(text: object) -> bool:
    """Whether the text is a certificate number exactly as stored: `NNN-NNNNNNNNNN-NNNNNN`."""
    return isinstance(text, str) and re.fullmatch(CERTIFICATE_NUMBER, text) is not None


def is_nop_id(text: object) -> bool:
    """Whether the text is the 10-digit NOP ID of an operation, exactly as stored."""
    return isinstance(text, str) and re.fullmatch(NOP_ID, text) is not None


def read_certificate_number(typed: str) -> str:
    """The certificate number that somebody typed, as `NNN-NNNNNNNNNN-NNNNNN`; raises WrongFormat.

    Spaces and dashes of any kind are ignored, also when there are none. A NOP ID and a draft's number are the two
    mistakes that customs sees most often (CBP, CSMS 2026), so each has its own sentence.
    """
    text = _plain(typed)
    if _DRAFT.search(text):
        raise WrongFormat(
            _("A draft number is not valid for import. Use the number that was published with the certificate.")
        )
    digits = _digits(text, separators="-")
    if is_nop_id(digits):
        raise WrongFormat(_("That is an operation's NOP ID, not a certificate number."))
    if digits is None or len(digits) != 19:
        raise WrongFormat(_("A certificate number has 19 digits, for example 901-9010000017-000042."))
    return f"{digits[:3]}-{digits[3:13]}-{digits[13:]}"


def read_nop_id(typed: str) -> str:
    """The NOP ID that somebody typed, as ten digits; raises WrongFormat."""
    digits = _digits(_plain(typed), separators="-")
    if digits is not None and len(digits) == 19:
        raise WrongFormat(_("That is a certificate number, not the NOP ID of an operation."))
    if digits is None or not is_nop_id(digits):
        raise WrongFormat(_("A NOP ID has ten digits, for example 9010000017."))
    return digits


def one_slip(one: str, other: str) -> bool:
    """Whether two numbers differ as a slip of the pen makes them differ: in one digit, or in two neighbours swapped."""
    if len(one) != len(other):
        return False
    apart = [at for at, (a, b) in enumerate(zip(one, other, strict=True)) if a != b]
    if not all(one[at].isdigit() and other[at].isdigit() for at in apart):
        return False
    if len(apart) == 1:
        return True
    if len(apart) != 2 or apart[1] != apart[0] + 1:
        return False
    first, second = apart
    return (one[first], one[second]) == (other[second], other[first])


def _plain(typed: str) -> str:
    """The text with full-width signs and long dashes made plain and without any white space."""
    text = _DASHES.sub("-", unicodedata.normalize("NFKC", typed))
    return "".join(text.split())


def _digits(text: str, *, separators: str) -> str | None:
    """The digits of the text, or None when anything but ASCII digits and the given separators is in it."""
    bare = text.translate({ord(sign): None for sign in separators})
    return bare if re.fullmatch(r"[0-9]+", bare) else None
