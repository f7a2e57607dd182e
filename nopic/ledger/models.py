"""Accounts of verified kilograms, transaction certificates of what was bought, and their append-only entries.

The database refuses what exceeds the allocation of the one, and the kilograms on the other.
"""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from nopic.products.models import ProductItem
from nopic.tenants.models import Exporter, TenantModel


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
    REDUCE = "reduce", _("Given back: certificate revised to fewer kilograms")
    REST = "rest", _("Given back: not shipped under the certificate")
    SWAP = "swap", _("Certified in the place of the certificate that it replaces")


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


class InputCertificate(TenantModel):
    """A transaction certificate of a purchase: so many kilograms of input, drawn down by the requests that use them.

    Unique in a tenant by its number and who issued it, both written plainly (letters and figures only), so that the same
    paper typed differently is the same paper. Balances equal the sum of the entries.
    """

    exporter = models.ForeignKey(Exporter, models.PROTECT, related_name="input_certificates", db_constraint=False)
    supplier_id = models.BigIntegerField()  # suppliers live on a floor above, whose migration ties it
    number = models.CharField(max_length=60)  # as typed
    number_key = models.CharField(max_length=60)
    issuer = models.CharField(max_length=120)
    issuer_key = models.CharField(max_length=120)
    product = models.CharField(max_length=200)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    kg = models.DecimalField(max_digits=14, decimal_places=3, default=Decimal(0))
    held = models.DecimalField(max_digits=14, decimal_places=3, default=Decimal(0))
    used = models.DecimalField(max_digits=14, decimal_places=3, default=Decimal(0))
    created_at = models.DateTimeField(db_default=Now())
    created_by = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["certifier", "issuer_key", "number_key"], name="input_certificate_once"),
            models.CheckConstraint(condition=Q(held__gte=0, used__gte=0), name="input_not_negative"),
            models.CheckConstraint(condition=Q(kg__gte=F("held") + F("used")), name="input_within_kg"),
            models.CheckConstraint(condition=~Q(number_key="") & ~Q(issuer_key=""), name="input_certificate_named"),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")), name="input_period_forward"
            ),
        ]
        indexes = [models.Index(fields=["certifier", "exporter", "number_key"], name="input_of_exporter")]

    def __str__(self) -> str:
        return self.number

    @property
    def left(self) -> Decimal:
        """Kilograms of input that may still be used."""
        return self.kg - self.held - self.used


class InputKind(models.TextChoices):
    """Why an entry of a transaction certificate was made."""

    REGISTER = "register", _("Kilograms on the certificate")
    CORRECT = "correct", _("Kilograms corrected")
    HOLD = "hold", _("Held by a sent request")
    RELEASE = "release", _("Released: refused, withdrawn, returned or not issued")
    USE = "use", _("Used by an issued certificate")
    GIVE_BACK = "give_back", _("Given back: certificate cancelled before shipment, or replaced")
    REDUCE = "reduce", _("Given back: certificate revised to less")
    REST = "rest", _("Given back: never shipped")


class InputEntry(TenantModel):
    """One movement of a transaction certificate's kilograms. Append-only."""

    certificate = models.ForeignKey(InputCertificate, models.PROTECT, related_name="entries", db_constraint=False)
    kind = models.CharField(max_length=10, choices=InputKind)
    kg_delta = models.DecimalField(max_digits=14, decimal_places=3, default=Decimal(0))
    held_delta = models.DecimalField(max_digits=14, decimal_places=3, default=Decimal(0))
    used_delta = models.DecimalField(max_digits=14, decimal_places=3, default=Decimal(0))
    line_id = models.BigIntegerField(null=True)  # the request line that moved it, tied by the floor above
    turn = models.PositiveSmallIntegerField(default=0)
    at = models.DateTimeField(db_default=Now())
    by = models.CharField(max_length=200)
    reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["certifier", "certificate", "line_id", "kind", "turn"],
                condition=Q(line_id__isnull=False),
                name="input_entry_once",
            )
        ]
        indexes = [models.Index(fields=["certifier", "line_id"], name="input_entry_of_line")]

    def __str__(self) -> str:
        return f"{self.kind} {self.certificate_id}"
