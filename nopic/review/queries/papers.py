"""What the papers say, and where: declared values found again in the text of a page. A hint, never a verdict.

Names and codes are compared without spaces, accents and punctuation; a weight by its value, in any notation. Nothing is
claimed about what differs: that a value was not found may as well be the scan's fault.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.translation import gettext as _

from nopic.documents.models import Document, PageImage
from nopic.presentation import words
from nopic.requests.facts import Facts
from nopic.requests.guarantees import CERTIFICATE
from nopic.requests.models import Supplier
from nopic.requests.slots import SlotView
from nopic.review.queries.values import Needle, Values
from nopic.review.words import squeezed
from nopic.tenants.policy import TRANSPORT_KINDS
from nopic.tenants.policy.kinds import BUILT_IN

_MOST_WORDS = 12  # that one name or code may be spread over
_NUMBER = re.compile(r"\d[\d.,'’]*")


@dataclass
class Paper:
    """One uploaded file: its slot's name, its pages in order (without their words) and the text of each."""

    document: Document
    rule: str
    title: str
    pages: list[PageImage] = field(default_factory=list)

    @property
    def has_text(self) -> bool:
        """A photo has none: then nothing can be found and nothing is missing."""
        return any(page.text.strip() for page in self.pages)


@dataclass(frozen=True)
class Guarantee:
    """Somebody who sold lots of the case, and the files of its organic certificate: what stands, and what was replaced."""

    supplier: Supplier
    files: tuple[Document, ...]
    earlier: tuple[Document, ...]

    @property
    def title(self) -> str:
        """The name of its certificate."""
        return str(BUILT_IN[CERTIFICATE].for_supplier) % {"supplier": self.supplier.name}


def guarantees(facts: Facts) -> list[Guarantee]:
    """Everybody who sold lots of the request, in the order of the lots."""
    kept = facts.certificates or {}
    return [
        Guarantee(
            supplier,
            tuple(one for one in kept.get(supplier.pk, ()) if one.removed_at is None),
            tuple(one for one in reversed(kept.get(supplier.pk, [])) if one.removed_at is not None),
        )
        for supplier in facts.suppliers
    ]


@dataclass(frozen=True)
class Say:
    """What one paper says about a check: words for the reader, and the page to open."""

    title: str
    text: str
    found: bool
    document_id: int
    page: int


@dataclass(frozen=True)
class Place:
    """Where a declared value stands on a page, in fractions of its width and height."""

    check_id: str
    box: int | None
    x: float
    y: float
    width: float
    height: float


def papers(certifier_id: int, slots: Iterable[SlotView], guarantees: Iterable[Guarantee] = ()) -> list[Paper]:
    """Every file that stands in a slot, then the suppliers' organic certificates, with their pages; one statement."""
    found = [
        Paper(document, slot.rule, _title(slot, document, at))
        for slot in slots
        for at, document in enumerate(slot.files, start=1)
    ]
    found += [Paper(file, CERTIFICATE, each.title) for each in guarantees for file in each.files]
    by_document = {paper.document.pk: paper for paper in found}
    pages = PageImage.objects.filter(certifier_id=certifier_id, document_id__in=by_document).defer("words")
    for page in pages.order_by("document_id", "number"):
        by_document[page.document_id].pages.append(page)
    return found


def papers_of(facts: Facts) -> list[Paper]:
    """Every paper of a case; one statement."""
    return papers(facts.request.certifier_id, facts.slots, guarantees(facts))


def says(papers: Iterable[Paper], rules: Sequence[str], values: Values) -> list[Say]:
    """For each paper that a check compares: whether its declared values stand in the text, and on which page."""
    return [_say(paper, values) for paper in papers if paper.rule in rules]


def places(page: PageImage, wanted: Iterable[tuple[str, int | None, Values]]) -> list[Place]:
    """Where the values of checks stand on a page: (check, box, values) for each; every occurrence once."""
    drawn = [(str(word), box) for word, *box in page.words if len(box) == 4]
    tokens = _Tokens([word for word, _box in drawn])
    found: dict[tuple[int, int], Place] = {}
    for check_id, number, values in wanted:
        for needle in values.needles:
            for first, last in tokens.find(needle, values.tolerance):
                if (first, last) in found:
                    continue
                boxes = [box for _word, box in drawn[first : last + 1]]
                # A value that runs over two lines is outlined on the first of them.
                line = [box for box in boxes if box[1] < boxes[0][3] and box[3] > boxes[0][1]]
                left, top = min(box[0] for box in line), min(box[1] for box in line)
                right, bottom = max(box[2] for box in line), max(box[3] for box in line)
                found[first, last] = Place(check_id, number, left, top, right - left, bottom - top)
    return list(found.values())


def _title(slot: SlotView, document: Document, at: int) -> str:
    name = slot.name
    if document.kind in TRANSPORT_KINDS:
        name = _("%(name)s, %(kind)s") % {"name": name, "kind": str(TRANSPORT_KINDS[document.kind]).lower()}
    return f"{name} {at}" if len(slot.files) > 1 else name


def _say(paper: Paper, values: Values) -> Say:
    def said(text: str, found: bool, page: int = 1) -> Say:
        return Say(paper.title, text, found, paper.document.pk, page)

    if not values.needles:
        return said(_("look at it"), False)
    if not paper.pages:
        return said(_("its pages are not drawn yet"), False)
    if not paper.has_text:
        return said(_("a picture without text: look at it"), False)
    pages = [(page.number, _Tokens(page.text.split())) for page in paper.pages]

    def first_page(needle: Needle, tolerance: Decimal = Decimal(0)) -> int | None:
        return next((n for n, tokens in pages if any(tokens.find(needle, tolerance))), None)

    hits = {needle: first_page(needle) for needle in values.needles}
    near = {
        needle: number
        for needle, page in hits.items()
        if page is None and values.tolerance and (number := first_page(needle, values.tolerance)) is not None
    }
    hits |= near
    on = [number for number in hits.values() if number is not None]
    if not on:
        return said(_("not found in its text: look at it"), False)
    if near and len(on) == len(hits):
        found = {"page": min(near.values()), "kg": words.kg(values.tolerance)}
        text = _("not the same weight, but within the tolerance of %(kg)s kg, page %(page)s") % found
        return said(text, True, min(on))
    if values.any_of or len(on) == len(hits):
        return said(_("found, page %(page)s") % {"page": min(on)}, True, min(on))
    text = _("%(n)s of %(all)s found, page %(page)s") % {"n": len(on), "all": len(hits), "page": min(on)}
    return said(text, False, min(on))


class _Tokens:
    """The words of a page, made ready for searching."""

    def __init__(self, words: Sequence[str]) -> None:
        self.words = words
        self.squeezed = [squeezed(word) for word in words]
        self.all = "".join(self.squeezed)

    def find(self, needle: Needle, tolerance: Decimal = Decimal(0)) -> Iterator[tuple[int, int]]:
        """First and last word of every place where the needle stands, a number also when it differs by `tolerance`."""
        return self._number(needle, tolerance) if isinstance(needle, Decimal) else self._code(needle)

    def _code(self, needle: str) -> Iterator[tuple[int, int]]:
        wanted = squeezed(needle)
        if len(wanted) < 2 or wanted not in self.all:
            return
        for first, start in enumerate(self.squeezed):
            if not start or not wanted.startswith(start):
                continue
            so_far = ""
            for last in range(first, min(first + _MOST_WORDS, len(self.squeezed))):
                so_far += self.squeezed[last]
                if so_far == wanted:
                    yield first, last
                    break
                if not wanted.startswith(so_far):
                    break

    def _number(self, needle: Decimal, tolerance: Decimal) -> Iterator[tuple[int, int]]:
        for at, word in enumerate(self.words):
            if not word[:1].isdigit():
                continue
            if _fits(needle, tolerance, word):
                yield at, at
            elif at + 1 < len(self.words) and re.fullmatch(r"\d{1,3}", word):
                # 19 200: a space between the thousands
                rest = self.words[at + 1]
                if re.match(r"\d{3}(?!\d)", rest) and _fits(needle, tolerance, word + rest):
                    yield at, at + 1


def _fits(needle: Decimal, tolerance: Decimal, word: str) -> bool:
    """Whether the figures of a word may mean the number, or one that differs from it by the tolerance at most."""
    return any(abs(number - needle) <= tolerance for number in _readings(word))


def _readings(word: str) -> set[Decimal]:
    """Every value that figures may mean: separators as thousands, or the last one as the decimal sign."""
    match = _NUMBER.match(word)
    figures = match.group().rstrip(".,'’") if match else ""
    digits = re.sub(r"\D", "", figures)
    if not digits or len(digits) > 15:
        return set()
    found = {Decimal(digits)}
    if at := re.search(r"[.,](\d+)$", figures):
        found.add(Decimal(digits).scaleb(-len(at.group(1))))
        if len(at.group(1)) != 3:
            found.discard(Decimal(digits))
    return found
