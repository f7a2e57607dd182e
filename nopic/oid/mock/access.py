"""Who may call: a certifier, by the key of which only the hash is kept."""

import hashlib
from typing import Any

from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from .models import Certifier


def key_hash(key: str) -> str:
    """What is stored of a key. Keys are long and random, so a plain SHA-256 cannot be searched."""
    return hashlib.sha256(key.encode()).hexdigest()


class CertifierKey(BaseAuthentication):
    """`Authorization: Bearer <key>`."""

    def authenticate(self, request: Request) -> tuple[Certifier, None] | None:
        scheme, _, key = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not key:
            return None
        certifier = Certifier.objects.filter(key_sha256=key_hash(key)).first()
        if certifier is None:
            raise AuthenticationFailed("The key is not known.")
        return certifier, None

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class IsCertifier(BasePermission):
    """Only certifiers have keys, so whoever was authenticated is one."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return isinstance(request.user, Certifier)
