"""The papers' side of the case: tabs, the page shown with the declared values outlined, and how to turn and zoom."""

from dataclasses import dataclass, field

from django.urls import reverse
from django.utils.translation import gettext as _

from certifiers.views.case.opening import Open
from nopic.documents.models import PageImage
from nopic.presentation import statuses, words
from nopic.presentation.typed import whole
from nopic.review.queries import Paper
from nopic.review.queries.papers import places
from nopic.review.queries.values import values

ZOOMS = ("75", "", "150", "200")  # per cent of the pane; nothing is "fit"


@dataclass(frozen=True)
class Tab:
    """One paper. `key` is the keyboard's way to it from the paper shown."""

    title: str
    url: str
    current: bool
    key: str


@dataclass(frozen=True)
class Mark:
    """A declared value found on the page, in pixels of the page image."""

    check_id: str
    box: str
    label: str
    x: float
    y: float
    width: float
    height: float
    unit: float  # pixels of a thousandth of the page's width, so that numbers look alike on every page

    @property
    def tab_width(self) -> float:
        """Wide enough for the box number."""
        return self.unit * (10 + 9 * len(self.box))

    @property
    def tab_height(self) -> float:
        """A little more than the figures."""
        return self.unit * 19

    @property
    def tab_x(self) -> float:
        """The number hangs over the upper right corner, where it hides least of the paper's own words."""
        return self.x + self.width - self.unit * 4

    @property
    def tab_y(self) -> float:
        """Its upper edge."""
        return self.y - self.unit * 13

    @property
    def text_x(self) -> float:
        """Where the figures are centred."""
        return self.tab_x + self.tab_width / 2

    @property
    def text_y(self) -> float:
        """Their base line."""
        return self.tab_y + self.unit * 15

    @property
    def font_size(self) -> float:
        """Height of the figures."""
        return self.unit * 16


@dataclass
class Viewer:
    """Everything the left pane prints."""

    tabs: list[Tab]
    title: str = ""
    state: str = ""
    detail: str = ""
    image: str = ""
    page: PageImage | None = None
    pages: int = 0
    turn: dict[str, str] = field(default_factory=dict)
    zoom: str = ""
    zooms: list[tuple[str, str, bool, str]] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    original: str = ""


def viewer(opened: Open, papers: list[Paper], *, document: str, page: str, zoom: str) -> Viewer:
    """The left pane for what the address asks: paper, page and zoom; what is not there falls back to the first."""
    at = next((n for n, paper in enumerate(papers) if str(paper.document.pk) == document), 0)
    tabs = [
        Tab(
            paper.title,
            opened.url("case", doc=paper.document.pk),
            n == at,
            "[" if n == at - 1 else "]" if n == at + 1 else "",
        )
        for n, paper in enumerate(papers)
    ]
    if not papers:
        return Viewer(tabs)
    paper = papers[at]
    shown = Viewer(tabs, title=paper.title, pages=len(paper.pages), zoom=zoom if zoom in ZOOMS else "")
    file = paper.document
    shown.original = _address(opened, "original", file.pk)
    shown.state = str(statuses.present("document", _state(file.status)).word)
    shown.detail = _("%(name)s, %(size)s, added %(when)s by %(who)s") % {
        "name": file.name,
        "size": words.filesize(file.size),
        "when": words.moment(file.uploaded_at, opened.case.rules.time_zone),
        "who": file.uploaded_by,
    }
    if not paper.pages:
        return shown
    numbers = [each.number for each in paper.pages]
    asked = whole(page)
    wanted = asked if asked in numbers else numbers[0]
    current = paper.pages[numbers.index(wanted)]
    shown.page = current
    place = numbers.index(wanted)
    if place:
        shown.turn["before"] = opened.url("case", doc=file.pk, page=numbers[place - 1], zoom=shown.zoom)
    if place + 1 < len(numbers):
        shown.turn["after"] = opened.url("case", doc=file.pk, page=numbers[place + 1], zoom=shown.zoom)
    if current.sha256:
        shown.image = _address(opened, "page_image", file.pk, current.number)
        shown.zooms = _zooms(opened, shown, file.pk, current.number)
        shown.marks = _marks(opened, current)
    return shown


def _zooms(opened: Open, shown: Viewer, document: int, page: int) -> list[tuple[str, str, bool, str]]:
    at = ZOOMS.index(shown.zoom)
    keys = {at - 1: "-", at + 1: "+"}
    if shown.zoom != "":
        keys[ZOOMS.index("")] = "0"
    return [
        (
            f"{each}%" if each else _("Fit"),
            opened.url("case", doc=document, page=page, zoom=each),
            each == shown.zoom,
            keys.get(n, ""),
        )
        for n, each in enumerate(ZOOMS)
    ]


def _marks(opened: Open, page: PageImage) -> list[Mark]:
    """Where declared values stand on this page. A match is a hint: nothing is said about what was not found."""
    wanted = [
        (row.id, row.box, found)
        for row in opened.case.rules.checks
        if (found := values(row, opened.case.facts, opened.line)).needles and not found.any_of
    ]
    titles = {row.id: row.title for row in opened.case.rules.checks}
    full = PageImage.objects.only("words").get(certifier_id=page.certifier_id, pk=page.pk)
    return [
        Mark(
            place.check_id,
            str(place.box or ""),
            _("Box %(box)s, %(check)s") % {"box": place.box, "check": titles[place.check_id]}
            if place.box
            else titles[place.check_id],
            round(place.x * page.width - 3, 1),
            round(place.y * page.height - 2, 1),
            round(place.width * page.width + 6, 1),
            round(place.height * page.height + 4, 1),
            page.width / 1000,
        )
        for place in places(full, wanted)
    ]


def _address(opened: Open, name: str, *args: object) -> str:
    return reverse(name, args=[opened.request.certifier.slug, opened.request.reference, *args])


def _state(status: str) -> str:
    return status if status in statuses.DOCUMENT else "received"
