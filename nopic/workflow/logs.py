"""What a log line looks like: one JSON object with ids, never with names, addresses or documents."""

import traceback
from collections.abc import MutableMapping
from typing import Any

import structlog


def where_it_failed(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """An exception as its types and places: what it says may quote an e-mail address or a row of the database."""
    error = (event.pop("exc_info", None) or (None, None, None))[1]
    failures: list[dict[str, Any]] = []
    while error is not None and len(failures) < 5:
        places = [
            f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)
        ]
        failures.append({"type": f"{type(error).__module__}.{type(error).__qualname__}", "at": places})
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if failures:
        event["failed"] = failures
    return event


def json_formatter() -> structlog.stdlib.ProcessorFormatter:
    """The formatter named in settings.LOGGING."""
    stamp: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        where_it_failed,
    ]
    return structlog.stdlib.ProcessorFormatter(processor=structlog.processors.JSONRenderer(), foreign_pre_chain=stamp)
