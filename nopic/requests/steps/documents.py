"""Step 5, documents (box 18). It has no values: files and answers are kept in the dossier, row by row, at once."""

from collections.abc import Mapping
from typing import Any

from nopic.requests.steps.reading import Choices, Reading


def read(raw: Mapping[str, Any], choices: Choices) -> Reading:
    """One problem for each row of the document list that still misses what is needed before sending."""
    reading = Reading()
    for slot, sentence in choices.missing_documents:
        reading.problem(slot, sentence, 18)
    return reading
