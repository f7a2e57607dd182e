"""What comes first: the queue of sent requests, its saved views, figures, search and pages.

`selection` says which requests are meant, `figures` counts them, `rows` shows fifty of them, `pace` knows how many
working days are left. Chart, counts and table stand on the same conditions, so they cannot contradict each other.
"""

from .figures import Column, Elsewhere, Figures, figures, product_choices
from .found import requests_found
from .pace import Pace
from .rows import PAGE, Group, Page, Row, next_case, page
from .selection import VIEWS, Selection

__all__ = [
    "PAGE",
    "VIEWS",
    "Column",
    "Elsewhere",
    "Figures",
    "Group",
    "Pace",
    "Page",
    "Row",
    "Selection",
    "figures",
    "next_case",
    "page",
    "product_choices",
    "requests_found",
]
