"""The Celery application: workers, beat and the sweeper's publisher. Wake-ups only; see nopic.workflow.dispatch.

One worker for everything: `celery -A nopic worker --queues issue,render,documents,mail`. On larger machines each queue
gets its own, so that a heavy PDF never stands before an issue.
"""

import os
from typing import Any

from celery import Celery
from celery.schedules import crontab
from celery.signals import beat_init, worker_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "nopic.settings")
app = Celery("nopic")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.beat_schedule = {
    # Expiring entries: a beat that was away does not fire yesterday's work.
    "party status every night": {
        "task": "nopic.tenants.ask_all",
        "schedule": crontab(hour=3, minute=15),
        "options": {"expires": 3600},
    },
    "standing every night": {
        "task": "nopic.watch.every_night",
        "schedule": crontab(hour=4, minute=15),
        "options": {"expires": 3600},
    },
    "drafts before their last moment": {
        "task": "nopic.delivery.nudge_drafts",
        "schedule": 900.0,
        "options": {"expires": 800},
    },
    "owed documents": {"task": "nopic.delivery.remind", "schedule": crontab(minute=20), "options": {"expires": 3000}},
    "dead uploads": {"task": "nopic.documents.sweep", "schedule": 3600.0, "options": {"expires": 1800}},
    "heartbeat of beat": {"task": "nopic.beat_alive", "schedule": 30.0, "options": {"expires": 60}},
    "tidy every hour": {"task": "nopic.tidy", "schedule": crontab(minute=40), "options": {"expires": 3000}},
}


@worker_init.connect
@beat_init.connect
def refuse(**_: Any) -> None:
    """No worker and no beat under a role that row-level security does not bind, or with times out of proportion."""
    from nopic.workflow.checks import refuse_to_start

    refuse_to_start()
