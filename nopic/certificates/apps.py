"""The certificates application: registers its deployment check."""

from django.apps import AppConfig


class CertificatesConfig(AppConfig):
    """The result."""

    name = "nopic.certificates"

    def ready(self) -> None:
        """Register the check."""
        from nopic.certificates.issuance import bounds  # noqa: F401 - registers itself
