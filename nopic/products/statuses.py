"""Statuses of a product on the verified list, and the label categories of 7 CFR 205.301."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ProductStatus(models.TextChoices):
    """Whether a version of a product may be certified."""

    APPROVED = "approved", _("Approved")
    SUSPENDED = "suspended", _("Suspended")
    REMOVED = "removed", _("Removed")


class LabelCategory(models.TextChoices):
    """What the label may say about the product."""

    HUNDRED = "100_percent_organic", _("100 percent organic")
    ORGANIC = "organic", _("Organic")
    MADE_WITH = "made_with_organic", _("Made with organic ingredients")
