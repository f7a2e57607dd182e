"""Who belongs where, and the secrets that let somebody in."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from nopic.tenants.models.accounts import User
from nopic.tenants.models.parties import Broker, Certifier, Exporter, Importer
from nopic.tenants.statuses import Role


def _belongs_somewhere() -> Q:
    """Each role names exactly the organisation that it is a role in."""
    none = {"certifier": None, "exporter": None, "importer": None, "broker": None}

    def only(*roles: Role, **given: bool) -> Q:
        condition = Q(role__in=roles)
        for name in none:
            condition &= Q(**{f"{name}__isnull": name not in given})
        return condition

    return (
        only(Role.REVIEWER, Role.CERTIFIER_ADMIN, certifier=True)
        | only(Role.EXPORTER_MEMBER, Role.EXPORTER_SENDER, certifier=True, exporter=True)
        | only(Role.IMPORTER, importer=True)
        | only(Role.BROKER, broker=True)
    )


class Belonging(models.Model):
    """A role in an organisation: of a member, or promised by an invitation."""

    role = models.CharField(max_length=20, choices=Role)
    certifier = models.ForeignKey(Certifier, models.PROTECT, null=True, blank=True, related_name="+")
    exporter = models.ForeignKey(Exporter, models.PROTECT, null=True, blank=True, related_name="+", db_constraint=False)
    importer = models.ForeignKey(Importer, models.PROTECT, null=True, blank=True, related_name="+")
    broker = models.ForeignKey(Broker, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        abstract = True


class Membership(Belonging):
    """What one person may do in one organisation. Deactivated, never deleted."""

    user = models.ForeignKey(User, models.PROTECT, related_name="memberships")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=_belongs_somewhere(), name="membership_belongs"),
            models.UniqueConstraint(
                fields=["user", "certifier", "exporter", "importer", "broker", "role"],
                condition=Q(is_active=True),
                nulls_distinct=False,
                name="membership_once",
            ),
        ]
        indexes = [models.Index(fields=["user"], name="membership_user")]

    def __str__(self) -> str:
        return f"{self.get_role_display()} {self.user_id}"


class Invitation(Belonging):
    """A single-use promise of a role, bound to an e-mail address, valid 72 hours. Only the token's hash is kept."""

    email = models.EmailField()
    token_hash = models.CharField(max_length=64, null=True, unique=True)  # of the e-mail sent last
    invited_by = models.CharField(max_length=200)
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    undelivered_at = models.DateTimeField(null=True)  # the address was refused for good: shown on the people page

    class Meta:
        constraints = [models.CheckConstraint(condition=_belongs_somewhere(), name="invitation_belongs")]

    def __str__(self) -> str:
        return f"{self.get_role_display()} {self.email}"


class ApiKey(models.Model):
    """A key of an organisation (an exporter or an importer) for /api/v1/. Only its hash is kept."""

    certifier = models.ForeignKey(Certifier, models.PROTECT, null=True, related_name="+")
    exporter = models.ForeignKey(Exporter, models.PROTECT, null=True, related_name="+", db_constraint=False)
    importer = models.ForeignKey(Importer, models.PROTECT, null=True, related_name="+")
    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=12)
    created_by = models.CharField(max_length=200)
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(certifier__isnull=False, exporter__isnull=False, importer__isnull=True)
                | Q(certifier__isnull=True, exporter__isnull=True, importer__isnull=False),
                name="apikey_one_organisation",
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"


class Secret(models.Model):
    """Where a hashed secret leads: ids only. The runtime role cannot read this table, only ask resolve_secret()."""

    kind = models.CharField(max_length=20)  # invitation, link, apikey, verify
    digest = models.CharField(max_length=64)
    certifier_id = models.BigIntegerField(null=True)
    subject_id = models.BigIntegerField()
    expires_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "digest"], name="secret_once")]

    def __str__(self) -> str:
        return f"{self.kind} secret"
