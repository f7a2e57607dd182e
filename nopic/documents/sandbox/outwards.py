"""What in a part of an office file would fetch something, start something or ask a running program: it is refused.

Every XML part is read for it, whether or not it is shown: formulas also stand in names and rules, fields also in
comments. An address that a person would have to press may be there, unless it leads to a file, a network share or a script.
"""

import html
import re

from nopic.documents.sandbox.reader import Reader, local
from nopic.documents.sandbox.verdict import Unacceptable

_PRESSED = re.compile(r"\s*(?:https?:|mailto:|tel:|#|(?!\s*//)[^:\\]*$)", re.IGNORECASE)
_FETCHED = r"\s*(?!data:)(?:[a-z][a-z0-9+.-]*:|//|\\\\)"
_DRAWN = frozenset({"imagedata", "fill", "stroke", "image"})  # in drawings, by an address besides a relation
_OLD_DRAWING = re.compile(rf"""(?:\bsrc|:href)\s*=\s*["']{_FETCHED}""", re.IGNORECASE)

_FORMULAS = frozenset(
    {"f", "definedName", "formula", "formula1", "formula2", "oldFormula"}
    | {"calculatedColumnFormula", "totalsRowFormula"}
)
_CALLS = re.compile(
    r"\b(?:WEBSERVICE|IMAGE|RTD|CALL|REGISTER|REGISTER\.ID|EXEC|DDE|SQL\.REQUEST)\s*\(|\|", re.IGNORECASE
)  # nothing but DDE (program|topic!item) has a bar
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
_LINK_FORMULA = re.compile(r'\bHYPERLINK\s*\((?:\s*"([^"]*)")?', re.IGNORECASE)

_FIELD_CODES = frozenset({"instrText", "delInstrText"})
_ACTIVE_FIELDS = frozenset(
    {"DDE", "DDEAUTO", "INCLUDE", "INCLUDETEXT", "INCLUDEPICTURE", "IMPORT", "LINK", "DATABASE", "MACROBUTTON"}
)
_FIELD = re.compile(r"\W*(\w+)(.*)", re.DOTALL)
_WORD = re.compile(r'"[^"]*"?|\S+')
_SWITCHES_WITH_A_WORD = frozenset({r"\l", r"\o", r"\t"})  # of HYPERLINK: bookmark, tip, window


def may_be_pressed(address: str) -> bool:
    """Whether a link may lead there: the web, a mail, a phone, a place in the file or beside it."""
    return _PRESSED.match(address) is not None


def refuse_old_drawing(text: str) -> None:
    """The same for an old drawing (VML), which no parser can read: pictures from elsewhere."""
    if _OLD_DRAWING.search(html.unescape(text)):
        raise Unacceptable("active")


class Outwards(Reader):
    """Raises `Unacceptable` at the first such thing in a part."""

    def __init__(self) -> None:
        self.inside, self.formula = "", ""
        self.fields = [""]  # codes of the fields that are open, each inside the one before it

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.inside = name = local(tag)
        said = {local(key): value for key, value in attributes.items()}
        fetches = name in _DRAWN and any(re.match(_FETCHED, said.get(key, ""), re.I) for key in ("src", "href"))
        if fetches or name == "mailMerge":  # its settings open a database
            raise Unacceptable("active")
        if name in _FORMULAS:
            self.formula = ""
        elif name == "fldSimple":
            _refuse_field(said.get("instr", ""))
        elif name == "fldChar" and said.get("fldCharType") == "begin":
            self.fields.append("")
        elif name == "fldChar" and said.get("fldCharType") == "end" and len(self.fields) > 1:
            _refuse_field(self.fields.pop())

    def data(self, text: str) -> None:
        if self.inside in _FORMULAS:
            self.formula += text
        elif self.inside in _FIELD_CODES:
            self.fields[-1] += text

    def end(self, tag: str) -> None:
        if self.inside in _FORMULAS:
            _refuse_formula(self.formula)
        self.inside = ""

    def close(self) -> None:
        for code in self.fields:
            _refuse_field(code)


def _refuse_formula(code: str) -> None:
    links = _LINK_FORMULA.findall(code)
    shares = links and any("\\" in quoted for quoted in _QUOTED.findall(code))  # also one that is put together
    if _CALLS.search(_QUOTED.sub("", code)) or shares or not all(map(may_be_pressed, links)):
        raise Unacceptable("active")


def _refuse_field(code: str) -> None:
    """By its first word: what follows may be called like a field, as a bookmark is."""
    found = _FIELD.match(code)
    name, rest = (found[1].upper(), found[2]) if found else ("", "")
    if name in _ACTIVE_FIELDS or (name == "HYPERLINK" and not all(map(may_be_pressed, _addresses(rest)))):
        raise Unacceptable("active")


def _addresses(rest: str) -> list[str]:
    """What a HYPERLINK field leads to: its words, without switches and what belongs to them."""
    found, skips = [], False
    for word in _WORD.findall(rest):
        if not skips and not re.fullmatch(r"\\[a-z]", word, re.IGNORECASE):
            found.append(word.strip('"'))
        skips = not skips and word.lower() in _SWITCHES_WITH_A_WORD
    return found
