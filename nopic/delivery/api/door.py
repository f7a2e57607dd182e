"""What every address of the API has in common: the key, how often it may be used, pages by key, and the organisation."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db.models import Prefetch
from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.exceptions import (
    AuthenticationFailed,
    NotAuthenticated,
    NotFound,
    PermissionDenied,
    Throttled,
    ValidationError,
)
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from nopic.certificates.models import PublicRecord
from nopic.delivery import limits
from nopic.delivery.queries import addressed_to
from nopic.delivery.serializers import unknown_parameters
from nopic.delivery.views.frame import who_asks
from nopic.requests.models import CertificateRequest, RequestLine
from nopic.tenants.apikeys import KeyHolder
from nopic.tenants.context import organisation, tenant

A_MINUTE = 120  # requests with one key
WRONG_A_MINUTE = 60  # requests without a key, or with a wrong one, from one network


class KeyScheme(OpenApiAuthenticationExtension):
    """How the OpenAPI document names the keys."""

    target_class = "nopic.tenants.apikeys.KeyAuthentication"
    name = "organisationKey"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """`Authorization: Bearer nopic_…`"""
        return {"type": "http", "scheme": "bearer", "bearerFormat": "nopic_…"}


class KeyThrottle(BaseThrottle):
    """So many requests a minute for each key, counted exactly (in PostgreSQL, not in a cache that may be flushed)."""

    def allow_request(self, request: Request, view: APIView) -> bool:
        """Count this request."""
        self.seconds = limits.seconds_to_wait("api", str(request.user.pk), most=A_MINUTE)
        return self.seconds == 0

    def wait(self) -> float:
        """For the Retry-After header."""
        return self.seconds


class Counted(APIView):
    """A view behind a key. Keys are limited each for itself; whoever has none is limited by where they come from."""

    throttle_classes = (KeyThrottle,)

    def handle_exception(self, exc: Exception) -> Response:
        """Count what came without a right key, and say when there was too much of it."""
        if isinstance(exc, AuthenticationFailed | NotAuthenticated):
            who = who_asks(self.request._request)
            if seconds := limits.seconds_to_wait("api without a key", who, most=WRONG_A_MINUTE):
                exc = Throttled(seconds)
        return super().handle_exception(exc)


class NewestFirst(CursorPagination):
    """Pages by key, newest first; a page deep down costs what the first one costs."""

    page_size = 50
    max_page_size = 200
    page_size_query_param = "limit"
    ordering = "-certificate_id"

    def decode_cursor(self, request: Request) -> Cursor | None:
        """The place in the list; 400 for what no page of ours names."""
        try:
            cursor = super().decode_cursor(request)
        except NotFound:
            cursor = Cursor(0, False, "not one of ours")
        if cursor and cursor.position is not None and not re.fullmatch(r"[0-9]{1,18}", cursor.position):
            raise ValidationError({self.cursor_query_param: [_("Take it from `next` or `previous` of another page.")]})
        return cursor


class RequestsNewestFirst(NewestFirst):
    """The same for requests."""

    ordering = "-id"


@contextmanager
def door_of(holder: KeyHolder) -> Iterator[None]:
    """The door of the organisation that holds the key."""
    if holder.exporter_id is not None:
        with tenant(holder.certifier_id):
            yield
    else:
        with organisation(importer_id=holder.importer_id):
            yield


class Door(Counted):
    """An address that reads rows of the key's organisation."""

    known_parameters: frozenset[str] = frozenset()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse parameters that are not known, after the key was checked."""
        super().initial(request, *args, **kwargs)
        if unknown := sorted(set(request.query_params) - self.known_parameters):
            raise ValidationError(unknown_parameters(unknown))

    def exporter(self) -> tuple[int, int]:
        """Certifier and exporter of the key; 403 for keys of importers, which see certificates only."""
        holder = self.request.user
        if holder.exporter_id is None or holder.certifier_id is None:
            raise PermissionDenied("A key of an importer reads certificates, not requests.")
        return holder.certifier_id, holder.exporter_id

    def records(self) -> Any:
        """The certificates that the key may read; use it inside `door_of`."""
        holder = self.request.user
        if holder.exporter_id is not None:
            mine = PublicRecord.objects.filter(
                certifier_id=holder.certifier_id, request__exporter_id=holder.exporter_id
            )
            return mine.select_related("request", "certifier").order_by("-certificate_id")
        return addressed_to(importer_id=holder.importer_id)

    def requests(self) -> Any:
        """The requests that the key may read, with their lines; use it inside `door_of`."""
        certifier_id, exporter_id = self.exporter()
        lines = (
            RequestLine.objects.filter(certifier_id=certifier_id, removed=False)
            .select_related("version", "certificate")
            .order_by("position")
        )
        return (
            CertificateRequest.objects.filter(certifier_id=certifier_id, exporter_id=exporter_id)
            .select_related("importer")
            .prefetch_related(Prefetch("lines", queryset=lines, to_attr="standing_lines"))
        )

    def page(self, paginator: NewestFirst, rows: Any, serializer: Any) -> Response:
        """One page; everything is read before the door closes."""
        found = paginator.paginate_queryset(rows, self.request, view=self)
        return paginator.get_paginated_response(serializer(found, many=True).data)
