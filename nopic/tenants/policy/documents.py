"""Which documents a certifier asks for, and which of them one request needs.

``DocumentRule`` is a row of the certifier's matrix (policy data). ``documents_due`` turns the matrix and a few answers
into the rows of one request; a row is known by (rule, subject), so that a second supplier gets a second row and an
answer that changes back finds its file again. The rows that every certifier starts with follow the procedure that
Certisys publishes; the transport document counts in three kinds because the original often exists only after departure.
"""

from collections.abc import Callable
from dataclasses import MISSING, dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from . import reading as read

if TYPE_CHECKING:
    from .rules import Rules

Word = str | Promise

TRANSPORT_KINDS: Final[dict[str, Word]] = {
    "final": gettext_lazy("Final"),
    "draft": gettext_lazy("Draft"),
    "booking": gettext_lazy("Booking confirmation"),
}


class BuiltIn(NamedTuple):
    """The words of a row that ships with the portal; ``for_supplier`` holds ``%(supplier)s``."""

    name: Word
    why: Word = ""
    for_supplier: Word = ""


BUILT_IN: Final[dict[str, BuiltIn]] = {
    "commercial_invoice": BuiltIn(gettext_lazy("Commercial invoice")),
    "packing_list": BuiltIn(gettext_lazy("Packing list")),
    "traceability_declaration": BuiltIn(
        gettext_lazy("Traceability declaration"),
        gettext_lazy("Links each lot in this request to the farm or supplier it came from."),
    ),
    "transaction_certificate": BuiltIn(
        gettext_lazy("Transaction certificate"),
        gettext_lazy("Needed because the supplier is certified by another certifier."),
        gettext_lazy("Transaction certificate from %(supplier)s"),
    ),
    "purchase_invoice": BuiltIn(
        gettext_lazy("Purchase invoice"),
        gettext_lazy("The invoice is enough, because the supplier has the same certifier as you."),
        gettext_lazy("Purchase invoice from %(supplier)s"),
    ),
    "transport_document": BuiltIn(
        gettext_lazy("Transport document"),
        gettext_lazy("The final one if you have it, otherwise a draft or the booking confirmation."),
    ),
    "phytosanitary_certificate": BuiltIn(
        gettext_lazy("Phytosanitary certificate"),
        gettext_lazy("Send it now if you have it, or later."),
    ),
}


@dataclass(frozen=True, slots=True)
class Supplier:
    """Somebody from whom a lot of the request was bought; own production has none.

    ``id`` is any lasting text or number; ``same_certifier`` says whether the exporter's certifier certifies it too.
    """

    id: int | str
    name: str
    same_certifier: bool


@dataclass(frozen=True, slots=True)
class Answers:
    """What the document list depends on. The same supplier may stand here once for each of its lots."""

    suppliers: tuple[Supplier, ...] = ()
    departed: bool = False


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


@dataclass(frozen=True, slots=True)
class DocumentRule:
    """One row of the certifier's matrix.

    ``name`` and ``why`` are the certifier's own words; empty means the portal's words for this key. Needed before
    sending and may follow exclude each other; neither means welcome but never waited for.
    """

    key: str = read.setting(MISSING, label=gettext_lazy("Key"), reads=read.code)
    condition: str = read.setting("always", label=gettext_lazy("Condition"), reads=read.one_of(*CONDITIONS))
    per: str = read.setting("request", label=gettext_lazy("Per"), reads=read.one_of("request", "supplier"))
    required_before_sending: bool = read.setting(
        True, label=gettext_lazy("Needed before sending"), reads=read.yes_or_no
    )
    may_follow: bool = read.setting(False, label=gettext_lazy("May follow"), reads=read.yes_or_no)
    may_not_apply: bool = read.setting(False, label=gettext_lazy("May not apply"), reads=read.yes_or_no)
    kinds: tuple[str, ...] = read.setting(
        (), label=gettext_lazy("Kinds"), reads=read.list_of(read.one_of(*TRANSPORT_KINDS), most=len(TRANSPORT_KINDS))
    )
    name: str = read.setting("", label=gettext_lazy("Name"), reads=read.text(120))
    why: str = read.setting("", label=gettext_lazy("Why it is asked"), reads=read.text(300))

    @property
    def title(self) -> str:
        """The name of the document, in the reader's language if the words are the portal's."""
        return self.name or str(BUILT_IN[self.key].name)

    @property
    def reason(self) -> str:
        """Why it is asked, or nothing where that is obvious."""
        return self.why or (str(BUILT_IN[self.key].why) if self.key in BUILT_IN and not self.name else "")

    def title_for(self, supplier: Supplier) -> str:
        """The name of the row that belongs to one supplier."""
        built_in = BUILT_IN.get(self.key)
        if built_in is not None and built_in.for_supplier and not self.name:
            return str(built_in.for_supplier) % {"supplier": supplier.name}
        return _("%(document)s, %(supplier)s") % {"document": self.title, "supplier": supplier.name}

    def fault(self) -> str:
        """The sentence about settings of this row that contradict each other, or nothing."""
        if not self.name and self.key not in BUILT_IN:
            return _("Document row “%(key)s” needs a name.") % {"key": self.key}
        if self.required_before_sending and self.may_follow:
            return _("Document row “%(key)s” cannot be needed before sending and follow later.") % {"key": self.key}
        allowed = SUPPLIER_CONDITIONS if self.per == "supplier" else REQUEST_CONDITIONS
        if self.condition not in allowed:
            return _("Document row “%(key)s”: the condition of a row per %(per)s must be one of: %(words)s.") % {
                "key": self.key,
                "per": self.per,
                "words": ", ".join(allowed),
            }
        return ""


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
    DocumentRule(key="phytosanitary_certificate", required_before_sending=False, may_follow=True, may_not_apply=True),
)


def documents_due(rules: "Rules", answers: Answers) -> tuple[DocumentRow, ...]:
    """The rows of one request in the order of the matrix; suppliers in the order in which they were named.

    Two suppliers with the same id are one. The words are in the language that is active at the call.
    """
    suppliers: dict[str, Supplier] = {}
    for supplier in answers.suppliers:
        suppliers.setdefault(str(supplier.id), supplier)
    rows: list[DocumentRow] = []
    for rule in rules.documents:
        if rule.per == "supplier":
            applies = SUPPLIER_CONDITIONS[rule.condition]
            rows += [_row(rule, subject, rule.title_for(s)) for subject, s in suppliers.items() if applies(s)]
        elif REQUEST_CONDITIONS[rule.condition](answers):
            rows.append(_row(rule, "", rule.title))
    return tuple(rows)


def _row(rule: DocumentRule, subject: str, name: str) -> DocumentRow:
    return DocumentRow(
        rule=rule.key,
        subject=subject,
        name=name,
        why=rule.reason,
        required_before_sending=rule.required_before_sending,
        may_follow=rule.may_follow,
        may_not_apply=rule.may_not_apply,
        kinds=rule.kinds,
    )
