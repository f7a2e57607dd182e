"""`manage.py sweeper`: the relay and repair process."""

import signal
from typing import Any

from django.core.management.base import BaseCommand

from nopic.celery import app
from nopic.workflow.checks import refuse_to_start
from nopic.workflow.relay import Relay


class Command(BaseCommand):
    """Runs until it is told to stop."""

    help = "Hand owed work to Celery, and do it here when Celery or Redis is down."

    def handle(self, *args: Any, **options: Any) -> None:
        refuse_to_start()
        app.loader.import_default_modules()  # fills dispatch.HANDLERS from every package's tasks.py
        relay = Relay(app)
        for ending in (signal.SIGTERM, signal.SIGINT):
            signal.signal(ending, lambda *_: relay.stop.set())
        relay.loop()
