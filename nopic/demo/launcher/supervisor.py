"""Which of the demo's processes runs, what happens when one ends by itself, and in which order they are stopped."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from nopic.demo.launcher.environment import ROOT
from nopic.demo.launcher.screen import say
from nopic.demo.launcher.wish import STEP, Wish
from nopic.demo.servers import CannotStart, Child, Home

FAST = 10.0  # seconds; a process that lived for less did not really start
GIVE_UP_AFTER = 3  # fast deaths in a row of a process without which there is no demo
FIRST_PAUSE = 1.0  # seconds before the second start; doubled each time
LONGEST_PAUSE = 30.0  # seconds between two starts of the others


@dataclass
class Watched:
    """A process that should run, and how it has been doing."""

    child: Child
    needed: bool
    together: bool
    deaths: int = 0
    start_at: float | None = None


class Supervisor:
    """Starts processes, starts again what ends by itself, and stops all of them in reverse order."""

    def __init__(self, home: Home, wish: Wish) -> None:
        self.logs = home.logs
        self._run_folder = home.run
        self._wish = wish
        self._watched: list[Watched] = []
        self._steps: list[Child] = []

    def watch(self, child: Child, *, needed: bool, together: bool = False) -> None:
        """Look after a process that already runs; without a `needed` one there is no demo.

        Those that stop `together` are all asked at once; the others only when everything started after them is gone.
        """
        self._watched.append(Watched(child, needed, together))

    def make(self, name: str, command: list[str], environ: Mapping[str, str]) -> Child:
        """Describe a process of the portal, with its log and its note in the data folder."""
        log = self.logs / f"{name}.log"
        return Child(name, command, run_folder=self._run_folder, log=log, environ=environ, cwd=ROOT)

    def start(
        self, name: str, command: list[str], environ: Mapping[str, str], *, needed: bool, together: bool = False
    ) -> Child:
        """Start a process and look after it from now on."""
        child = self.make(name, command, environ)
        child.start()
        self.watch(child, needed=needed, together=together)
        return child

    def begin_step(
        self, name: str, command: list[str], environ: Mapping[str, str], *, aloud: bool = False
    ) -> Callable[[], None]:
        """Start a command that ends by itself; the function given back waits for it and raises CannotStart if it failed.

        What a step says `aloud` is shown while it works, indented.
        """
        child = self.make(name, command, environ)
        child.start()
        self._steps.append(child)

        def wait() -> None:
            shown = 0
            while True:
                status = child.ended()
                for line in child.said()[shown:] if aloud else ():
                    say(f"  {line}")
                    shown += 1
                if status is not None:
                    break
                self._wish.check()
                self.look()
                time.sleep(STEP)
            self._steps.remove(child)
            if status != 0:
                raise CannotStart(f"`{' '.join(command)}` failed; the end of {child.log}:\n{child.last_words(12)}")

        return wait

    def look(self) -> None:
        """See who ended; start them again after a pause that grows. Raises CannotStart when a needed one will not run."""
        for watched in self._watched:
            child = watched.child
            if watched.start_at is not None:
                if time.monotonic() >= watched.start_at:
                    watched.start_at = None
                    child.start()
            elif (status := child.ended()) is not None:
                watched.deaths = watched.deaths + 1 if time.monotonic() - child.started_at < FAST else 1
                if watched.needed and watched.deaths >= GIVE_UP_AFTER:
                    raise CannotStart(
                        f"{child.name} ends as soon as it starts; the end of {child.log}:\n{child.last_words(12)}"
                    )
                pause = min(FIRST_PAUSE * 2 ** (watched.deaths - 1), LONGEST_PAUSE)
                watched.start_at = time.monotonic() + pause
                say(
                    f"{child.name} ended by itself (status {status}) and is started again in {pause:.0f} s; see {child.log}"
                )

    def stop(self) -> None:
        """Stop all in reverse order of starting; nothing is left afterwards. A second wish makes it quick."""
        for watched in self._watched:
            if watched.together:
                watched.child.ask_to_stop()
        for child in [*reversed(self._steps), *(watched.child for watched in reversed(self._watched))]:
            child.stop(hurry=self._wish.hurry)
        self._steps.clear()
        self._watched.clear()
