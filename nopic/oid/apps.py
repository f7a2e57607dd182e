"""The registry's side of the portal as a Django app: only its commands; it owns no table of the portal."""

from django.apps import AppConfig


class OidConfig(AppConfig):
    """Nothing to set up."""

    name = "nopic.oid"
