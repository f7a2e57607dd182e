"""Accounts of verified kilograms and their append-only entries. The database refuses what exceeds the allocation."""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from nopic.products.models import ProductItem
from nopic.tenants.models import TenantModel


class Account(TenantModel):
    """One product's kilograms in one crop year. `allocated` null = no cap. Balances equal the sum of the entries."""

    item = models.ForeignKey(ProductItem, models.PROTECT, related_name="accounts", db_constraint=False)
    crop_year = models.PositiveSmallIntegerField()
    allocated = models.DecimalField(max_digits=14, decimal_places=3, null=True)
    held = models.DecimalField(max_digits=14, decimal_places=3, default=Decimal(0))
    issued = models.DecimalField(max_digits=14, decimal_places=3, default=Decimal(0))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["certifier", "item", "crop_year"], name="account_once"),
            models.CheckConstraint(condition=Q(held__gte=0, issued__gte=0), name="account_not_negative"),
            models.CheckConstraint(
                condition=Q(allocated=None) | Q(allocated__gte=F("held") + F("issued")),
                name="account_within_allocation",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} {self.crop_year}"

    @property
    def left(self) -> Decimal | None:
        """Kilograms that may still be requested; None when there is no cap."""
        return None if self.allocated is None else self.allocated - self.held - self.issued


class Kind(models.TextChoices):
    """Why an entry was made."""

    ALLOCATE = "allocate", _("Verified quantity set or raised")
    NO_CAP = "no_cap", _("No verified quantity to watch any more")
    OPEN = "open", _("Opening balance: certified elsewhere this year")
    HOLD = "hold", _("Held by a sent request")
    RELEASE = "release", _("Released: refused, withdrawn or returned")
    ISSUE = "issue", _("Certified")
    GIVE_BACK = "give_back", _("Given back: certificate cancelled")


class Entry(TenantModel):
    """One movement of kilograms. Append-only."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="entries", db_constraint=False)
    kind = models.CharField(max_length=10, choices=Kind)
    allocated_delta = models.DecimalField(max_digits=14, decimal_places=3, default=Decimal(0))
    held_delta = models.DecimalField(max_digits=14, decimal_places=3, default=Decimal(0))
    issued_delta = models.DecimalField(max_digits=14, decimal_places=3, default=Decimal(0))
    line_id = models.BigIntegerField(
        null=True
    )  # the request line that moved it; lines live on a floor above, whose migration ties it
    turn = models.PositiveSmallIntegerField(default=0)  # how often this line was sent: a returned line holds anew
    at = models.DateTimeField(db_default=Now())
    by = models.CharField(max_length=200)
    reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            # The same movement of the same line counts once, however often it is asked for.
            models.UniqueConstraint(
                fields=["certifier", "account", "line_id", "kind", "turn"],
                condition=Q(line_id__isnull=False),
                name="entry_once",
            )
        ]
        indexes = [models.Index(fields=["certifier", "line_id"], name="entry_of_line")]

    def __str__(self) -> str:
        return f"{self.kind} {self.account_id}"
