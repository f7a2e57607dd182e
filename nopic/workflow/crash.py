"""Named places in the code where a test can let the process die, as a power cut would.

`NOPIC_CRASH_AT=name` makes the place of that name deadly (SIGKILL to the own process); `name:stop` freezes it there
instead, until somebody sends SIGCONT. Without the variable the places do nothing, and a system check refuses the
variable outside of tests.
"""

import os
import signal

AT = os.environ.get("NOPIC_CRASH_AT", "")


def crash_point(name: str) -> None:
    """Die or freeze here when this is the place that the test named."""
    if not AT:
        return
    place, _, how = AT.partition(":")
    if place == name:
        os.kill(os.getpid(), signal.SIGSTOP if how == "stop" else signal.SIGKILL)
