"""The addresses of the API: certificates and requests, the PDF, and the OpenAPI document."""

from typing import Any

from django.http import Http404
from drf_spectacular.renderers import OpenApiJsonRenderer
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from drf_spectacular.views import SpectacularAPIView
from rest_framework.exceptions import APIException
from rest_framework.permissions import IsAuthenticated
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from nopic.delivery.access import Reader, may_download, the_file
from nopic.delivery.api.door import Counted, Door, NewestFirst, RequestsNewestFirst, door_of
from nopic.delivery.serializers import ProblemSerializer, RecordSerializer, RequestSerializer
from nopic.documents import files

PROBLEM = OpenApiResponse(ProblemSerializer, description="What went wrong, as application/problem+json")
ERRORS: dict[Any, Any] = {(code, "application/problem+json"): PROBLEM for code in (400, 401, 403, 404, 429)}
NUMBER = OpenApiParameter("number", str, OpenApiParameter.PATH, description="The 21 characters with their dashes")


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


class Schema(Counted, SpectacularAPIView):
    """The OpenAPI document of this API, for holders of a key."""

    permission_classes = (IsAuthenticated,)
    renderer_classes = [OpenApiJsonRenderer, JSONRenderer]


class Nowhere(Door):
    """Any other address below /api/v1/: told as a problem, not as a page."""

    @extend_schema(exclude=True)
    def get(self, request: Request, rest: str) -> Response:
        """Nothing is here."""
        raise Http404
