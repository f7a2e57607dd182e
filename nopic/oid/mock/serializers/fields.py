"""The fields that several shapes share."""

from typing import Any

from rest_framework import serializers

WEIGHT = r"(0|[1-9][0-9]{0,9})(\.[0-9]{1,3})?"
REFERENCE = r"[A-Za-z0-9-]{1,64}"


def exactly(pattern: str, **options: Any) -> serializers.RegexField:
    """A field that holds nothing but the pattern."""
    return serializers.RegexField(f"^{pattern}$", **options)


class Lines(serializers.ListField):
    """The lines of an address."""

    child = serializers.CharField(max_length=200)
