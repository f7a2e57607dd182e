"""Who is in the office: absences with the colleague who covers, and duty hours by weekday."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from nopic.tenants.models.accounts import User
from nopic.tenants.models.parties import TenantModel


class Absence(TenantModel):
    """Somebody is away from one day to another, both counted by the office's calendar; `cover` gets their cases."""

    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    first_on = models.DateField(_("Away from"))
    last_on = models.DateField(_("Away until"))
    cover = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    created_by = models.CharField(max_length=200)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["first_on", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(last_on__gte=F("first_on")), name="absence_ends_after_it_begins"),
            models.CheckConstraint(condition=~Q(cover=F("user")), name="absence_covered_by_another"),
        ]

    def __str__(self) -> str:
        return f"{self.user} away {self.first_on} to {self.last_on}"


class DutyHours(TenantModel):
    """When somebody is on duty on one weekday, on the office's clock; who has none works office hours."""

    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    weekday = models.PositiveSmallIntegerField()  # 0 = Monday
    begins = models.TimeField()
    ends = models.TimeField()

    class Meta:
        ordering = ["weekday", "begins"]
        constraints = [
            models.CheckConstraint(condition=Q(weekday__lte=6), name="duty_on_a_weekday"),
            models.CheckConstraint(condition=Q(ends__gt=F("begins")), name="duty_ends_after_it_begins"),
            models.UniqueConstraint(fields=["certifier", "user", "weekday", "begins"], name="duty_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user}, {self.weekday}: {self.begins:%H:%M} to {self.ends:%H:%M}"
