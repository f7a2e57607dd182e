"""`manage.py mock_oid_load FILE`: give the mock registry its certifiers and operations."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from nopic.oid.processes import become_the_mock


class Command(BaseCommand):
    """Replaces this process by the mock's, which alone may open the mock's database."""

    help = "Load certifiers (with their keys) and operations into the mock registry from a JSON file (- for stdin)."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help='{"certifiers": [...], "operations": [...]}')

    def handle(self, *args: Any, **options: Any) -> None:
        become_the_mock("load", options["file"])
