"""HTML to PDF/A-3a with WeasyPrint: one warm renderer per process, sealed from files and network.

Decides what makes the bytes repeatable: shipped fonts, a fixed identifier, the publication's time instead of the
clock. Fonts and style sheets are parsed once per process, which halves the time of a page; WeasyPrint's image cache
is not used, because it keeps 3 MB of every certificate that passes. WeasyPrint is imported inside functions: a
web process that never renders should not pay half a second and 60 MB for it.
"""

import base64
import gc
import os
import re
import threading
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from hashlib import sha256
from typing import Any, ClassVar

from nopic.certificates.pdf.fonts import FOLDER, TEMPLATES

# Whoever prints holds it: two threads that lay out text with one Pango font map corrupt the heap and end the process.
# A fork takes it first, so that no child begins with a lock that nobody in it can give back.
ONE_AT_A_TIME = threading.Lock()
os.register_at_fork(
    before=ONE_AT_A_TIME.acquire, after_in_parent=ONE_AT_A_TIME.release, after_in_child=ONE_AT_A_TIME.release
)
NOWHERE = "https://sealed.invalid/"  # base of relative addresses, so that they are refused and not skipped


class SealBroken(Exception):
    """The page asked for something outside itself (file, network); nothing was rendered.

    WeasyPrint's own error inherits from BaseException, past every `except Exception`, and would end a worker.
    """


class Renderer:
    """Shared fonts and style sheets of one process. Use `renderer()`, not the class, and hold `ONE_AT_A_TIME`."""

    current: ClassVar["Renderer | None"] = None

    def __init__(self) -> None:
        from weasyprint.text.fonts import FontConfiguration

        self.process = os.getpid()
        self.fonts = FontConfiguration()
        self.fetcher = sealed_fetcher()
        self.sheets: dict[tuple[str, str], list[Any]] = {}

    def style(self, version: str, page_size: str) -> list[Any]:
        """The parsed style sheets of a template version for one paper."""
        from weasyprint import CSS

        if (version, page_size) not in self.sheets:
            shared = next((sheets[0] for (v, _), sheets in self.sheets.items() if v == version), None)
            if shared is None:
                shared = CSS(
                    string=stylesheet(version), font_config=self.fonts, url_fetcher=self.fetcher, base_url=NOWHERE
                )
            paper = CSS(string=paper_stylesheet(version, page_size), url_fetcher=self.fetcher, base_url=NOWHERE)
            self.sheets[version, page_size] = [shared, paper]
        return self.sheets[version, page_size]

    def layout(self, html: str, version: str, page_size: str) -> Any:
        """The laid-out document, with its pages; raises `SealBroken`."""
        from weasyprint import HTML
        from weasyprint.urls import FatalURLFetchingError

        self.fetcher.refused = ""
        try:
            return HTML(string=html, url_fetcher=self.fetcher, base_url=NOWHERE).render(
                font_config=self.fonts, stylesheets=self.style(version, page_size), pdf_variant="pdf/a-3a"
            )
        except FatalURLFetchingError as error:
            raise SealBroken(str(error)) from error

    def pdf(self, document: Any, *, identity: str, attachments: Mapping[str, bytes], at: datetime | None) -> bytes:
        """The bytes: PDF/A-3a, identified by `identity`, with each attachment as data of the document dated `at`."""
        from weasyprint import Attachment
        from weasyprint.urls import FatalURLFetchingError

        files = [
            Attachment(string=content, name=name, description="The data of this certificate", created=at, modified=at, relationship="Data", url_fetcher=self.fetcher)
            for name, content in attachments.items()
        ]  # fmt: skip
        identifier = sha256(identity.encode()).digest()[:16]
        try:
            data: bytes = document.write_pdf(
                finisher=_list_once, pdf_variant="pdf/a-3a", pdf_identifier=identifier, attachments=files
            )
        except FatalURLFetchingError as error:
            raise SealBroken(str(error)) from error
        if self.fetcher.refused:  # WeasyPrint swallows every exception while it draws an SVG
            raise SealBroken(f"not part of the certificate: {self.fetcher.refused}")
        return data


def _list_once(_document: Any, pdf: Any) -> None:
    """Name each attached file once: WeasyPrint lists it by name and again by object."""
    if "AF" in pdf.catalog:
        pdf.catalog["AF"][:] = dict.fromkeys(pdf.catalog["AF"])


def renderer() -> Renderer:
    """This process's renderer. A fork gets its own: fontconfig's handles and temporary files belong to one process."""
    if Renderer.current is None or Renderer.current.process != os.getpid():
        Renderer.current = Renderer()
    return Renderer.current


def settle() -> None:
    """Move everything loaded so far out of the garbage collector's sight (a sixth of a render's time, measured)."""
    gc.collect()
    gc.freeze()


def sealed_fetcher() -> Any:
    """A fetcher that opens `data:` addresses and raises for every other one, so that rendering fails closed."""
    from weasyprint.urls import FatalURLFetchingError, URLFetcher

    class SealedFetcher(URLFetcher):
        refused = ""

        def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> Any:
            if not url.startswith("data:"):
                self.refused = url[:200]
                raise FatalURLFetchingError(f"not part of the certificate: {url[:200]}")
            return super().fetch(url, headers)

    return SealedFetcher(allowed_protocols={"data"}, allow_redirects=False)


@cache
def stylesheet(version: str) -> str:
    """The style sheet of a version with the shipped fonts inside, as `data:` addresses."""

    def inlined(match: re.Match[str]) -> str:
        font = base64.b64encode((FOLDER / match[1]).read_bytes()).decode()
        return f'url("data:font/ttf;base64,{font}")'

    css = (TEMPLATES / "certificates" / version / "certificate.css").read_text(encoding="utf-8")
    return re.sub(r'url\("\.\./fonts/([a-z0-9-]+\.ttf)"\)', inlined, css)


@cache
def paper_stylesheet(version: str, page_size: str) -> str:
    """What a version does differently on A4 and on Letter."""
    return (TEMPLATES / "certificates" / version / f"{page_size.lower()}.css").read_text(encoding="utf-8")
