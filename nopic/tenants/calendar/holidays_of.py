"""Public holidays of a country or region, from the ``holidays`` library: the one place that asks it."""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache

from django.utils.translation import gettext as _

from nopic.tenants.countries import countries
from nopic.tenants.policy import Rules


def fault(rules: Rules) -> str:
    """The sentence about a country or region without a holiday calendar, or nothing. Asked when a policy is stored."""
    if not rules.country:
        return ""
    import holidays  # here and below: 170 ms that only processes which count working days should pay

    named = countries().get(rules.country, rules.country)
    regions = holidays.list_supported_countries().get(rules.country)
    if regions is None:
        return _("There is no holiday calendar for the country %(country)s.") % {"country": named}
    if rules.subdivision and rules.subdivision not in regions:
        return _("There is no holiday calendar for %(region)s in %(country)s. Known are: %(them)s.") % {
            "region": rules.subdivision,
            "country": named,
            "them": ", ".join(regions) or _("none"),
        }
    return ""


@lru_cache(maxsize=256)
def public_holidays(country: str, subdivision: str, year: int) -> Mapping[date, str]:
    """Public holidays, observed days included, with their English names; none without a country.

    Source: the ``holidays`` library. Raises ValueError for a country or region that it does not know.
    """
    if not country:
        return {}
    import holidays

    try:
        kinds = holidays.country_holidays(country)
        language = next((tag for tag in ("en_US", "en_GB", "en") if tag in kinds.supported_languages), None)
        found = holidays.country_holidays(country, subdiv=subdivision or None, years=year, language=language)
    except NotImplementedError as error:
        raise ValueError(
            _("There is no holiday calendar for the country %(country)s.") % {"country": country}
        ) from error
    return dict(found.items())
