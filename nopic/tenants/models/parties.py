"""Certifiers and their rules, exporters, and the global identities of importers and brokers."""

import marshal
from functools import lru_cache

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from nopic.tenants.policy import Rules
from nopic.tenants.statuses import Certification, Language

# Words that a certifier's address may not be, because a door of the portal already is.
RESERVED_SLUGS = frozenset(
    [
        "in",
        "c",
        "v",
        "api",
        "accounts",
        "help",
        "static",
        "media",
        "mailbox",
        "livez",
        "readyz",
        "admin",
        "t",
        "privacy",
        "accessibility",
        "organisations",
    ]
)
nop_id_format = RegexValidator(r"^\d{10}$", _("The NOP ID must have 10 digits"))


class Certifier(models.Model):
    """A tenant: a certifying agent with its own exporters, reviewers and rules."""

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=120)
    legal_name = models.CharField(max_length=200)
    address = models.TextField()
    country = models.CharField(max_length=60)
    nop_code = models.CharField(max_length=3)  # the registry's three-character id of the certifier
    role_text = models.CharField(
        max_length=200
    )  # "Accredited certifying agent, …" or "control body under …", as is true
    email = models.EmailField()
    phone = models.CharField(max_length=40)
    mark = models.CharField(max_length=40, default="tierra-firme")  # file name of its mark
    brand = models.JSONField(default=dict, blank=True)  # {"brand","brand_tint","on_brand"} for light and dark
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(slug__in=sorted(RESERVED_SLUGS)), name="certifier_slug_not_reserved")
        ]

    def __str__(self) -> str:
        return self.name


class TenantModel(models.Model):
    """A row behind its certifier's door. Its migration must `Isolate` the table; a test looks."""

    certifier = models.ForeignKey(Certifier, models.PROTECT, related_name="+")

    class Meta:
        abstract = True


class RegistryCredential(TenantModel):
    """The certifier's key at the registry, encrypted (nopic.tenants.crypto)."""

    secret = models.TextField()
    rejected_at = models.DateTimeField(null=True)  # the registry refused the key: no calls until staff renew it

    class Meta:
        constraints = [models.UniqueConstraint(fields=["certifier"], name="credential_one")]

    def __str__(self) -> str:
        return f"registry key of {self.certifier_id}"


@lru_cache(maxsize=512)
def _rules_of(data: bytes) -> Rules:
    """Read once: a version never changes, its reading checks every setting, and one page asks for it several times."""
    return Rules.from_json(marshal.loads(data))  # noqa: S302 - written by `rules` a moment ago


class Policy(TenantModel):
    """One version of a certifier's rules. Append-only; a request pins the one it was sent under.

    Which one is in force is `tenants.queries.policy_of`. `changed` holds what this version changed: the setting and
    its value before. A version that only carries a planned change over to newer ground names in `carries` the version
    that it stands for.
    """

    version = models.PositiveIntegerField()
    effective_from = models.DateTimeField(db_default=Now())
    data = models.JSONField()
    changed = models.JSONField(default=dict)
    carries = models.PositiveIntegerField(null=True)
    by = models.CharField(max_length=200)
    note = models.TextField(blank=True)
    at = models.DateTimeField(db_default=Now())  # when it was decided

    class Meta:
        constraints = [models.UniqueConstraint(fields=["certifier", "version"], name="policy_version_once")]

    def __str__(self) -> str:
        return f"policy {self.version}"

    @property
    def rules(self) -> Rules:
        """The rules as an object."""
        return _rules_of(marshal.dumps(self.data, 2))  # faster than JSON; version 2 depends on nothing but the values


class PolicyWithdrawal(TenantModel):
    """A planned version that shall never begin: withdrawn by a person, or carried over to a newer version. Append-only;
    the database takes it only before the version begins."""

    policy = models.OneToOneField(Policy, models.PROTECT, related_name="withdrawal", db_constraint=False)
    by = models.CharField(max_length=200)
    at = models.DateTimeField(db_default=Now())
    note = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"withdrawal of policy {self.policy_id}"


class Exporter(TenantModel):
    """An operation abroad that this certifier certifies and that may request certificates."""

    name = models.CharField(max_length=200)
    short_name = models.CharField(max_length=60, blank=True)
    address = models.TextField()
    region = models.CharField(max_length=120, blank=True)
    country = models.CharField(max_length=60)
    nop_id = models.CharField(max_length=10, validators=[nop_id_format])
    email = models.EmailField()
    # Two words on one matter: the office's own, which only staff change, and the registry's, which only the sync writes.
    status = models.CharField(max_length=20, choices=Certification, default=Certification.CERTIFIED)
    registry_status = models.CharField(max_length=20, choices=Certification, default=Certification.UNKNOWN)
    registry_read_at = models.DateTimeField(null=True, editable=False)  # when the registry last answered
    certified_from = models.DateField()
    certified_to = models.DateField(null=True, blank=True)  # anniversary; null while open-ended
    soe_compliant = models.BooleanField(default=True)  # certified under the strengthened rule (SOE)
    standard = models.CharField(max_length=10, default="NOP")  # NOP, COR, EU, JAS, …: code of the arrangement
    language = models.CharField(  # of the letters in which the office asks something
        max_length=5, choices=Language, default=Language.ENGLISH
    )
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["certifier", "nop_id"], name="exporter_nop_id_once"),
            models.CheckConstraint(condition=Q(nop_id__regex=r"^\d{10}$"), name="exporter_nop_id_format"),
        ]

    def __str__(self) -> str:
        return self.short_name or self.name

    @property
    def registry_differs(self) -> bool:
        """Whether the registry was read and says something else than the office."""
        return self.registry_status not in (self.status, Certification.UNKNOWN)

    @property
    def registry_objects(self) -> bool:
        """Whether the registry, when last read, did not list it as certified."""
        return self.registry_status not in (Certification.CERTIFIED, Certification.UNKNOWN)


class Importer(models.Model):
    """The identity of a US importer: global, written by no tenant, only from what the registry says (tenants.sync)."""

    nop_id = models.CharField(max_length=10, unique=True, validators=[nop_id_format])
    name = models.CharField(max_length=200, blank=True)
    address = models.TextField(blank=True)
    state = models.CharField(max_length=60, blank=True)
    status = models.CharField(max_length=20, choices=Certification, default=Certification.UNKNOWN)
    certified_to = models.DateField(null=True, blank=True)
    read_at = models.DateTimeField(null=True)  # when the registry last answered
    created_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return self.name or f"NOP ID {self.nop_id}"


class Broker(models.Model):
    """A customs broker: global, found by its verified e-mail only."""

    name = models.CharField(max_length=200)
    email = models.EmailField(unique=True)
    created_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return self.name


class ImporterContact(TenantModel):
    """One exporter's relation to one importer: whom to write to. A tenant's own, so nobody can redirect another's."""

    exporter = models.ForeignKey(Exporter, models.PROTECT, db_constraint=False, related_name="contacts")
    importer = models.ForeignKey(Importer, models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)  # as the exporter knows it, until the registry has been read
    address = models.TextField(blank=True)
    email = models.EmailField(blank=True)
    broker_name = models.CharField(max_length=200, blank=True)
    broker_email = models.EmailField(blank=True)
    confirmed_at = models.DateTimeField(null=True)  # by staff; null = provisional
    confirmed_by = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["certifier", "exporter", "importer"], name="contact_once")]

    def __str__(self) -> str:
        return self.name
