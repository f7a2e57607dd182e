"""The portal's processes and the command of each: one table for the launcher, docker-compose.yml and the README.

Words in braces are filled in by whoever starts them: {address} is where a server listens.
"""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Process:
    """A long-running process or a step before them."""

    name: str
    command: tuple[str, ...]
    what: str


_TABLE = (
    Process(
        "migrate",
        ("python", "manage.py", "migrate", "--database", "owner", "--no-input"),
        "brings the tables up to date",
    ),
    Process("static", ("python", "manage.py", "collectstatic", "--no-input"), "compresses and names the static files"),
    Process(
        "oid",
        ("python", "manage.py", "mock_oid", "--bind", "{address}"),
        "the mock registry, with a database of its own",
    ),
    Process(
        "web",
        (
            *("gunicorn", "nopic.wsgi", "--bind", "{address}", "--worker-class", "gthread", "--threads", "8"),
            *(
                "--max-requests",
                "1000",
                "--max-requests-jitter",
                "100",
                "--graceful-timeout",
                "10",
                "--no-control-socket",
            ),
        ),
        "the pages and the API; as many processes as WEB_CONCURRENCY says",
    ),
    Process(
        "worker",
        (
            "celery",
            "-A",
            "nopic",
            "worker",
            "--queues",
            "issue,render,documents,mail",
            "--concurrency",
            "2",
            "--loglevel",
            "INFO",
        ),
        "issues, renders, inspects and mails",
    ),
    Process("sweeper", ("python", "manage.py", "sweeper"), "hands owed work to the worker and finishes what was lost"),
    Process("seed", ("python", "manage.py", "seed_demo", "--wait"), "fills in the demo data by the real actions"),
    Process("beat", ("celery", "-A", "nopic", "beat", "--loglevel", "INFO"), "wakes what is due by the clock"),
)
PROCESSES = {process.name: process for process in _TABLE}


def command(name: str, *, addresses: Iterable[str] = ()) -> list[str]:
    """Give the command of a process; one that listens on several addresses repeats its --bind."""
    words: list[str] = []
    for word in PROCESSES[name].command:
        if word == "{address}":
            flag = words.pop()
            words += [part for address in addresses for part in (flag, address)]
        else:
            words.append(word)
    return words
