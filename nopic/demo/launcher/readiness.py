"""How the launcher knows that a process answers: by asking it, never by waiting for a while."""

import http.client
from collections.abc import Mapping

import psycopg
from celery import Celery


def answers_http(port: int, path: str) -> bool:
    """Tell whether a server on localhost says 200 to a GET."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path, headers={"Host": f"localhost:{port}"})
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def sweeper_beats(database_url: str, *, within: float) -> bool:
    """Tell whether a sweeper wrote its heartbeat in the last `within` seconds, by the database's clock."""
    try:
        with psycopg.connect(database_url, connect_timeout=5) as connection:
            beats = connection.execute(
                "SELECT 1 FROM workflow_heartbeat"
                " WHERE process = 'sweeper' AND at > clock_timestamp() - make_interval(secs => %s)",
                [within],
            )
            return beats.fetchone() is not None
    except psycopg.Error:
        return False


class WorkerPing:
    """Asks the workers of one broker to answer, as `celery inspect ping` does."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._app = Celery("launcher", broker=environ["REDIS_URL"], set_as_current=False)
        self._app.conf.broker_transport_options = {
            "global_keyprefix": environ["REDIS_PREFIX"],
            "socket_timeout": 5,
            "socket_connect_timeout": 1,
        }

    def answered(self) -> bool:
        """Tell whether at least one worker answered within half a second."""
        try:
            return bool(self._app.control.ping(timeout=0.5))
        except (OSError, self._app.connection().recoverable_connection_errors):
            return False
