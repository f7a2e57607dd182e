"""The mock registry as a WSGI application, and the one fault that Django cannot play: a connection that dies."""

import errno
import os
import socket
import struct
from collections.abc import Callable, Iterable
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "nopic.oid.mock.settings")

from django.core.wsgi import get_wsgi_application

_django = get_wsgi_application()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answer, or close the TCP connection with a reset when the request was marked so."""
    response = _django(environ, start_response)
    if environ.get("oid.reset"):
        # With a linger of zero, closing sends RST. Gunicorn closes silently on a broken pipe.
        environ["gunicorn.socket"].setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        response.close()
        raise BrokenPipeError(errno.EPIPE, "reset on demand")
    return response
