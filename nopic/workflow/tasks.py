"""The one Celery task that does work: a wake-up that names a row of what is owed. The row, not the message, is the truth.

Beside it, what beat asks for by the clock: a sign of life, and the tidying of the tables that would only grow.
"""

from celery import shared_task
from django.db import connection

from nopic.workflow import dispatch
from nopic.workflow.models import Heartbeat

KEEP_DONE_DAYS = 7  # what was done stays readable for so long


@shared_task(name="nopic.run")
def run(dispatch_id: int) -> None:
    """Do the work of one row if it is still owed."""
    dispatch.run(dispatch_id)


@shared_task(name="nopic.beat_alive")
def beat_alive() -> None:
    """A message that beat published was consumed by a worker: both are alive, and so is the broker between them."""
    Heartbeat.objects.update_or_create(process="worker", defaults={"at": dispatch.database_now()})


@shared_task(name="nopic.tidy")
def tidy() -> None:
    """Delete what was done more than a week ago, and rate limits and sessions whose time is over.

    Every form that an anonymous visitor opens makes a session, for its CSRF token.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM workflow_dispatch WHERE done_at < clock_timestamp() - make_interval(days => %s)",
            [KEEP_DONE_DAYS],
        )
        cursor.execute("DELETE FROM rate_limits WHERE expires < clock_timestamp()")
        cursor.execute("DELETE FROM django_session WHERE expire_date < clock_timestamp()")
