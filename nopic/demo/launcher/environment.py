"""What the demo's processes find in their environment; the launcher's own settings are read here too.

PORT, DATABASE_URL with DATABASE_OWNER_URL, REDIS_URL, OID_URL and OID_DATABASE_URL override what the launcher would
choose; DEMO_DIR moves everything it keeps. Secrets are made once and kept beside the data.
"""

import os
import socket
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from nopic.demo.servers import CannotStart, Home, read_secrets
from nopic.demo.servers.ports import free_port, obstacle

ROOT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True)
class Choices:
    """What the person asked for by environment variables."""

    port: int
    folder: Path
    oid_url: str | None

    @property
    def address(self) -> str:
        """The portal as a browser is told: passkeys want a name, not a number."""
        return f"http://localhost:{self.port}"


def choices(environ: Mapping[str, str]) -> Choices:
    """Read the choices; raises CannotStart for a PORT that is no port."""
    wanted = environ.get("PORT") or "8000"
    if not wanted.isdigit() or not 0 < int(wanted) < 65536:
        raise CannotStart(
            f"PORT is {wanted}, which is no port: give a number from 1024 to 65535, as in `PORT=8001 make demo`."
        )
    folder = Path(environ.get("DEMO_DIR") or ROOT / "var" / "demo")
    return Choices(port=int(wanted), folder=folder.absolute(), oid_url=environ.get("OID_URL") or None)


def web_addresses(port: int) -> list[str]:
    """Give the addresses behind the name localhost on this machine: a browser may try either first.

    Raises CannotStart when the port cannot be used.
    """
    if reason := obstacle(port):
        raise CannotStart(f"{reason}, as in `PORT={8000 if port < 1024 else (port + 1) % 65536} make demo`.")
    addresses = [f"127.0.0.1:{port}"]
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("::1", port))
        addresses.append(f"[::1]:{port}")
    except OSError:
        pass  # a machine without IPv6
    return addresses


def oid_port(home: Home) -> int:
    """Give the mock registry the port it had last time, so that its pages keep their addresses; a free one otherwise."""
    file = home.folder / "oid.port"
    if file.exists() and (last := file.read_text()).isdigit() and obstacle(int(last)) is None:
        return int(last)
    port = free_port()
    file.write_text(str(port))
    return port


def portal_environ(home: Home, chosen: Choices, urls: Mapping[str, str], oid_url: str) -> dict[str, str]:
    """Give the environment of the portal's processes, which never see the owner's URL or the registry's database."""
    data = home.folder / "data"
    data.mkdir(mode=0o700, exist_ok=True)
    secret = read_secrets(home.folder / "portal.env", ["SECRET_KEY", "FIELD_KEY"])
    hidden = ("DATABASE_OWNER_URL", "OID_DATABASE_URL", "NOPIC_TESTING", "DEBUG")
    inherited = {name: value for name, value in os.environ.items() if name not in hidden}
    return (
        secret
        | inherited
        | {
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
            "PYTHONUNBUFFERED": "1",
            "DJANGO_SETTINGS_MODULE": "nopic.settings",
            "DEMO": "1",
            "BASE_URL": chosen.address,
            "ALLOWED_HOSTS": "localhost,127.0.0.1,[::1]",
            "DATA_DIR": str(data),
            "STATIC_ROOT": str(home.folder / "static"),
            "DATABASE_URL": urls["DATABASE_URL"],
            "REDIS_URL": urls["REDIS_URL"],
            "REDIS_PREFIX": "nopic:",
            "OID_URL": oid_url,
        }
    )
