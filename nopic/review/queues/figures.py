"""How many: the counts on the saved views, the ageing chart, and the choices of the filters; two statements."""

from dataclasses import dataclass, field
from datetime import date
from typing import Final, NamedTuple

from django.db import connection
from django.utils.translation import gettext as _

from nopic.review.queues.pace import Pace
from nopic.review.queues.selection import ALL_OPEN, OPEN, VIEW_SQL, VIEWS, Selection

MOST_CHOICES = 100  # options of a filter; the search finds the others

_FIGURES_SQL: Final = """
SELECT r.departure_on, near.place, near.country, r.exporter_id, max(COALESCE(NULLIF(e.short_name, ''), e.name)),
  {counts},
  count(*) FILTER (WHERE r.questions_due_at IS NULL AND {chosen}),
  count(*) FILTER (WHERE r.questions_due_at IS NOT NULL AND {chosen}),
  (SELECT count(*) FROM certificates_certificate c
   WHERE c.certifier_id = %(certifier)s AND NOT c.attention = ''),
  (SELECT count(*) FROM certificates_registryoperation o
   WHERE o.certifier_id = %(certifier)s AND o.channel = 'assisted' AND NOT o.status IN ('done', 'superseded')),
  (SELECT count(*) FROM review_secondcheck s WHERE s.certifier_id = %(certifier)s AND s.alone_because <> ''
   AND (s.reviewed_at IS NULL OR (s.alarm <> '' AND s.closed_at IS NULL))),
  (SELECT count(*) FROM certificates_cancelwish w WHERE w.certifier_id = %(certifier)s AND w.answered_at IS NULL),
  (SELECT count(*) FROM certificates_revision v WHERE v.certifier_id = %(certifier)s AND v.status = 'requested'),
  (SELECT count(*) FROM frames_permission p WHERE p.certifier_id = %(certifier)s AND p.status = 'asked'),
  (SELECT count(*) FROM watch_concern k WHERE k.certifier_id = %(certifier)s AND k.settled_at IS NULL),
  (SELECT count(*) FROM watch_oweddocument d
   WHERE d.certifier_id = %(certifier)s AND d.state = 'owed' AND d.due_on < %(today)s),
  (SELECT count(*) FROM watch_oweddocument d WHERE d.certifier_id = %(certifier)s AND d.state = 'came')
FROM requests_certificaterequest r
JOIN tenants_exporter e ON e.certifier_id = %(certifier)s AND e.id = r.exporter_id
-- Only about these two days do the clocks of two places on earth disagree whether they are over.
CROSS JOIN LATERAL (SELECT (%(now)s::timestamptz AT TIME ZONE 'UTC')::date - r.departure_on IN (0, 1) AS differs) clocks
CROSS JOIN LATERAL (SELECT CASE WHEN clocks.differs THEN r.place_of_loading ELSE '' END AS place,
  CASE WHEN clocks.differs THEN r.country_of_loading ELSE '' END AS country) near
WHERE {open}
GROUP BY GROUPING SETS ((r.departure_on, near.place, near.country), (r.exporter_id), ())
"""
# Of the requests that leave soonest, so that the cost does not grow with the queue.
_PRODUCTS_SQL: Final = """
SELECT p.wording FROM (
  SELECT r.id FROM requests_certificaterequest r WHERE {open} ORDER BY r.departure_on, r.id LIMIT {looked_at}
) soonest
JOIN requests_requestline x ON x.certifier_id = %(certifier)s AND x.request_id = soonest.id AND NOT x.removed
JOIN products_productversion p ON p.certifier_id = %(certifier)s AND p.id = x.version_id
GROUP BY p.wording ORDER BY count(*) DESC, p.wording LIMIT {most}
"""
_LOOKED_AT: Final = 300


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the chart: requests that leave in so many working days, to review, and asked of their exporter."""

    label: str
    to_review: int
    asked: int
    late: bool


class Departure(NamedTuple):
    """A day of departure, and the place whose day it is; "" where the day is over, or is not, at all places alike."""

    day: date
    place: str
    country: str


class Elsewhere(NamedTuple):
    """What waits for staff on other pages, in the order of the statement."""

    attention: int = 0
    by_hand: int = 0  # what staff have to key into the registry, or to confirm
    alone: int = 0  # approved by one person, to be reviewed or settled
    wishes: int = 0  # certificates that their exporters want cancelled
    versions: int = 0  # of certificates, asked for and not decided
    permissions: int = 0  # for time frames, asked for and not answered
    concerns: int = 0  # who or what changed its standing, not settled
    late_papers: int = 0  # owed after the issue, and no reminder goes out any more
    new_papers: int = 0  # came after the issue, to be looked at


@dataclass
class Figures:
    """Counts of every saved view (without filters), the days of the rows shown, and the exporters to choose from."""

    views: dict[str, int]
    elsewhere: Elsewhere = field(default_factory=Elsewhere)
    shown: dict[Departure, tuple[int, int]] = field(default_factory=dict)  # (to review, questions open)
    exporters: list[tuple[int, str]] = field(default_factory=list)

    @property
    def open_total(self) -> int:
        """Open requests of the certifier, whatever the filters."""
        return self.views[ALL_OPEN]

    @property
    def total(self) -> int:
        """Open requests that pass view and filters, on all pages together."""
        return sum(to_review + asked for to_review, asked in self.shown.values())

    @property
    def days(self) -> set[date]:
        """The days on which the rows shown leave."""
        return {each.day for each in self.shown}

    def columns(self, pace: Pace) -> list[Column]:
        """The ageing chart: of what the table shows, how many working days are left."""
        labels = [_("date passed"), _("0 or 1"), "2", "3", "4", "5", _("6 or more")]
        to_review, asked = [0] * len(labels), [0] * len(labels)
        for leaves, (with_us, with_exporter) in self.shown.items():
            at = 0 if pace.has_passed(*leaves) else min(6, max(1, pace.days_left(leaves.day)))
            to_review[at] += with_us
            asked[at] += with_exporter
        return [Column(label, to_review[at], asked[at], late=at < 2) for at, label in enumerate(labels)]


def figures(selection: Selection) -> Figures:
    """One pass over the open requests of the certifier, on the partial index of the queue."""
    chosen = f"{selection.view_sql()} AND {selection.filters()}"
    counts = ", ".join(f"count(*) FILTER (WHERE {VIEW_SQL[view]})" for view in VIEWS)
    sql = _FIGURES_SQL.format(chosen=chosen, open=OPEN, counts=counts)
    counted = Figures(views=dict.fromkeys(VIEWS, 0))
    by_size: list[tuple[int, int, str]] = []
    with connection.cursor() as cursor:
        cursor.execute(sql, selection.params())
        for day, place, country, exporter, name, *numbers in cursor.fetchall():
            views, (to_review, asked, *elsewhere) = numbers[: len(VIEWS)], numbers[len(VIEWS) :]
            if exporter is not None:
                by_size.append((-views[VIEWS.index(ALL_OPEN)], exporter, name))
            elif day is not None:
                counted.shown[Departure(day, place, country)] = (to_review, asked)
            else:
                counted.views |= dict(zip(VIEWS, views, strict=True))
                counted.elsewhere = Elsewhere(*elsewhere)
    biggest = sorted(by_size)[:MOST_CHOICES]
    counted.exporters = sorted(((pk, name) for _n, pk, name in biggest), key=lambda each: each[1].casefold())
    return counted


def product_choices(certifier_id: int, chosen: str = "") -> list[str]:
    """Wordings of the products in the open requests that leave soonest, and the one chosen, for the filter."""
    with connection.cursor() as cursor:
        sql = _PRODUCTS_SQL.format(open=OPEN, most=MOST_CHOICES, looked_at=_LOOKED_AT)
        cursor.execute(sql, {"certifier": certifier_id})
        found = {wording for (wording,) in cursor.fetchall()}
    return sorted(found | ({chosen} - {""}), key=str.casefold)
