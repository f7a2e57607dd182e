"""As which account of the machine the two servers run.

PostgreSQL refuses to run as root. An ordinary user's servers are that user's own; root's run as `nobody`, who then has
to be able to reach the programs and the data: that is tried as that account, not guessed from permission bits.
"""

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nopic.demo.servers.errors import CannotStart


@dataclass(frozen=True)
class Account:
    """An account of the operating system that is not ours."""

    uid: int
    gid: int

    def popen_arguments(self) -> dict[str, Any]:
        """Give what `subprocess.Popen` needs to run as this account, without the groups and the umask of root."""
        return {"user": self.uid, "group": self.gid, "extra_groups": [], "umask": 0o077}

    def may(self, test: str, path: Path) -> bool:
        """Try as this account whether `path` can be read (`-r`), entered or executed (`-x`)."""
        command = ["/bin/sh", "-c", 'test "$1" "$2"', "sh", test, str(path)]
        return subprocess.run(command, cwd="/", check=False, **self.popen_arguments()).returncode == 0

    def own(self, path: Path) -> None:
        """Hand a file or an empty folder to this account, closed to everybody else. Raises OSError where the disk refuses."""
        os.chown(path, self.uid, self.gid)
        path.chmod(0o700 if path.is_dir() else 0o600)


def servers_account(data: Path) -> Account | None:
    """Choose who runs the servers: None is ourselves; as root the owner of the data that are there, else `nobody`."""
    if os.geteuid() != 0:
        return None
    if data.is_dir() and (found := data.stat()).st_uid != 0:
        return Account(found.st_uid, found.st_gid)
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        raise CannotStart(
            "PostgreSQL does not run as root and this machine has no account `nobody`: start as an ordinary user."
        ) from None
    return Account(nobody.pw_uid, nobody.pw_gid)
