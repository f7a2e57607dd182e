"""How patiently the ladder tries; the figures themselves stand in nopic.certificates.tasks."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings


@dataclass(frozen=True)
class Patience:
    """All in seconds of real time; everything but what the registry itself asks for follows settings.TIME_SCALE."""

    base: float
    cap: float
    most_tries: int
    longest: float
    between_not_founds: float
    rejected_key: float
    last_look: float  # after the bounds, at what the registry holds of a certificate that was sent twice

    def pause(self, tries: int) -> float:
        """Full jitter: anything between nothing and a bound that doubles with every try."""
        bound = min(self.cap, self.base * 2 ** min(max(tries - 1, 0), 20))
        return random.uniform(0, bound) * settings.TIME_SCALE  # noqa: S311 - spreads load, keeps no secret

    def is_over(self, tries: int, since: datetime, now: datetime) -> bool:
        """Whether a person should look instead of another try."""
        return tries >= self.most_tries or now - since >= timedelta(seconds=self.longest * settings.TIME_SCALE)

    def scaled(self, seconds: float) -> float:
        """A wait in the time of this installation."""
        return seconds * settings.TIME_SCALE
