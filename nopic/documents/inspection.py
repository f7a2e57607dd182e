"""Opening a stranger's file in a child process that may fail, hang or be taken over without harm.

The parsers of PDF, pictures and office files never run in a web or worker process. A child (`nopic.documents.sandbox`) gets the
file as standard input and answers in JSON lines; memory, CPU time, wall-clock time and the length of its answers
are bounded, its environment is empty, and it is killed with everything it started when the time is over. The
child locks itself in, so starting it needs no code between fork and exec and is safe from threads.
"""

import base64
import binascii
import json
import logging
import os
import selectors
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, BinaryIO, cast

from nopic.documents.acceptance import MOST_MEGAPIXELS, MOST_PAGES, NotAccepted, codes

PICTURE_WIDTH = 1_400  # pixels; sharp enough to read a bill of lading's small print
PICTURE_KB = 120
INSPECT_SECONDS = 10.0  # an upload waits for this
RASTERISE_SECONDS = 60.0  # below the worker's time limit of 90 s; the task goes on from the next page
INSPECT_CAGE = {"memory_mb": 512, "cpu_s": 9}
RASTERISE_CAGE = {"memory_mb": 768, "cpu_s": 60}
WRITTEN = frozenset({"xlsx", "docx"})  # kinds whose pages are text and tables instead of pictures
NOTES = ("hidden_sheet", "hidden_cells", "changes", "pictures")  # what a reader of a written page should know
_AT_ONCE = threading.BoundedSemaphore(2)  # children of one process looking at uploads
_LONGEST_LINE = 8 * 1024 * 1024  # a page's picture, text and word boxes are far below
_ROOT = Path(__file__).resolve().parents[2]

log = logging.getLogger(__name__)


class Crashed(Exception):
    """The child died, hung or talked nonsense; says nothing about whether another try would do better."""


class CannotInspect(RuntimeError):
    """The child never got as far as the file: this installation is at fault, and the sender must not be blamed."""


@dataclass(frozen=True)
class Inspected:
    """What the structure of an accepted file says: pages, and facts for the reviewer (see `sandbox.structure`)."""

    pages: int
    flags: tuple[str, ...]


@dataclass(frozen=True)
class PagePicture:
    """One page as WebP, with its text and its words as `[text, x0, y0, x1, y1]` in fractions of the page.

    A page of an office file has no picture but `blocks`, as `sandbox.written` describes them.
    """

    number: int
    picture: bytes
    width: int
    height: int
    text: str
    words: list[list[Any]] = field(repr=False)
    blocks: list[dict[str, Any]] = field(default_factory=list, repr=False)


def inspect(file: BinaryIO, kind: str, *, seconds: float = INSPECT_SECONDS) -> Inspected:
    """Judge the structure of an open regular file; returns within `seconds`.

    Raises `NotAccepted` with the reason: also "unreadable" when the child crashed over it, "too_slow" when it was
    killed, "busy" when too many files are being looked at. `CannotInspect` when the child does not start at all.
    The file's bytes are only read.
    """
    deadline = time.monotonic() + seconds
    if not _AT_ONCE.acquire(timeout=seconds / 2):
        raise NotAccepted("busy")
    try:
        for answer in _answers({"do": "inspect", "kind": kind, "cage": _cage(INSPECT_CAGE, kind)}, file, deadline):
            return Inspected(pages=int(answer["pages"]), flags=tuple(map(str, answer["flags"])))
    except TimeoutError:
        raise NotAccepted("too_slow") from None
    except (Crashed, KeyError, TypeError, ValueError) as crash:
        log.warning("the look at a %s crashed: %s", kind, str(crash)[:300])
    finally:
        _AT_ONCE.release()
    raise NotAccepted("unreadable")


def rasterise(
    file: BinaryIO, kind: str, *, first: int = 1, seconds: float = RASTERISE_SECONDS
) -> Iterator[PagePicture]:
    """Yield the pages from `first` (counted from 1) on, each as soon as it is ready; stops early after `seconds`.

    The caller keeps what it got and asks again from the next page. Raises `TimeoutError` when the time was over,
    `Crashed` when the child failed, `NotAccepted` when PDFium cannot open what the structure check could.
    Closing the iterator kills the child.
    """
    job = {"do": "rasterise", "kind": kind, "first": first, "cage": _cage(RASTERISE_CAGE, kind)}
    for number, answer in enumerate(_answers(job, file, time.monotonic() + seconds), start=first):
        page = _written_page(answer) if kind in WRITTEN else _page(answer)
        if page.number != number or number > MOST_PAGES:
            raise Crashed(f"page {page.number} instead of {number}")
        yield page


def _cage(limits: dict[str, int], kind: str) -> dict[str, int]:
    """How the child locks itself in: the decoder of HEIC starts a thread of its own, all others do without."""
    return limits | {"threads": 1} if kind == "heic" else limits


def _page(answer: dict[str, Any]) -> PagePicture:
    """Take an answer for a page only if it is one: what a taken-over child says is as foreign as the file."""
    try:
        page = PagePicture(
            number=int(answer["page"]),
            picture=base64.b64decode(answer["picture"], validate=True),
            width=int(answer["width"]),
            height=int(answer["height"]),
            text=str(answer["text"]).replace("\x00", ""),
            words=[[str(word).replace("\x00", ""), *map(float, edges)] for word, *edges in answer["words"]],
        )
    except (KeyError, TypeError, ValueError, binascii.Error) as nonsense:
        raise Crashed(f"not a page: {nonsense}") from None
    picture = page.picture
    if picture[:4] != b"RIFF" or picture[8:12] != b"WEBP" or len(picture) > PICTURE_KB * 1024:
        raise Crashed("not a picture")
    return page


def _written_page(answer: dict[str, Any]) -> PagePicture:
    """The same for a page of an office file: only blocks of the known shapes are taken, and texts in them."""
    try:
        blocks = [_block(each) for each in answer["blocks"]]
        number = int(answer["page"])
    except (AttributeError, KeyError, TypeError, ValueError) as nonsense:
        raise Crashed(f"not a page: {nonsense}") from None
    if not blocks:
        raise Crashed("an empty page")
    lines = [
        line
        for each in blocks
        for line in ("\t".join(row) for row in each.get("rows") or [[each.get("heading") or each.get("text", "")]])
    ]
    return PagePicture(number, b"", 0, 0, "\n".join(filter(None, lines)), [], blocks)


def _block(each: dict[str, Any]) -> dict[str, Any]:
    if "rows" in each:
        rows = [[str(cell).replace("\x00", "") for cell in row] for row in each["rows"]]
        return {"rows": rows, "more_rows": int(each["more_rows"]), "more_columns": int(each["more_columns"])}
    if "note" in each:
        return {"note": NOTES[NOTES.index(each["note"])], "count": int(each.get("count", 0))}
    (name,) = each.keys() & {"heading", "text"}
    return {name: str(each[name]).replace("\x00", "")}


def is_cut(block: dict[str, Any]) -> bool:
    """Whether the file has more in this table than was read of it: rows, columns, or the end of a long cell."""
    cells = (cell for row in block.get("rows", ()) for cell in row)
    return bool(block.get("more_rows") or block.get("more_columns") or any(cell.endswith("…") for cell in cells))


def _answers(job: dict[str, Any], file: BinaryIO, deadline: float) -> Iterator[dict[str, Any]]:
    """Run one child over `file` and yield its answers after the first, which tells about the cage."""
    limits = {"pages": MOST_PAGES, "megapixels": MOST_MEGAPIXELS, "width": PICTURE_WIDTH, "picture_kb": PICTURE_KB}
    os.lseek(file.fileno(), 0, os.SEEK_SET)
    child = subprocess.Popen(  # our own interpreter and module; nothing of the file is on the command line
        [sys.executable, "-E", "-s", "-m", "nopic.documents.sandbox", json.dumps({**job, "limits": limits})],
        stdin=file.fileno(),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=_ROOT,
        env={"LANG": "C.UTF-8"},
        close_fds=True,
        start_new_session=True,
    )
    try:
        lines = _lines(child, deadline)
        cage = next(lines, None)
        if cage is None:
            raise _no_start(child, deadline)
        if not (cage.get("network") and cage.get("calls")):
            log.info("the cage is incomplete: %s", cage)
        for answer in lines:
            if answer.get("refused") in codes():
                raise NotAccepted(answer["refused"])
            if "crashed" in answer:
                raise Crashed(str(answer["crashed"]))
            yield answer
        _refuse_bad_end(child, deadline)
    finally:
        if child.poll() is None:
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()
        cast(IO[bytes], child.stdout).close()


def _no_start(child: subprocess.Popen[bytes], deadline: float) -> CannotInspect:
    with suppress(subprocess.TimeoutExpired):
        child.wait(timeout=max(0.1, deadline - time.monotonic()))
    return CannotInspect(f"the sandbox did not start, exit {child.returncode}")


def _refuse_bad_end(child: subprocess.Popen[bytes], deadline: float) -> None:
    """`TimeoutError` when its CPU time was used up or it lingers, `Crashed` for any other end but a proper one."""
    try:
        end = child.wait(timeout=max(0.1, deadline - time.monotonic()))
    except subprocess.TimeoutExpired:
        raise TimeoutError from None
    if end == -signal.SIGXCPU:
        raise TimeoutError
    if end != 0:
        raise Crashed(f"exit {end}")


def _lines(child: subprocess.Popen[bytes], deadline: float) -> Iterator[dict[str, Any]]:
    """Yield the JSON objects that the child writes. `TimeoutError` at the deadline, `Crashed` at anything else."""
    descriptor = cast(IO[bytes], child.stdout).fileno()
    buffer = bytearray()
    with selectors.DefaultSelector() as ready:
        ready.register(descriptor, selectors.EVENT_READ)
        while True:
            if not ready.select(max(0.0, deadline - time.monotonic())):
                raise TimeoutError
            piece = os.read(descriptor, 1 << 16)
            if not piece:
                return
            buffer += piece
            while (end := buffer.find(b"\n")) >= 0:
                try:
                    answer = json.loads(buffer[:end])
                except ValueError:
                    answer = None
                if not isinstance(answer, dict):
                    raise Crashed("not JSON")
                del buffer[: end + 1]
                yield answer
            if len(buffer) > _LONGEST_LINE:
                raise Crashed("endless answer")
