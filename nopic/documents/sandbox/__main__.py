"""Starts the child: read the job, load the parsers, close the cage, do the job, write JSON lines.

The parsers are imported before the cage closes because it allows no file to be opened afterwards. The first line
says how tight the cage is; the lines after it belong to the job. A refusal and a crash are both answers; a child
that dies without one has crashed.
"""

import json
import sys
from typing import Any

from nopic.documents.sandbox import cage, jobs
from nopic.documents.sandbox.verdict import Unacceptable


def _say(answer: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(answer, ensure_ascii=True, separators=(",", ":")) + "\n")
    sys.stdout.flush()


def main(job: dict[str, Any]) -> None:
    """Do one job. `job` has `do`, `kind`, `limits` and, for pages, `first`; the file is standard input."""
    work = jobs.JOBS[job["do"]]
    jobs.load(job["kind"], job["do"])
    _say(cage.close(job["cage"]))
    stream = sys.stdin.buffer.raw  # type: ignore[union-attr]  # a regular file, never a terminal: seekable
    try:
        for answer in work(stream, job):
            _say(answer)
    except Unacceptable as refusal:
        _say({"refused": refusal.code})
    except MemoryError:
        _say({"crashed": "MemoryError"})
    except Exception as error:  # noqa: BLE001  the parent needs the name of whatever a parser raised; nothing is hidden
        _say({"crashed": f"{type(error).__name__}: {error}"[:300]})


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
