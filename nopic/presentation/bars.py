"""The draw-down bar: how wide each part is and the sentence that says the same to those who cannot see it.

Order is always the same: certified (solid), held by others (hatched), this one (violet), over (red hatched), left
(empty). Widths are per cent of the scale with two decimals, printed as SVG attributes.
"""

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext

from nopic.presentation.words import kg

_NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Segment:
    """One part of the bar. `kind` is used, held, this, over or left; offsets and widths in per cent; weight in kg."""

    kind: str
    weight: Decimal
    word: str
    start: str
    width: str
    end: str

    @property
    def figure(self) -> str:
        """The weight as it is printed in the key."""
        return kg(self.weight)


@dataclass(frozen=True, slots=True)
class Bar:
    """Segments in their order and the sentence for the picture."""

    segments: tuple[Segment, ...]
    sentence: str


def bar(
    *,
    used: Decimal = _NOTHING,
    held: Decimal = _NOTHING,
    this: Decimal = _NOTHING,
    of: Decimal | None = None,
    used_word: str = "",
    held_word: str = "",
    this_word: str = "",
    left_word: str = "",
) -> Bar:
    """Draw weights in kg against `of`, the verified quantity; None means there is no cap, so nothing is left or over.

    When the parts exceed `of`, the excess is cut off this request first (then off what is held) and shown as `over`,
    and the scale grows to hold it.
    """
    parts = {"used": max(used, _NOTHING), "held": max(held, _NOTHING), "this": max(this, _NOTHING)}
    total = sum(parts.values(), _NOTHING)
    over = max(total - of, _NOTHING) if of is not None else _NOTHING
    rest = over
    for kind in ("this", "held", "used"):
        cut = min(parts[kind], rest)
        parts[kind] -= cut
        rest -= cut
    parts["over"] = over
    parts["left"] = max(of - total, _NOTHING) if of is not None else _NOTHING
    names = {
        "used": used_word or gettext("certified"),
        "held": held_word or gettext("other open requests"),
        "this": this_word or gettext("this request"),
        "over": gettext("over"),
        "left": left_word or gettext("left"),
    }
    scale = sum(parts.values(), _NOTHING)
    segments, at = [], _NOTHING
    for kind, weight in parts.items():
        if weight:
            segments.append(
                Segment(kind, weight, names[kind], _per(at, scale), _per(weight, scale), _per(at + weight, scale))
            )
            at += weight
    said = [gettext("%(kg)s kg %(what)s") % {"kg": s.figure, "what": s.word} for s in segments]
    sentence = ", ".join(said) or gettext("nothing certified yet")
    if of is not None and said:
        sentence = gettext("%(parts)s of %(total)s kg") % {"parts": sentence, "total": kg(of)}
    return Bar(tuple(segments), sentence)


def _per(weight: Decimal, scale: Decimal) -> str:
    return f"{weight * 100 / scale:.2f}" if scale else "0"
