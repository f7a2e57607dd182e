"""`manage.py invite`: the operator invites the first person of a certifier, an importer or a broker."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from nopic.tenants import invitations
from nopic.tenants.context import organisation, tenant
from nopic.tenants.models import Broker, Certifier, Importer
from nopic.tenants.statuses import Role

BY = "the operator"


class Command(BaseCommand):
    help = (
        "Invite the first certifier admin (--certifier SLUG), importer (--importer NOPID) or broker (--broker EMAIL)."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        place = parser.add_mutually_exclusive_group(required=True)
        place.add_argument("--certifier", metavar="SLUG")
        place.add_argument("--importer", metavar="NOPID")
        place.add_argument("--broker", metavar="EMAIL")

    def handle(self, *args: Any, **options: Any) -> None:
        email = options["email"]
        if options["certifier"]:
            certifier = Certifier.objects.filter(slug=options["certifier"]).first()
            if certifier is None:
                raise CommandError(f"There is no certifier {options['certifier']}")
            with tenant(certifier):
                invitations.invite(email=email, role=Role.CERTIFIER_ADMIN, by=BY, certifier_id=certifier.pk)
        elif options["importer"]:
            importer = Importer.objects.filter(nop_id=options["importer"]).first()
            if importer is None:
                raise CommandError(f"No importer has the NOP ID {options['importer']}")
            with organisation(importer_id=importer.pk):
                invitations.invite(email=email, role=Role.IMPORTER, by=BY, importer_id=importer.pk)
        else:
            broker = Broker.objects.filter(email__iexact=options["broker"]).first()
            if broker is None:
                raise CommandError(f"No broker has the e-mail {options['broker']}")
            with organisation(broker_id=broker.pk):
                invitations.invite(email=email, role=Role.BROKER, by=BY, broker_id=broker.pk)
        self.stdout.write(f"An invitation for {email} will be sent.")
