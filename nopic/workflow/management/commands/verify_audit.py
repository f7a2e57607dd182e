"""`manage.py verify_audit`: recompute every certifier's chain and name the first event that does not fit."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction

CHAINS = "SELECT DISTINCT id FROM tenants_certifier UNION SELECT 0 ORDER BY 1"
# Each event beside what its place, its link and its digest should be.
EVENTS = """
SELECT id, verb, sequence, sequence IS NOT DISTINCT FROM row_number() OVER chain,
       previous IS NOT DISTINCT FROM COALESCE(lag(digest) OVER chain, ''), digest IS NOT DISTINCT FROM audit_digest(e)
FROM workflow_auditevent e WHERE certifier_id = %s WINDOW chain AS (ORDER BY sequence, id) ORDER BY sequence, id
"""
HEAD = "SELECT sequence FROM workflow_audithead WHERE certifier_id = %s"


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
            events = cursor.fetchall()
            cursor.execute(HEAD, [chain])
            head = (cursor.fetchone() or (0,))[0]
            cursor.execute("SELECT set_config('app.tenant', '', true)")
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
        if len(events) != head:
            faults.append(f"chain {chain}: {len(events)} events, but {head} were written")
        return faults[:20]
