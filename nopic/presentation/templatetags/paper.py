"""Template tags that draw: box numbers, status, bar, ruler, ageing chart, timeline, copyable values, error summary.

`{% load paper %}`. They decide nothing; what they print is prepared by `words`, `statuses`, `bars` and `rulers`.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from nopic.presentation import bars, forms, rulers, statuses, words

register = template.Library()


@register.filter
def kg(weight: Decimal | int | None) -> str:
    """`19,200`; nothing for nothing."""
    return "" if weight is None or weight == "" else words.kg(weight)


@register.filter
def plain_kg(weight: Decimal | int | None) -> str:
    """`19200`, for what is copied."""
    return "" if weight is None or weight == "" else words.plain_kg(weight)


@register.filter
def tonnes(weight: Decimal | int | None) -> str:
    """`19.2 t`, the echo beside kilograms."""
    return "" if weight is None or weight == "" else words.tonnes(weight)


@register.filter
def day(when: date | None) -> str:
    """`Fri 27 Nov`, with the year when it is not the current one."""
    return words.day(when) if when else ""


@register.filter
def full_day(when: date | None) -> str:
    """`Fri 27 Nov 2026`."""
    return words.full_day(when) if when else ""


@register.filter
def moment(when: datetime | None, zone: str = "UTC") -> str:
    """`{{ when|moment:office_zone }}`: `Fri 27 Nov, 17:00 Lima`, at the clock of the zone named."""
    return words.moment(when, zone, words.city_of(zone)) if when else ""


@register.filter
def filesize(size: int | None) -> str:
    """`3.4 MB`."""
    return "" if size is None else words.filesize(size)


@register.filter
def said(bound: Any) -> str:
    """What is wrong with a field of a form, in the portal's sentences."""
    return " ".join(forms.said(bound))


@register.simple_tag
def box(number: int | str) -> SafeString:
    """The number of a box on the certificate, in its small frame."""
    return format_html('<span class="bx">{}</span>', number)


@register.simple_tag
def status(state: str, kind: str, reader: str = "exporter") -> SafeString:
    """`{% status line.status "line" %}`: shape, word and tint of a stored or computed state."""
    return statuses.tag(kind, state, reader)


@register.inclusion_tag("parts/bar.html")
def bar(
    picture: bars.Bar | None = None, *, thin: bool = False, key: bool = True, label: str = "", **weights: Any
) -> dict:
    """`{% bar used=a held=b this=c of=d thin=True %}`, or `{% bar picture %}` with a bar made by the view."""
    drawn = picture or bars.bar(**weights)
    return {"picture": drawn, "sentence": label or drawn.sentence, "thin": thin, "key": key}


@register.inclusion_tag("parts/ruler.html")
def ruler(days: Sequence[Mapping[str, Any]], label: str = "") -> dict:
    """The working-day ruler, from the day dicts of `rulers.ruler`."""
    cells, spoken = rulers.ruler(days)
    return {"cells": cells, "label": label or spoken}


@register.inclusion_tag("parts/ageing.html")
def ageing(columns: Iterable[Mapping[str, Any]], label: str = "") -> dict:
    """The queue's ageing chart, from the dicts of `rulers.ageing`."""
    return {
        "columns": rulers.ageing(columns),
        "label": label or gettext("Open requests by working days until departure"),
    }


@register.inclusion_tag("parts/timeline.html")
def timeline(events: Iterable[Mapping[str, str]]) -> dict:
    """Events newest first, each with text, when, state ("here", "done" or "")."""
    return {"events": events}


@register.inclusion_tag("parts/copy.html")
def copy(value: object, label: str, large: bool = False) -> dict:
    """A value with a button that copies it; without JavaScript a click selects it whole."""
    return {"value": value, "label": label, "large": large}


@register.inclusion_tag("parts/errors.html")
def error_summary(*sources: Any) -> dict:
    """The focused summary of what is wrong in these forms and formsets."""
    return {"problems": forms.problems(sources)}


@register.inclusion_tag("parts/tick.html")
def tick(state: str) -> dict:
    """The round mark of a document row: received, inspecting, clean, unscanned, refused, missing, later, not_needed."""
    return {"mark": statuses.DOCUMENT_MARKS.get(state, "")}


@register.inclusion_tag("parts/state.html")
def certificate_state(state: str, reader: str = "importer", small: bool = False, **facts: Any) -> dict:
    """The banner of a certificate: `{% certificate_state state date=departed %}`."""
    shown = statuses.present("certificate", state, reader)
    return {
        "shape": shown.shape or "off",
        "headline": statuses.headline(state, **facts),
        "sentence": shown.sentence(reader, **facts),
        "small": small,
    }
