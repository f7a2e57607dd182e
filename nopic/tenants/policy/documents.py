"""Which documents a certifier asks for, and which of them one request needs.

``DocumentRule`` is a row of the certifier's matrix (policy data). ``documents_due`` turns the matrix and a few answers
into the rows of one request, each saying why it is asked; a row is known by (rule, subject), so that a second supplier
gets a second row and an answer that changes back finds its file again. The conditions of a row are combined: all that
it names must hold. The rows that every certifier starts with follow the procedure that Certisys publishes; the
transport document counts in three kinds because the original often exists only after departure.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import MISSING, dataclass
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from . import reading as read
from .answers import Answers, Goods, Supplier
from .kinds import BUILT_IN, FILE_TYPES, MODES, RECORDED, RESERVED, STOPPING, TRANSPORT_KINDS

if TYPE_CHECKING:
    from .rules import Rules

MOST_FILES = 30  # in one row, unless the row says fewer

# A row about the request as a whole looks at the answers, a row about a supplier at that supplier too.
REQUEST_CONDITIONS: Final[dict[str, Callable[[Answers], bool]]] = {
    "always": lambda answers: True,
    "purchased_lot": lambda answers: bool(answers.suppliers),
    "not_departed": lambda answers: not answers.departed,
}
SUPPLIER_CONDITIONS: Final[dict[str, Callable[[Supplier], bool]]] = {
    "purchased_lot": lambda supplier: True,
    "purchased_lot_other_certifier": lambda supplier: not supplier.same_certifier,
    "purchased_lot_same_certifier": lambda supplier: supplier.same_certifier,
}
CONDITIONS: Final = tuple(REQUEST_CONDITIONS | SUPPLIER_CONDITIONS)
# Why a row is asked that says nothing else about it.
ASKED: Final = {
    "always": gettext_lazy("Asked of every request."),
    "not_departed": gettext_lazy("Asked because the goods have not left."),
    "purchased_lot": gettext_lazy("Asked because a lot was bought."),
    "purchased_lot_other_certifier": gettext_lazy("Asked because the supplier is certified by another certifier."),
    "purchased_lot_same_certifier": gettext_lazy("Asked because the supplier has the same certifier as you."),
}


@dataclass(frozen=True, slots=True)
class DocumentRule:
    """One row of the certifier's matrix.

    ``name`` and ``why`` are the certifier's own words; empty means the portal's words for this key. Needed before
    sending and may follow exclude each other; neither means welcome but never waited for. ``products`` are list codes or
    the first digits of tariff codes; ``destinations`` are states or US ports of entry (name or four digits).
    ``days_after_departure``: by when what comes later is due; None: the exporter's own date. ``accepts`` empty: every
    type of file. ``organic``: whether it is asked that the document names the product as organic (empty: as for this
    key usually), and whether its absence stands against approval.
    """

    key: str = read.setting(
        MISSING, label=gettext_lazy("Short name"), reads=read.code,
        hint=gettext_lazy("Small letters, digits and _. One that the portal knows, such as packing_list, needs no name."),
    )  # fmt: skip
    condition: str = read.setting("always", label=gettext_lazy("When it is asked"), reads=read.one_of(*CONDITIONS))
    per: str = read.setting("request", label=gettext_lazy("How often"), reads=read.one_of("request", "supplier"))
    products: tuple[str, ...] = read.setting(
        (),
        label=gettext_lazy("Only for products"),
        reads=read.list_of(read.text(20), most=40),
        hint=gettext_lazy("Codes of the verified list, or the first digits of tariff codes. Empty: for all."),
    )
    origins: tuple[str, ...] = read.setting(
        (),
        label=gettext_lazy("Only for countries of origin"),
        reads=read.list_of(read.text(60), most=40),
        hint=gettext_lazy("Empty: for all."),
    )
    modes: tuple[str, ...] = read.setting(
        (), label=gettext_lazy("Only when it travels"), reads=read.list_of(read.one_of(*MODES), most=len(MODES))
    )
    destinations: tuple[str, ...] = read.setting(
        (),
        label=gettext_lazy("Only for destinations"),
        reads=read.list_of(read.text(60), most=60),
        hint=gettext_lazy("States, or US ports of entry by name or four digits. Empty: for all."),
    )
    required_before_sending: bool = read.setting(
        True, label=gettext_lazy("Needed before sending"), reads=read.yes_or_no
    )
    may_follow: bool = read.setting(False, label=gettext_lazy("May follow"), reads=read.yes_or_no)
    days_after_departure: int | None = read.setting(
        None,
        label=gettext_lazy("Days after departure"),
        reads=read.optional(read.whole_number(0, 365)),
        hint=gettext_lazy("By when what follows is due. Empty: on the day that the exporter names."),
    )
    may_not_apply: bool = read.setting(
        False, label=gettext_lazy("Exporters may say that it does not apply"), reads=read.yes_or_no
    )
    kinds: tuple[str, ...] = read.setting(
        (),
        label=gettext_lazy("Exporters say which kind it is"),
        reads=read.list_of(read.one_of(*TRANSPORT_KINDS), most=len(TRANSPORT_KINDS)),
    )
    accepts: tuple[str, ...] = read.setting(
        (),
        label=gettext_lazy("Accepted files"),
        reads=read.list_of(read.one_of(*FILE_TYPES), most=len(FILE_TYPES)),
        hint=gettext_lazy("None chosen: all of them."),
    )
    least_files: int = read.setting(1, label=gettext_lazy("Files required"), reads=read.whole_number(1, 30))
    most_files: int = read.setting(MOST_FILES, label=gettext_lazy("Files accepted"), reads=read.whole_number(1, 30))
    organic: str = read.setting(
        "", label=gettext_lazy("Names the product as organic"), reads=read.one_of("", "no", "record", "stop")
    )
    name: str = read.setting("", label=gettext_lazy("Name"), reads=read.text(120))
    why: str = read.setting("", label=gettext_lazy("Why it is asked"), reads=read.text(300))

    @property
    def title(self) -> str:
        """The name of the document, in the reader's language if the words are the portal's."""
        return self.name or str(BUILT_IN[self.key].name)

    @property
    def called(self) -> str:
        """The same in a fault, where a row may lack its name."""
        return self.title if self.name or self.key in BUILT_IN else self.key

    @property
    def reason(self) -> str:
        """What the document is for, or nothing where that is obvious."""
        return self.why or (str(BUILT_IN[self.key].why) if self.key in BUILT_IN and not self.name else "")

    @property
    def marking(self) -> str:
        """What is asked about the word organic: "stop", "record" or "no"."""
        if self.organic:
            return self.organic
        return "stop" if self.key in STOPPING else "record" if self.key in RECORDED else "no"

    def title_for(self, supplier: Supplier) -> str:
        """The name of the row that belongs to one supplier."""
        built_in = BUILT_IN.get(self.key)
        if built_in is not None and built_in.for_supplier and not self.name:
            return str(built_in.for_supplier) % {"supplier": supplier.name}
        return _("%(document)s, %(supplier)s") % {"document": self.title, "supplier": supplier.name}

    def faults(self) -> dict[str, str]:
        """Setting -> the sentence about what contradicts another one of this row."""
        found, words = {}, {"name": self.called, "least": self.least_files, "most": self.most_files}
        if self.key in RESERVED:
            found["key"] = _("The portal uses the short name “%(key)s” itself. Choose another one.") % {"key": self.key}
            return found
        if not self.name and self.key not in BUILT_IN:
            found["name"] = _("Document row “%(name)s” needs a name.") % words
        if self.required_before_sending and self.may_follow:
            found["may_follow"] = _("Document row “%(name)s” cannot be needed before sending and follow later.") % words
        elif self.days_after_departure is not None and not self.may_follow:
            found["days_after_departure"] = (
                _("Document row “%(name)s” has days after departure, but may not follow.") % words
            )
        if self.least_files > self.most_files:
            found["least_files"] = (
                _("Document row “%(name)s” requires %(least)s files but accepts %(most)s: it can never be complete.")
                % words
            )
        if self.organic == "stop" and self.key not in STOPPING:
            found["organic"] = (
                _(
                    "Document row “%(name)s”: that it does not name the product as organic can only be recorded. It is a "
                    "stop on the invoice, packing list, transport document and bill of sale."
                )
                % words
            )
        allowed = SUPPLIER_CONDITIONS if self.per == "supplier" else REQUEST_CONDITIONS
        if self.condition not in allowed:
            found["condition"] = _(
                "Document row “%(name)s”: asked for each supplier, its condition is about goods that were bought. "
                "Asked once for the request, it is not about one supplier."
            ) % words  # fmt: skip
        return found

    def because(self, answers: Answers, supplier: Supplier | None = None) -> list[str] | None:
        """The sentences why this row is asked of these answers; None when one of its conditions does not hold."""
        applies = SUPPLIER_CONDITIONS[self.condition](supplier) if supplier else True
        if not applies or (supplier is None and not REQUEST_CONDITIONS[self.condition](answers)):
            return None
        goods = [each for each in answers.goods if supplier is None or str(supplier.id) in each.suppliers]
        said = []
        for wanted, found, sentence in (
            (self.products, [one for each in goods for one in self.products if _is_product(one, each)],
             _("Asked because of the product: %(them)s.")),
            (self.origins, [one for each in goods for one in self.origins if _same(one, each.origin)],
             _("Asked because of the country of origin: %(them)s.")),
            (self.modes, [one for one in self.modes if one == answers.mode], _("Asked because it leaves %(them)s.")),
            (self.destinations, [one for one in self.destinations if any(_same(one, at) for at in answers.places)],
             _("Asked because of the destination: %(them)s.")),
        ):  # fmt: skip
            if wanted and not found:
                return None
            if found:
                said.append(sentence % {"them": ", ".join(str(MODES.get(one, one)) for one in dict.fromkeys(found))})
        return [one for one in (self.reason, *said) if one] or [str(ASKED[self.condition])]


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """One document that one request needs. ``subject`` is the supplier's id as text, or nothing."""

    rule: str
    subject: str
    name: str
    why: str
    required_before_sending: bool
    may_follow: bool
    may_not_apply: bool
    kinds: tuple[str, ...]
    days_after_departure: int | None = None
    accepts: tuple[str, ...] = ()
    least_files: int = 1
    most_files: int = MOST_FILES
    organic: str = "no"

    @property
    def key(self) -> tuple[str, str]:
        """What the stored files of this row are kept under."""
        return self.rule, self.subject


DEFAULT_DOCUMENTS: Final = (
    DocumentRule(key="commercial_invoice"),
    DocumentRule(key="packing_list", may_not_apply=True),
    DocumentRule(key="traceability_declaration"),
    DocumentRule(key="transaction_certificate", per="supplier", condition="purchased_lot_other_certifier"),
    DocumentRule(key="purchase_invoice", per="supplier", condition="purchased_lot_same_certifier"),
    DocumentRule(key="transport_document", kinds=("final", "draft", "booking")),
    DocumentRule(
        key="phytosanitary_certificate",
        required_before_sending=False,
        may_follow=True,
        days_after_departure=10,
        may_not_apply=True,
    ),
)


def documents_due(rules: "Rules", answers: Answers) -> tuple[DocumentRow, ...]:
    """The rows of one request in the order of the matrix; suppliers in the order in which they were named.

    Two suppliers with the same id are one. The words are in the language that is active at the call.
    """
    suppliers: dict[str, Supplier] = {}
    for named in answers.suppliers:
        suppliers.setdefault(str(named.id), named)
    rows: list[DocumentRow] = []
    for rule in rules.documents:
        about: list[tuple[str, Supplier | None]] = list(suppliers.items()) if rule.per == "supplier" else [("", None)]
        for subject, seller in about:
            if (why := rule.because(answers, seller)) is not None:
                rows.append(_row(rule, subject, rule.title if seller is None else rule.title_for(seller), why))
    return tuple(rows)


def _row(rule: DocumentRule, subject: str, name: str, why: Iterable[str]) -> DocumentRow:
    return DocumentRow(
        rule=rule.key,
        subject=subject,
        name=name,
        why=" ".join(why),
        required_before_sending=rule.required_before_sending,
        may_follow=rule.may_follow,
        may_not_apply=rule.may_not_apply,
        kinds=rule.kinds,
        days_after_departure=rule.days_after_departure,
        accepts=rule.accepts,
        least_files=rule.least_files,
        most_files=rule.most_files,
        organic=rule.marking,
    )


def _is_product(entry: str, goods: Goods) -> bool:
    """Whether a list code, or the first digits of a tariff code, means this product."""
    digits = re.sub(r"[.\s]", "", entry)
    by_tariff = len(digits) >= 2 and digits.isdecimal() and goods.hts.replace(".", "").startswith(digits)
    return by_tariff or _same(entry, goods.code)


def _same(one: str, other: str) -> bool:
    return bool(one.strip()) and one.strip().casefold() == other.strip().casefold()
