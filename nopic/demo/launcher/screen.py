"""What the person at the keyboard reads."""

import sys
from collections.abc import Sequence

from nopic.demo.people import Person


def say(text: str = "") -> None:
    """Print a line at once; a terminal that was closed in the meantime keeps nothing from being stopped in order."""
    try:
        print(text, flush=True)
    except (OSError, ValueError):
        sys.stdout = None  # print is silent without it


def say_ready(*, address: str, people: Sequence[Person], password: str) -> None:
    """Print where the portal is, who can sign in and where e-mails go."""
    roles = max(len(person.role) for person in people)
    emails = max(len(person.email) for person in people)
    say()
    say(f"The portal is ready: {address}")
    say()
    say(f"Sign in with the password “{password}” as")
    for person in people:
        say(f"  {person.role:{roles}}  {person.email:{emails}}  {person.sees}")
    say()
    say(f"E-mails that the portal sends: {address}/mailbox/")
