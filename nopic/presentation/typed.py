"""What a page sends back of what it was given: the one reader of whole numbers, and of texts in lines."""

import re
from typing import Any

YEARS = range(1900, 2200)  # in which a certificate, a shipment or an absence may lie; any other year is a slip


def whole(text: object) -> int | None:
    """A number that a page itself sent, such as a key, a position or a revision.

    None for anything else, also for one that is too long for any column (and, far beyond that, for int()).
    """
    return int(str(text)) if re.fullmatch(r"[0-9]{1,18}", str(text)) else None


def plain_lines(value: Any) -> Any:
    """A text with the line ends of the portal: browsers send others than they were given. Anything else as it is."""
    return value.replace("\r\n", "\n") if isinstance(value, str) else value
