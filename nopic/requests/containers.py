"""Numbers of freight containers (ISO 6346): four letters, six digits and a check digit that catches typing errors.

Shown and stored as ``APLU 417512 5``; typed in any spacing. A wrong check digit is an error and not a hint: such a
number names no container, and the customs entry would not match the transport document.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from django.utils.translation import gettext as _

MOST_CONTAINERS: Final = 60
SHOWN: Final = 2  # numbers in a line of a list
_SHAPE: Final = re.compile(r"([A-Z]{3}[UJZ])(\d{6})(\d)")

# ISO 6346 annex A: letters count from 10 upwards and leave out the multiples of 11.
_VALUES: Final = {
    **{str(digit): digit for digit in range(10)},
    **dict(zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ", (n for n in range(10, 39) if n % 11), strict=True)),
}


class ContainerError(ValueError):
    """Container numbers that cannot be taken; ``sentences`` has one for each."""

    def __init__(self, *sentences: str) -> None:
        self.sentences = sentences
        super().__init__("\n".join(sentences))


def check_digit(owner_and_serial: str) -> int:
    """The check digit for four letters and six digits in capitals without spaces."""
    total = sum(_VALUES[sign] << position for position, sign in enumerate(owner_and_serial))
    return total % 11 % 10


def read_container(typed: str) -> str:
    """One container number in its normal form. Raises ContainerError with a sentence that quotes it."""
    compact = re.sub(r"[\s\-./]", "", typed).upper()
    shape = _SHAPE.fullmatch(compact) if compact.isascii() else None
    if shape is None:
        if re.fullmatch(r"[A-Z]{3}[UJZ]\d{6}", compact, re.ASCII):
            raise ContainerError(
                _("%(number)s: the last digit is missing, look for the digit in a box on the container")
                % {"number": f"{compact[:4]} {compact[4:]}"}
            )
        raise ContainerError(
            _("%(number)s: a container number has four letters, the last U, J or Z, and seven digits")
            % {"number": " ".join(typed.split())[:40]}
        )
    owner, serial, digit = shape.groups()
    if check_digit(owner + serial) != int(digit):
        raise ContainerError(
            _("%(number)s: the last digit does not match, check the number") % {"number": f"{owner} {serial} {digit}"}
        )
    return f"{owner} {serial} {digit}"


def names_container(text: str) -> bool:
    """Whether something that looks like a container's number stands in a text for something else."""
    return re.search(r"\b[A-Z]{3}[UJZ][\s\-]*\d{6}", text.upper()) is not None


def units_in_words(mode: str, vessel: str, containers: Sequence[Mapping[str, str]]) -> str:
    """Plate (by road and rail) and containers, two by number: what tells requests of one day apart; "" while unknown."""
    units = [vessel] if mode in ("road", "rail") and vessel else []
    units += [str(each.get("number", "")) for each in containers]
    shown, more = ", ".join(units[:SHOWN]), len(units) - SHOWN
    return _("%(units)s and %(n)s more") % {"units": shown, "n": more} if more > 0 else shown
