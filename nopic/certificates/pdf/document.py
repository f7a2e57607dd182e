"""What a certificate says: the data frozen at approval and the facts its publication added.

Decides which facts may appear on a certificate at all. The loader is strict: a key it does not know, a weight
that is not a plain decimal or a date that is not ISO 8601 raises `UnknownFact`. So a supplier, a purchase paper or a
price cannot slip into the printed page or into the data attached to it, whatever a caller puts into the frozen data.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal, Self

from nopic.certificates.pdf.reading import UnknownFact, arguments
from nopic.oid.payloads import canonical

VERIFICATION_URL_LENGTH = 120  # characters; longer ones make the QR code too fine for a laser print of 27 mm

Weight = Annotated[str, re.compile(r"\d{1,11}(\.\d{1,3})?")]  # kilograms as a plain decimal, never a float
Day = Annotated[str, date.fromisoformat]
Code = Annotated[str, re.compile(r"[a-z0-9][a-z0-9_-]{0,39}|")]
Number = Annotated[str, re.compile(r"\d{3}-\d{10}-\d{6}")]  # given by Organic INTEGRITY; its parts mean nothing here
Key = Annotated[str, re.compile(r"[0-9A-HJKMNP-TV-Z]{16}")]  # Crockford base 32


@dataclass(frozen=True)
class Request:
    """The exporter's request that this certificate answers."""

    reference: str
    received_on: Day


@dataclass(frozen=True)
class Coverage:
    """What the certificate is good for: one shipment, or several within a time frame, leaving between two days."""

    kind: Literal["single", "time_frame"]
    first_departure: Day
    last_departure: Day


@dataclass(frozen=True)
class Certifier:
    """`name` as people know it, `legal_name` as accredited; `mark` names a file in the template's folder `marks`.

    `footer` is the line of its own that the certifier's policy put at the foot of the page on the day of approval.
    """

    name: str
    address_lines: tuple[str, ...]
    country: str
    nop_code: str
    role_text: str
    legal_name: str | None = None
    email: str | None = None
    phone: str | None = None
    mark: Code | None = None
    footer: str | None = None


@dataclass(frozen=True)
class Exporter:
    """Who sends the goods; also the final certified handler unless another is named."""

    name: str
    address_lines: tuple[str, ...]
    country: str
    nop_id: str


@dataclass(frozen=True)
class FinalHandler:
    """The last certified operation that handled the product, when that is not the exporter."""

    name: str
    nop_id: str
    certifier: str


@dataclass(frozen=True)
class Importer:
    """The importer of record in the United States."""

    name: str
    address_lines: tuple[str, ...]
    nop_id: str
    state: str | None = None


@dataclass(frozen=True)
class Consignee:
    """Where the goods go, when that is not the importer's address."""

    name: str
    address_lines: tuple[str, ...]


@dataclass(frozen=True)
class Product:
    """The product as labeled, in the wording of the verified list. `label_category` as in `LabelCategory`."""

    name: str
    label_category: str
    brand: str | None = None
    form: str | None = None
    item_code: str | None = None
    crop_year: str | int | None = None


@dataclass(frozen=True)
class Standard:
    """The organic standard or arrangement that the product was certified under."""

    code: str
    name: str
    basis: str


@dataclass(frozen=True)
class Packages:
    """How many, and of what kind: 640 jute bags."""

    count: int
    kind: str


@dataclass(frozen=True)
class Lot:
    """One lot, with its net weight if it is known."""

    code: str
    kg: Weight | None = None


@dataclass(frozen=True)
class Origin:
    """Where the product grew, and where it was last processed."""

    country: str
    last_processing_country: str
    region: str | None = None


@dataclass(frozen=True)
class Container:
    """A container or trailer and its seal."""

    number: str
    seal: str | None = None


@dataclass(frozen=True)
class Transport:
    """How the goods travel."""

    mode: Literal["sea", "air", "road", "rail"]
    carrier: str | None = None
    vessel: str | None = None
    containers: tuple[Container, ...] = ()
    document_number: str | None = None


@dataclass(frozen=True)
class Route:
    """From the place of loading to the US port of entry."""

    place_of_loading: str
    country_of_loading: str
    port_of_entry: str
    departure_on: Day
    port_code: str | None = None
    arrival_on: Day | None = None


@dataclass(frozen=True)
class Treatment:
    """What the exporter declared. `permitted` treatments are named in `text`: hot water, cold, carbon dioxide."""

    kind: Literal["none", "permitted", "other"]
    phyto_seen: bool
    text: str | None = None


@dataclass(frozen=True)
class DecidedBy:
    """Who decided, as printed under the statement."""

    name: str
    title: str | None = None


@dataclass(frozen=True)
class Revised:
    """Which version of the certificate this is, when it is not the first, and what was remarked."""

    version: int
    approved_on: Day
    remarks: str | None = None


@dataclass(frozen=True)
class Issue:
    """What is known only once the registry has published: number, time, verification, standing.

    `replaces` is the number of the certificate that this one replaces. `statuses` is empty while the certificate is
    good for entry; each other entry is printed as a reason why it is not. Of them only cancelled, replaced and earlier come about today: a
    paper is made once the registry has published, and a single shipment is neither used up nor does it expire.
    """

    number: Number
    published_at: Annotated[str, datetime.fromisoformat]
    verification_url: str
    verification_key: Key
    registry_is_mock: bool
    replaces: Number | None = None
    statuses: tuple[Literal["pending", "cancelled", "replaced", "earlier", "used_up", "expired"], ...] = ()

    def __post_init__(self) -> None:
        if datetime.fromisoformat(self.published_at).tzinfo is None:
            raise UnknownFact("issue.published_at has no time zone")
        if not re.fullmatch(r"https?://[!-~]+", self.verification_url):
            raise UnknownFact("issue.verification_url is not an http address in ASCII")
        if len(self.verification_url) > VERIFICATION_URL_LENGTH:
            raise UnknownFact(f"issue.verification_url is longer than {VERIFICATION_URL_LENGTH} characters")

    @property
    def published(self) -> datetime:
        """The moment of publication, UTC."""
        return datetime.fromisoformat(self.published_at).astimezone(UTC)


@dataclass(frozen=True)
class CertificateDocument:
    """One certificate, complete. `issue` is None only in a preview, which has no number yet."""

    schema: Literal["nopic-certificate/1"]
    request: Request
    coverage: Coverage
    certifier: Certifier
    exporter: Exporter
    final_handler: FinalHandler | None
    importer: Importer
    consignee: Consignee | None
    product: Product
    hts: str
    standard: Standard
    net_weight_kg: Weight
    packages: Packages | None  # None and no lots: of a time frame, they stand in the record of its shipments
    gross_weight_kg: Weight | None
    lots: tuple[Lot, ...]
    origin: Origin
    transport: Transport
    route: Route
    treatment: Treatment
    documents: tuple[str, ...]
    statement: str
    decided_by: DecidedBy
    approved_on: Day
    revision: Revised | None = None
    issue: Issue | None = None
    frozen: bytes = b""  # canonical JSON of the mapping this was read from, so that the attachment is that and no more

    @classmethod
    def from_json(cls, data: Mapping[str, Any], issue: Mapping[str, Any] | None = None) -> Self:
        """Read the data frozen at approval and the facts of the issue (None: a preview); raises `UnknownFact`."""
        whole = {**data, "issue": issue} if issue else dict(data)
        if issue is None and "issue" in data:
            raise UnknownFact("issue belongs to the publication, not to the frozen data")
        return cls(**arguments(cls, whole), frozen=canonical(whole))
