"""The servers behind `make demo` and `make test`: both kinds of programs, every way of stopping, every way of failing."""

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from nopic.demo import servers
from nopic.demo.servers import __main__ as command
from nopic.demo.servers import binaries, child, home, ports

ROOT = Path(__file__).parents[2]
NAMES = ("DATABASE_URL", "DATABASE_OWNER_URL", "OID_DATABASE_URL", "REDIS_URL")
TELL_AND_WAIT = f"import json, os, sys; print(json.dumps({{n: os.environ[n] for n in {NAMES}}}), flush=True); sys.stdin.read(); sys.exit(7)"


class Run:
    """`python -m nopic.demo.servers run …` at work, with the URLs that its command was given."""

    def __init__(self, *place, hide="", **environ):
        clean = {name: value for name, value in os.environ.items() if name not in NAMES}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "nopic.demo.servers", "run", *place, "--", sys.executable, "-c", TELL_AND_WAIT],
            cwd=ROOT,
            env=clean | {"NOPIC_HIDE_SYSTEM_SERVERS": hide} | environ,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self.urls = json.loads(self.process.stdout.readline() or "{}")

    def finish(self, number=None):
        """End it by a signal, or by letting the command finish; give the exit status and what it complained about."""
        if number:
            self.process.send_signal(number)
            self.process.wait(timeout=120)
        _, complaint = self.process.communicate(timeout=120)
        return self.process.returncode, complaint

    def answers(self):
        return {name for name, url in self.urls.items() if listens(url)}


@pytest.fixture
def folder(tmp_path):
    """A data folder; as root its servers live elsewhere, because `nobody` cannot enter pytest's folders."""
    yield tmp_path / "demo"
    servers.clear(tmp_path / "demo")


def listens(url):
    with socket.socket() as probe:
        return probe.connect_ex((urlsplit(url).hostname, urlsplit(url).port)) == 0


@pytest.fixture
def run():
    started = []

    def start(*arguments, **keywords):
        started.append(Run(*arguments, **keywords))
        return started[-1]

    yield start
    for one in started:
        if one.process.poll() is None:
            one.finish(signal.SIGTERM)


@pytest.mark.parametrize("hide", ["", "1"], ids=["system programs", "programs of the wheels"])
def test_throw_away_servers_hold_the_restricted_roles_and_leave_nothing(run, hide, tmp_path):
    at_work = run("--ephemeral", hide=hide, TMPDIR=str(tmp_path))
    assert at_work.answers() == set(NAMES)
    with psycopg.connect(at_work.urls["DATABASE_URL"]) as connection:
        rights = connection.execute(
            "SELECT rolname, rolsuper, rolbypassrls, rolcreaterole FROM pg_roles WHERE rolname LIKE 'nopic%' ORDER BY 1"
        ).fetchall()
        assert rights == [
            ("nopic_app", False, False, False),
            ("nopic_oid", False, False, False),
            ("nopic_owner", False, False, False),
            ("nopic_super", True, True, True),
        ]
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("CREATE TABLE public.mine (id int)")
    with pytest.raises(psycopg.OperationalError, match="permission denied"):
        psycopg.connect(at_work.urls["DATABASE_URL"].removesuffix("/nopic") + "/oid")
    with pytest.raises(psycopg.OperationalError, match="permission denied"):
        psycopg.connect(at_work.urls["OID_DATABASE_URL"].removesuffix("/oid") + "/nopic")
    assert at_work.finish() == (7, "")  # the status of the command itself
    assert at_work.answers() == set()
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_they_live_in_memory_where_there_is_room(tmp_path, monkeypatch):
    monkeypatch.setattr(command, "MEMORY", tmp_path)
    monkeypatch.setattr(command, "SPARE", 2**20)
    monkeypatch.setattr(command, "CONTAINER", tmp_path)
    assert command._has_room()
    with command._folder(None, in_memory=True) as folder:
        assert folder.is_relative_to(tmp_path)
    assert not folder.exists()
    (tmp_path / "memory.current").write_text(f"{2**30}\n")
    for limit, enough in (("max", True), (2**31, True), (2**30 + 1000, False)):
        (tmp_path / "memory.max").write_text(f"{limit}\n")
        assert command._has_room() is enough
    (tmp_path / "memory.max").unlink()
    monkeypatch.setattr(command, "SPARE", 2**60)
    assert not command._has_room()
    monkeypatch.setattr(command, "MEMORY", tmp_path / "no such file system")
    assert not command._has_room()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_every_signal_stops_the_command_and_the_servers(run, number, tmp_path):
    at_work = run("--ephemeral", TMPDIR=str(tmp_path))
    status, _ = at_work.finish(number)
    assert status in (128 + signal.SIGTERM, 128 + signal.SIGINT)
    assert at_work.answers() == set()


def test_data_survive_a_killed_launcher_and_its_orphans_are_ended(run, folder):
    killed = run("--folder", str(folder))
    with psycopg.connect(killed.urls["DATABASE_OWNER_URL"]) as connection:
        connection.execute("CREATE TABLE kept (id int)")
    killed.finish(signal.SIGKILL)
    assert killed.answers() == set(NAMES)  # nobody was left to stop them
    again = run("--folder", str(folder))
    assert killed.answers() == set()
    with psycopg.connect(again.urls["DATABASE_OWNER_URL"]) as connection:
        assert connection.execute("SELECT count(*) FROM kept").fetchone() == (0,)
    assert again.finish() == (7, "")


def test_a_second_start_in_the_same_folder_is_refused_in_one_sentence(run, folder):
    first = run("--folder", str(folder))
    second = run("--folder", str(folder))
    assert second.finish() == (
        1,
        f"It already runs in {folder} (process {first.process.pid}): stop that one first.\n",
    )
    with pytest.raises(servers.CannotStart, match="already runs"):
        servers.clear(folder)
    assert first.answers() == set(NAMES)
    first.finish()
    servers.clear(folder)
    assert [path.name for path in folder.iterdir()] == ["lock"]


def test_servers_that_urls_name_are_used_and_none_is_started(folder):
    given = {name: f"somewhere:{name}" for name in NAMES}
    with servers.opened(folder) as opened, servers.running(opened, given) as found:
        assert found == servers.Running(urls=given, children=[])


def test_only_what_no_url_names_is_started():
    portal = {"DATABASE_URL": "postgres://…"}
    assert servers.missing({}) == ["PostgreSQL", "Redis"]
    assert servers.missing({"REDIS_URL": "redis://…"}) == ["PostgreSQL"]
    assert servers.missing(portal) == ["PostgreSQL", "Redis"]  # the mock registry's database
    assert servers.missing(portal, with_registry=False) == ["Redis"]  # somebody else's registry


def test_one_of_the_portals_two_urls_alone_is_refused(folder):
    with servers.opened(folder) as opened, pytest.raises(servers.CannotStart, match="set both or neither"):
        servers.running(opened, {"DATABASE_URL": "postgres://nopic_app@localhost/nopic"}).__enter__()


def test_a_failure_half_way_stops_what_was_already_started(folder, monkeypatch):
    started = []

    def remember(self):
        started.append(start_postgres(self))
        return started[-1]

    def refuse(self):
        raise servers.CannotStart("No Redis or Valkey was found.")

    start_postgres = servers.Postgres.start
    monkeypatch.setattr(servers.Postgres, "start", remember)
    monkeypatch.setattr(servers.Valkey, "start", refuse)
    with servers.opened(folder) as opened:
        with pytest.raises(servers.CannotStart, match="No Redis"):
            servers.running(opened, {}).__enter__()
        assert not list(opened.run.glob("*"))
    assert not listens(started[0]["DATABASE_URL"])


def test_data_of_another_version_of_postgres_name_the_way_out(folder):
    with (
        servers.opened(folder) as opened,
        pytest.raises(servers.CannotStart, match=r"PostgreSQL 9, .*make demo-reset"),
    ):
        binaries.postgres_programs(opened, written_by="9")


def test_a_machine_without_any_server_names_the_packages(folder, monkeypatch):
    monkeypatch.setenv("NOPIC_HIDE_SYSTEM_SERVERS", "1")
    monkeypatch.setattr(binaries, "_package_folder", lambda name: None)
    with servers.opened(folder) as opened:
        with pytest.raises(servers.CannotStart, match="Debian package postgresql"):
            binaries.postgres_programs(opened, written_by=None)
        with pytest.raises(servers.CannotStart, match="Debian package redis-server"):
            binaries.valkey_program(opened)


def test_secrets_are_made_once_and_are_ours_alone(tmp_path):
    path = tmp_path / "some.env"
    first = home.read_secrets(path, ["A"])
    both = home.read_secrets(path, ["A", "B"])
    assert both["A"] == first["A"]
    assert len(set(both.values())) == 2
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_note_about_a_process_that_is_somebody_elses_by_now_harms_nobody(tmp_path):
    bystander = subprocess.Popen(["sleep", "60"], start_new_session=True)
    try:
        (tmp_path / "web.json").write_text(json.dumps({"pid": bystander.pid, "birth": "long ago", "stop": [[15, 1]]}))
        (tmp_path / "torn.json").write_text('{"pid": 1')
        assert child.end_orphans(tmp_path) == []
        assert bystander.poll() is None
        assert not list(tmp_path.iterdir())
    finally:
        bystander.kill()
        bystander.wait()


def test_a_child_that_ignores_us_is_killed_with_all_it_started(tmp_path):
    script = "trap '' TERM; sleep 60 & echo $!; wait; sleep 60"
    stubborn = child.Child(
        "stubborn",
        ["sh", "-c", script],
        run_folder=tmp_path,
        log=tmp_path / "log",
        environ={"PATH": os.environ["PATH"]},
        stop_signals=((signal.SIGTERM, 0.2),),
    )
    stubborn.start()
    while not (grandchild := stubborn.last_words()):
        assert stubborn.ended() is None
    stubborn.stop()
    assert child.birth(int(grandchild)) is None
    assert not (tmp_path / "stubborn.json").exists()


def test_a_port_that_somebody_listens_on_is_named_with_the_way_out():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        number = taken.getsockname()[1]
        assert ports.obstacle(number) == f"Port {number} is busy: stop what listens there, or choose another one"
    assert ports.obstacle(ports.free_port()) is None
