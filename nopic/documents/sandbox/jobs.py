"""The two jobs of the child: `inspect` (may this be received, how many pages) and `rasterise` (its pages).

Parsers are loaded by `load` for the kind at hand only, because loading is most of what an upload waits for.
"""

import io
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any


def load(kind: str, do: str) -> None:
    """Import what the job will need, while files can still be opened."""
    for name in _MODULES[do, kind]:
        import_module(f"nopic.documents.sandbox.{name}")


def inspect(stream: io.FileIO, job: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield one answer with `pages` and `flags`, or raise `Unacceptable`."""
    data = stream.readall()
    polyglot = import_module("nopic.documents.sandbox.polyglot")
    look = import_module(f"nopic.documents.sandbox.{_LOOKS[job['kind']]}")
    if job["kind"] not in _WRITTEN:  # which is a ZIP itself: `package` looks for what else it may be
        polyglot.refuse_second_format(data)
    yield look.inspect(data, job["kind"], job["limits"])


def rasterise(stream: io.FileIO, job: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield one answer per page from page `first` on: its picture (base64), size, text and word boxes; or its blocks."""
    data = stream.readall()
    pages = import_module(f"nopic.documents.sandbox.{'written' if job['kind'] in _WRITTEN else 'pages'}")
    yield from pages.rasterise(data, job["kind"], job["first"], job["limits"])


JOBS: dict[str, Callable[[io.FileIO, dict[str, Any]], Iterator[dict[str, Any]]]] = {
    "inspect": inspect,
    "rasterise": rasterise,
}
_LOOKS = {
    "pdf": "structure",
    "jpeg": "pictures",
    "png": "pictures",
    "heic": "heic",
    "xlsx": "written",
    "docx": "written",
}
_WRITTEN = frozenset({"xlsx", "docx"})
_MODULES = {("inspect", kind): ("polyglot", look) for kind, look in _LOOKS.items()} | {
    ("rasterise", "pdf"): ("pages",),
    ("rasterise", "jpeg"): ("pages",),
    ("rasterise", "png"): ("pages",),
    ("rasterise", "heic"): ("pages", "heic"),
    ("rasterise", "xlsx"): ("written",),
    ("rasterise", "docx"): ("written",),
}
