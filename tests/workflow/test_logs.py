"""Log lines carry types and places of failures, and nothing that a failure quotes."""

import json
import logging
import sys

from nopic.workflow.logs import json_formatter


def test_a_failure_is_logged_without_what_it_quotes() -> None:
    try:
        try:
            raise KeyError("rosa@valleverde.example")
        except KeyError as error:
            raise ValueError("Rosa lives in Jaén") from error
    except ValueError:
        record = logging.LogRecord("nopic", logging.ERROR, "x.py", 1, "work failed: %s", (42,), sys.exc_info())
    line = json_formatter().format(record)
    said = json.loads(line)
    assert said["event"] == "work failed: 42"
    assert [one["type"] for one in said["failed"]] == ["builtins.ValueError", "builtins.KeyError"]
    assert "test_logs.py" in said["failed"][0]["at"][0]
    assert "rosa" not in line.lower()
