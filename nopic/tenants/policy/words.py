"""How the codes of a policy are said to people: on its screens, in its history and in the differences between versions."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from .checklist import GROUPS
from .kinds import BUILT_IN
from .letters import LETTER_NAMES

WORDS: Final[dict[str, str | Promise]] = {
    **GROUPS,
    **LETTER_NAMES,
    **{key: one.name for key, one in BUILT_IN.items()},
    "declared": gettext_lazy("Declared"),
    "verified_list": gettext_lazy("Verified list"),
    "registry": gettext_lazy("Registry"),
    "mon": gettext_lazy("Monday"),
    "tue": gettext_lazy("Tuesday"),
    "wed": gettext_lazy("Wednesday"),
    "thu": gettext_lazy("Thursday"),
    "fri": gettext_lazy("Friday"),
    "sat": gettext_lazy("Saturday"),
    "sun": gettext_lazy("Sunday"),
    "lenient": gettext_lazy("The day of sending counts if it comes before the cut-off"),
    "strict": gettext_lazy("Only full days between sending and departure count"),
    "refuse": gettext_lazy("Refuse it"),
    "ask_staff": gettext_lazy("Take it, and staff ask for records"),
    "A4": gettext_lazy("A4"),
    "Letter": gettext_lazy("US Letter"),
    "request": gettext_lazy("Once for the request"),
    "line": gettext_lazy("For each product"),
    "supplier": gettext_lazy("For each supplier"),
    "always": gettext_lazy("Always"),
    "purchased_lot": gettext_lazy("If goods were bought"),
    "purchased_lot_other_certifier": gettext_lazy("If bought from a supplier with another certifier"),
    "purchased_lot_same_certifier": gettext_lazy("If bought from a supplier with the same certifier"),
    "not_departed": gettext_lazy("While the goods have not left"),
    "final": gettext_lazy("Final"),
    "draft": gettext_lazy("Draft"),
    "booking": gettext_lazy("Booking confirmation"),
    "": gettext_lazy("As for this document usually"),
    "no": gettext_lazy("No"),
    "yes": gettext_lazy("Yes"),
    "by_arrangement": gettext_lazy("By arrangement: the exporter asks, staff grant"),
    "before_departure": gettext_lazy("Before they leave"),
    "after_departure": gettext_lazy("After they left"),
    "record": gettext_lazy("Asked and recorded"),
    "stop": gettext_lazy("Asked; without it the line is not approved"),
    "hours": gettext_lazy("Hours"),
    "working_days": gettext_lazy("Working days"),
    "departure": gettext_lazy("Departure"),
    "arrival": gettext_lazy("Arrival"),
    "sea": gettext_lazy("By sea"),
    "air": gettext_lazy("By air"),
    "road": gettext_lazy("By road"),
    "rail": gettext_lazy("By rail"),
    "pdf": gettext_lazy("PDF"),
    "jpeg": gettext_lazy("JPG photo"),
    "png": gettext_lazy("PNG picture"),
    "heic": gettext_lazy("HEIC photo"),
    "xlsx": gettext_lazy("XLSX table"),
    "docx": gettext_lazy("DOCX text"),
    "when_issued": gettext_lazy("When the certificate is issued; what is refused or withdrawn costs nothing"),
    "when_sent": gettext_lazy("As soon as the request is sent"),
    "http": gettext_lazy("The portal sends them itself"),
    "assisted": gettext_lazy("Staff key them in and bring the number back"),
    "en": gettext_lazy("English"),
    "es": gettext_lazy("Spanish"),
    "fr": gettext_lazy("French"),
}


def word(code: str) -> str:
    """The words for a code; the code itself, made readable, where a package has not given it any."""
    if code in WORDS:
        return str(WORDS[code])
    return code if code.isupper() else code.replace("_", " ").capitalize()
