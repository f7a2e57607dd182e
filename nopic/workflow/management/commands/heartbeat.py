"""`manage.py heartbeat sweeper|worker`: whether a process without an address of its own is alive, for health checks."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

BEATS_MISSED = 4  # a single late round is no illness


class Command(BaseCommand):
    help = "Succeed when the process wrote its heartbeat lately; `worker` stands for beat, broker and worker together."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("process", choices=["sweeper", "worker"])

    def handle(self, *args: Any, **options: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT extract(epoch FROM clock_timestamp() - at) FROM workflow_heartbeat WHERE process = %s",
                [options["process"]],
            )
            row = cursor.fetchone()
        if row is None or row[0] > BEATS_MISSED * settings.SWEEP_SECONDS:
            seen = "never" if row is None else f"{row[0]:.0f} seconds ago"
            raise CommandError(f"The {options['process']} was last seen {seen}.")
