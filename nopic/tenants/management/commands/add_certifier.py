"""`manage.py add_certifier`: the operator founds a certifier from a file and invites its first admin."""

import json
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from nopic.tenants import invitations
from nopic.tenants.actions import add_certifier
from nopic.tenants.context import tenant
from nopic.tenants.models import Certifier
from nopic.tenants.policy import PolicyError
from nopic.tenants.policy.presets import PRESETS
from nopic.tenants.statuses import Role

BY = "the operator"
FACTS = ("slug", "name", "legal_name", "address", "country", "nop_code", "role_text", "email", "phone")


class Command(BaseCommand):
    help = (
        "Found a certifier from a JSON file: "
        + ", ".join(FACTS)
        + ", and rules (what they leave out takes the default, or the preset's value). Its admin gets an invitation and enters the key for OID."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--admin", required=True, metavar="EMAIL")
        parser.add_argument(
            "--preset", choices=sorted(PRESETS), help="a sample policy to start from; rules go before it"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            told = json.loads(options["file"].read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise CommandError(f"{options['file']} cannot be read: {error}") from error
        if not isinstance(told, dict):
            raise CommandError(f"{options['file']} holds no JSON object")
        rules = told.pop("rules", {})
        if options["preset"] and isinstance(rules, dict):
            rules = PRESETS[options["preset"]].written() | rules
        if unknown := sorted(set(told) - set(FACTS)):
            raise CommandError(f"Not facts of a certifier: {', '.join(unknown)}")
        try:
            with transaction.atomic():
                certifier = add_certifier(facts=told, rules=rules, by=BY)
                self._invite(certifier, options["admin"])
        except ValidationError as error:
            wrong = (f"{name}: {' '.join(texts)}" for name, texts in error.message_dict.items())
            raise CommandError("\n".join(wrong)) from error
        except PolicyError as error:
            raise CommandError(f"rules: {error}") from error
        self.stdout.write(f"{certifier} is founded. An invitation for {options['admin']} will be sent.")

    def _invite(self, certifier: Certifier, email: str) -> None:
        with tenant(certifier):
            invitations.invite(email=email, role=Role.CERTIFIER_ADMIN, by=BY, certifier_id=certifier.pk)
