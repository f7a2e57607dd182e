"""HTML of several papers to one PDF each: laid out together once, then parted, because most of a page's time is its style."""

import base64
import re
from collections.abc import Mapping
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from django.template import Context, Engine

from nopic.certificates.pdf.engine import NOWHERE, sealed_fetcher
from nopic.certificates.pdf.fonts import FOLDER

TEMPLATES = Path(__file__).parent / "html"


@cache
def _engine() -> Engine:
    return Engine(dirs=[str(TEMPLATES)], autoescape=True)


@cache
def _style() -> tuple[Any, Any, Any]:
    """The parsed style sheet with the fonts that the certificate ships, and what they are kept in."""
    from weasyprint import CSS
    from weasyprint.text.fonts import FontConfiguration

    def inlined(match: re.Match[str]) -> str:
        return f'url("data:font/ttf;base64,{base64.b64encode((FOLDER / match[1]).read_bytes()).decode()}")'

    fonts, fetcher = FontConfiguration(), sealed_fetcher()
    css = re.sub(r'url\("font:([a-z0-9-]+\.ttf)"\)', inlined, (TEMPLATES / "papers.css").read_text(encoding="utf-8"))
    return CSS(string=css, font_config=fonts, url_fetcher=fetcher, base_url=NOWHERE), fonts, fetcher


def draw(pages: Mapping[str, tuple[str, Mapping[str, Any]]], *, ink: int) -> dict[str, bytes]:
    """PDFs by key; `pages` says for each the template and what it shows, `ink` which letterhead."""
    from weasyprint import HTML

    sheet, fonts, fetcher = _style()
    articles = []
    for at, (template, shown) in enumerate(pages.values()):
        inner = _engine().get_template(f"{template}.html").render(Context(dict(shown)))
        articles.append(f'<article id="paper-{at}" class="ink-{ink}">{inner}</article>')
    document = HTML(string=f'<html lang="en"><body>{"".join(articles)}</body></html>', url_fetcher=fetcher,
                      base_url=NOWHERE).render(font_config=fonts, stylesheets=[sheet])  # fmt: skip
    parted: list[list[Any]] = []
    for page in document.pages:
        if any(name.startswith("paper-") for name in page.anchors):
            parted.append([])
        parted[-1].append(page)
    return {key: document.copy(own).write_pdf() for key, own in zip(pages, parted, strict=True)}


def photo(paper: bytes) -> bytes:
    """The first page as somebody photographs it on a table: a little turned, in warm light, unevenly lit."""
    import pypdfium2
    from PIL import Image, ImageFilter

    page = pypdfium2.PdfDocument(paper)[0].render(scale=2).to_pil().convert("RGB")
    table = Image.new("RGB", (page.width + 160, page.height + 180), (106, 84, 62))
    table.paste(page, (80, 90))
    turned = table.rotate(1.6, resample=Image.Resampling.BICUBIC, fillcolor=(98, 77, 57))
    light = Image.linear_gradient("L").rotate(35).resize(turned.size).filter(ImageFilter.GaussianBlur(40))
    shaded = Image.composite(
        turned, turned.point(lambda value: int(value * 0.78)), light.point(lambda v: 60 + v * 3 // 4)
    )
    warm = Image.merge(
        "RGB",
        [
            band.point(lambda v, k=k: min(255, int(v * k)))
            for band, k in zip(shaded.split(), (1, 0.96, 0.87), strict=True)
        ],
    )
    kept = BytesIO()
    warm.filter(ImageFilter.GaussianBlur(0.6)).save(kept, "JPEG", quality=78)
    return kept.getvalue()
