"""`manage.py rerun_decisions SLUG`: judge every past decision again under the policy it was taken under, and compare."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from nopic.review.evidence import rerun
from nopic.review.models import Decision
from nopic.tenants.context import tenant
from nopic.tenants.models import Certifier


class Command(BaseCommand):
    help = "Judge every past decision of a certifier again under the policy it was taken under; ends with 1 if one differs."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("certifier", metavar="SLUG")

    def handle(self, *args: Any, **options: Any) -> None:
        certifier = Certifier.objects.filter(slug=options["certifier"]).first()
        if certifier is None:
            raise CommandError(f"there is no certifier {options['certifier']}")
        same = different = 0
        with tenant(certifier):
            decisions = Decision.objects.filter(certifier=certifier).select_related("request", "line").order_by("pk")
            for decision in decisions.iterator(chunk_size=50):
                again = rerun(decision)
                same, different = same + again.is_same, different + (not again.is_same)
                for sentence in again.gone:
                    self.stdout.write(f"{decision}: found then, not now: {sentence}")
                for sentence in again.new:
                    self.stdout.write(f"{decision}: found now, not then: {sentence}")
        self.stdout.write(f"{same} decisions rest on the same findings, {different} do not.")
        if different:
            raise CommandError("not every decision could be repeated")
