"""What stands in the cells of a workbook, sheet by sheet, as far as a person can look over it on a screen.

Values are shown as the workbook keeps them: dates by the calendar (ISO 8601, so that no order of day and month is
guessed), percentages and leading zeros as their format says, other numbers with all their digits. A formula is shown by
the value that was calculated last; one that never was, by itself. What is hidden in the file is shown, and said to be.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from nopic.documents.sandbox.package import Block, Package
from nopic.documents.sandbox.reader import Reader, local

MOST_ROWS, MOST_COLUMNS, LONGEST_CELL = 500, 40, 300
MOST_LETTERS = 60_000  # of one sheet
_BUILT_IN_DATES = frozenset(
    [*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)]
)  # ECMA-376 part 1, 18.8.30
_BUILT_IN_PER_CENT = frozenset({9, 10})
_NOT_A_PATTERN = re.compile(
    r'"[^"]*"|[\\_*].|\[(?![hms]+\])[^\]]*\]', re.IGNORECASE
)  # quoted, escaped, filled; colours and places


def pages(package: Package) -> Iterator[list[Block]]:
    """The blocks of every worksheet in which something is written, in the order of the workbook."""
    book = package.read(package.main, _Book())
    links = package.related(package.main)
    kinds = {one.kind: one.target for one in links}
    strings = package.read(kinds["sharedstrings"], _Strings()).found if "sharedstrings" in kinds else []
    formats = package.read(kinds["styles"], _Formats()).shapes() if "styles" in kinds else []
    targets = {one.key: one.target for one in links if one.kind == "worksheet"}
    for name, key, is_hidden in book.sheets:
        if key in targets:
            sheet = package.read(targets[key], _Sheet(strings, formats, book.starts))
            if sheet.rows:
                hides = [{"note": "hidden_sheet"}] if is_hidden else [{"note": "hidden_cells"}] if sheet.hides else []
                yield [
                    {"heading": name},
                    *hides,
                    table([sheet.line(row) for row in sheet.rows], sheet.more, sheet.wide),
                ]


def table(rows: list[list[str]], more_rows: int, more_columns: int) -> Block:
    """A block of rows of cells, with how many more there are."""
    return {"rows": rows, "more_rows": more_rows, "more_columns": more_columns}


def clipped(cell: str) -> str:
    """A cell's text at a length that can be looked over."""
    return cell if len(cell) <= LONGEST_CELL else cell[: LONGEST_CELL - 1] + "…"


def _yes(said: str | None) -> bool:
    return said in ("1", "true")


class _Book(Reader):
    """Names of the sheets, their links, whether they are hidden, and the day with which the workbook's calendar starts."""

    def __init__(self) -> None:
        self.sheets: list[tuple[str, str, bool]] = []
        self.starts = datetime(1899, 12, 30, tzinfo=UTC)

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if local(tag) == "sheet":
            said = {local(name): value for name, value in attributes.items()}
            self.sheets.append((said["name"], said["id"], said.get("state", "visible") != "visible"))
        elif local(tag) == "workbookPr" and _yes(attributes.get("date1904")):
            self.starts = datetime(1904, 1, 1, tzinfo=UTC)


class _Strings(Reader):
    """The texts that cells share; readings of ideographs (rPh) are no part of them."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self.letters: list[str] = []
        self.takes = self.is_reading = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = local(tag)
        if name == "rPh":
            self.is_reading = True
        self.takes = name == "t" and not self.is_reading

    def data(self, text: str) -> None:
        if self.takes:
            self.letters.append(text)

    def end(self, tag: str) -> None:
        self.takes = False
        name = local(tag)
        if name == "rPh":
            self.is_reading = False
        elif name == "si":
            self.found.append("".join(self.letters))
            self.letters = []


class _Formats(Reader):
    """How numbers look in each style of the workbook: "date", "per cent", "00…" for leading zeros, or ""."""

    def __init__(self) -> None:
        self.codes: dict[int, str] = {}
        self.styles: list[int] = []
        self.is_cells = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = local(tag)
        if name == "numFmt":
            self.codes[int(attributes["numFmtId"])] = attributes.get("formatCode", "")
        elif name == "cellXfs":
            self.is_cells = True
        elif name == "xf" and self.is_cells:
            self.styles.append(int(attributes.get("numFmtId", 0)))

    def end(self, tag: str) -> None:
        if local(tag) == "cellXfs":
            self.is_cells = False

    def shapes(self) -> list[str]:
        return [self._shape(style) for style in self.styles]

    def _shape(self, style: int) -> str:
        code = _NOT_A_PATTERN.sub("", self.codes.get(style, "")).partition(";")[0].lower()
        if style in _BUILT_IN_DATES or re.search("[ymdhs]", code):
            return "date"
        if style in _BUILT_IN_PER_CENT or "%" in code:
            return "per cent"
        return code if re.fullmatch("00+", code) else ""


class _Sheet(Reader):
    """The rows of one sheet that have anything in them: shown ones as cells by column, the rest counted."""

    def __init__(self, strings: list[str], formats: list[str], starts: datetime) -> None:
        self.strings, self.formats, self.starts = strings, formats, starts
        self.rows: list[dict[int, str]] = []
        self.more, self.left, self.hides = 0, MOST_LETTERS, False
        self.columns: set[int] = set()
        self.hidden_columns: list[range] = []
        self.cells: dict[int, str] = {}
        self.column, self.kind, self.style = 0, "", 0
        self.inside, self.value, self.formula = "", "", ""
        self.is_hidden = False

    @property
    def wide(self) -> int:
        """How many columns have something in them that is not shown."""
        return max(0, len(self.columns) - MOST_COLUMNS)

    def line(self, row: dict[int, str]) -> list[str]:
        """A row's cells in the columns that are shown."""
        return [row.get(column, "") for column in sorted(self.columns)[:MOST_COLUMNS]]

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = local(tag)
        if name in ("v", "t", "f"):
            self.inside = name
        elif name == "c":
            place = re.match("[A-Z]{1,3}", attributes.get("r", ""))
            self.column = _number(place.group()) if place else self.column + 1
            self.kind, self.style = attributes.get("t", "n"), _index(attributes.get("s", "0"))
            self.value = self.formula = ""
        elif name == "row":
            self.cells, self.column, self.is_hidden = {}, 0, _yes(attributes.get("hidden"))
        elif name == "col" and _yes(attributes.get("hidden")):
            self.hidden_columns.append(range(int(attributes["min"]), int(attributes["max"]) + 1))

    def data(self, text: str) -> None:
        if self.inside in ("v", "t"):
            self.value += text
        elif self.inside == "f":
            self.formula += text

    def end(self, tag: str) -> None:
        name = local(tag)
        if name == "c":
            shown = self._shown().strip()
            if shown:
                self.cells[self.column] = clipped(shown)
        elif name == "row" and self.cells:
            self._keep()
        elif name == self.inside:
            self.inside = ""

    def _keep(self) -> None:
        self.left -= sum(len(cell) + 1 for cell in self.cells.values())
        if len(self.rows) >= MOST_ROWS or self.left < 0:
            self.more += 1
            return
        self.rows.append(self.cells)
        self.columns.update(self.cells)
        self.hides |= self.is_hidden or any(column in hidden for hidden in self.hidden_columns for column in self.cells)

    def _shown(self) -> str:
        if not self.value:
            return f"={self.formula}" if self.formula else ""
        if self.kind == "s":
            return self.strings[_index(self.value)]
        if self.kind == "b":
            return "TRUE" if _yes(self.value) else "FALSE"
        if self.kind != "n":  # a text in place, the text of a formula, an error, a date in words
            return self.value
        return self._as_number(float(self.value))

    def _as_number(self, value: float) -> str:
        shape = self.formats[self.style] if self.formats else ""
        if shape == "date" and 0 <= value < 2_958_466:  # up to the last day of the year 9999
            moment = self.starts + timedelta(seconds=round(value * 86_400))
            if value < 1:
                return f"{moment:%H:%M}"
            return f"{moment:%Y-%m-%d}" if value.is_integer() else f"{moment:%Y-%m-%d %H:%M}"
        number = Decimal(f"{value:.15g}")  # what Excel itself shows: 15 digits
        if shape == "per cent":
            return f"{(number * 100).normalize():f}%"
        return f"{number:f}".zfill(len(shape) if shape.startswith("0") else 0)


def _index(said: str) -> int:
    """A place in a list, counted from 0; Python would take one below for a place from the end."""
    if (index := int(said)) < 0:
        raise ValueError(said)
    return index


def _number(letters: str) -> int:
    """The number of a column: A is 1, AA is 27."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number
