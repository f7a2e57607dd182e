"""Which steps a second start may leave out: those whose sources are the same as when they last succeeded.

A step of this kind takes seconds only to find that there is nothing to do. The stamp lies beside the data that the
step made, so that deleting the data deletes the stamp.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from nopic.demo.launcher.environment import ROOT


@dataclass(frozen=True)
class Stamp:
    """The fingerprint of a step's sources, kept in a file once the step is done."""

    file: Path
    fingerprint: str

    def is_set(self) -> bool:
        """Tell whether the step was done with exactly these sources."""
        return self.file.exists() and self.file.read_text() == self.fingerprint

    def set(self) -> None:
        """Remember that the step is done."""
        self.file.write_text(self.fingerprint)


def stamp(file: Path, patterns: Iterable[str]) -> Stamp:
    """Make the stamp of a step from the files of the checkout that match `patterns`, in content and name."""
    digest = hashlib.sha256()
    for path in sorted({path for pattern in patterns for path in ROOT.glob(pattern) if path.is_file()}):
        digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return Stamp(file, digest.hexdigest())


PACKAGES = ("requirements/demo.txt", "nopic/settings.py")
MIGRATIONS = (*PACKAGES, "nopic/**/migrations/*.py", "nopic/**/rls.py")
STATIC = (*PACKAGES, "static/**/*", "nopic/*/static/**/*")
SEED = (
    "nopic/demo/seed*",
    "nopic/demo/seed*/**/*.py",
    "nopic/demo/papers/**/*",
    "nopic/demo/people.py",
    "nopic/demo/management/commands/seed*.py",
)
