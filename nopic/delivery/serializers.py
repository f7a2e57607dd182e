"""The shapes of /api/v1/. Weights are strings with a decimal point, days ISO 8601, moments ISO 8601 with their zone."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from nopic.certificates.models import PublicRecord
from nopic.delivery.presenters import as_json
from nopic.requests.models import CertificateRequest, RequestLine


class RecordSerializer(serializers.Serializer):
    """A certificate as its parties may read it. `certificate` is what the paper says (nopic-certificate/1)."""

    schema = serializers.CharField()
    number = serializers.CharField()
    state = serializers.ChoiceField(choices=["valid", "shipped", "used_up", "ended", "not_valid"])
    valid_for_import = serializers.BooleanField()
    shipped_on = serializers.DateField(allow_null=True)
    issued_at = serializers.DateTimeField()
    version = serializers.IntegerField()
    revised_at = serializers.DateTimeField(allow_null=True)
    cancelled_at = serializers.DateTimeField(allow_null=True)
    superseded_at = serializers.DateTimeField(allow_null=True)
    replaces = serializers.CharField(allow_null=True)
    replaced_by = serializers.CharField(allow_null=True)
    cancel_reason = serializers.CharField(allow_blank=True)
    final_document_owed = serializers.BooleanField()
    routing = serializers.DictField()
    non_organic_kg = serializers.DecimalField(max_digits=14, decimal_places=3)
    registry_is_mock = serializers.BooleanField()
    net_weight_kg = serializers.DecimalField(max_digits=14, decimal_places=3)
    hts = serializers.CharField()
    lots = serializers.ListField(child=serializers.CharField())
    time_frame = serializers.BooleanField()
    shipped_kg = serializers.DecimalField(max_digits=14, decimal_places=3)
    planned_kg = serializers.DecimalField(max_digits=14, decimal_places=3)
    shipments = serializers.ListField(child=serializers.DictField())
    departure_on = serializers.DateField()
    arrival_on = serializers.DateField(allow_null=True)
    pdf_sha256 = serializers.CharField(allow_null=True)
    certificate = serializers.DictField()

    def to_representation(self, instance: PublicRecord) -> dict[str, Any]:
        """The one JSON form of a record, shared with the link and the public check."""
        return as_json(instance, "importer")


class LineSerializer(serializers.ModelSerializer):
    """One product of a request, and the number of its certificate once it is published."""

    product = serializers.SerializerMethodField()
    hts = serializers.SerializerMethodField()
    certificate_number = serializers.SerializerMethodField()

    class Meta:
        model = RequestLine
        fields = (
            "position", "status", "product", "hts", "net_kg", "packages", "package_kind", "reason_code", "reason_text",
            "certificate_number",
        )  # fmt: skip
        read_only_fields = fields

    def get_product(self, line: RequestLine) -> str | None:
        """The wording of the verified list; null until the request was sent."""
        return line.version.wording if line.version else None

    def get_hts(self, line: RequestLine) -> str | None:
        """The tariff code; null until the request was sent."""
        return line.version.hts if line.version else None

    def get_certificate_number(self, line: RequestLine) -> str | None:
        """The 21 characters; null until the certificate is published."""
        certificate = getattr(line, "certificate", None)
        return certificate.number if certificate else None


class RequestSerializer(serializers.ModelSerializer):
    """A request as its exporter reads it."""

    importer_nop_id = serializers.CharField(source="importer.nop_id", default=None, allow_null=True)
    lines = LineSerializer(many=True, source="standing_lines")

    class Meta:
        model = CertificateRequest
        fields = (
            "reference", "status", "importer_nop_id", "departure_on", "departed_on", "arrival_on", "submitted_at",
            "decide_by", "decided_at", "withdrawn_at", "lines",
        )  # fmt: skip
        read_only_fields = fields


class ProblemSerializer(serializers.Serializer):
    """An error (RFC 9457), as application/problem+json."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField(required=False)
    errors = serializers.DictField(required=False)


def unknown_parameters(names: list[str]) -> dict[str, list[str]]:
    """The errors for parameters that nobody knows: a typing error in a filter must not look like an answer."""
    return {name: [_("This parameter is not known here.")] for name in names}
