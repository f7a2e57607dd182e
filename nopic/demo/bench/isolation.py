"""Figure 6: each hot query with row-level security beside the same query without, on the same tables.

Without means: asked by the owner, whom these tables let through (`place.loading(closed_to_owner=False)`); the runtime
role is bound by its policies at the same time. Both run the same functions of the portal, door and settings included,
so that the policies are the only difference. Compared is the CPU of PostgreSQL's backend, where they cost something.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from nopic.certificates import queries as certificates
from nopic.certificates.models import Certificate, PublicRecord
from nopic.certificates.projection import verification_secret
from nopic.demo.bench import clockwork
from nopic.demo.bench.parties import Office
from nopic.demo.bench.side import Side
from nopic.demo.bench.table import Figure, of_ratio
from nopic.requests import queries as requests
from nopic.requests.facts import policy_of
from nopic.requests.models import Lot
from nopic.review import queues
from nopic.review.queues import Selection, requests_found
from nopic.tenants import secrets
from nopic.tenants.context import bearer, tenant
from nopic.workflow import dispatch

MANY_ROWS = 5000  # a table with more must never be read from end to end


@dataclass(frozen=True)
class About:
    """What the hot queries ask for: one office and things of it that exist."""

    certifier: int
    reviewer: int
    exporter: int
    lot: str
    word: str
    number: str
    key: str
    owed: int


def about(office: Office) -> About:
    """Something in the middle of the office's history, so that neither end of an index is favoured."""
    with tenant(office.certifier):
        found = Certificate.objects.filter(certifier=office.certifier).select_related("request").order_by("-pk")
        middle = found[found.count() // 2]
        lot = Lot.objects.filter(certifier=office.certifier, line_id=middle.line_id)[0]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM workflow_dispatch WHERE certifier_id = %s AND done_at IS NULL ORDER BY id LIMIT 1",
            [office.certifier.pk],
        )
        owed = cursor.fetchone()[0]
    return About(
        certifier=office.certifier.pk, reviewer=office.reviewer.pk, exporter=middle.request.exporter_id,
        lot=lot.code.split("-")[0], word="coffee", number=str(middle.number),
        key=middle.verification_key, owed=owed,
    )  # fmt: skip


def _queue_page(a: About) -> Any:
    with tenant(a.certifier):
        return queues.page(Selection(a.certifier, a.reviewer), policy_of(a.certifier).rules)


def _queue_counts(a: About) -> Any:
    with tenant(a.certifier):
        return queues.figures(Selection(a.certifier, a.reviewer))


def _search(a: About, words: str) -> Any:
    with tenant(a.certifier):
        return queues.page(Selection(a.certifier, a.reviewer, search=words), policy_of(a.certifier).rules)


def _rare_word(a: About) -> Any:
    return _search(a, a.lot)


def _common_word(a: About) -> Any:
    return _search(a, a.word)


def _certificate_list(a: About) -> Any:
    with tenant(a.certifier):
        return certificates.for_certifier(a.certifier)


def _certificates_by_word(a: About) -> Any:
    with tenant(a.certifier):
        return certificates.for_certifier(a.certifier, search=a.lot, requests=requests_found(a.certifier, a.lot))


def _exporters_requests(a: About) -> Any:
    with tenant(a.certifier):
        return list(requests.for_exporter(a.exporter, certifier_id=a.certifier)[:50])


def _exporters_certificates(a: About) -> Any:
    with tenant(a.certifier):
        return certificates.for_exporter(a.certifier, a.exporter)


def _verification(a: About) -> Any:
    target = secrets.resolve("verify", verification_secret(a.number, a.key))
    assert target is not None  # noqa: S101 - the bench registered it
    with bearer(certificate_id=target.subject_id):
        return PublicRecord.objects.select_related("certifier").get(certificate_id=target.subject_id)


def _claim(a: About) -> Any:
    with transaction.atomic():
        claimed = dispatch.claim(a.owed)
        transaction.set_rollback(True)
    assert claimed is not None  # noqa: S101 - it is due, and every claim is taken back
    return claimed.id


HOT: dict[str, Callable[[About], Any]] = {
    "queue page": _queue_page,
    "queue counts": _queue_counts,
    "search by a rare word": _rare_word,
    "search by a common word": _common_word,
    "certificate list": _certificate_list,
    "certificates by a word": _certificates_by_word,
    "exporter's requests": _exporters_requests,
    "exporter's certificates": _exporters_certificates,
    "verification by number": _verification,
    "claim": _claim,
}


def _quietly(name: str, a: About) -> bool:
    """Do it; its rows need not travel back."""
    return HOT[name](a) is not None


def _plans(name: str, a: About) -> list[Any]:
    """PostgreSQL's plan of every statement of a hot query, made where and when the statement ran."""
    plans: list[Any] = []

    def explain(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.lstrip().upper().startswith(("SELECT", "UPDATE", "WITH")) and "set_config" not in sql:
            with connection.connection.cursor() as cursor:
                found = cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", params).fetchone()[0]
                plans.append(found if isinstance(found, list) else json.loads(found))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(explain):
        HOT[name](a)
    return plans


def read_whole(plan: Any) -> Iterator[str]:
    """The tables that a plan reads from end to end."""
    if isinstance(plan, list):
        for each in plan:
            yield from read_whole(each)
    elif isinstance(plan, dict):
        if plan.get("Node Type") == "Seq Scan":
            yield str(plan["Relation Name"])
        for each in plan.values():
            if isinstance(each, (dict, list)):
                yield from read_whole(each)


def _large_tables() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relkind = 'r' AND reltuples > %s", [MANY_ROWS])
        return {name for (name,) in cursor.fetchall()}


def figures(large: str, office: Office, *, rounds: int, times: int) -> list[Figure]:
    """One line for each hot query, and one for the plans."""
    found: list[Figure] = []
    whole: set[str] = set()
    with Side(large) as bound, Side(large, as_owner=True) as free:
        asked = bound.ask(about, office).answer
        tables = bound.ask(_large_tables).answer
        for at, name in enumerate(HOT):
            for side in (bound, free):
                side.ask(_quietly, name, asked, times=3)
            spent = clockwork.in_turns(
                {
                    "with": lambda name=name: bound.ask(_quietly, name, asked, times=times),
                    "without": lambda name=name: free.ask(_quietly, name, asked, times=times),
                },
                rounds,
            )
            measured = clockwork.ratio(
                [each.backend for each in spent["with"]], [each.backend for each in spent["without"]]
            )
            found.append(of_ratio(f"6{chr(97 + at)}", f"{name}, PostgreSQL's CPU with RLS ÷ without", 1.15, measured))
            read = tables & set(read_whole(bound.ask(_plans, name, asked).answer))
            whole |= {f"{name}: {table}" for table in read}
    how = "; ".join(sorted(whole)) or f"{len(HOT)} hot queries, with RLS, tables of more than {MANY_ROWS} rows"
    found.append(Figure("6", "large tables that a hot query reads from end to end", 0, len(whole), how, decimals=0))
    return found
