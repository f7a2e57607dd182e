"""What callers send: payloads under their reference."""

from rest_framework import serializers

from nopic.oid.numbers import CERTIFICATE_NUMBER, HTS, NOP_ID
from nopic.oid.payloads import SCHEMA

from .fields import REFERENCE, WEIGHT, Lines, exactly


class CoverageSerializer(serializers.Serializer):
    """A single shipment with its window of departure, or a time frame from first to last departure."""

    kind = serializers.ChoiceField(["single", "time_frame"])
    first_departure = serializers.DateField()
    last_departure = serializers.DateField()


class IssuerSerializer(serializers.Serializer):
    """The certifying agent named in a payload."""

    name = serializers.CharField(max_length=200)
    nop_code = exactly("[0-9]{3}")


class ExporterSerializer(serializers.Serializer):
    """The exporter named in a payload."""

    name = serializers.CharField(max_length=200)
    address_lines = Lines()
    country = serializers.CharField(max_length=100)
    nop_id = exactly(NOP_ID)


class FinalHandlerSerializer(serializers.Serializer):
    """The final handler, when not the exporter."""

    name = serializers.CharField(max_length=200)
    nop_id = exactly(NOP_ID)
    certifier = serializers.CharField(max_length=200)


class ImporterSerializer(serializers.Serializer):
    """The importer named in a payload; the state is the destination."""

    name = serializers.CharField(max_length=200)
    address_lines = Lines()
    state = serializers.CharField(max_length=100)
    nop_id = exactly(NOP_ID)


class ConsigneeSerializer(serializers.Serializer):
    """The ultimate consignee, when not the importer."""

    name = serializers.CharField(max_length=200)
    address_lines = Lines()


class ProductSerializer(serializers.Serializer):
    """The product as on the certificate."""

    name = serializers.CharField(max_length=300)
    form = serializers.CharField(max_length=100, allow_blank=True)
    label_category = serializers.CharField(max_length=100)


class StandardSerializer(serializers.Serializer):
    """The organic standard to which the product is certified."""

    code = serializers.CharField(max_length=20)
    name = serializers.CharField(max_length=200)


class PackagesSerializer(serializers.Serializer):
    """How the goods are packed."""

    count = serializers.IntegerField(min_value=0, allow_null=True)
    kind = serializers.CharField(max_length=100, allow_blank=True)


class LotSerializer(serializers.Serializer):
    """One lot and, if known, its weight in kg."""

    code = serializers.CharField(max_length=100)
    kg = exactly(WEIGHT, allow_null=True)


class OriginSerializer(serializers.Serializer):
    """Where the product grew and where it was last processed."""

    country = serializers.CharField(max_length=100)
    last_processing_country = serializers.CharField(max_length=100, allow_blank=True)


class ShipmentSerializer(serializers.Serializer):
    """What identifies the shipment, as far as known."""

    mode = serializers.CharField(max_length=40, allow_blank=True)
    containers = serializers.ListField(child=serializers.CharField(max_length=40), max_length=200)
    document_number = serializers.CharField(max_length=100, allow_blank=True)
    place_of_loading = serializers.CharField(max_length=200, allow_blank=True)
    country_of_loading = serializers.CharField(max_length=100, allow_blank=True)
    port_of_entry = serializers.CharField(max_length=200)


class CertificatePayloadSerializer(serializers.Serializer):
    """The statutory fields, the parties and the shipment."""

    schema = serializers.ChoiceField([SCHEMA])
    coverage = CoverageSerializer()
    certifier = IssuerSerializer()
    exporter = ExporterSerializer()
    final_handler = FinalHandlerSerializer(allow_null=True)
    importer = ImporterSerializer()
    consignee = ConsigneeSerializer(allow_null=True)
    product = ProductSerializer()
    hts = exactly(HTS)
    standard = StandardSerializer()
    net_weight_kg = exactly(WEIGHT)
    packages = PackagesSerializer(allow_null=True)
    lots = LotSerializer(many=True, max_length=2000)
    origin = OriginSerializer()
    shipment = ShipmentSerializer()


class CancelPayloadSerializer(serializers.Serializer):
    """Why a number is cancelled."""

    schema = serializers.ChoiceField([SCHEMA])
    number = exactly(CERTIFICATE_NUMBER)
    reason = exactly("[a-z][a-z_]{0,39}")
    text = serializers.CharField(max_length=2000, allow_blank=True)


class ReplacePayloadSerializer(serializers.Serializer):
    """The certificate that takes the place of another."""

    schema = serializers.ChoiceField([SCHEMA])
    number = exactly(CERTIFICATE_NUMBER)
    certificate = CertificatePayloadSerializer()


class ReplaceReferencePayloadSerializer(serializers.Serializer):
    """The certificate that takes the place of the one published under a reference of the caller's."""

    schema = serializers.ChoiceField([SCHEMA])
    replaces = exactly(REFERENCE)
    certificate = CertificatePayloadSerializer()


class RevisePayloadSerializer(serializers.Serializer):
    """The next version of a certificate: what may differ under the same number. Weight in kg."""

    schema = serializers.ChoiceField([SCHEMA])
    number = exactly(CERTIFICATE_NUMBER)
    version = serializers.IntegerField(min_value=2, max_value=999)
    importer = ImporterSerializer()
    hts = exactly(HTS)
    net_weight_kg = exactly(WEIGHT)
    packages = PackagesSerializer(allow_null=True)
    lots = LotSerializer(many=True, max_length=2000)
    remarks = serializers.CharField(max_length=2000, allow_blank=True)


class ShipmentWeightSerializer(serializers.Serializer):
    """What left under a certificate at once; `reference` is the caller's."""

    reference = serializers.CharField(max_length=64)
    departed_on = serializers.DateField()
    net_weight_kg = exactly(WEIGHT)


class WeightPayloadSerializer(serializers.Serializer):
    """The actual net weight in kg, in total and of each shipment; the sequence rises with every report."""

    schema = serializers.ChoiceField([SCHEMA])
    number = exactly(CERTIFICATE_NUMBER)
    sequence = serializers.IntegerField(min_value=1, max_value=30_000)
    net_weight_kg = exactly(WEIGHT)
    shipments = ShipmentWeightSerializer(many=True, max_length=5000)


class _ActSerializer(serializers.Serializer):
    client_ref = exactly(REFERENCE)
    sha256 = exactly("[0-9a-f]{64}")


class RegisterSerializer(_ActSerializer):
    """Register a certificate under the caller's reference; `sha256` is of the canonical payload."""

    payload = CertificatePayloadSerializer()


class CancelSerializer(_ActSerializer):
    """Cancel under the caller's reference."""

    payload = CancelPayloadSerializer()


class ReplaceSerializer(_ActSerializer):
    """Replace under the caller's reference."""

    payload = ReplacePayloadSerializer()


class ReplaceReferenceSerializer(_ActSerializer):
    """Replace what another reference stands for, under the caller's new reference."""

    payload = ReplaceReferencePayloadSerializer()


class ReviseSerializer(_ActSerializer):
    """Revise under the caller's reference."""

    payload = RevisePayloadSerializer()


class WeightSerializer(_ActSerializer):
    """Report a weight under the caller's reference."""

    payload = WeightPayloadSerializer()
