"""/api/v1/: an organisation reads its own requests and certificates with a key. Nothing is written through it.

Every list and every object is read inside the door of the key's organisation: an exporter's within its certifier and
its own rows, an importer's through the public records alone. The OpenAPI document is readable by holders of a key.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db.models import Prefetch
from django.http import Http404
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.renderers import OpenApiJsonRenderer
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from drf_spectacular.views import SpectacularAPIView
from rest_framework.exceptions import APIException, PermissionDenied, ValidationError
from rest_framework.pagination import CursorPagination
from rest_framework.permissions import IsAuthenticated
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from nopic.certificates.models import PublicRecord
from nopic.delivery import limits
from nopic.delivery.access import Reader, may_download, the_file
from nopic.delivery.queries import addressed_to
from nopic.delivery.serializers import ProblemSerializer, RecordSerializer, RequestSerializer, unknown_parameters
from nopic.documents import files
from nopic.requests.models import CertificateRequest, RequestLine
from nopic.tenants.apikeys import KeyHolder
from nopic.tenants.context import organisation, tenant

PROBLEM = OpenApiResponse(ProblemSerializer, description="What went wrong, as application/problem+json")
ERRORS: dict[Any, Any] = {(code, "application/problem+json"): PROBLEM for code in (400, 401, 403, 404, 429)}
NUMBER = OpenApiParameter("number", str, OpenApiParameter.PATH, description="The 21 characters with their dashes")


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
        rate = api_settings.DEFAULT_THROTTLE_RATES["api"]
        most = int(rate.partition("/")[0])
        self.seconds = limits.seconds_to_wait("api", str(request.user.pk), most=most)
        return self.seconds == 0

    def wait(self) -> float:
        """For the Retry-After header."""
        return self.seconds


class NewestFirst(CursorPagination):
    """Pages by key, newest first; a page deep down costs what the first one costs."""

    page_size = 50
    max_page_size = 200
    page_size_query_param = "limit"
    ordering = "-certificate_id"


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


class Door(APIView):
    """What every address of the API has in common."""

    throttle_classes = (KeyThrottle,)
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


LIST_PARAMETERS = [
    OpenApiParameter("cursor", str, description="From `next` or `previous` of another page"),
    OpenApiParameter("limit", int, description="Rows of a page, 1 to 200, usually 50"),
]


def _paged(name: str, serializer: Any) -> Any:
    """The schema of one page of a list."""
    from drf_spectacular.utils import inline_serializer
    from rest_framework import serializers

    return inline_serializer(
        name,
        {
            "next": serializers.URLField(allow_null=True),
            "previous": serializers.URLField(allow_null=True),
            "results": serializer(many=True),
        },
    )


class Certificates(Door):
    """The list of certificates."""

    known_parameters = frozenset({"cursor", "limit"})

    @extend_schema(
        operation_id="list_certificates",
        parameters=LIST_PARAMETERS,
        responses={200: _paged("CertificatePage", RecordSerializer), **ERRORS},
    )
    def get(self, request: Request) -> Response:
        """Certificates of the key's organisation, newest first: an exporter's own, or those addressed to an importer."""
        with door_of(request.user):
            return self.page(NewestFirst(), self.records(), RecordSerializer)


class OneCertificate(Door):
    """One certificate."""

    @extend_schema(operation_id="read_certificate", parameters=[NUMBER], responses={200: RecordSerializer, **ERRORS})
    def get(self, request: Request, number: str) -> Response:
        """One certificate by its number, with its state at this moment."""
        with door_of(request.user):
            record = self.records().filter(number=number).first()
            if record is None:
                raise Http404
            return Response(RecordSerializer(record).data)


class DamagedFile(APIException):
    """The stored bytes are not those that were issued."""

    default_detail = "The stored PDF is damaged and is not handed out. Ask the certifier for it."


class PdfRenderer(BaseRenderer):
    """Lets a caller ask for application/pdf; what it renders are errors only, as JSON."""

    media_type = "application/pdf"
    format = "pdf"
    render = JSONRenderer().render


class CertificatePdf(Door):
    """Its PDF."""

    renderer_classes = (JSONRenderer, PdfRenderer)

    @extend_schema(
        operation_id="download_certificate",
        parameters=[NUMBER],
        responses={
            (200, "application/pdf"): OpenApiTypes.BINARY,
            **ERRORS,
            (500, "application/problem+json"): PROBLEM,
        },
    )
    def get(self, request: Request, number: str) -> Any:
        """The PDF as it was issued. The name of a cancelled one ends in -CANCELLED."""
        holder = request.user
        with door_of(holder):
            record = self.records().filter(number=number).first()
        reader = (
            Reader(certifier_id=holder.certifier_id, exporter_id=holder.exporter_id)
            if holder.exporter_id is not None
            else Reader(importer_id=holder.importer_id)
        )
        if record is None or not may_download(record, reader):
            raise Http404
        try:
            return the_file(record)
        except files.Damaged:
            raise DamagedFile


class Requests(Door):
    """The list of requests."""

    known_parameters = frozenset({"cursor", "limit"})

    @extend_schema(
        operation_id="list_requests",
        parameters=LIST_PARAMETERS,
        responses={200: _paged("RequestPage", RequestSerializer), **ERRORS},
    )
    def get(self, request: Request) -> Response:
        """Requests of the exporter that holds the key, newest first, drafts included."""
        with door_of(request.user):
            return self.page(RequestsNewestFirst(), self.requests(), RequestSerializer)


class OneRequest(Door):
    """One request."""

    @extend_schema(
        operation_id="read_request",
        parameters=[OpenApiParameter("reference", str, OpenApiParameter.PATH, description="Such as 2026-0431")],
        responses={200: RequestSerializer, **ERRORS},
    )
    def get(self, request: Request, reference: str) -> Response:
        """One request by its reference."""
        with door_of(request.user):
            found = self.requests().filter(reference=reference).first()
            if found is None:
                raise Http404
            return Response(RequestSerializer(found).data)


class Schema(SpectacularAPIView):
    """The OpenAPI document of this API, for holders of a key."""

    permission_classes = (IsAuthenticated,)
    renderer_classes = [OpenApiJsonRenderer, JSONRenderer]
    throttle_classes = (KeyThrottle,)


class Nowhere(Door):
    """Any other address below /api/v1/: told as a problem, not as a page."""

    @extend_schema(exclude=True)
    def get(self, request: Request, rest: str) -> Response:
        """Nothing is here."""
        raise Http404
