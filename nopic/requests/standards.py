"""The organic standards and arrangements under which goods enter the United States, and what each rests on.

Codes as in the canonical field dictionary. The portal claims no more of an arrangement than its name: whether a product
or an origin is inside its scope is a check of the reviewer's list.
"""

from typing import Final, NamedTuple


class Standard(NamedTuple):
    """Printed in box 9 in English: the certificate is an English document."""

    code: str
    name: str
    basis: str


_STANDARDS: Final = {
    each.code: each
    for each in (
        Standard("NOP", "USDA organic", "7 CFR part 205"),
        Standard("COR", "Canada Organic Regime", "US-Canada organic equivalence arrangement"),
        Standard("EU", "European Union organic", "US-EU organic equivalence arrangement"),
        Standard("GB", "United Kingdom organic", "US-UK organic equivalence arrangement"),
        Standard("CH", "Swiss organic", "US-Switzerland organic equivalence arrangement"),
        Standard("JAS", "Japanese Agricultural Standard, organic", "US-Japan organic equivalence arrangement"),
        Standard("KR", "Korean organic", "US-Korea organic equivalence arrangement"),
        Standard("TW", "Taiwan organic", "US-Taiwan organic equivalence arrangement"),
    )
}


def standard_of(code: str) -> Standard:
    """The standard with this code; one that is not listed is printed as its code."""
    return _STANDARDS.get(code, Standard(code, code, code))
