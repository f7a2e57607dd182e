"""Words as a search compares them: plain letters and figures, a code also from each of its parts on."""

import re
import unicodedata
from collections.abc import Iterable, Iterator

LONGEST = 60  # characters of a word that are kept


def plain(text: str) -> str:
    """Lower-case letters and figures with their accents taken off; what is in between stays."""
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()


def squeezed(text: str) -> str:
    """The same without anything in between: `vv26104` for `VV-26-104`."""
    return re.sub(r"[^a-z0-9]", "", plain(text))


def index_words(texts: Iterable[str]) -> Iterator[str]:
    """Every word of texts by which somebody may look for them: `vv26104`, `26104` and `104` for `VV-26-104`."""
    for text in texts:
        for token in plain(text).split():
            parts = re.findall(r"[a-z0-9]+", token)
            for at in range(len(parts)):
                word = "".join(parts[at:])[:LONGEST]
                if at == 0 or len(word) > 2:
                    yield word
