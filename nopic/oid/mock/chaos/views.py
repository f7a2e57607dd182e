"""/chaos/: order faults, switch modes, load and reset data, and see everything. Closed unless OID_CHAOS=1."""

import hmac
import random
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone
from rest_framework import serializers
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from nopic.oid.mock import actions
from nopic.oid.mock.models import Arrival, Behaviour, Certificate, Fault, LogEntry, Serial

from .plan import ENDPOINTS, FAULTS, USUAL_MIX


class HoldsTheChaosKey(BasePermission):
    """`Authorization: Bearer <OID_CHAOS_KEY>`."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return bool(settings.CHAOS_KEY) and hmac.compare_digest(given.encode(), settings.CHAOS_KEY.encode())


class _ChaosView(APIView):
    authentication_classes = ()
    permission_classes = (HoldsTheChaosKey,)
    schema = None  # not part of the registry's API


class FaultSerializer(serializers.Serializer):
    """One order: the next `times` calls of an endpoint (or of any) meet this fault."""

    endpoint = serializers.ChoiceField([*ENDPOINTS, "any"])
    fault = serializers.ChoiceField([*FAULTS, "lookup_lag", "outage"])
    times = serializers.IntegerField(min_value=1, max_value=100_000, default=1)
    arguments = serializers.DictField(default=dict)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Only arguments that the fault knows."""
        known = {"lookup_lag": {"seconds", "beyond_bounds"}, "outage": {"seconds"}}.get(attrs["fault"])
        unknown = set(attrs["arguments"]) - (set(FAULTS[attrs["fault"]]) if known is None else known)
        if unknown:
            raise serializers.ValidationError(f"{attrs['fault']} does not know {', '.join(sorted(unknown))}.")
        return attrs


class FaultsView(_ChaosView):
    """Order faults, or call all of them off."""

    def post(self, request: Request) -> Response:
        data = FaultSerializer(data=request.data)
        data.is_valid(raise_exception=True)
        order = data.validated_data
        if order["fault"] == "lookup_lag":
            lag = float(order["arguments"].get("seconds", settings.LONGEST_LOOKUP_LAG_SECONDS))
            if not order["arguments"].get("beyond_bounds"):
                lag = min(lag, settings.LONGEST_LOOKUP_LAG_SECONDS * 0.9)
            _change(lookup_lag=lag)
        elif order["fault"] == "outage":
            _change(outage_until=timezone.now() + timedelta(seconds=float(order["arguments"].get("seconds", 3600))))
        else:
            Fault.objects.create(
                endpoint=order["endpoint"], name=order["fault"], arguments=order["arguments"], remaining=order["times"]
            )
        return Response(status=204)

    def delete(self, request: Request) -> Response:
        Fault.objects.all().delete()
        _change(lookup_lag=0.0, outage_until=None, mix=None)
        return Response(status=204)


class MixSerializer(serializers.Serializer):
    """A seeded random mix; without a seed one is drawn and told."""

    seed = serializers.IntegerField(required=False)
    endpoints = serializers.ListField(
        child=serializers.ChoiceField(ENDPOINTS), default=["register", "cancel", "replace"]
    )
    percent = serializers.DictField(child=serializers.FloatField(min_value=0, max_value=100), default=USUAL_MIX)
    arguments = serializers.DictField(child=serializers.DictField(), default=dict)
    lookup_lag = serializers.FloatField(min_value=0, default=5.0)

    def validate_percent(self, percent: dict[str, float]) -> dict[str, float]:
        """Known faults, together at most all calls."""
        if set(percent) - set(FAULTS) or sum(percent.values()) > 100:
            raise serializers.ValidationError("Known faults, together at most 100 percent.")
        return percent


class MixView(_ChaosView):
    """Meet faults at random, by a seed."""

    def put(self, request: Request) -> Response:
        data = MixSerializer(data=request.data)
        data.is_valid(raise_exception=True)
        mix = {"seed": random.SystemRandom().randrange(2**31), **data.validated_data}
        _change(mix=mix)
        print(f"mock registry: random faults with seed {mix['seed']}", flush=True)
        return Response(mix)


class ModeView(_ChaosView):
    """Whether the same reference twice is one certificate."""

    def put(self, request: Request) -> Response:
        _change(idempotent=bool(serializers.BooleanField().run_validation(request.data.get("idempotent"))))
        return Response(status=204)


class OperationsView(_ChaosView):
    """Load certifiers and operations."""

    def put(self, request: Request) -> Response:
        return Response({"done": actions.load(request.data)})


class ResetView(_ChaosView):
    """Forget every certificate, fault and mode; certifiers and operations stay."""

    def post(self, request: Request) -> Response:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("ALTER TABLE mock_oid_logentry DISABLE TRIGGER log_is_append_only")
                cursor.execute("DELETE FROM mock_oid_logentry")
                cursor.execute("ALTER TABLE mock_oid_logentry ENABLE TRIGGER log_is_append_only")
                cursor.execute("DELETE FROM mock_oid_certificate")
            for model in (Serial, Fault, Arrival, Behaviour):
                model.objects.all().delete()
        return Response(status=204)


class DumpView(_ChaosView):
    """Everything that tests want to count."""

    def get(self, request: Request) -> Response:
        references: dict[str, list[dict[str, Any]]] = {}
        for one in Certificate.objects.order_by("id").select_related("replaces"):
            references.setdefault(one.client_ref, []).append(
                {
                    "number": one.number,
                    "status": one.status,
                    "certifier": one.certifier_id,
                    "exporter": one.exporter_id,
                    "sha256": one.sha256,
                    "payload": one.payload,
                    "replaces": one.replaces.number if one.replaces else None,
                }
            )
        log = LogEntry.objects.order_by("id").values(
            "id", "kind", "client_ref", "sha256", "recorded_at", number=F("certificate__number")
        )
        arrivals = Arrival.objects.order_by("arrived_at", "id").values("endpoint", "serial", "fault")
        now = actions.behaviour()
        return Response(
            {
                "references": references,
                "control_log": list(log),
                "arrivals": list(arrivals),
                "behaviour": {"idempotent": now.idempotent, "lookup_lag": now.lookup_lag, "mix": now.mix},
            }
        )


def _change(**fields: Any) -> None:
    actions.behaviour()
    Behaviour.objects.filter(pk=1).update(**fields)
