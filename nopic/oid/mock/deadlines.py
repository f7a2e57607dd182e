"""The registry's promise about time: no request takes effect later than the published longest in-flight time.

Every request carries its deadline, counted from when it arrived, or from when the caller says that it was sent (it may
have waited in a queue or in a frozen process). One tenth of the time is kept back for the commit itself.
"""

import time
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse


class TooLate(Exception):
    """The work would take effect after the promised time, so it was given up and nothing was recorded."""


class Deadline:
    """A moment after which nothing may be recorded any more; `seconds` from now."""

    def __init__(self, seconds: float) -> None:
        self.at = time.time() + seconds

    def left(self) -> float:
        """Seconds until the deadline; negative once it is over."""
        return self.at - time.time()

    def extend(self, seconds: float) -> None:
        """Break the promise by that much; only an ordered fault does so, to show what the portal makes of it."""
        self.at += seconds

    def hold(self) -> None:
        """Raise TooLate when the deadline is over. The database asks the same once more when it commits."""
        if self.left() <= 0:
            raise TooLate


class DeadlineMiddleware:
    """Sets `request.deadline`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            waited = time.time() - float(request.headers.get("X-Sent-At", ""))
        except ValueError:
            waited = 0.0
        # A caller whose clock is ahead gains nothing, one whose clock is behind is refused early, never late; with a
        # day between them the clocks cannot be compared, and the time of arrival has to do.
        if not 0 <= waited <= 86_400:
            waited = 0.0
        request.deadline = Deadline(settings.LONGEST_IN_FLIGHT_SECONDS * 0.9 - waited)  # type: ignore[attr-defined]
        return self._get_response(request)
