"""Routing for reading."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from nopic.presentation.words import full_day


def routing_in_words(name: str, value: Any) -> str:
    """A value of the routing: a day in words, containers with their seals, or the text itself."""
    if name == "containers":
        return ", ".join(" ".join(filter(None, (one["number"], one.get("seal", "")))) for one in value) or _("none")
    if name == "arrival_on" and value:
        return full_day(date.fromisoformat(value))
    return str(value or _("none"))
