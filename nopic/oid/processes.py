"""How a command of the portal becomes the mock registry: the same Python, and none of the portal's secrets."""

import os
import sys
from typing import NoReturn

# What only the portal may know; the mock has its own database and key (OID_DATABASE_URL, OID_SECRET_KEY).
_PORTALS_OWN = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "SECRET_KEY", "FIELD_KEY", "EMAIL_URL")


def become_the_mock(*arguments: str) -> NoReturn:
    """Replace this process by the mock's; its environment no longer holds the portal's databases and keys."""
    hidden = {name for own in _PORTALS_OWN for name in (own, f"{own}_FILE")} | {"DJANGO_SETTINGS_MODULE"}
    environment = {name: value for name, value in os.environ.items() if name not in hidden}
    sys.stdout.flush()
    sys.stderr.flush()
    os.execve(sys.executable, [sys.executable, "-m", "nopic.oid.mock", *arguments], environment)  # noqa: S606
