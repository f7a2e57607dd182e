"""Which ports of this machine are free."""

import contextlib
import errno
import socket


def obstacle(port: int) -> str | None:
    """Say why a server cannot listen on `port` of localhost, or None when it can.

    Both 127.0.0.1 and ::1 are tried, because a browser may ask either for localhost.
    """
    for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        with contextlib.ExitStack() as close:
            try:
                probe = close.enter_context(socket.socket(family, socket.SOCK_STREAM))
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind((address, port))
            except PermissionError:
                return f"Port {port} may be used by root only: choose one above 1023"
            except OSError as problem:
                if problem.errno == errno.EADDRINUSE:
                    return f"Port {port} is busy: stop what listens there, or choose another one"
                if family == socket.AF_INET:
                    return f"Port {port} cannot be used ({problem.strerror}): choose another one"
                # else a machine without IPv6
    return None


def free_port() -> int:
    """Give a port of 127.0.0.1 on which nobody listens at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
