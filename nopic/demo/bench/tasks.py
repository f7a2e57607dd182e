"""What the bench lets a Celery worker do beside its own work: render one page in different ways, and say what it cost.

Loaded only by `celery … -I nopic.demo.bench.tasks`. The answer is a file, because the portal's workers keep no results.
"""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from celery import shared_task

from nopic.certificates import pdf
from nopic.certificates.pdf import engine
from nopic.demo.bench import clockwork

NOTO = re.compile(r"@font-face\s*\{\s*font-family: \"Certificate Wide\"[^}]*\}")


@shared_task(name="bench.ready")
def ready(answer: str) -> None:
    """Only answer."""
    _answer(answer, {"cpu": 0.0})


@shared_task(name="bench.render")
def render(answer: str, way: str, page: str, times: int) -> None:
    """Render the page described in the file `page` so many times and answer with the CPU seconds of all together."""
    try:
        work = WAYS[way](json.loads(Path(page).read_text()))
        before = clockwork.own_cpu()
        for _ in range(times):
            work()
        said: dict[str, Any] = {"cpu": clockwork.own_cpu() - before}
    except Exception as error:  # noqa: BLE001 - whatever it is, the bench must hear of it
        said = {"failed": f"{way}: {error!r}"}
    _answer(answer, said)


def _answer(answer: str, said: dict[str, Any]) -> None:
    whole = Path(answer + ".new")
    whole.write_text(json.dumps(said))
    whole.rename(answer)


def _ours(page: dict[str, Any]) -> Callable[[], Any]:
    """What the portal does: template, fonts and style sheets at hand, PDF/A-3a with its data attached, hashed."""
    document = pdf.CertificateDocument.from_json(page["data"], page["facts"])
    return lambda: pdf.render(document, template_version=page["version"], page_size=page["size"])


def _bare(page: dict[str, Any]) -> Callable[[], Any]:
    """WeasyPrint alone, warm: the same HTML with the same parsed style sheets and fonts to the same kind of PDF."""
    from weasyprint import HTML

    renderer = engine.renderer()
    style = renderer.style(page["version"], page["size"])

    def work() -> bytes:
        laid_out = HTML(string=page["html"], url_fetcher=renderer.fetcher, base_url=engine.NOWHERE).render(
            font_config=renderer.fonts, stylesheets=style, pdf_variant="pdf/a-3a"
        )
        made: bytes = laid_out.write_pdf(pdf_variant="pdf/a-3a")
        return made

    return work


def _naive(page: dict[str, Any], without: re.Pattern[str] | None = None) -> Callable[[], Any]:
    """The first line of WeasyPrint's manual, on the same page with its style and fonts inside; a plain PDF."""
    from weasyprint import HTML

    html = pdf.standalone_html(page["html"], template_version=page["version"], page_size=page["size"])
    if without:
        html = without.sub("", html)
    return lambda: HTML(string=html).write_pdf()


WAYS: dict[str, Callable[[dict[str, Any]], Callable[[], Any]]] = {
    "ours": _ours,
    "bare": _bare,
    "naive, all fonts": _naive,
    "naive, three fonts": lambda page: _naive(page, NOTO),
}
