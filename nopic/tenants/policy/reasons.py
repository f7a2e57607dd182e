"""The coded reasons for which a line is refused or an issued certificate cancelled.

The code is what statistics and letters hang on; the wording is the certifier's own or the portal's. A rule is cited
only where a rule is the reason (``requirements``: reasons are the certifier's).
"""

from collections.abc import Container
from dataclasses import MISSING, dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from . import reading as read

REFUSAL_TEXTS: Final[dict[str, str | Promise]] = {
    "not_on_product_list": gettext_lazy("The product is not on your verified list as it was declared."),
    "party_not_certified": gettext_lazy("A company named in the request is not certified."),
    "volume_unsupported": gettext_lazy("Harvest and purchases on file do not cover the quantity."),
    "tc_missing_or_spent": gettext_lazy("A supplier's certificate is missing or its quantity is already used."),
    "hts_wrong": gettext_lazy("The tariff code does not belong to the product."),
    "docs_missing": gettext_lazy("Documents are missing."),
    "docs_inconsistent": gettext_lazy("The documents contradict the request or each other."),
    "not_marked_organic": gettext_lazy("A document does not name the product as organic."),
    "late_request": gettext_lazy("The request came too late to be checked before departure."),
    "already_departed": gettext_lazy("The goods have already left."),
    "arrangement_scope": gettext_lazy("The product or its origin is outside the organic standard or arrangement."),
    "prohibited_treatment": gettext_lazy("The goods had, or will have, a treatment that ends their organic status."),
    "duplicate_request": gettext_lazy("The same goods are already in another request."),
}

CANCEL_TEXTS: Final[dict[str, str | Promise]] = {
    "documents_late": gettext_lazy("The final documents did not come in time."),
    "documents_not_compliant": gettext_lazy("The final documents do not agree with the certificate."),
    "issued_in_error": gettext_lazy("The certificate was issued in error."),
    "exporter_request": gettext_lazy("The exporter asked for it."),
    "party_not_certified": gettext_lazy("A company named on the certificate is no longer certified."),
    "goods_not_shipped": gettext_lazy("The goods were not shipped."),
    "prohibited_treatment": gettext_lazy("The goods had a treatment that ends their organic status."),
}


@dataclass(frozen=True, slots=True)
class Reason:
    """One coded reason; ``text`` in the certifier's words, or empty for the portal's."""

    code: str = read.setting(MISSING, label=gettext_lazy("Short name"), reads=read.code, hint=read.SHORT)
    text: str = read.setting(
        "", label=gettext_lazy("Text"), reads=read.text(200), hint=gettext_lazy("Empty: the words of the portal.")
    )
    citation: str = read.setting("", label=gettext_lazy("Citation"), reads=read.text(80))

    @property
    def title(self) -> str:
        """What it is called in the policy: its words."""
        return self.text or str(REFUSAL_TEXTS.get(self.code, self.code))

    def faults(self, texts: Container[str]) -> dict[str, str]:
        """Setting -> the sentence about a reason without words; ``texts``: the codes that the portal has words for."""
        if self.text or self.code in texts:
            return {}
        return {"text": _("Reason “%(code)s” needs a text.") % {"code": self.code}}


@dataclass(frozen=True, slots=True)
class Cancellation(Reason):
    """The same for a certificate: some codes have other words here."""

    @property
    def title(self) -> str:
        """What it is called in the policy: its words."""
        return self.text or str(CANCEL_TEXTS.get(self.code, self.code))


DEFAULT_REFUSALS: Final = tuple(
    Reason(code=key, citation="7 CFR 205.273(a)" if key == "already_departed" else "") for key in REFUSAL_TEXTS
)
DEFAULT_CANCELLATIONS: Final = tuple(Cancellation(code=key) for key in CANCEL_TEXTS)


def refusal_text(reason: Reason) -> str:
    """The sentence that the exporter reads for a refusal."""
    return reason.text or str(REFUSAL_TEXTS[reason.code])


def cancel_text(reason: Reason) -> str:
    """The sentence that everybody with the certificate reads for a cancellation."""
    return reason.text or str(CANCEL_TEXTS[reason.code])
