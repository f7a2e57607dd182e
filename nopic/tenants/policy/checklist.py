# ruff: noqa: RUF009 setting() makes a dataclass field, which is what that rule asks for
"""What a reviewer confirms before approving: the rows of the checklist, with the box of the certificate they guard.

A row belongs to the whole request or to each line. ``compares`` names what is laid side by side for it: what the
exporter declared, the verified list, the registry, or the key of a document row; a built-in document that the policy
does not ask for is simply not there to look at. A certifier may drop rows, reorder them and add its own.
"""

from dataclasses import MISSING, dataclass
from decimal import Decimal
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from . import reading as read

GROUPS: Final[dict[str, str | Promise]] = {
    "weights": gettext_lazy("Weights and lots"),
    "balance": gettext_lazy("Balance"),
    "parties": gettext_lazy("Parties and scope"),
    "process": gettext_lazy("Process"),
}

# What a row can be compared with besides the document rows of the same policy.
OWN_SOURCES: Final = ("declared", "verified_list", "registry")

QUESTIONS: Final[dict[str, str | Promise]] = {
    "net_weight": gettext_lazy("Net weight"),
    "packages": gettext_lazy("Packages"),
    "gross_weight": gettext_lazy("Gross weight"),
    "lots": gettext_lazy("Lot numbers"),
    "named_organic": gettext_lazy("Product named as organic on every document"),
    "product_name": gettext_lazy("Product name as on the verified list"),
    "tariff_code": gettext_lazy("US tariff code"),
    "quantity_left": gettext_lazy("Verified quantity left"),
    "inputs_cover": gettext_lazy("Harvest and purchases cover the quantity"),
    "exporter_certified": gettext_lazy("Exporter certified, handling scope"),
    "importer_certified": gettext_lazy("Importer of record certified"),
    "supplier_guarantee": gettext_lazy("Supplier guarantee for each purchased lot"),
    "standard_and_category": gettext_lazy("Organic standard and category"),
    "origin": gettext_lazy("Origin allowed by the standard"),
    "sent_in_time": gettext_lazy("Sent in time"),
    "not_left": gettext_lazy("Goods have not left"),
    "transport_parties": gettext_lazy("Transport document names the same parties, containers and seals"),
    "route": gettext_lazy("Route and US port of entry"),
    "treatment": gettext_lazy("No prohibited treatment, fumigation or irradiation"),
    "clean_transport": gettext_lazy("Clean transport unit or affidavit"),
    "no_commingling": gettext_lazy("No mixing with goods that are not organic"),
}


# The portal's own rows that compare weights; a tolerance of another row would be used by nothing.
WEIGHED: Final = ("net_weight", "gross_weight", "packages", "lots")


# What a reviewer should know at a row, where it is not obvious.
HINTS: Final[dict[str, str | Promise]] = {
    "transport_parties": gettext_lazy(
        "A consignee “to order” or “to order of a bank” is normal trade, and so is a notify party that is a broker: "
        "compare exporter, containers and seals."
    ),
    "product_name": gettext_lazy(
        "An invoice from a third country is normal trade: compare the goods, not who sells them."
    ),
    "treatment": gettext_lazy(
        "Hot water, cold and carbon dioxide are permitted. Fumigation with prohibited substances and irradiation are not: "
        "look at the phytosanitary certificate, if there is one, for the treatment it names."
    ),
    "clean_transport": gettext_lazy(
        "An affidavit that the unit was cleaned and carried nothing prohibited before, a cleaning record, or new packaging. "
        "Food-grade containers with packed goods need none: choose n/a."
    ),
    "no_commingling": gettext_lazy(
        "Lots, packages and seals show that nothing that is not organic could get between: a bulk or part load needs a "
        "sentence about it in the traceability declaration or on the transport document."
    ),
}


@dataclass(frozen=True, slots=True)
class CheckRow:
    """One question of the checklist. ``question`` is the certifier's own wording; empty means the portal's."""

    id: str = read.setting(MISSING, label=gettext_lazy("Short name"), reads=read.code, hint=read.SHORT)
    group: str = read.setting(MISSING, label=gettext_lazy("Group"), reads=read.one_of(*GROUPS))
    scope: str = read.setting("request", label=gettext_lazy("How often"), reads=read.one_of("request", "line"))
    box: int | None = read.setting(
        None,
        label=gettext_lazy("Box"),
        reads=read.optional(read.whole_number(1, 20)),
        hint=gettext_lazy("The box of the certificate that it guards; empty for none."),
    )
    compares: tuple[str, ...] = read.setting(
        (),
        label=gettext_lazy("Compared side by side"),
        reads=read.list_of(read.code_of("documents", *OWN_SOURCES), most=12),
    )
    question: str = read.setting(
        "", label=gettext_lazy("Question"), reads=read.text(200), hint=gettext_lazy("Empty: the words of the portal.")
    )
    tolerance_kg: Decimal | None = read.setting(
        None, label=gettext_lazy("Tolerance in kg"), reads=read.optional(read.weight(1000))
    )
    tolerance_percent: Decimal | None = read.setting(
        None, label=gettext_lazy("Tolerance in per cent"), reads=read.optional(read.percent)
    )

    @property
    def title(self) -> str:
        """The question, in the reader's language if the words are the portal's."""
        return self.question or str(QUESTIONS[self.id])

    @property
    def called(self) -> str:
        """The same in a fault, where a row may lack its question."""
        return self.title if self.question or self.id in QUESTIONS else self.id

    @property
    def hint(self) -> str:
        """What to know at this row; "" for a certifier's own question."""
        return "" if self.question else str(HINTS.get(self.id, ""))

    @property
    def has_tolerance(self) -> bool:
        """Whether the row has a tolerance of its own, which then stands instead of the general one."""
        return self.tolerance_kg is not None or self.tolerance_percent is not None

    def faults(self, document_keys: frozenset[str]) -> dict[str, str]:
        """Setting -> the sentence about what this row lacks or names in vain."""
        found = {}
        if not self.question and self.id not in QUESTIONS:
            found["question"] = _("Check “%(name)s” needs a question.") % {"name": self.called}
        if self.has_tolerance and self.id not in WEIGHED:
            name = "tolerance_kg" if self.tolerance_kg is not None else "tolerance_percent"
            found[name] = _("Check “%(name)s” compares no weights, so it can have no tolerance.") % {
                "name": self.called
            }
        for source in self.compares:
            if source not in OWN_SOURCES and source not in document_keys:
                found["compares"] = _(
                    "Check “%(name)s” is compared with “%(source)s”, which is no row of the document list."
                ) % {
                    "name": self.called,
                    "source": source,
                }
        return found


_PAPERS: Final = ("commercial_invoice", "packing_list", "transport_document")

DEFAULT_CHECKS: Final = (
    CheckRow(id="net_weight", group="weights", scope="line", box=10, compares=("declared", *_PAPERS)),
    CheckRow(id="packages", group="weights", scope="line", box=11, compares=("declared", *_PAPERS)),
    CheckRow(
        id="gross_weight",
        group="weights",
        scope="line",
        box=11,
        compares=("declared", "packing_list", "transport_document"),
    ),
    CheckRow(
        id="lots",
        group="weights",
        scope="line",
        box=12,
        compares=("declared", "traceability_declaration", "packing_list"),
    ),
    CheckRow(id="named_organic", group="weights", scope="line", box=7, compares=_PAPERS),
    CheckRow(
        id="product_name",
        group="weights",
        scope="line",
        box=7,
        compares=("declared", "verified_list", "commercial_invoice"),
    ),
    CheckRow(
        id="tariff_code",
        group="weights",
        scope="line",
        box=8,
        compares=("declared", "verified_list", "commercial_invoice"),
    ),
    CheckRow(id="quantity_left", group="balance", scope="line", box=10, compares=("declared", "verified_list")),
    CheckRow(
        id="inputs_cover",
        group="balance",
        scope="line",
        compares=("declared", "traceability_declaration", "transaction_certificate", "purchase_invoice"),
    ),
    CheckRow(id="exporter_certified", group="parties", box=4, compares=("registry",)),
    CheckRow(id="importer_certified", group="parties", box=5, compares=("declared", "registry")),
    CheckRow(
        id="supplier_guarantee",
        group="parties",
        scope="line",
        compares=("transaction_certificate", "purchase_invoice"),
    ),
    CheckRow(id="standard_and_category", group="parties", scope="line", box=9, compares=("verified_list",)),
    CheckRow(id="origin", group="parties", scope="line", box=13, compares=("declared", "verified_list")),
    CheckRow(id="sent_in_time", group="process", box=17, compares=("declared",)),
    CheckRow(id="not_left", group="process", box=17, compares=("declared", "transport_document")),
    CheckRow(id="transport_parties", group="process", box=14, compares=("declared", "transport_document")),
    CheckRow(id="route", group="process", box=15, compares=("declared", "transport_document")),
    CheckRow(
        id="treatment",
        group="process",
        box=16,
        compares=("declared", "phytosanitary_certificate", "transport_document"),
    ),
    CheckRow(
        id="clean_transport",
        group="process",
        box=14,
        compares=("declared", "clean_transport_affidavit", "transport_document"),
    ),
    CheckRow(
        id="no_commingling",
        group="process",
        box=12,
        compares=("declared", "traceability_declaration", "packing_list", "transport_document"),
    ),
)
