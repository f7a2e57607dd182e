"""How one state looks: its word, its shape, and the sentence for each reader."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise

Text = str | Promise
Sentences = tuple[Text, ...]

_PLACEHOLDER = re.compile(r"%\((\w+)\)s")


@dataclass(frozen=True, slots=True)
class Shown:
    """How one state looks. `shape`: "wait", "act", "ok", "bad", "off"; "done" is plain text, so open things stand out."""

    word: Text
    shape: str
    readers: Mapping[str, Sentences] = field(default_factory=dict)

    def sentence(self, reader: str, **facts: Any) -> str:
        """The fullest sentence for this reader whose facts are all given, or "" when there is nothing to say."""
        for template in self.readers.get(reader, ()):
            text = str(template)
            if all(facts.get(name) not in (None, "") for name in _PLACEHOLDER.findall(text)):
                return text % facts
        return ""


# fmt: off
