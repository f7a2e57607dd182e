"""Roles of people and certification statuses of parties."""

from datetime import timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What a membership allows. One person may hold several memberships."""

    EXPORTER_MEMBER = "exporter_member", _("Exporter, prepares requests")
    EXPORTER_SENDER = "exporter_sender", _("Exporter, prepares and sends requests")
    REVIEWER = "reviewer", _("Reviewer")
    CERTIFIER_ADMIN = "certifier_admin", _("Certifier admin")
    IMPORTER = "importer", _("Importer")
    BROKER = "broker", _("Customs broker")


STAFF = frozenset({Role.REVIEWER, Role.CERTIFIER_ADMIN})
EXPORTERS = frozenset({Role.EXPORTER_MEMBER, Role.EXPORTER_SENDER})


class Certification(models.TextChoices):
    """Status of an operation in the registry; `unknown` means that nobody has read it yet."""

    CERTIFIED = "certified", _("Certified")
    SUSPENDED = "suspended", _("Suspended")
    SURRENDERED = "surrendered", _("Surrendered")
    REVOKED = "revoked", _("Revoked")
    NOT_FOUND = "not_found", _("Not found in INTEGRITY")
    UNKNOWN = "unknown", _("Not read yet")


FRESH = timedelta(hours=24)  # a status read from the registry is believed for so long


class Language(models.TextChoices):
    """The languages that the office's sentences to an exporter exist in, each by its own name."""

    ENGLISH = "en", "English"
    SPANISH = "es", "Español"
    FRENCH = "fr", "Français"
