"""The words of the registry."""

from django.db.models import TextChoices


class OperationKind(TextChoices):
    """What an operation does with goods for the United States."""

    EXPORTER = "exporter"
    IMPORTER = "importer"
    BOTH = "both"


class OperationStatus(TextChoices):
    """The certification of an operation as listed."""

    CERTIFIED = "certified"
    SUSPENDED = "suspended"
    SURRENDERED = "surrendered"
    REVOKED = "revoked"


class CertificateStatus(TextChoices):
    """What a number is worth: only a published one may be filed."""

    PUBLISHED = "published"
    CANCELLED = "cancelled"
    REPLACED = "replaced"


class LogKind(TextChoices):
    """The acts of the control log; `replaced` marks the old number of a replacement."""

    REGISTER = "register"
    REPLACE = "replace"
    REPLACED = "replaced"
    CANCEL = "cancel"
    WEIGHT = "weight"
    REVISE = "revise"
