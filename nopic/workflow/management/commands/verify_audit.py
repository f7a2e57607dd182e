"""`manage.py verify_audit`: recompute every certifier's chain and name the first event that does not fit."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction

CHAINS = "SELECT DISTINCT id FROM tenants_certifier UNION SELECT 0 ORDER BY 1"
# How many events were written, and each event beside what its place, its link and its digest should be. One statement, so
# one snapshot: the portal goes on writing meanwhile. A chain without events still gives its one row.
EVENTS = """
SELECT COALESCE((SELECT sequence FROM workflow_audithead WHERE certifier_id = chain.id), 0), event.*
FROM (SELECT %s::bigint AS id) chain LEFT JOIN LATERAL (
    SELECT id, verb, sequence, sequence IS NOT DISTINCT FROM row_number() OVER places,
           previous IS NOT DISTINCT FROM COALESCE(lag(digest) OVER places, ''), digest IS NOT DISTINCT FROM audit_digest(e)
    FROM workflow_auditevent e WHERE certifier_id = chain.id WINDOW places AS (ORDER BY sequence, id)
) event ON true ORDER BY event.sequence, event.id
"""


class Command(BaseCommand):
    """Exits with 1 and names the events when a chain is broken."""

    help = "Find edited, deleted or reordered events of the audit log."

    def handle(self, *args: Any, **options: Any) -> None:
        faults: list[str] = []
        with connection.cursor() as cursor:
            cursor.execute(CHAINS)
            chains = [pk for (pk,) in cursor.fetchall()]
        for chain in chains:
            faults += self._verify(chain)
        if faults:
            raise CommandError("\n".join(faults))
        self.stdout.write(f"{len(chains)} chains intact")

    def _verify(self, chain: int) -> list[str]:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('app.tenant', %s, true)", [str(chain)])
            cursor.execute(EVENTS, [chain])
            rows = cursor.fetchall()
            cursor.execute("SELECT set_config('app.tenant', '', true)")
        written = rows[0][0]
        events = [event for _written, *event in rows if event[0] is not None]
        faults = [
            f"chain {chain}: event {pk} ({verb}, sequence {sequence}) "
            + (
                "is out of its place"
                if not placed
                else "does not follow the one before"
                if not linked
                else "was edited"
            )
            for pk, verb, sequence, placed, linked, intact in events
            if not (placed and linked and intact)
        ]
        if len(events) != written:
            faults.append(f"chain {chain}: {len(events)} events, but {written} were written")
        return faults[:20]
