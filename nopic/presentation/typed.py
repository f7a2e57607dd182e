"""What a page sends back of what it was given: the one reader of whole numbers that came with a request."""

import re


def whole(text: object) -> int | None:
    """A number that a page itself sent, such as a key, a position or a revision.

    None for anything else, also for one that is too long for any column (and, far beyond that, for int()).
    """
    return int(str(text)) if re.fullmatch(r"[0-9]{1,18}", str(text)) else None
