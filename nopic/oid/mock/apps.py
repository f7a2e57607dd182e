"""The mock registry as a Django app of its own project."""

from django.apps import AppConfig


class MockOidConfig(AppConfig):
    """Its tables live in the mock's own database."""

    name = "nopic.oid.mock"
    label = "mock_oid"
    default_auto_field = "django.db.models.BigAutoField"
