"""`manage.py migrate`: as the owner role, who first promises the runtime role its rights on tables yet to come."""

from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.core.management.commands.migrate import Command as Migrate
from django.db import connections

RIGHTS = (
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {role};"
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {role};"
    "GRANT USAGE ON SCHEMA public TO {role}"
)


class Command(Migrate):
    """Django's own, with another default database and the runtime role's rights."""

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.set_defaults(database="owner")

    def handle(self, *args: Any, **options: Any) -> str | None:
        if options["database"] not in settings.DATABASES:
            raise CommandError(
                "Set DATABASE_OWNER_URL: the role that owns the tables; the runtime role cannot migrate."
            )
        with connections[options["database"]].cursor() as cursor:
            cursor.execute(RIGHTS.format(role=f'"{settings.RUNTIME_ROLE}"'))
        return super().handle(*args, **options)
