"""/api/v1/'s frame: keys of organisations, and errors as problem+json (RFC 9457)."""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request
from rest_framework.response import Response

from nopic.tenants import secrets as vault
from nopic.tenants.context import bearer
from nopic.tenants.models import ApiKey, Exporter, Importer
from nopic.workflow.audit import Actor, record
from nopic.workflow.clock import now

LIFETIME = timedelta(days=365)


@dataclass(frozen=True)
class KeyHolder:
    """Who calls the API: an organisation, not a person."""

    key_id: int
    name: str
    certifier_id: int | None
    exporter_id: int | None
    importer_id: int | None
    is_authenticated: bool = True

    @property
    def pk(self) -> int:
        return self.key_id

    def __str__(self) -> str:
        return f"API key {self.name}"


def create(*, name: str, by: Actor, exporter: Exporter | None = None, importer: Importer | None = None) -> str:
    """Make a key for one organisation, inside its door, and return the only copy of its text."""
    token = f"nopic_{secrets.token_urlsafe(32)}"
    expires = now() + LIFETIME
    key = ApiKey.objects.create(
        certifier_id=exporter.certifier_id if exporter else None,
        exporter=exporter,
        importer=importer,
        name=name,
        prefix=token[:12],
        created_by=str(by),
        expires_at=expires,
    )
    vault.register("apikey", token, subject_id=key.pk, certifier_id=key.certifier_id, expires_at=expires)
    record(key, "created", by=by)
    return token


def revoke(*, key: ApiKey, by: Actor) -> None:
    """Make a key worthless at once, inside its organisation's door. Revoking twice is once."""
    if ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=now()):
        record(key, "revoked", by=by)


class KeyAuthentication(BaseAuthentication):
    """`Authorization: Bearer nopic_…`"""

    def authenticate(self, request: Request) -> tuple[KeyHolder, ApiKey] | None:
        scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token.startswith("nopic_"):
            return None
        target = vault.resolve("apikey", token)
        if target is None:
            raise exceptions.AuthenticationFailed(_("This API key is not known, or its time is over."))
        with bearer(apikey_id=target.subject_id):
            key = ApiKey.objects.filter(pk=target.subject_id, revoked_at=None, expires_at__gt=now()).first()
            if key is None:
                raise exceptions.AuthenticationFailed(_("This API key is not known, or its time is over."))
            if key.last_used_at is None or now() - key.last_used_at > timedelta(minutes=1):
                ApiKey.objects.filter(pk=key.pk).update(last_used_at=now())
        return KeyHolder(key.pk, key.name, key.certifier_id, key.exporter_id, key.importer_id), key

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


def problem(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler, with the body of RFC 9457."""
    from rest_framework.views import exception_handler  # its module loads this one while it is being imported

    response = exception_handler(error, context)
    if response is None:
        return None
    detail = response.data.get("detail") if isinstance(response.data, dict) else None
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(response.status_code).phrase,
        "status": response.status_code,
    }
    if detail:
        body["detail"] = str(detail)
    else:
        body["errors"] = response.data
    response.data = body
    response.content_type = "application/problem+json"
    return response
