"""What requests travel in, so that those are found that name the same."""

from django.db import models

from nopic.tenants.models import TenantModel


class TransportNumber(TenantModel):
    """A container, seal, vessel or plate, or transport document of a request, as `requests.beside.compactly` writes it.

    Kept by a trigger of the request's table, never written here. Compared byte by byte (collation C), because below
    row-level security only leakproof operators may use an index.
    """

    request = models.ForeignKey(
        "requests.CertificateRequest", models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    plain = models.CharField(max_length=120, db_collation="C")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["certifier", "request", "plain"], name="transport_number_once")]
        indexes = [models.Index(fields=["certifier", "plain", "request"], name="transport_number_found")]

    def __str__(self) -> str:
        return self.plain
