"""One exchange with the registry over HTTP: pooled, bounded in time and size, without redirects.

A reply of any status is returned; everything else becomes `Unavailable`. The total deadline holds whatever the other
side does: every single read, write and handshake is given only the time that is left, so a reply that drips one byte
a second ends on time as well. (Resolving the host's name is the system's affair and has its own limit.)
"""

import hashlib
import os
import ssl
import time
from collections.abc import Iterable
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from typing import Any

import httpcore2
import httpx2

from .outcomes import Evidence, Unavailable

LONGEST_REPLY = 64 * 1024

_deadline: ContextVar[float] = ContextVar("deadline")
_clients: dict[tuple[int, str], httpx2.Client] = {}


@dataclass(frozen=True)
class Limits:
    """Seconds: to connect, of silence while reading, and for the whole exchange."""

    connect: float = 3.0
    read: float = 20.0
    total: float = 20.0


@dataclass(frozen=True)
class Reply:
    """A complete reply, at most 64 KiB."""

    status: int
    retry_after: str
    date: str  # when it was written, by the other side's clock
    body: bytes
    evidence: Evidence


def exchange(
    method: str,
    base_url: str,
    path: str,
    *,
    key: str,
    body: bytes | None,
    limits: Limits,
    sent_at: float | None = None,
) -> Reply:
    """Send one request and return the complete reply; raises Unavailable, `left` unless it certainly never left.

    `sent_at`: the moment from which the registry's longest in-flight time counts; None: now.
    """
    began = time.monotonic()
    sent = f"{time.time() if sent_at is None else sent_at:.3f}"
    headers = {"Accept": "application/json", "Accept-Encoding": "identity", "X-Sent-At": sent}
    if key:
        headers["Authorization"] = f"Bearer {key}"
    if body is not None:
        headers["Content-Type"] = "application/json"
    # The pool's wait counts as connecting: nothing has left while a connection is being waited for.
    timeout = httpx2.Timeout(limits.read, connect=limits.connect, pool=limits.connect)
    token = _deadline.set(began + limits.total)
    status: int | None = None
    try:
        with _client(base_url).stream(method, path, headers=headers, content=body, timeout=timeout) as response:
            status = response.status_code
            if response.headers.get("Content-Encoding", "identity") != "identity":
                raise Unavailable("malformed", left=True, evidence=Evidence(status, None, _since(began)))
            received = bytearray()
            for chunk in response.iter_raw(8192):
                received += chunk
                if len(received) > LONGEST_REPLY:
                    raise Unavailable("oversize", left=True, evidence=Evidence(status, None, _since(began)))
        raw = bytes(received)
        evidence = Evidence(status, hashlib.sha256(raw).hexdigest(), _since(began))
        headed = response.headers
        return Reply(status, headed.get("Retry-After", ""), headed.get("Date", ""), raw, evidence)
    except (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout, httpx2.UnsupportedProtocol) as error:
        raise Unavailable(
            "connect", left=False, evidence=Evidence(None, None, _since(began)), detail=_brief(error)
        ) from error
    except httpx2.TimeoutException as error:
        raise Unavailable(
            "timeout", left=True, evidence=Evidence(status, None, _since(began)), detail=_brief(error)
        ) from error
    except httpx2.TransportError as error:
        raise Unavailable(
            "reset", left=True, evidence=Evidence(status, None, _since(began)), detail=_brief(error)
        ) from error
    finally:
        _deadline.reset(token)


def close_clients() -> None:
    """Close this process's connections; the next exchange opens new ones."""
    while _clients:
        _clients.popitem()[1].close()


def _client(base_url: str) -> httpx2.Client:
    """The one client of this process for that address; made on first use, so never shared across a fork."""
    place = (os.getpid(), base_url)
    client = _clients.get(place)
    if client is None:
        made = httpx2.Client(base_url=base_url, transport=_BoundedTransport(), follow_redirects=False, trust_env=False)
        # Of two threads that come first at once, one wins; no lock, because a lock held at a fork stays held.
        client = _clients.setdefault(place, made)
    return client


@cache
def _ssl_context() -> ssl.SSLContext:
    """The system's authorities, read once: it takes a noticeable part of the time that an exchange has."""
    return ssl.create_default_context()


class _BoundedTransport(httpx2.HTTPTransport):
    """httpx2's own transport over a pool whose sockets know the deadline of the exchange they serve."""

    def __init__(self) -> None:
        ssl_context = _ssl_context()
        super().__init__(verify=ssl_context, trust_env=False)
        self._pool = httpcore2.ConnectionPool(
            ssl_context=ssl_context,
            max_connections=50,
            max_keepalive_connections=10,
            # Shorter than a server keeps idle connections, so that a request seldom meets a closing one.
            keepalive_expiry=1.5,
            network_backend=_BoundedBackend(),
        )


class _BoundedBackend(httpcore2.NetworkBackend):
    def __init__(self) -> None:
        self._inner = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        left = _left(timeout, httpcore2.ConnectTimeout)
        return _BoundedStream(self._inner.connect_tcp(host, port, left, local_address, socket_options))


class _BoundedStream(httpcore2.NetworkStream):
    def __init__(self, inner: httpcore2.NetworkStream) -> None:
        self._inner = inner

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, _left(timeout, httpcore2.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, _left(timeout, httpcore2.WriteTimeout))

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        left = _left(timeout, httpcore2.ConnectTimeout)
        return _BoundedStream(self._inner.start_tls(ssl_context, server_hostname, left))

    def close(self) -> None:
        self._inner.close()

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


def _left(timeout: float | None, error: type[Exception]) -> float:
    """The seconds this step may take: its own limit, but never past the deadline of the whole exchange."""
    left = _deadline.get() - time.monotonic()
    if left <= 0:
        raise error("the total time is over")
    return left if timeout is None else min(left, timeout)


def _since(began: float) -> float:
    return round(time.monotonic() - began, 3)


def _brief(error: Exception) -> str:
    return f"{type(error).__name__} {error}"[:200]
