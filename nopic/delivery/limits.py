"""How often somebody may knock at a door that stands open to everybody: counted in PostgreSQL, one statement a knock.

The count is exact under parallel requests and survives a restart, and it needs neither Redis nor a captcha. Windows are
fixed; whoever knocks too often is told how many seconds the window still lasts.
"""

import hashlib
import random
import time
from ipaddress import IPv6Address, ip_address

from django.db import connection

CLEAN_EVERY = 500  # knocks, on average: then counts of windows that are over are deleted


def seconds_to_wait(door: str, who: str, *, most: int, seconds: int = 60) -> int:
    """Count one knock of `who`; 0 when it may come in, else the seconds until the window ends."""
    present = time.time()
    window = int(present // seconds)
    key = hashlib.sha256(f"{door}\0{who}".encode()).hexdigest()
    with connection.cursor() as cursor:
        cursor.execute(
            'INSERT INTO delivery_ratecount AS r (key, "window", count, ends_at) VALUES (%s, %s, 1, to_timestamp(%s))'
            ' ON CONFLICT (key) DO UPDATE SET "window" = EXCLUDED."window", ends_at = EXCLUDED.ends_at,'
            ' count = CASE WHEN r."window" = EXCLUDED."window" THEN r.count + 1 ELSE 1 END RETURNING count',
            [key, window, (window + 1) * seconds],
        )
        count: int = cursor.fetchone()[0]
        if random.randrange(CLEAN_EVERY) == 0:  # noqa: S311 - only spreads the cleaning
            cursor.execute("DELETE FROM delivery_ratecount WHERE ends_at < now() - interval '1 hour'")
    return 0 if count <= most else max(1, int((window + 1) * seconds - present))


def network_of(address: str) -> str:
    """Whom an address stands for: itself, or the /64 that a household or an office gets whole."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address):
        return str(parsed.ipv4_mapped or int(parsed) >> 64)
    return str(parsed)
