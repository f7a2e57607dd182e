"""The Product Verification list: items, and the versions that say what an item is and since when."""

from datetime import date
from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from nopic.products.statuses import LabelCategory, ProductStatus
from nopic.tenants.models import Exporter, TenantModel


class ProductItem(TenantModel):
    """One line of an exporter's list, such as PV-03. What it is stands in its versions."""

    exporter = models.ForeignKey(Exporter, models.PROTECT, related_name="products", db_constraint=False)
    code = models.CharField(_("List number"), max_length=20)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["certifier", "exporter", "code"], name="item_code_once")]

    def __str__(self) -> str:
        return self.code

    def version_on(self, day: date) -> "ProductVersion | None":
        """The version that holds on a day: the newest one whose period contains it."""
        covering = Q(valid_from__lte=day) & (Q(valid_to=None) | Q(valid_to__gte=day))
        return self.versions.filter(covering).order_by("-number").first()


class ProductVersion(TenantModel):
    """The exact wording and facts of an item for a period. Never changed: a change is a new version."""

    item = models.ForeignKey(ProductItem, models.PROTECT, related_name="versions", db_constraint=False)
    number = models.PositiveIntegerField()
    wording = models.CharField(_("Wording on the certificate"), max_length=200)
    brand = models.CharField(_("Brand or label"), max_length=120, blank=True)
    form = models.CharField(_("Form"), max_length=60, blank=True)  # fresh, frozen, dried, green, roasted, …
    label_category = models.CharField(_("Label category"), max_length=30, choices=LabelCategory)
    hts = models.CharField(_("US tariff code"), max_length=12)  # 0901.11.0015
    origin_country = models.CharField(_("Country of origin"), max_length=60)
    origin_region = models.CharField(_("Region"), max_length=120, blank=True)
    last_processing_country = models.CharField(_("Country of last processing"), max_length=60)
    package_kind = models.CharField(_("Package"), max_length=40, blank=True)
    package_kg = models.DecimalField(_("Net kg in a package"), max_digits=14, decimal_places=3, null=True, blank=True)
    # Kilograms of this product made of one kilogram of what was bought, such as 0.84 for roasted of green coffee.
    input_factor = models.DecimalField(
        _("Yield: kg of this product from 1 kg bought"), max_digits=6, decimal_places=4, default=Decimal(1)
    )
    valid_from = models.DateField(_("Valid from"))
    valid_to = models.DateField(_("Valid to"), null=True, blank=True)
    status = models.CharField(max_length=20, choices=ProductStatus, default=ProductStatus.APPROVED)
    created_at = models.DateTimeField(db_default=Now())
    created_by = models.CharField(max_length=200)
    note = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["certifier", "item", "number"], name="product_version_once"),
            models.CheckConstraint(condition=Q(hts__regex=r"^\d{4}\.\d{2}\.\d{4}$"), name="product_hts_format"),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")), name="product_period_forward"
            ),
            models.CheckConstraint(
                condition=Q(input_factor__gt=0, input_factor__lte=10), name="product_input_factor_sane"
            ),
        ]

    def __str__(self) -> str:
        return self.wording


class Demand(TenantModel):
    """A document that the certifier demands of one operation, or of one of its products, besides the usual ones.

    What it says is never changed: a demand is ended, and another one is set. Requests keep the demands they were sent
    with.
    """

    exporter = models.ForeignKey(Exporter, models.PROTECT, related_name="demands", db_constraint=False)
    item = models.ForeignKey(ProductItem, models.PROTECT, null=True, related_name="demands", db_constraint=False)
    name = models.CharField(_("Document"), max_length=120)
    why = models.CharField(_("Why it is asked"), max_length=300)
    may_follow = models.BooleanField(_("May come after sending"), default=False)
    from_on = models.DateField(_("Asked from"))
    to_on = models.DateField(_("Asked until"), null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now())
    created_by = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(to_on=None) | Q(to_on__gte=F("from_on")), name="demand_period_forward"),
            models.CheckConstraint(condition=~Q(name="") & ~Q(why=""), name="demand_says_why"),
        ]

    def __str__(self) -> str:
        return self.name
