"""Writes the corpus into a folder."""

import sys
from pathlib import Path

from tests.documents.corpus.cases import CASES


def write(folder: Path) -> None:
    """Write every case as a file whose name says number, title and what must come of it."""
    folder.mkdir(parents=True, exist_ok=True)
    for case in CASES:
        ending = "".join(one for one in case.name[-5:] if one.isalnum() or one == ".").rpartition(".")[2]
        (folder / f"{case}.{case.expected}.{ending}").write_bytes(case.make())


if __name__ == "__main__":
    write(Path(sys.argv[1]))
