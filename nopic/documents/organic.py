"""Whether a text names a product as organic: the words of six languages, and where the first of them stands.

English, Spanish, French, Portuguese, German and Italian, with or without accents. What says the contrary ("non organic",
"no orgánico", "inorganic") and what only sounds like it ("biodegradable", "organic acids") does not count. A hint for
people: a reviewer confirms what a document says. Nor does a company that has the word in its name name a product so.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

_AROUND = 45  # characters shown on either side
_WORD = re.compile(
    r"(?<!\w)(?:"
    r"organic(?:ally)?(?!\s+(?:acid|compound|matter|solvent|chemi|carbon))|organic[oa]s?|organici|organiche"
    r"|ecologic[oa]s?|biologic[oa]s?|biologici|biologiche|biologiques?"
    r"|biologisch(?:e[rsnm]?)?|okologisch(?:e[rsnm]?)?|oeko|oekologisch(?:e[rsnm]?)?"
    r"|bio(?!-?(?:degrad|fuel|diesel|gas|hazard|secur|tech))"
    r")(?!\w)"
)
# What takes the meaning back when it stands right before the word, with at most one small word in between.
_NOT = re.compile(
    r"(?<!\w)(?:non|no|not|nao|nicht|kein\w*|pas|sin|senza|sans|without|never|conventional)"
    r"(?:[\s-]+(?:is|es|est|ist|e|a|an|de|certified|certificad[oa]|certifie|zertifiziert))?[\s-]*$"
)


@dataclass(frozen=True)
class Hit:
    """Where it is said: the page, counted from 1, and the words around it."""

    page: int
    snippet: str


def named_organic(pages: Iterable[tuple[int, str]], companies: Iterable[str] = ()) -> Hit | None:
    """The first place where one of the pages (number, text) names something as organic, other than within the name of one of
    the companies; None when none does.
    """
    names = [name for one in companies if _WORD.sub("", name := _plain(one)).strip() not in ("", name.strip())]
    in_a_name = re.compile("|".join(r"\s+".join(map(re.escape, name.split())) for name in names)) if names else None
    for number, text in pages:
        letters = _plain(text)
        named = [each.span() for each in in_a_name.finditer(letters)] if in_a_name else []
        for found in _WORD.finditer(letters):
            if any(start <= found.start() < end for start, end in named):
                continue
            if not _NOT.search(letters[max(0, found.start() - 40) : found.start()]):
                around = text[max(0, found.start() - _AROUND) : found.end() + _AROUND]
                return Hit(number, " ".join(around.split())[:200])
    return None


def _plain(text: str) -> str:
    """The text in small letters without accents, each letter in its old place."""
    return "".join((unicodedata.normalize("NFKD", one)[:1] or one).lower()[:1] or one for one in text)
