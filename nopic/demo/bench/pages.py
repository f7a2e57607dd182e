"""Pages as a server asks for them: the whole WSGI application, for a person who is signed in; called inside a `Side`."""

import io
import re
import sys
import warnings
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.test import Client

from nopic.tenants.models import User

_cookies: dict[int, str] = {}
_application: list[WSGIHandler] = []


def sign_in(person: int) -> None:
    """A session of this person, kept for the pages that follow."""
    browser = Client()
    browser.force_login(User.objects.get(pk=person), backend=settings.AUTHENTICATION_BACKENDS[0])
    _cookies[person] = f"{settings.SESSION_COOKIE_NAME}={browser.cookies[settings.SESSION_COOKIE_NAME].value}"
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "No directory at")  # static files are not collected, and not asked for
        _application[:] = [get_wsgi_application()]


def get(person: int, address: str) -> tuple[int, int]:
    """Status and length of a page."""
    status, body = _respond(person, address)
    return status, len(body)


def shown(person: int, address: str) -> list[str]:
    """What the rows of a list link to, in order."""
    _status, body = _respond(person, address)
    return re.findall(r"<tr[^>]*>.*?href=\"([^\"?]+)", body.decode(), re.DOTALL)


def next_link(person: int, address: str) -> str:
    """Where a list goes on: the address with the key of its last row."""
    _status, body = _respond(person, address)
    found = re.search(r'href="([^"]*\?[^"]*(?:after|before)=\d+)"', body.decode())
    if found is None:
        raise RuntimeError(f"{address} has no further page")
    link = found[1].replace("&amp;", "&")
    return link if link.startswith("/") else f"{address}{link}"


def statements(person: int, address: str) -> list[str]:
    """The SQL of one page."""
    asked: list[str] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        asked.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        status, _body = _respond(person, address)
    if status != 200:
        raise RuntimeError(f"{address} answers {status}")
    return asked


def _respond(person: int, address: str) -> tuple[int, bytes]:
    path, _mark, query = address.partition("?")
    environ = {
        "REQUEST_METHOD": "GET", "PATH_INFO": path, "QUERY_STRING": query, "SCRIPT_NAME": "", "SERVER_PROTOCOL": "HTTP/1.1",
        "SERVER_NAME": settings.ALLOWED_HOSTS[0].replace("*", "localhost"), "SERVER_PORT": "8000",
        "REMOTE_ADDR": "127.0.0.1", "HTTP_COOKIE": _cookies[person], "wsgi.input": io.BytesIO(), "wsgi.errors": sys.stderr,
        "wsgi.url_scheme": "http", "wsgi.version": (1, 0), "wsgi.multithread": False, "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }  # fmt: skip
    statuses: list[str] = []

    def start(status: str, _headers: Any, _error: Any = None, /) -> Callable[[bytes], object]:
        statuses.append(status)
        return bytes  # nobody writes past the answer

    answer = _application[0](environ, start)
    body = b"".join(answer)
    answer.close()
    return int(statuses[0][:3]), body
