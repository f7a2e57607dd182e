"""The certifier's accent colour: what follows from it, and whether it can be read (WCAG 2.2, 1.4.3: 4.5:1 at least).

A certifier names one colour for light and one for dark pages. The tint behind it and the ink on it are computed, so that
nobody can choose a pair that cannot be read. The surfaces are those of static/css/app.css.
"""

from typing import Final, NamedTuple

from django.utils.translation import gettext as _

LEAST: Final = 4.5
_SHARE_OF_ACCENT: Final = 0.1


class Scheme(NamedTuple):
    """The surfaces that an accent is read on, and the ink that may stand on the accent."""

    surfaces: tuple[str, ...]
    inks: tuple[str, str]


SCHEMES: Final = {
    "light": Scheme(("#ffffff", "#f2f4f3", "#e7ecea"), ("#ffffff", "#13212a")),
    "dark": Scheme(("#161f23", "#0e1517", "#0a1012"), ("#0a1012", "#ffffff")),
}


def contrast(one: str, other: str) -> float:
    """How many times lighter the lighter one of two colours (#rrggbb) is: 1 to 21. Source: WCAG 2.2."""
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def colours(accent: str, scheme: str) -> dict[str, str]:
    """The three colours of a theme: the accent, its tint, and the ink that stands on it."""
    surface, inks = SCHEMES[scheme].surfaces[0], SCHEMES[scheme].inks
    mixed = [
        round(a * _SHARE_OF_ACCENT + b * (1 - _SHARE_OF_ACCENT))
        for a, b in zip(_parts(accent), _parts(surface), strict=True)
    ]
    ink = max(inks, key=lambda each: contrast(each, accent))
    return {"brand": accent, "brand_tint": "#" + "".join(f"{part:02x}" for part in mixed), "on_brand": ink}


def theme(light: str, dark: str) -> dict[str, dict[str, str]]:
    """What theme.css prints for two accents; nothing without them."""
    return {"light": colours(light, "light"), "dark": colours(dark, "dark")} if light and dark else {}


def least_contrast(accent: str, scheme: str) -> float:
    """The worst pair in which readers meet the accent: on each surface, on its tint, and under its ink."""
    made = colours(accent, scheme)
    return min(contrast(accent, other) for other in (*SCHEMES[scheme].surfaces, made["brand_tint"], made["on_brand"]))


def faults_of_accents(light: str, dark: str) -> dict[str, str]:
    """Setting -> sentence: one colour without the other, or one that is too faint to be read."""
    if bool(light) != bool(dark):
        missing = "accent_dark" if light else "accent_light"
        return {missing: _("Name the accent colour for light and for dark pages, or neither.")}
    found = {}
    for name, accent, scheme in (("accent_light", light, "light"), ("accent_dark", dark, "dark")):
        if accent and (ratio := least_contrast(accent, scheme)) < LEAST:
            found[name] = _(
                "%(colour)s has a contrast of %(ratio)s:1 to the page; at least 4.5:1 is needed to read it. "
                "Choose a darker one for light pages, a lighter one for dark pages."
            ) % {"colour": accent, "ratio": f"{int(ratio * 10) / 10}"}
    return found


def _parts(colour: str) -> tuple[int, ...]:
    return tuple(int(colour[at : at + 2], 16) for at in (1, 3, 5))


def _luminance(colour: str) -> float:
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in
              (value / 255 for value in _parts(colour))]  # fmt: skip
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
