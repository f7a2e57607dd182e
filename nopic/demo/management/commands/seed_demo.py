"""`manage.py seed_demo`: fill an empty portal with the demo's people, requests and certificates."""

import time
from argparse import ArgumentParser
from collections import Counter
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from nopic.demo.seed.telling import LEAST_SECONDS, Seed

WAIT_SECONDS = 120.0


class Command(BaseCommand):
    """Says what it made and what became of it; a second run finds everything there."""

    help = "Make the demo data by the real actions. A second run changes nothing."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--wait",
            nargs="?",
            type=float,
            const=WAIT_SECONDS,
            metavar="SECONDS",
            help=f"wait until what was approved is issued, rendered and handed over (at most {WAIT_SECONDS:.0f} s)",
        )
        parser.add_argument("--here", action="store_true", help="do what is owed in this process: no worker runs")

    def handle(self, *args: Any, **options: Any) -> None:
        if not (settings.DEMO or settings.TESTING):
            raise CommandError("The demo data belong into a demo: set DEMO=1.")
        began = time.monotonic()
        seed = Seed(say=self.stdout.write, here=options["here"])
        if seed.run():
            self.stdout.write(f"{seed.told} requests made in {time.monotonic() - began:.1f} s.")
        else:
            self.stdout.write("The requests are there already.")
        seed.go_on(seconds=options["wait"] or LEAST_SECONDS)
        if options["wait"] is not None:
            settled = seed.wait(seconds=options["wait"])
            self._report(seed, settled=settled, seconds=time.monotonic() - began)

    def _report(self, seed: Seed, *, settled: bool, seconds: float) -> None:
        certificates = seed.certificates()
        counted = Counter(str(each.get_status_display()).lower() for each in certificates)
        told = ", ".join(f"{count} {word}" for word, count in sorted(counted.items()))
        pdfs = sum(each.rendered_at is not None for each in certificates)
        handed = sum(each.handed_over_at is not None for each in certificates)
        self.stdout.write(
            f"{len(certificates)} certificates after {seconds:.1f} s: {told}; {pdfs} PDFs, {handed} handed over."
        )
        if not settled:
            self.stdout.write("Some are still under way; the worker goes on with them.")
