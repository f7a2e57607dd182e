"""The demo from its first step to its last: what needs what, and how one knows that it is there."""

import os
import time
from collections.abc import Callable

from nopic.demo.launcher import stamps
from nopic.demo.launcher.environment import Choices, oid_port, portal_environ, web_addresses
from nopic.demo.launcher.readiness import WorkerPing, answers_http, sweeper_beats
from nopic.demo.launcher.screen import say, say_ready
from nopic.demo.launcher.supervisor import Supervisor
from nopic.demo.launcher.wish import Wish
from nopic.demo.people import PASSWORD, PEOPLE
from nopic.demo.processes import command
from nopic.demo.servers import CannotStart, Child, Home, Running

PATIENCE = 60.0  # seconds until every process must have answered


class Demo:
    """The portal's processes on servers that already run. `stop` is always right, however far it came."""

    def __init__(self, home: Home, chosen: Choices, servers: Running, wish: Wish) -> None:
        """Decide ports and environments; nothing is started yet. Raises CannotStart when the port is taken."""
        self._home = home
        self._chosen = chosen
        self._wish = wish
        self._supervisor = Supervisor(home, wish)
        for child in servers.children:
            self._supervisor.watch(child, needed=True)
        self._addresses = web_addresses(chosen.port)
        self._mock_port = None if chosen.oid_url else oid_port(home)
        self._environ = portal_environ(
            home, chosen, servers.urls, chosen.oid_url or f"http://127.0.0.1:{self._mock_port}"
        )
        self._as_owner = self._environ | {"DATABASE_OWNER_URL": servers.urls["DATABASE_OWNER_URL"]}
        self._with_registry = dict(self._environ)
        if self._mock_port:
            self._with_registry["OID_DATABASE_URL"] = servers.urls["OID_DATABASE_URL"]
        # in a database of somebody else's, only the database itself knows what was done
        self._stamps_count = "DATABASE_URL" not in os.environ

    def bring_up(self) -> None:
        """Start everything in the order in which one needs the other, and wait until each process has answered."""
        self._prepare()
        say(f"Starting web, worker, sweeper{', beat and the mock registry' if self._mock_port else ' and beat'}.")
        self._supervisor.start(
            "web", command("web", addresses=self._addresses), self._environ, needed=True, together=True
        )
        others = {
            name: self._supervisor.start(name, command(name), self._environ, needed=False, together=True)
            for name in ("worker", "sweeper", "beat")
        }
        for name, question in self._questions(others["sweeper"]).items():
            if not self._wish.wait_until(self._asking(question), seconds=PATIENCE):
                raise CannotStart(f"{name} does not answer; see its log in {self._home.logs}.")

    def fill(self) -> None:
        """Make the demo data, unless they are there."""
        seed = stamps.stamp(self._home.servers / "seeded.stamp", stamps.SEED)
        if not (self._stamps_count and seed.is_set()):
            say("Making the demo data, once: requests, documents, decisions, and certificates by the real pipeline.")
            self._supervisor.begin_step("seed", command("seed"), self._with_registry, aloud=True)()
            seed.set()
        say_ready(address=self._chosen.address, people=PEOPLE, password=PASSWORD)

    def look_after(self) -> None:
        """Keep everything running until somebody wishes to stop (raises Stopping) or it cannot be kept (CannotStart)."""
        say(f"Logs: {self._home.logs}   Stop: Ctrl-C")
        while True:
            self._wish.wait_until(lambda: False, seconds=0.2)
            self._supervisor.look()

    def stop(self) -> None:
        """Stop what was started here."""
        self._supervisor.stop()

    def _prepare(self) -> None:
        """Make tables and static files, both unless their sources are as they were, while the mock registry starts."""
        waits: list[tuple[stamps.Stamp, Callable[[], None]]] = []
        migrations = stamps.stamp(self._home.servers / "migrated.stamp", stamps.MIGRATIONS)
        if not (self._stamps_count and migrations.is_set()):
            say("Making the tables.")
            waits.append((migrations, self._supervisor.begin_step("migrate", command("migrate"), self._as_owner)))
        static = stamps.stamp(self._home.folder / "static.stamp", stamps.STATIC)
        if not static.is_set():
            waits.append((static, self._supervisor.begin_step("static", command("static"), self._environ)))
        if self._mock_port:
            listening = command("oid", addresses=[f"127.0.0.1:{self._mock_port}"])
            self._supervisor.start("oid", listening, self._with_registry, needed=True)
        for done, wait in waits:
            wait()
            done.set()

    def _questions(self, sweeper: Child) -> dict[str, Callable[[], bool]]:
        """Give one question per process; beat is asked nothing, what it does shows at the worker's."""
        url = self._environ["DATABASE_URL"]
        questions: dict[str, Callable[[], bool]] = {
            "sweeper": lambda: sweeper_beats(url, within=time.monotonic() - sweeper.started_at),
            "web": lambda: answers_http(self._chosen.port, "/readyz"),
            "worker": WorkerPing(self._environ).answered,
        }
        if mock_port := self._mock_port:
            questions["oid"] = lambda: answers_http(mock_port, "/livez")
        return questions

    def _asking(self, question: Callable[[], bool]) -> Callable[[], bool]:
        """Ask, and at the same time look after those that already run."""

        def ask() -> bool:
            self._supervisor.look()
            return question()

        return ask
