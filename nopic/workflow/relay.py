"""The sweeper: tells the broker what is owed, and does the work itself when the broker or the workers do not.

Woken by NOTIFY, and by itself every SWEEP_SECONDS. A row that the broker was told of and nobody claimed within
SWEEP_SECONDS is done here: losing every byte of Redis costs that delay and nothing else. Any number of sweepers may
run; each row goes to one of them.
"""

import logging
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as TookTooLong

import psycopg
from celery import Celery
from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, connections

from nopic.workflow import dispatch
from nopic.workflow.models import Heartbeat

log = logging.getLogger(__name__)
BATCH = 100
HANDS = 2  # threads that do the work here
PATIENCE_SECONDS = 2.0  # a broker that takes longer counts as away; a frozen one would hold the loop for half a minute
BROKER_REST_SECONDS = 15.0  # after a failed publish, do the work here for so long before asking the broker again
HEARTBEAT_SECONDS = 5.0

Row = tuple[int, str, bool]


class Relay:
    """One sweeper process. `stop` ends the loop after the step in hand."""

    def __init__(self, broker: Celery) -> None:
        self.broker = broker
        self.stop = threading.Event()
        self.broker_rests_until = 0.0
        self.publisher = ThreadPoolExecutor(1, thread_name_prefix="publisher")
        self.publishing: Future[bool] | None = None
        self.hands = ThreadPoolExecutor(HANDS, thread_name_prefix="sweeper")
        self.running: set[int] = set()
        self.beaten_at = 0.0

    def loop(self) -> None:
        """Until `stop`: wake, publish or do, sleep until the next NOTIFY or due time."""
        listener: psycopg.Connection | None = None
        while not self.stop.is_set():
            try:
                if listener is None or listener.closed:
                    listener = self._listen()
                self.sweep()
                self._sleep(listener, dispatch.seconds_until_due(settings.SWEEP_SECONDS))
            except (psycopg.OperationalError, OperationalError, InterfaceError) as error:
                log.warning("database away, trying again: %s", type(error).__name__)
                connections.close_all()
                listener = None
                self.stop.wait(1)
        # What only waits for a hand stays owed in the table; what is being done is finished.
        self.hands.shutdown(wait=True, cancel_futures=True)
        self.publisher.shutdown(wait=False, cancel_futures=True)

    def sweep(self) -> None:
        """One round: everything due is either handed to the broker or done here."""
        if time.monotonic() - self.beaten_at > HEARTBEAT_SECONDS:
            Heartbeat.objects.update_or_create(process="sweeper", defaults={"at": dispatch.database_now()})
            self.beaten_at = time.monotonic()
        rows = dispatch.take_due(BATCH)
        tell = [row for row in rows if not row[2]]
        told = bool(tell) and self._tell(tell)
        for dispatch_id, _, told_before in rows:
            if (told_before or not told) and dispatch_id not in self.running:
                self.running.add(dispatch_id)
                self.hands.submit(self._do, dispatch_id)

    def _tell(self, rows: list[Row]) -> bool:
        """Publish the wake-ups; False when the broker is away, resting or too slow, so that the work is done here.

        A slow broker may still deliver some of them later: a wake-up for work that is done does nothing.
        """
        if (self.publishing and not self.publishing.done()) or time.monotonic() < self.broker_rests_until:
            return False
        self.publishing = self.publisher.submit(self._publish, rows)
        try:
            return self.publishing.result(timeout=PATIENCE_SECONDS)
        except TookTooLong:
            log.warning("broker does not answer")
            return False

    def _publish(self, rows: list[Row]) -> bool:
        try:
            with self.broker.connection_or_acquire() as line, self.broker.amqp.Producer(line) as producer:
                for dispatch_id, queue, _ in rows:
                    self.broker.send_task("nopic.run", args=[dispatch_id], queue=queue, retry=False, producer=producer)
        except Exception:
            # Whatever is the matter with the broker (away, full, a wrong password), the work goes on here.
            log.warning("broker away", exc_info=True)
            self.broker_rests_until = time.monotonic() + BROKER_REST_SECONDS * settings.TIME_SCALE
            return False
        return True

    def _do(self, dispatch_id: int) -> None:
        try:
            dispatch.run(dispatch_id)
        except Exception:
            log.exception("sweeper could not run %s", dispatch_id)
        finally:
            self.running.discard(dispatch_id)
            connections.close_all()

    def _listen(self) -> psycopg.Connection:
        params = connection.get_connection_params()
        allowed = {key: params[key] for key in ("dbname", "user", "password", "host", "port") if params.get(key)}
        listener = psycopg.connect(**allowed, autocommit=True, connect_timeout=5)
        listener.execute(f"LISTEN {dispatch.CHANNEL}")
        return listener

    def _sleep(self, listener: psycopg.Connection, seconds: float) -> None:
        """Until the first NOTIFY or so many seconds; looks up once a second whether it should stop."""
        until = time.monotonic() + seconds
        while not self.stop.is_set() and (left := until - time.monotonic()) > 0:
            for _ in listener.notifies(timeout=min(left, 1.0), stop_after=1):
                return
