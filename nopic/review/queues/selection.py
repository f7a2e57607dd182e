"""Which requests a reviewer is looking at: a saved view, filters, or a search; as conditions in SQL.

The explicit certifier stands in every statement beside row-level security, so that the partial index on open requests
serves it. A search looks through everything that was ever sent, open and closed, because a certificate's number is
only known of closed requests.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final
from urllib.parse import urlencode

from nopic.presentation.typed import whole
from nopic.review.words import plain, squeezed
from nopic.workflow.clock import now as the_present

TO_REVIEW, MINE, NOBODYS, LATE, ALL_OPEN = "to-review", "mine", "nobodys", "late", "all-open"
QUESTIONS, OVERDUE, COLLEAGUE, LOW_RISK = "questions", "answers-overdue", "needs-a-colleague", "low-risk"
VIEWS: Final = (TO_REVIEW, MINE, NOBODYS, LATE, QUESTIONS, OVERDUE, COLLEAGUE, LOW_RISK, ALL_OPEN)
OPEN: Final = "r.certifier_id = %(certifier)s AND r.status IN ('submitted', 'in_review', 'questions_open')"
SENT: Final = "r.certifier_id = %(certifier)s AND r.turn > 0"
_MOST_TERMS = 6

# One's own, and those of whoever is away today while one covers.
_MINE: Final = """(r.reviewer_id = %(me)s OR r.reviewer_id IN (SELECT a.user_id FROM tenants_absence a
 WHERE a.certifier_id = %(certifier)s AND a.cover_id = %(me)s AND %(today)s BETWEEN a.first_on AND a.last_on))"""

VIEW_SQL: Final = {
    TO_REVIEW: f"(r.reviewer_id IS NULL OR {_MINE}) AND r.questions_due_at IS NULL",
    MINE: _MINE,
    NOBODYS: "r.reviewer_id IS NULL",
    LATE: "r.late",
    QUESTIONS: "r.questions_due_at IS NOT NULL",
    OVERDUE: "r.questions_due_at < %(now)s",
    COLLEAGUE: "r.second_reasons <> '[]' AND r.reviewer_id <> %(me)s",
    # Weighed when it was sent or changed (review.projection.risk), and believed only of what it was then.
    LOW_RISK: """(r.id, r.turn, r.revision) IN (SELECT k.request_id, k.turn, k.revision FROM review_requestrisk k
 WHERE k.certifier_id = %(certifier)s AND k.is_low) AND r.departed_on IS NULL AND r.questions_due_at IS NULL""",
    ALL_OPEN: "true",
}

_WORD_SQL: Final = """EXISTS (SELECT 1 FROM review_searchword w WHERE w.certifier_id = %(certifier)s
 AND w.request_id = r.id AND w.word >= %({term})s AND w.word < %({term})s || '~')"""


@dataclass(frozen=True)
class Selection:
    """What is shown to `me`. `after` is the key of the last row of the page before: (departure, id), or (None, id) of a
    search."""

    certifier_id: int
    me: int
    view: str = TO_REVIEW
    exporter: int | None = None
    product: str = ""
    reviewer: str = ""  # "", "nobody" or a user's id
    search: str = ""
    after: tuple[date | None, int] | None = None
    today: date | None = None  # of the office; None: nobody is away

    @classmethod
    def read(cls, raw: Mapping[str, Any], *, certifier_id: int, me: int, today: date | None = None) -> "Selection":
        """From the address of the page; what cannot be read is left out, for it cannot be somebody's work."""
        reviewer = str(raw.get("reviewer", ""))
        return cls(
            certifier_id=certifier_id,
            me=me,
            view=raw.get("view", "") if raw.get("view") in VIEWS else TO_REVIEW,
            exporter=whole(raw.get("exporter")),
            product=str(raw.get("product", ""))[:200].replace("\x00", ""),
            reviewer=reviewer if reviewer == "nobody" or whole(reviewer) else "",
            search=str(raw.get("q", ""))[:200].replace("\x00", "").strip(),
            after=_key(str(raw.get("after", ""))),
            today=today,
        )

    @property
    def terms(self) -> list[str]:
        """The words searched for, plain, at most six: each must be the beginning of one of the request's words.

        A single character beside longer words (the check digit of a container) says nothing and is left out.
        """
        found = [term for token in plain(self.search).split() if (term := squeezed(token))]
        return ([term for term in found if len(term) > 1] or found)[:_MOST_TERMS]

    @property
    def is_search(self) -> bool:
        """Whether something was asked for that words could answer."""
        return bool(self.search)

    def where(self) -> str:
        """The conditions of the rows shown, over the alias r."""
        if self.is_search:
            return f"{SENT} AND {self.filters()}"
        return f"{OPEN} AND {VIEW_SQL[self.view]} AND {self.filters()}"

    def filters(self) -> str:
        """The conditions of filters and search alone."""
        parts = ["true"]
        if self.exporter is not None:
            parts.append("r.exporter_id = %(exporter)s")
        if self.reviewer:
            parts.append("r.reviewer_id IS NULL" if self.reviewer == "nobody" else "r.reviewer_id = %(reviewer)s")
        if self.product:
            parts.append(
                "EXISTS (SELECT 1 FROM requests_requestline x JOIN products_productversion p ON p.id = x.version_id"
                " WHERE x.certifier_id = %(certifier)s AND x.request_id = r.id AND NOT x.removed"
                " AND p.certifier_id = %(certifier)s AND p.wording = %(product)s)"
            )
        if self.is_search and not self.terms:
            parts.append("false")
        # A range, not LIKE: below row-level security only leakproof operators may use the index.
        parts += [_WORD_SQL.format(term=f"term{at}") for at in range(len(self.terms))]
        return " AND ".join(parts)

    def view_sql(self) -> str:
        """The condition of the saved view; a search stands in none of them."""
        return "true" if self.is_search else VIEW_SQL[self.view]

    def params(self) -> dict[str, Any]:
        """Values of every condition."""
        return {
            "certifier": self.certifier_id,
            "me": self.me,
            "now": the_present(),
            "today": self.today,
            "exporter": self.exporter,
            "product": self.product,
            "reviewer": None if self.reviewer in ("", "nobody") else int(self.reviewer),
            **{f"term{at}": term for at, term in enumerate(self.terms)},
        }

    def next_address(self, after: str) -> str:
        """The query string of the page that begins after a key."""
        first = self.address()
        return f"{first}{'' if first == '?' else '&'}{urlencode({'after': after})}"

    def address(self, **changes: Any) -> str:
        """The query string of this selection with changes, from its first page."""
        changed = replace(self, after=None, **changes)
        values = {
            "view": "" if changed.view == TO_REVIEW else changed.view,
            "q": changed.search,
            "exporter": changed.exporter or "",
            "product": changed.product,
            "reviewer": changed.reviewer,
        }
        return "?" + urlencode({name: value for name, value in values.items() if value})


def _key(raw: str) -> tuple[date | None, int] | None:
    """`2026-11-27.4711` or `.4711`, as `rows` writes it."""
    day, _dot, number = raw.partition(".")
    pk = whole(number)
    if pk is None:
        return None
    try:
        return (date.fromisoformat(day) if day else None, pk)
    except ValueError:
        return None
