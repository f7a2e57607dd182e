"""The e-mails of the demo, read from the files in which Django's file backend keeps them.

One file holds the messages of one connection, each ended by a line of 79 dashes; a message without that end is still
being written and is left for the next look.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path

from django.conf import settings
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

END = b"\n" + b"-" * 79 + b"\n"
FILE = re.compile(r"[0-9]{8}-[0-9]{6}-[0-9]{1,20}")  # as the backend names them
NEWEST = 200  # files that the list looks into
LINK = re.compile(r"https?://[^\s<>\"']+")


@dataclass(frozen=True)
class Attached:
    """One attachment; `at` is its place in the message."""

    at: int
    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True)
class Letter:
    """One e-mail. `file` and `at` are its address."""

    file: str
    at: int
    message: EmailMessage

    @property
    def subject(self) -> str:
        """The subject line."""
        return str(self.message["Subject"] or "")

    @property
    def to(self) -> str:
        """The recipients."""
        return str(self.message["To"] or "")

    @property
    def sender(self) -> str:
        """Who it is from."""
        return str(self.message["From"] or "")

    @property
    def sent_at(self) -> datetime | None:
        """When it was written, or None for a date that cannot be read."""
        try:
            return parsedate_to_datetime(str(self.message["Date"]))
        except ValueError:
            return None

    def body(self, kind: str) -> str:
        """The text of its `plain` or `html` part, or ""."""
        part = self.message.get_body((kind,))
        return str(part.get_content()) if part is not None else ""

    @property
    def text(self) -> SafeString:
        """The plain text with its links to click on."""
        plain, parts, at = self.body("plain"), [], 0
        for found in LINK.finditer(plain):
            address = found[0].rstrip(".,;:)")
            parts += [(plain[at : found.start()],), (format_html('<a href="{}">{}</a>', address, address),)]
            at = found.start() + len(address)
        return format_html_join("", "{}", [*parts, (plain[at:],)])

    @property
    def html(self) -> str:
        """The source of its HTML part, to be read, not shown as a page."""
        return self.body("html")

    @property
    def attachments(self) -> list[Attached]:
        """What goes along."""
        return [
            Attached(at, part.get_filename() or f"part-{at}", part.get_content_type(), part.get_payload(decode=True))  # type: ignore[arg-type]
            for at, part in enumerate(self.message.iter_attachments())
        ]


def newest_first() -> list[Letter]:
    """The letters of the newest files."""
    files = sorted((path for path in _folder().glob("*.log") if FILE.fullmatch(path.stem)), reverse=True)[:NEWEST]
    letters = [letter for path in files for letter in _letters(path)]
    return sorted(letters, key=lambda one: (one.sent_at is not None and one.sent_at.timestamp(), one.at), reverse=True)


def find(file: str, at: int) -> Letter | None:
    """One letter by its address."""
    if not FILE.fullmatch(file):
        return None
    letters = _letters(_folder() / f"{file}.log")
    return letters[at] if at < len(letters) else None


def _folder() -> Path:
    return Path(settings.EMAIL_FILE_PATH or settings.DATA_DIR / "mailbox")


def _letters(path: Path) -> list[Letter]:
    try:
        pieces = path.read_bytes().split(END)[:-1]
    except FileNotFoundError:
        return []
    return [Letter(path.stem, at, message_from_bytes(piece, policy=policy.default)) for at, piece in enumerate(pieces)]
