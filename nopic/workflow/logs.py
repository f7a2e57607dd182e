"""What a log line looks like: one JSON object with ids, never with names, addresses or documents."""

from typing import Any

import structlog


def json_formatter() -> structlog.stdlib.ProcessorFormatter:
    """The formatter named in settings.LOGGING."""
    stamp: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    return structlog.stdlib.ProcessorFormatter(processor=structlog.processors.JSONRenderer(), foreign_pre_chain=stamp)
