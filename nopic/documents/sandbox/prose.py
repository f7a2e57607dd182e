"""What stands in a text document: letterhead, paragraphs, tables and notes, in the order of its parts.

Text that was deleted with "track changes" is left out and text that was inserted is shown, as Word does when it accepts
them; that there are such changes is said. Fields are shown by their last result.
"""

from collections.abc import Iterator

from nopic.documents.sandbox.package import Block, Package
from nopic.documents.sandbox.reader import Reader, local
from nopic.documents.sandbox.sheets import MOST_COLUMNS, MOST_LETTERS, MOST_ROWS, clipped, table

_PAGE = 5_000  # letters; about what a sheet of paper holds when it is closely written
_BESIDE = ("header", "main", "footnotes", "endnotes", "footer")


def pages(package: Package) -> Iterator[list[Block]]:
    """The blocks of the text, cut into pages between two of them."""
    parts = [("main", package.main), *((one.kind, one.target) for one in package.related(package.main))]
    blocks: list[Block] = []
    is_changed = False
    for kind in _BESIDE:
        for part in [target for said, target in parts if said == kind]:
            text = package.read(part, _Text())
            is_changed |= text.is_changed
            # First pages and even pages have headers of their own, which mostly say the same.
            blocks += [block for block in text.blocks if kind == "main" or block not in blocks]
    if blocks and is_changed:
        blocks.insert(0, {"note": "changes"})
    page: list[Block] = []
    letters = 0
    for block in blocks:
        size = _letters(block)
        if page and letters + size > _PAGE:
            yield page
            page, letters = [], 0
        page.append(block)
        letters += size
    if page:
        yield page


def _letters(block: Block) -> int:
    return len(block.get("text", "")) + sum(len(cell) for row in block.get("rows", ()) for cell in row)


class _Text(Reader):
    """Paragraphs and tables of one part; a table in a table is text of its cell."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.letters: list[str] = []
        self.rows: list[list[str]] = []
        self.cell: list[str] = []
        self.tables = self.doubles = 0
        self.inside = ""
        self.is_changed = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = local(tag)
        if name == "t":
            self.inside = name
        elif name in ("p", "tbl"):
            self._line()  # a text box stands inside a paragraph
            self.tables += name == "tbl"
        elif name == "Fallback":  # the same again, for old programs
            self.doubles += 1
        elif name == "tab":
            self.letters.append("\t")
        elif name in ("br", "cr"):
            self.letters.append("\n")
        elif name in ("ins", "del"):
            self.is_changed = True
        elif self.tables == 1 and name == "tr":
            self.rows.append([])
        elif self.tables == 1 and name == "tc":
            self.cell = []

    def data(self, text: str) -> None:
        if self.inside == "t" and not self.doubles:
            self.letters.append(text)

    def end(self, tag: str) -> None:
        name = local(tag)
        if name == self.inside:
            self.inside = ""
        elif name == "p":
            self._line()
        elif name == "Fallback":
            self.doubles -= 1
        elif name == "tc" and self.tables == 1 and self.rows:
            self.rows[-1].append(clipped("\n".join(self.cell)))
        elif name == "tbl":
            self.tables -= 1
            if not self.tables:
                self._table()

    def close(self) -> None:
        self._line()

    def _line(self) -> None:
        """A paragraph is over, or broken by something that stands inside it."""
        line = "".join(self.letters).strip()
        self.letters = []
        if not line:
            return
        if self.tables:
            self.cell.append(line)
        else:
            self.blocks += [{"text": line[at : at + _PAGE]} for at in range(0, len(line), _PAGE)]

    def _table(self) -> None:
        rows = [row for row in self.rows if any(row)]
        self.rows = []
        left, shown = MOST_LETTERS, 0
        for row in rows[:MOST_ROWS]:
            left -= sum(len(cell) + 1 for cell in row)
            if left < 0:
                break
            shown += 1
        if rows:
            wide = max(map(len, rows)) - MOST_COLUMNS
            lines = [row[:MOST_COLUMNS] for row in rows[:shown]]
            self.blocks.append(table(lines, len(rows) - shown, max(0, wide)))
