"""The registry's API: read the shape, do one act or ask one question, answer."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.conf import settings
from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from . import actions
from .chaos.lag import is_visible
from .models import Certificate, LogEntry, Operation
from .serializers import answered, sent

_PROBLEMS = {
    (status, "application/problem+json"): OpenApiResponse(answered.ProblemSerializer, meaning)
    for status, meaning in {
        401: "The key is not known.",
        409: "Something else is held under this reference or number.",
        422: "Not acceptable; repeating changes nothing.",
        429: "Too many requests; wait.",
        503: "Nobody knows yet; look up by reference before sending again.",
    }.items()
}
_QUESTION_PROBLEMS = {place: reply for place, reply in _PROBLEMS.items() if place[0] not in (409, 422)}


def _act_schema(operation_id: str, shape: type[Serializer]) -> Callable[..., Any]:
    reply = answered.RegistrationReplySerializer
    return extend_schema(
        operation_id=operation_id,
        request=shape,
        responses={
            201: OpenApiResponse(reply, "Recorded."),
            200: OpenApiResponse(reply, "Recorded before under this reference, with the same payload."),
            **_PROBLEMS,
        },
    )


def _question_schema(operation_id: str, shape: type[Serializer]) -> Callable[..., Any]:
    return extend_schema(operation_id=operation_id, responses={200: shape, **_QUESTION_PROBLEMS})


class _Act(APIView):
    """Something that is recorded under the caller's reference."""

    shape: ClassVar[type[Serializer]]
    act: ClassVar[Callable[..., tuple[LogEntry, bool]]]

    def _do(self, request: Request, **where: str) -> Response:
        self.shape(data=request.data).is_valid(raise_exception=True)
        # The payload is taken as it came, because its hash was made over exactly that.
        entry, is_new = type(self).act(
            certifier=request.user,
            client_ref=request.data["client_ref"],
            sha256=request.data["sha256"],
            payload=request.data["payload"],
            deadline=request._request.deadline,
            **where,
        )
        body = answered.RegistrationReplySerializer({"registration": entry}).data
        return Response(body, status=201 if is_new else 200)


class RegisterView(_Act):
    """Register a certificate."""

    shape = sent.RegisterSerializer
    act = staticmethod(actions.register)

    @_act_schema("register", sent.RegisterSerializer)
    def post(self, request: Request) -> Response:
        """Publish a certificate under the caller's reference."""
        return self._do(request)


class CancelView(_Act):
    """Cancel a certificate."""

    shape = sent.CancelSerializer
    act = staticmethod(actions.cancel)

    @_act_schema("cancel", sent.CancelSerializer)
    def post(self, request: Request, number: str) -> Response:
        """Cancel a published certificate with a coded reason."""
        return self._do(request, number=number)


class ReplaceView(_Act):
    """Replace a certificate."""

    shape = sent.ReplaceSerializer
    act = staticmethod(actions.replace)

    @_act_schema("replace", sent.ReplaceSerializer)
    def post(self, request: Request, number: str) -> Response:
        """Publish a new certificate in the place of a published one."""
        return self._do(request, number=number)


class ReplaceReferenceView(_Act):
    """Replace a certificate of which the caller knows only the reference."""

    shape = sent.ReplaceReferenceSerializer
    act = staticmethod(actions.replace_reference)

    @_act_schema("replace_reference", sent.ReplaceReferenceSerializer)
    def post(self, request: Request, reference: str) -> Response:
        """Publish a new certificate in the place of the one published under that reference."""
        return self._do(request, reference=reference)


class ReviseView(_Act):
    """Revise a certificate."""

    shape = sent.ReviseSerializer
    act = staticmethod(actions.revise)

    @_act_schema("revise", sent.ReviseSerializer)
    def post(self, request: Request, number: str) -> Response:
        """Publish the next version of a certificate under its number: less weight, other lots, remarks."""
        return self._do(request, number=number)


class WeightView(_Act):
    """Report a weight."""

    shape = sent.WeightSerializer
    act = staticmethod(actions.report_weight)

    @_act_schema("report_weight", sent.WeightSerializer)
    def post(self, request: Request, number: str) -> Response:
        """Record the actual net weight, in total and of each shipment; each report has the next sequence."""
        return self._do(request, number=number)


class OperationView(APIView):
    """One operation."""

    @_question_schema("operation", answered.OperationReplySerializer)
    def get(self, request: Request, nop_id: str) -> Response:
        """The operation with that NOP ID as listed now, or null."""
        found = Operation.objects.filter(pk=nop_id).first()
        return Response(answered.OperationReplySerializer({"operation": found}).data)


class ReferenceView(APIView):
    """What a reference stands for."""

    @_question_schema("find", answered.ReferenceReplySerializer)
    def get(self, request: Request, client_ref: str) -> Response:
        """All that was recorded under the caller's reference, oldest first; it may lag behind by the published bound.

        More than one registration is more than one certificate: only a registry that is not idempotent has them.
        """
        behaviour, now = actions.behaviour(), timezone.now()
        recorded = actions.under(certifier=request.user, client_ref=client_ref)
        shown = [entry for entry in recorded if is_visible(entry, behaviour, now)]
        return Response(answered.ReferenceReplySerializer({"registrations": shown}).data)


class CertificateView(APIView):
    """One certificate."""

    @_question_schema("read", answered.CertificateReplySerializer)
    def get(self, request: Request, number: str) -> Response:
        """The caller's certificate with that number, or null."""
        mine = Certificate.objects.filter(certifier=request.user, number=number)
        found = mine.select_related("replaces", "replaced_by").first()
        return Response(answered.CertificateReplySerializer({"certificate": found}).data)


class BoundsView(APIView):
    """The promises about time."""

    authentication_classes: ClassVar[list[Any]] = []
    permission_classes: ClassVar[list[Any]] = []

    @extend_schema(operation_id="bounds", responses={200: answered.BoundsSerializer}, auth=[])
    def get(self, request: Request) -> Response:
        """How late a request may still take effect, how late a look-up may show it, and whether a repeat is harmless."""
        promised = {
            "idempotent": actions.behaviour().idempotent,
            "longest_in_flight_seconds": settings.LONGEST_IN_FLIGHT_SECONDS,
            "longest_lookup_lag_seconds": settings.LONGEST_LOOKUP_LAG_SECONDS,
        }
        return Response(answered.BoundsSerializer(promised).data)
