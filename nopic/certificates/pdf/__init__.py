"""The certificate as a PDF: `render` for a published one, `preview` for one that is not.

    document = CertificateDocument.from_json(frozen_data, issue_facts)
    render(document, template_version="v1", page_size="A4").pdf

Decides which template prints a certificate, what happens when it does not fit on one page, and that the same input
gives the same bytes in every process and on every machine with the same WeasyPrint. Knows neither database nor
registry: data in, bytes out.

Versions. `templates/certificates/certificate.html` is the entry and names the current version; `v1/` and `boxes_v1`
hold everything v1 needs. A certificate remembers the version of the day it was approved (`current_version()`).
"""

import re
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib import import_module
from typing import Any, Literal

from django.template import Context, Engine
from django.utils.safestring import SafeString, mark_safe

from nopic.certificates.pdf.document import CertificateDocument
from nopic.certificates.pdf.engine import ONE_AT_A_TIME, SealBroken, paper_stylesheet, renderer, settle, stylesheet
from nopic.certificates.pdf.fonts import TEMPLATES
from nopic.certificates.pdf.reading import UnknownFact

__all__ = [
    "CertificateDocument",
    "Rendered",
    "SealBroken",
    "UnknownFact",
    "UnprintableText",
    "current_version",
    "preview",
    "render",
    "standalone_html",
    "unprintable",
    "warm_up",
]

PageSize = Literal["A4", "Letter"]
DATA_FILE = "certificate.json"


class UnprintableText(ValueError):
    """The document has characters that no shipped font prints; `characters` holds them, sorted."""

    def __init__(self, characters: list[str]) -> None:
        self.characters = characters
        super().__init__("no shipped font prints " + ", ".join(f"{c} (U+{ord(c):04X})" for c in characters))


@dataclass(frozen=True)
class Rendered:
    """`html` as laid out, without style; `sha256` of `pdf` in hexadecimal; `pages` with the annex."""

    html: str
    pdf: bytes
    sha256: str
    pages: int


def render(document: CertificateDocument, *, template_version: str, page_size: PageSize) -> Rendered:
    """Print a published certificate. The same arguments give the same bytes.

    One page, plus an annex for long lists of lots or containers. Raises `UnprintableText`, `SealBroken`,
    `LookupError` for a template version that does not exist, `ValueError` without facts of the issue.
    """
    if document.issue is None:
        raise ValueError("a certificate without facts of its issue has no number; use preview()")
    return _print(document, template_version, page_size)


def preview(document: CertificateDocument, *, template_version: str, page_size: PageSize) -> Rendered:
    """The same page before it is issued: "PREVIEW, NOT VALID" across it, no number, no barcode, no QR code, no data."""
    if document.issue is not None:
        raise ValueError("this certificate has been issued; use render()")
    return _print(document, template_version, page_size)


def unprintable(document: CertificateDocument) -> list[str]:
    """The characters that `render` would refuse; ask before approval, while somebody can still transcribe a name."""
    boxes = _boxes(current_version())
    set_ = boxes.Typesetter()
    boxes.context(document, "A4", set_)
    return sorted(set_.missing)


@cache
def current_version() -> str:
    """The template version that a certificate approved now is frozen with."""
    entry = (TEMPLATES / "certificates" / "certificate.html").read_text(encoding="utf-8")
    named = re.match(r'{% extends "certificates/(v\d+)/certificate\.html" %}', entry)
    if named is None:
        raise LookupError("templates/certificates/certificate.html names no version in its first line")
    return named[1]


def warm_up() -> None:
    """Load everything and print one page, then hide it from the garbage collector. For `worker_process_init`."""
    from nopic.certificates.pdf.specimen import SPECIMEN

    preview(CertificateDocument.from_json(SPECIMEN), template_version=current_version(), page_size="A4")
    settle()


def standalone_html(html: str, *, template_version: str, page_size: PageSize) -> str:
    """`Rendered.html` with style and fonts inside, as one file for a browser or another engine."""
    style = stylesheet(template_version) + paper_stylesheet(template_version, page_size)
    return html.replace("</head>", f"<style>{style}</style></head>", 1)


def _print(document: CertificateDocument, version: str, page_size: PageSize) -> Rendered:
    boxes = _boxes(version)
    set_ = boxes.Typesetter()
    words = boxes.context(document, page_size, set_)
    if set_.missing:
        raise UnprintableText(sorted(set_.missing))
    words["mark"] = _mark(version, document.certifier.mark)
    expected = 2 if words["annex"] else 1
    issue = document.issue
    with ONE_AT_A_TIME:
        # An unusually full page is set tighter once; what is still too long goes on to further pages rather than being cut.
        for density in ("normal", "compact"):
            html = (
                _engine()
                .get_template(f"certificates/{version}/certificate.html")
                .render(Context({**words, "density": density}))
            )
            pages = renderer().layout(html, version, page_size)
            if len(pages.pages) <= expected:
                break
        pdf = renderer().pdf(
            pages,
            identity=issue.number if issue else sha256(document.frozen).hexdigest(),
            attachments={DATA_FILE: document.frozen} if issue else {},
            at=issue.published if issue else None,
        )
    return Rendered(html=html, pdf=pdf, sha256=sha256(pdf).hexdigest(), pages=len(pages.pages))


@cache
def _engine() -> Engine:
    """An engine of its own: portal-wide tags and context processors must not change an issued certificate."""
    return Engine(dirs=[str(TEMPLATES)], autoescape=True)


def _boxes(version: str) -> Any:
    if not re.fullmatch(r"v\d+", version):
        raise LookupError(f"{version} is not a template version")
    try:
        return import_module(f"nopic.certificates.pdf.boxes_{version}")
    except ModuleNotFoundError as error:
        raise LookupError(f"there is no template version {version}") from error


@cache
def _mark(version: str, name: str | None) -> SafeString:
    """The certifier's mark, shipped with the version so that it stays as it was; nothing for one without a mark."""
    file = TEMPLATES / "certificates" / version / "marks" / f"{name}.svg"
    return mark_safe(file.read_text(encoding="utf-8") if name and file.is_file() else "")  # noqa: S308 - our own file
