"""The kinds of documents that the portal knows by name, the types of files, and where "organic" must stand on them.

A certifier's matrix refers to these by key and may add rows of its own. The words are those of the procedures that
certifiers publish: entry documents, guarantees for what was bought, and what is asked of a market or a lot.
"""

from typing import Final, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

Word = str | Promise

TRANSPORT_KINDS: Final[dict[str, Word]] = {
    "final": gettext_lazy("Final"),
    "draft": gettext_lazy("Draft"),
    "booking": gettext_lazy("Booking confirmation"),
}
# The types that a row may be limited to; the documents package decides whether a file is one.
FILE_TYPES: Final[dict[str, Word]] = {
    "pdf": gettext_lazy("PDF"),
    "jpeg": gettext_lazy("JPG photo"),
    "png": gettext_lazy("PNG picture"),
    "heic": gettext_lazy("HEIC photo"),
    "xlsx": gettext_lazy("XLSX table"),
    "docx": gettext_lazy("DOCX text"),
}
MODES: Final[dict[str, Word]] = {
    "sea": gettext_lazy("by sea"),
    "air": gettext_lazy("by air"),
    "road": gettext_lazy("by road"),
    "rail": gettext_lazy("by rail"),
}
# A document that does not name the product as organic stands against approval only where it goes to customs and
# buyers with the goods; of every other paper it is written down.
STOPPING: Final = frozenset({"commercial_invoice", "packing_list", "transport_document", "bill_of_sale"})
# Keys under which the portal itself keeps files or lays values side by side: no row of a matrix may have one of them.
RESERVED: Final = frozenset(
    {"correction", "registry_pdf", "signed_form", "demanded", "declared", "verified_list", "registry"}
)
RECORDED: Final = frozenset({"phytosanitary_certificate", "laboratory_analysis", "cbp_entry_data", "purchase_invoice"})


class BuiltIn(NamedTuple):
    """The words of a row that ships with the portal; ``for_supplier`` holds ``%(supplier)s``."""

    name: Word
    why: Word = ""
    for_supplier: Word = ""


BUILT_IN: Final[dict[str, BuiltIn]] = {
    "commercial_invoice": BuiltIn(gettext_lazy("Commercial invoice")),
    "packing_list": BuiltIn(gettext_lazy("Packing list")),
    "bill_of_sale": BuiltIn(
        gettext_lazy("Bill of sale"),
        gettext_lazy("Shows who owned the goods before the importer did."),
    ),
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
    "international_markets_addendum": BuiltIn(
        gettext_lazy("International Markets Addendum"),
        gettext_lazy("The annex to your organic plan for the market that the goods go to."),
    ),
    "laboratory_analysis": BuiltIn(
        gettext_lazy("Laboratory analysis"),
        gettext_lazy("Results for the lots in this request."),
    ),
    "sampling_record": BuiltIn(
        gettext_lazy("Sampling record"),
        gettext_lazy("Shows when, where and by whom the consignment was sampled."),
    ),
    "label": BuiltIn(
        gettext_lazy("Label"),
        gettext_lazy("The label as it is printed on the packages of this consignment."),
    ),
    "cbp_entry_data": BuiltIn(
        gettext_lazy("Customs entry data"),
        gettext_lazy("What the broker will file with US customs: it must name the goods as organic too."),
    ),
    "clean_transport_affidavit": BuiltIn(
        gettext_lazy("Clean transport affidavit"),
        gettext_lazy("Says that the container or truck was clean and carried nothing prohibited before."),
    ),
    "supplier_certificate": BuiltIn(
        gettext_lazy("Organic certificate of the supplier"),
        gettext_lazy("Shows that the supplier was certified when it sold the lot."),
        gettext_lazy("Organic certificate of %(supplier)s"),
    ),
}
