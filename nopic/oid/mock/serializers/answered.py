"""What the registry answers, and what it is loaded with."""

from typing import Any

from rest_framework import serializers

from nopic.oid.mock.statuses import CertificateStatus, LogKind, OperationKind, OperationStatus
from nopic.oid.numbers import CERTIFICATE_NUMBER, NOP_ID
from nopic.oid.payloads import plain_decimal

from .fields import Lines, exactly


class OperationSerializer(serializers.Serializer):
    """An operation as listed now."""

    nop_id = exactly(NOP_ID)
    name = serializers.CharField(max_length=200)
    kind = serializers.ChoiceField(OperationKind.choices)
    status = serializers.ChoiceField(OperationStatus.choices)
    certified_on = serializers.DateField()
    status_since = serializers.DateField()
    ends_on = serializers.DateField(allow_null=True)
    scopes = serializers.ListField(child=serializers.CharField(max_length=100))
    address_lines = Lines()
    state = serializers.CharField(max_length=100, allow_blank=True)
    country = serializers.CharField(min_length=2, max_length=2)


class LoadedOperationSerializer(OperationSerializer):
    """An operation to load; what is left out has the plain value of a certified operation."""

    status = serializers.ChoiceField(OperationStatus.choices, default=OperationStatus.CERTIFIED)
    certified_on = serializers.DateField(default="2021-03-19")
    status_since = serializers.DateField(required=False)
    ends_on = serializers.DateField(allow_null=True, default=None)
    scopes = serializers.ListField(child=serializers.CharField(max_length=100), default=["handling"])
    address_lines = Lines(default=[])
    state = serializers.CharField(max_length=100, allow_blank=True, default="")
    certifiers = serializers.ListField(child=exactly("[0-9]{3}"), default=[])


class LoadedCertifierSerializer(serializers.Serializer):
    """A certifier to load, with its key in the clear."""

    code = exactly("9[0-9]{2}")
    name = serializers.CharField(max_length=200)
    key = serializers.CharField(min_length=16, max_length=200)


class LoadSerializer(serializers.Serializer):
    """A document that fills the registry."""

    certifiers = LoadedCertifierSerializer(many=True, default=[])
    operations = LoadedOperationSerializer(many=True, default=[])


class RegistrationSerializer(serializers.Serializer):
    """An act of the control log, with the state of its certificate now."""

    client_ref = serializers.CharField()
    kind = serializers.ChoiceField(LogKind.choices)
    sha256 = serializers.CharField()
    number = serializers.RegexField(f"^{CERTIFICATE_NUMBER}$", source="certificate.number")
    status = serializers.ChoiceField(CertificateStatus.choices, source="certificate.status")
    published_at = serializers.DateTimeField(source="certificate.published_at")
    recorded_at = serializers.DateTimeField()


class CertificateSerializer(serializers.Serializer):
    """A certificate as held now."""

    number = exactly(CERTIFICATE_NUMBER)
    status = serializers.ChoiceField(CertificateStatus.choices)
    client_ref = serializers.CharField()
    sha256 = serializers.CharField()
    net_weight_kg = serializers.SerializerMethodField()
    actual_net_weight_kg = serializers.SerializerMethodField()
    version = serializers.IntegerField()
    hts = serializers.CharField()
    importer_nop_id = serializers.CharField(source="importer_id")
    weights_sequence = serializers.IntegerField()
    published_at = serializers.DateTimeField()
    cancelled_at = serializers.DateTimeField(allow_null=True)
    cancel_reason = serializers.CharField(allow_blank=True)
    replaces = serializers.SerializerMethodField()
    replaced_by = serializers.SerializerMethodField()

    def get_net_weight_kg(self, certificate: Any) -> str:
        return plain_decimal(certificate.net_weight_kg)

    def get_actual_net_weight_kg(self, certificate: Any) -> str | None:
        weight = certificate.actual_net_weight_kg
        return None if weight is None else plain_decimal(weight)

    def get_replaces(self, certificate: Any) -> str | None:
        return certificate.replaces.number if certificate.replaces else None

    def get_replaced_by(self, certificate: Any) -> str | None:
        successor = getattr(certificate, "replaced_by", None)
        return successor.number if successor else None


class RegistrationReplySerializer(serializers.Serializer):
    """What an act answers."""

    registration = RegistrationSerializer()


class ReferenceReplySerializer(serializers.Serializer):
    """What a look-up by reference answers; empty when nothing is held."""

    registrations = RegistrationSerializer(many=True)


class OperationReplySerializer(serializers.Serializer):
    """What a question for a NOP ID answers; null when none is listed."""

    operation = OperationSerializer(allow_null=True)


class CertificateReplySerializer(serializers.Serializer):
    """What a question for a number answers; null when the caller holds none."""

    certificate = CertificateSerializer(allow_null=True)


class BoundsSerializer(serializers.Serializer):
    """The registry's promises about time."""

    idempotent = serializers.BooleanField()
    longest_in_flight_seconds = serializers.FloatField()
    longest_lookup_lag_seconds = serializers.FloatField()


class FieldErrorSerializer(serializers.Serializer):
    """Where something is wrong."""

    field = serializers.CharField()
    detail = serializers.CharField()


class ProblemSerializer(serializers.Serializer):
    """RFC 9457."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField()
    detail = serializers.CharField()
    errors = FieldErrorSerializer(many=True)
