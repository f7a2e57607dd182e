"""How long a look-up by reference pretends not to know."""

import random
from datetime import datetime, timedelta

from django.conf import settings

from nopic.oid.mock.models import Behaviour, LogEntry


def is_visible(entry: LogEntry, behaviour: Behaviour, now: datetime) -> bool:
    """Whether a look-up shows the entry yet: after the ordered lag, or the seeded one of a random mix."""
    lag = behaviour.lookup_lag
    mix = behaviour.mix
    if mix is not None:
        drawn = random.Random(f"{mix['seed']} lag {entry.client_ref}").uniform(0, mix["lookup_lag"])  # noqa: S311
        lag = max(lag, min(drawn, settings.LONGEST_LOOKUP_LAG_SECONDS * 0.9))
    return now >= entry.recorded_at + timedelta(seconds=lag)
