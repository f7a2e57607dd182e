"""`manage.py bench`: print what certificates and lists cost, with the goal beside each figure (nopic.demo.bench)."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from nopic.demo.bench import run, table


class Command(BaseCommand):
    help = "Measure, with the goal beside each figure; needs servers whose owner role may make databases (make bench)."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--quick", action="store_true", help="small sizes: shows that it works, means little")

    def handle(self, *args: Any, **options: Any) -> None:
        plan = run.QUICK if options["quick"] else run.WHOLE
        self.stdout.write(run.machine())
        self.stdout.write(
            f"{plan.few:,} and {plan.many:,} requests of {plan.offices} certifiers, {plan.issued.late} certificates,"
            f" {plan.rounds} rounds; CPU is user and system"
        )
        figures = run.Bench(plan, self._say).run()
        self.stdout.write("\n" + "\n".join(table.lines(figures)))

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()
