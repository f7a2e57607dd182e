"""The person's wish to stop, asked for at every wait; no signal interrupts anything half-way."""

import os
import signal
import time
from collections.abc import Callable
from types import FrameType

from nopic.demo.servers import Stopping

STEP = 0.05  # seconds between two looks


class Wish:
    """Counts Ctrl-C, SIGTERM and SIGHUP: one asks for an orderly stop, two for a quick one."""

    def __init__(self) -> None:
        self.times = 0

    def listen(self) -> None:
        """Take over the signals, also when a shell started us in the background with SIGINT ignored; nohup is respected."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
                signal.signal(number, self._heard)

    def check(self) -> None:
        """Raise Stopping once somebody asked for it."""
        if self.times:
            raise Stopping

    def hurry(self) -> bool:
        """Tell whether somebody asked twice."""
        return self.times > 1

    def wait_until(self, reached: Callable[[], bool], *, seconds: float) -> bool:
        """Wait until `reached` says yes, at most `seconds`; give its last answer. Raises Stopping on the wish to stop."""
        deadline = time.monotonic() + seconds
        while True:
            self.check()
            if reached():
                return True
            if time.monotonic() > deadline:
                return False
            time.sleep(STEP)

    def _heard(self, _number: int, _frame: FrameType | None) -> None:
        self.times += 1


def open_standard_files() -> None:
    """Fill closed standard files with /dev/null, so that no later file gets their numbers (a start with stdin closed)."""
    while (handle := os.open(os.devnull, os.O_RDWR)) < 3:
        pass
    os.close(handle)
