"""How amounts of money and the states of fees are written."""

from decimal import Decimal

from django import template
from django.utils.translation import gettext as _

register = template.Library()


@register.filter
def money(amount: Decimal, currency: str) -> str:
    """`USD 1,045.00`: the code stands first, as three countries share the dollar sign."""
    return f"{currency} {amount:,.2f}"


@register.filter
def fee_state(state: str) -> str:
    """The word for the state of a charge."""
    return {"due": _("Due"), "waived": _("Waived"), "dropped": _("Not charged")}.get(state, _("Not due yet"))
