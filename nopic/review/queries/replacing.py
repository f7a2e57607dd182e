"""What a request for a replacement says otherwise than the certificate in whose place its own is to come."""

from dataclasses import dataclass

from nopic.certificates import standing
from nopic.certificates.models import Certificate
from nopic.requests.models import RequestLine
from nopic.requests.queries import of_certificate
from nopic.requests.snapshot import certificate_data


@dataclass(frozen=True)
class Differs:
    """One box of the certificate that says something else on the new one."""

    number: int
    title: str
    old: str
    new: str


@dataclass(frozen=True)
class Replacing:
    """The certificate that is to be replaced. `rows` is None while the new one could not be written."""

    certificate: Certificate
    rows: list[Differs] | None


def replacing(line: RequestLine) -> Replacing | None:
    """What a line is to replace and what would be different; None of most, and once it is decided."""
    old = standing.to_be_replaced(line.request)
    if old is None:
        return None
    try:
        data = certificate_data(line, decided_by="")
    except ValueError:  # it lacks what a certificate must say; its own checks say what
        return Replacing(old, None)
    before = {(box.number, box.title): ", ".join(box.values) for box in of_certificate(old.data)}
    after = {(box.number, box.title): ", ".join(box.values) for box in of_certificate(data)}
    rows = [
        Differs(*box, before.get(box, "—"), after.get(box, "—"))
        for box in {**before, **after}
        if before.get(box) != after.get(box)
    ]
    return Replacing(old, rows)
