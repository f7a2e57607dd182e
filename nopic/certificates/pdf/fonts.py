"""Which letters the certificate can print, with the fonts shipped beside its templates and no other.

Two families: Atkinson Hyperlegible Next, and Noto Sans for every text with a letter that Atkinson lacks (Vietnamese,
Greek, Cyrillic, Latin with rare marks). A value is set in one family throughout, never letter by letter. What neither
holds (Thai, Arabic, Chinese ...) is reported by `unprintable`; a renderer that met it would look for a font of the
machine, and the page would differ from machine to machine or show empty boxes.
"""

import unicodedata
from functools import cache
from pathlib import Path

TEMPLATES = Path(__file__).resolve().parents[3] / "templates"
FOLDER = TEMPLATES / "certificates" / "fonts"
FIRST, WIDE = "atkinson-cert-400.ttf", "noto-sans-cert-400.ttf"  # the other weights have the same coverage (tested)

SPACES = {"\t", "\n", "\r", "\x0b", "\x0c", "\x85", "\u2028", "\u2029"}


@cache
def coverage(file: str) -> frozenset[str]:
    """The characters that a shipped font file has a glyph for."""
    from fontTools.ttLib import TTFont

    with TTFont(FOLDER / file, lazy=True) as font:
        return frozenset(map(chr, font.getBestCmap()))


def clean(text: str) -> str:
    """`text` as it is printed: composed (NFC), one line, without invisible controls.

    Direction marks and zero-width characters go, because they can make a lot code read as another one.
    """
    composed = unicodedata.normalize("NFC", text)
    kept = (" " if sign in SPACES else sign for sign in composed)
    return " ".join("".join(s for s in kept if unicodedata.category(s) not in {"Cc", "Cf"}).split())


def is_wide(text: str) -> bool:
    """Whether cleaned `text` needs the second family."""
    return not coverage(FIRST).issuperset(text)


def missing(text: str) -> frozenset[str]:
    """The characters of cleaned `text` that no shipped font prints."""
    if not is_wide(text):
        return frozenset()
    return frozenset(text) - coverage(WIDE)
