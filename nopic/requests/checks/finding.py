"""A finding: one rule, what it says to each reader, what it saw, and who let it pass."""

import dataclasses
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

Severity = Literal["stop", "question", "note"]
Moment = Literal["draft", "submit", "approval", "issue"]


@dataclass(frozen=True)
class Finding:
    """A statement that should hold and does not. `rule` is the statement's name.

    `box` is the box of the certificate, `field` the anchor of the answer ("products#lines-0-net"). `sentence` is for
    the exporter, `staff_sentence` for reviewers; `inputs` are JSON facts for the record. A stop stands against the
    action, a question wants a person's eye, a note merely informs.
    """

    rule: str
    box: int | None
    severity: Severity
    sentence: str
    staff_sentence: str
    inputs: dict[str, Any] = dataclasses.field(default_factory=dict)
    citation: str = ""
    field: str = ""
    line_id: int | None = None
    can_be_waived: bool = False
    waived_by: str = ""
    waived_why: str = ""
    # A question with a button or page of its own, named after what answers it in requests.actions: "has_it_left" is
    # declare_departure, "merge" is merge.
    asks: str = ""

    def __str__(self) -> str:
        return self.sentence

    @property
    def step(self) -> str:
        """The step of the form where it can be mended."""
        return self.field.partition("#")[0]

    @property
    def is_stop(self) -> bool:
        """Whether it stands against the action."""
        return self.severity == "stop"

    @property
    def seen(self) -> dict[str, Any]:
        """The inputs as they are kept: in JSON, so that they compare with what was kept before."""
        plain: dict[str, Any] = json.loads(json.dumps(self.inputs, default=str))
        return plain

    def waived(self, by: str, why: str) -> "Finding":
        """The same finding, let pass by a reviewer: a note that says who and why."""
        return replace(self, severity="note", waived_by=by, waived_why=why)


@dataclass(frozen=True)
class LetPass:
    """A rule that a reviewer let pass, with the reason: only for the facts it spoke of then (`seen`, one for each finding).

    None for a decision from before that was kept: whatever the rule saw.
    """

    by: str
    why: str
    seen: Sequence[dict[str, Any]] | None

    def covers(self, finding: Finding) -> bool:
        """Whether this finding rests on the facts that were let pass."""
        return self.seen is None or finding.seen in self.seen
