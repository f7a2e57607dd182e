"""How the pages of a received file become pictures and text, page by page, however often a renderer dies.

Every few pages are kept with their own commit, so a try that ends early is continued, not repeated. A file over
which the renderer died three times is set apart: it cannot be shown, it can be downloaded, and it holds nobody up.
No virus scanner belongs to the portal, so a file that could be drawn is `unscanned` and says so; `clean` is kept
for an installation that has one.
"""

import logging
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.db.models import F

from nopic.documents import files, inspection
from nopic.documents.acceptance import KINDS, NotAccepted
from nopic.documents.inspection import Crashed, PagePicture
from nopic.documents.models import Document, PageImage
from nopic.documents.organic import named_organic
from nopic.documents.statuses import DocumentStatus, Organic
from nopic.tenants.context import tenant
from nopic.tenants.models import Certifier, Exporter, ImporterContact
from nopic.workflow.dispatch import Claim, Later
from nopic.workflow.transitions import advance

MOST_CRASHES = 3
PAGES_PER_COMMIT = 8
BY = "page drawing"
log = logging.getLogger(__name__)


def draw_pages(claim: Claim) -> Later | None:
    """Draw what is missing of one document; None when there is nothing left to do, `Later` to be called again.

    Afterwards the document is `unscanned` with all of its pages, or `unreadable`, or still `inspecting`. A document
    that is past inspection is left alone, so the work may be delivered any number of times.
    """
    with tenant(claim.certifier_id):
        claim.keep()
        document = Document.objects.get(certifier_id=claim.certifier_id, pk=claim.subject_id)
        if document.status == DocumentStatus.RECEIVED:
            advance(document, DocumentStatus.INSPECTING, by=BY)
        if document.status != DocumentStatus.INSPECTING:
            claim.finish()
            return None
        drawn = document.pages.count()
    if document.crashes + claim.crashes >= MOST_CRASHES:  # the worker itself died over it
        return _crashed(claim, document, "the worker died")
    before = drawn
    try:
        for pages in _some_at_a_time(_pages(document, first=drawn + 1)):
            _keep(claim, document, pages)
            drawn += len(pages)
    except TimeoutError:
        if drawn > before:
            return Later(0, f"{drawn} of {document.page_count} pages drawn")
        return _crashed(claim, document, "a page took too long")
    except files.NoRoom:
        raise  # nothing is wrong with the file: it is drawn when there is room again
    except (Crashed, NotAccepted, files.Damaged) as crash:
        return _crashed(claim, document, str(crash))
    if drawn != document.page_count:
        return _crashed(claim, document, f"{drawn} of {document.page_count} pages")
    with tenant(claim.certifier_id):
        advance(document, DocumentStatus.UNSCANNED, by=BY, **_organic(document))
        claim.finish()
    return None


def _organic(document: Document) -> dict[str, Any]:
    """What the text of its pages says about organic, for the columns of the document."""
    drawn = document.pages.order_by("number")
    pages = list(drawn.values_list("number", "text"))
    if not any(text.strip() for _number, text in pages):
        return {"organic": Organic.NO_TEXT}
    hit = named_organic(pages, _companies(document))
    if hit is None:
        is_cut = any(inspection.is_cut(block) for blocks in drawn.values_list("blocks", flat=True) for block in blocks)
        return {"organic": Organic.NOT_IN_PART if is_cut else Organic.NOT_FOUND}
    return {"organic": Organic.FOUND, "organic_page": hit.page, "organic_snippet": hit.snippet}


def _companies(document: Document) -> set[str]:
    """Who may stand on its papers: the certifier, its exporters, and their importers by either name."""
    office = Certifier.objects.get(pk=document.certifier_id)
    mine = {"certifier_id": document.certifier_id}
    exporters = Exporter.objects.filter(**mine).values_list("name", flat=True)
    contacts = ImporterContact.objects.filter(**mine).values_list("name", "importer__name")
    return {office.name, office.legal_name, *exporters, *(name for names in contacts for name in names)}


def _pages(document: Document, *, first: int) -> Iterator[PagePicture]:
    kind = next(kind for kind in KINDS.values() if kind.served_as == document.media_type)
    seconds = min(inspection.RASTERISE_SECONDS, max(10.0, settings.TASK_SECONDS / 2))
    with files.open_verified(document.certifier_id, document.sha256) as original:
        yield from inspection.rasterise(original, kind.code, first=first, seconds=seconds)


def _some_at_a_time(pages: Iterator[PagePicture]) -> Iterator[list[PagePicture]]:
    """Group pages for one commit each; what was drawn before a failure comes out before the failure does."""
    group: list[PagePicture] = []
    try:
        for page in pages:
            group.append(page)
            if len(group) == PAGES_PER_COMMIT:
                yield group
                group = []
    except (TimeoutError, Crashed, NotAccepted):
        if group:
            yield group
        raise
    if group:
        yield group


def _keep(claim: Claim, document: Document, pages: list[PagePicture]) -> None:
    """Store the pictures, then write their rows; pages that a faster try has written stay as they are."""
    rows = [
        PageImage(
            certifier_id=document.certifier_id,
            document=document,
            number=page.number,
            sha256=files.store_bytes(document.certifier_id, page.picture, area="pages").sha256 if page.picture else "",
            width=page.width,
            height=page.height,
            text=page.text,
            words=page.words,
            blocks=page.blocks,
        )
        for page in pages
    ]
    with tenant(claim.certifier_id):
        claim.keep()
        PageImage.objects.bulk_create(rows, ignore_conflicts=True)


def _crashed(claim: Claim, document: Document, why: str) -> Later | None:
    """Count one more failure: try again after a growing pause, or set the document apart."""
    log.warning("document %s could not be drawn: %s", document.pk, why[:200])
    with tenant(claim.certifier_id):
        claim.keep()
        Document.objects.filter(pk=document.pk).update(crashes=F("crashes") + 1)
        document.refresh_from_db(fields=["crashes"])
        if document.crashes + claim.crashes < MOST_CRASHES:
            return Later(5.0 * 3.0**document.crashes * settings.TIME_SCALE, "the renderer crashed")
        advance(document, DocumentStatus.UNREADABLE, by=BY, note=why[:300], reason="not_drawn")
        claim.finish()
    return None
