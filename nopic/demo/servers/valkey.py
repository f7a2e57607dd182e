"""A Redis or Valkey of our own, for wake-ups between the portal's processes."""

import time

import redis

from nopic.demo.servers.binaries import program_version, valkey_program
from nopic.demo.servers.child import Child
from nopic.demo.servers.errors import CannotStart
from nopic.demo.servers.home import Home, read_secrets
from nopic.demo.servers.ports import free_port

PATIENCE = 20.0  # seconds until it must have read its file and answer


class Valkey:
    """One server in a home; `start` gives REDIS_URL."""

    def __init__(self, home: Home, *, throw_away: bool = False) -> None:
        """Look at nothing yet; `throw_away` keeps nothing on disk."""
        self._home = home
        self._throw_away = throw_away
        self.child: Child | None = None

    def start(self) -> dict[str, str]:
        """Start the server and wait until it answers; raises CannotStart otherwise.

        Each program keeps a folder of its own: Redis cannot read what a newer Valkey wrote, and wake-ups that are
        left behind are made again by the sweeper.
        """
        password = read_secrets(self._home.servers / "servers.env", ["redis"])["redis"]
        program = valkey_program(self._home)
        data = self._home.servers / f"{program.name}-{program_version(program).rpartition('.')[0]}"
        data.mkdir(mode=0o700, exist_ok=True)
        if self._home.account:
            self._home.account.own(data)
        port = free_port()
        settings = {
            "bind": "127.0.0.1",
            "port": port,
            "requirepass": password,
            "dir": f'"{data}"',
            "appendonly": "no" if self._throw_away else "yes",
            "save": '""',
            "maxmemory-policy": "noeviction",  # a queue that forgets silently would be worse than one that refuses
            "daemonize": "no",
        }
        self.child = Child(
            "valkey",
            [str(program), "-"],  # settings by standard input: the password shows in no list of processes and no file
            run_folder=self._home.run,
            log=self._home.logs / "valkey.log",
            environ={"PATH": "/usr/bin:/bin", "LC_ALL": "C"},
            account=self._home.account,
            stdin="".join(f"{name} {value}\n" for name, value in settings.items()),
        )
        self.child.start()
        url = f"redis://:{password}@127.0.0.1:{port}/0"
        self._wait(url)
        return {"REDIS_URL": url}

    def stop(self) -> None:
        """Stop the server; nothing of it is left afterwards."""
        if self.child:
            self.child.stop()

    def _wait(self, url: str) -> None:
        assert self.child is not None  # noqa: S101  only called after start
        deadline = time.monotonic() + PATIENCE
        with redis.Redis.from_url(url, socket_connect_timeout=2, socket_timeout=2) as client:
            while True:
                if self.child.ended() is not None:
                    raise CannotStart(
                        f"Redis ended while starting; its log {self.child.log} says:\n{self.child.last_words()}"
                    )
                try:
                    client.ping()
                    return
                except redis.RedisError:
                    if time.monotonic() > deadline:
                        raise CannotStart(f"Redis does not answer; see {self.child.log}.") from None
                time.sleep(0.02)
