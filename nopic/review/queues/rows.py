"""Fifty requests as they stand in the table: one statement, and every word of a row made ready here.

Pages follow each other by key, (departure, id), so the hundredth costs what the first costs. A search comes newest
first, because what is looked for is mostly recent.
"""

import json
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from nopic.presentation import words
from nopic.presentation.statuses import REQUEST
from nopic.requests.containers import units_in_words
from nopic.requests.statuses import OPEN_REQUEST
from nopic.review.queues.pace import Pace
from nopic.review.queues.selection import Selection
from nopic.tenants.policy import SECOND_REASONS, Rules
from nopic.tenants.statuses import Certification
from nopic.workflow.clock import now as the_present

PAGE: Final = 50

_PAGE_SQL: Final = """
SELECT r.id, r.reference, r.status, r.departure_on, r.departed_on, r.decide_by, r.late, r.turn, r.port_of_entry,
       r.place_of_loading, r.country_of_loading, r.mode, r.vessel, r.containers::text, COALESCE(NULLIF(k.name, ''), i.name, ''),
       r.reviewer_id, r.questions_due_at, r.second_reasons, u.name, COALESCE(NULLIF(e.short_name, ''), e.name),
       l.n, l.kg, l.wording, l.tight,
       (SELECT count(*) FROM (
          SELECT d.rule, d.subject FROM documents_document d WHERE d.certifier_id = %(certifier)s
          AND d.dossier_id = r.dossier_id AND d.removed_at IS NULL AND d.status <> 'refused' GROUP BY d.rule, d.subject
        ) slots),
       (SELECT count(*) FROM documents_slotanswer a WHERE a.certifier_id = %(certifier)s
          AND a.dossier_id = r.dossier_id AND a.answer = 'later' AND NOT EXISTS (
            SELECT 1 FROM documents_document d WHERE d.certifier_id = %(certifier)s AND d.dossier_id = r.dossier_id
            AND d.rule = a.rule AND d.subject = a.subject AND d.removed_at IS NULL AND d.status <> 'refused')),
       i.status, k.id IS NOT NULL AND k.confirmed_at IS NULL,
       NOT EXISTS (SELECT 1 FROM requests_certificaterequest o WHERE o.certifier_id = %(certifier)s
          AND o.exporter_id = r.exporter_id AND o.id < r.id AND o.turn > 0),
       EXISTS (SELECT 1 FROM requests_requestline x JOIN requests_lot t ON t.certifier_id = %(certifier)s
          AND t.line_id = x.id AND t.supplier_id IS NOT NULL
          WHERE x.certifier_id = %(certifier)s AND x.request_id = r.id AND NOT x.removed AND NOT EXISTS (
            SELECT 1 FROM requests_lot ot JOIN requests_requestline ox ON ox.certifier_id = %(certifier)s
            AND ox.id = ot.line_id JOIN requests_certificaterequest orq ON orq.certifier_id = %(certifier)s
            AND orq.id = ox.request_id WHERE ot.certifier_id = %(certifier)s AND ot.supplier_id = t.supplier_id
            AND ox.request_id < r.id AND orq.turn > 0)),
       EXISTS (SELECT 1 FROM review_secondlook s JOIN requests_requestline x ON x.certifier_id = %(certifier)s
          AND x.id = s.line_id WHERE s.certifier_id = %(certifier)s AND x.request_id = r.id AND s.decided_by_id IS NULL),
       EXISTS (SELECT 1 FROM review_secondcheck s JOIN requests_requestline x ON x.certifier_id = %(certifier)s
          AND x.id = s.line_id WHERE s.certifier_id = %(certifier)s AND x.request_id = r.id AND x.status = 'open'
          AND s.sent_back_by_id IS NOT NULL),
       CASE WHEN r.status = 'questions_open' THEN (SELECT v.snapshot::text FROM requests_requestversion v
          WHERE v.certifier_id = %(certifier)s AND v.request_id = r.id AND v.number = r.turn) END,
       (SELECT max(a.last_on) FROM tenants_absence a WHERE a.certifier_id = %(certifier)s AND a.user_id = r.reviewer_id
          AND %(today)s BETWEEN a.first_on AND a.last_on),
       r.status = 'questions_open' AND EXISTS (SELECT 1 FROM requests_correction c WHERE c.certifier_id = %(certifier)s
          AND c.request_id = r.id AND c.closed_at IS NULL)
FROM (SELECT r.* FROM requests_certificaterequest r WHERE {where} ORDER BY {order} LIMIT {limit}) r
JOIN tenants_exporter e ON e.certifier_id = %(certifier)s AND e.id = r.exporter_id
LEFT JOIN tenants_user u ON u.id = r.reviewer_id
LEFT JOIN tenants_importer i ON i.id = r.importer_id
LEFT JOIN tenants_importercontact k ON k.certifier_id = %(certifier)s AND k.id = r.contact_id
LEFT JOIN LATERAL (
  SELECT count(*) AS n, sum(x.net_kg) AS kg, (array_agg(p.wording ORDER BY x.position))[1] AS wording,
         bool_or(c.allocated > 0 AND (c.held + c.issued) > 0.9 * c.allocated) AS tight
  FROM requests_requestline x
  LEFT JOIN products_productversion p ON p.certifier_id = %(certifier)s AND p.id = x.version_id
  LEFT JOIN ledger_account c ON c.certifier_id = %(certifier)s AND c.id = x.account_id
  WHERE x.certifier_id = %(certifier)s AND x.request_id = r.id AND NOT x.removed AND x.status <> 'withdrawn'
) l ON true
ORDER BY {order}
"""


@dataclass(frozen=True, slots=True)
class Row:
    """One request, in words."""

    reference: str
    left: str  # time left to decide, or the state of a closed request
    urgency: str  # "bad", "act" or ""
    exporter: str
    commodity: str
    more: str
    kg: str
    leaves: str
    to: str
    apart: str  # plate or container, and importer: what tells several requests of one day apart
    documents: str
    look: tuple[tuple[str, str], ...]  # worth a look: (shape, words)
    reviewer: str
    is_open: bool


@dataclass(frozen=True, slots=True)
class Group:
    """Rows that leave in about as many working days; a search has one group without a heading."""

    heading: str
    rows: list[Row]


@dataclass(frozen=True, slots=True)
class Page:
    """At most fifty rows, and the key of the next page if there is one."""

    groups: list[Group]
    shown: int
    next_after: str


def page(selection: Selection, rules: Rules, *, now: datetime | None = None) -> tuple[Page, Pace]:
    """The rows of one page, grouped, and the clock they were read by."""
    moment = now or the_present()
    found = _fetch(selection, PAGE + 1)
    pace = Pace(rules, moment, [each[3] for each in found])
    more, found = len(found) > PAGE, found[:PAGE]
    groups: list[Group] = []
    for each in found:
        heading = "" if selection.is_search else _heading(pace, each[3])
        if not groups or groups[-1].heading != heading:
            groups.append(Group(heading, []))
        groups[-1].rows.append(_row(each, pace))
    last = found[-1] if more else None
    key = "" if last is None else f"{'' if selection.is_search else last[3].isoformat()}.{last[0]}"
    return Page(groups, len(found), key), pace


def next_case(selection: Selection, *, departure: date | None, pk: int) -> str:
    """Reference of the request that follows (departure, id) in a view; nothing at its end."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT r.reference FROM requests_certificaterequest r WHERE {selection.where()}"  # noqa: S608 own parts
            " AND (r.departure_on, r.id) > (%(day)s, %(pk)s) ORDER BY r.departure_on, r.id LIMIT 1",
            selection.params() | {"day": departure or date.min, "pk": pk},
        )
        found = cursor.fetchone()
    return found[0] if found else ""


def _fetch(selection: Selection, limit: int) -> list[tuple[Any, ...]]:
    where, params = selection.where(), selection.params()
    order = "r.id DESC" if selection.is_search else "r.departure_on, r.id"
    if selection.after is not None:
        day, pk = selection.after
        params |= {"day": day, "pk": pk}
        if selection.is_search:
            where += " AND r.id < %(pk)s"
        elif day is not None:
            where += " AND (r.departure_on, r.id) > (%(day)s, %(pk)s)"
    with connection.cursor() as cursor:
        cursor.execute(_PAGE_SQL.format(where=where, order=order, limit=limit), params)
        return cursor.fetchall()


def _heading(pace: Pace, departure: date) -> str:
    left = pace.days_left(departure)
    if left <= 1:
        return _("Leaves in 1 working day or less, or already past")
    return _("Leaves in 2 to 4 working days") if left <= 4 else _("Leaves in 5 working days or more")


def _row(each: tuple[Any, ...], pace: Pace) -> Row:
    (_pk, reference, status, departure, departed, decide_by, late, turn, port, place, country, mode, vessel, containers,
     importer_name, reviewer_id, asked, second, reviewer, exporter,
     lines, kg, wording, tight, received, later, importer, provisional, first, new_supplier, again,
     not_confirmed, sent, away, corrected) = each  # fmt: skip
    units = units_in_words(mode, vessel, json.loads(containers))
    if sent is not None:  # what is typed in answer to questions is nobody's to read until it is sent
        said = json.loads(sent)
        names, way = [line["wording"] for line in said["lines"]], said["transport"]
        kg, wording, lines = sum(Decimal(line["net_kg"] or 0) for line in said["lines"]), names[0], len(names)
        port, importer_name = said["route"]["port_of_entry"], said["importer"]["name"]
        units = units_in_words(way["mode"], way["vessel"] or "", way["containers"])
    is_open = status in OPEN_REQUEST
    left, urgency = _time_left(pace, decide_by) if is_open else (str(REQUEST[status].word), "")
    look: list[tuple[str, str]] = []
    if asked is not None:
        left, urgency = _("clock stopped"), ""
        due = words.moment(asked, pace.office.rules.time_zone, "", pace.today)
        overdue = asked < pace.now
        look.append(
            ("bad", _("answers overdue since %(due)s") % {"due": due})
            if overdue
            else ("act", _("correction to confirm until %(due)s") % {"due": due})
            if corrected
            else ("act", _("questions open until %(due)s") % {"due": due})
        )
    elif corrected:
        look.append(("act", _("correction being entered")))
    if why := json.loads(second):
        named = ", ".join(str(SECOND_REASONS.get(code, code)) for code in why)
        look.append(("act", _("Needs a colleague: %(why)s") % {"why": named}))
    if is_open:
        if away is not None:
            look.append(("act", _("reviewer away until %(day)s") % {"day": words.day(away, pace.today)}))
        if again:
            look.append(("act", _("second look")))
        if not_confirmed:
            look.append(("act", _("not confirmed by a colleague")))
        if departed is not None or pace.has_passed(departure, place, country):
            look.append(("bad", _("has it left?") if departed is None else _("has left")))
        if late:
            look.append(("bad", _("late request")))
        if importer not in (Certification.CERTIFIED, Certification.UNKNOWN, None):
            look.append(("bad", _("importer not certified")))
        elif provisional:
            look.append(("act", _("new importer")))
        if tight:
            look.append(("act", _("over 90% of verified quantity")))
        if new_supplier:
            look.append(("act", _("new supplier")))
        if first:
            look.append(("act", _("exporter's first request")))
        if turn > 1:
            look.append(("wait", _("version %(n)s") % {"n": turn}))
    return Row(
        reference=reference,
        left=left,
        urgency=urgency,
        exporter=exporter,
        commodity=wording or "",
        more=ngettext("and %(n)s more product", "and %(n)s more products", lines - 1) % {"n": lines - 1}
        if lines > 1
        else "",
        kg=words.kg(kg) if kg is not None else "",
        leaves=words.day(departure, pace.today) if departure else "",
        to=port.partition(",")[0],
        apart=" · ".join(filter(None, (units, importer_name))),
        documents=_documents(received, later),
        look=tuple(look),
        reviewer=reviewer or "" if reviewer_id else "",
        is_open=is_open,
    )


def _documents(received: int, later: int) -> str:
    said = _("%(n)s received") % {"n": received}
    return _("%(received)s, %(n)s later") % {"received": said, "n": later} if later else said


def _time_left(pace: Pace, decide_by: datetime | None) -> tuple[str, str]:
    """Time until the promised decision and how pressing it is."""
    if decide_by is None:
        return "", ""
    if decide_by <= pace.now:
        return _("time is up"), "bad"
    days = pace.days_to_decide(decide_by)
    if days == 0:
        return _("%(n)s h") % {"n": pace.hours_left(decide_by)}, "bad"
    return ngettext("%(n)s day", "%(n)s days", days) % {"n": days}, "act" if days == 1 else ""
