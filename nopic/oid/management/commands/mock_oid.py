"""`manage.py mock_oid`: become the mock registry, a server of its own with its own settings and database."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from nopic.oid.processes import become_the_mock


class Command(BaseCommand):
    """Replaces this process by the mock's, so that nothing of the portal is loaded in it."""

    help = "Run the mock of the Organic Integrity Database (own settings, own database: OID_DATABASE_URL)."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--bind", default="127.0.0.1:8100", help="address and port (default %(default)s)")

    def handle(self, *args: Any, **options: Any) -> None:
        become_the_mock("serve", "--bind", options["bind"])
