"""What the rules look at: one request with everything it refers to, loaded once in a fixed number of statements."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property

from django.db.models import Q, Sum
from django.utils.translation import gettext as _

from nopic.documents.models import Document
from nopic.frames.policies import Terms
from nopic.frames.queries import terms_by_item
from nopic.ledger import accounts, inputs
from nopic.ledger.models import Account, InputCertificate, InputEntry
from nopic.presentation.typed import whole
from nopic.products.models import Demand, ProductVersion
from nopic.requests import guarantees
from nopic.requests.beside import Beside, look
from nopic.requests.lending import lent
from nopic.requests.models import CertificateRequest, Lot, RequestLine, Supplier
from nopic.requests.slots import SlotView, slots_of, subject_of
from nopic.requests.statuses import UNDECIDED_LINE, Coverage, LineStatus, RequestStatus
from nopic.tenants.calendar import Office
from nopic.tenants.policy import Goods, Rules
from nopic.tenants.queries import policy_of
from nopic.workflow.clock import now as the_present

__all__ = ["Facts", "Key", "LineFacts", "load", "policy_of", "rules_of"]

Key = tuple[int | None, int | None]  # product item and harvest year


@dataclass
class LineFacts:
    """One line: its lots, all versions of its product, its account and what it holds there."""

    line: RequestLine
    index: int  # in the form as it was saved
    lots: list[Lot]
    versions: list[ProductVersion]
    account: Account | None
    own_held: Decimal
    inputs: dict[int, InputCertificate] = field(default_factory=dict)  # of purchased lots, by the lot's key
    lent: Decimal = Decimal(0)  # of the certificate that the request replaces
    # Other entries of the register under the number that a lot names, by the lot's key; None: of facts from before.
    namesakes: dict[int, list[InputCertificate]] | None = None

    @property
    def drawn(self) -> dict[int, tuple[InputCertificate, Decimal]]:
        """Kilograms that this line takes off each transaction certificate: what its lots weigh, by the product's yield."""
        factor = self.version.input_factor if self.version else Decimal(1)
        found: dict[int, tuple[InputCertificate, Decimal]] = {}
        for lot in self.lots:
            certificate, weight = self.inputs.get(lot.pk), self.kg_of(lot)
            if certificate is not None and weight is not None:
                before = found.get(certificate.pk, (certificate, Decimal(0)))[1]
                found[certificate.pk] = (certificate, before + inputs.input_of(weight, factor))
        return found

    def kg_of(self, lot: Lot) -> Decimal | None:
        """Kilograms of a lot; a line of one lot is that lot."""
        return lot.kg if lot.kg is not None or len(self.lots) > 1 else self.line.net_kg

    @property
    def key(self) -> Key:
        """What its kilograms are counted under."""
        return self.line.item_id, self.line.crop_year

    @property
    def version(self) -> ProductVersion | None:
        """The version it was sent with; of a draft, the newest one."""
        pinned = next((v for v in self.versions if v.pk == self.line.version_id), None)
        return pinned or (self.versions[-1] if self.versions else None)

    @property
    def name(self) -> str:
        """The product's wording, or its place in the form."""
        return self.version.wording if self.version else _("Product %(n)s") % {"n": self.line.position}

    def version_on(self, day: date) -> ProductVersion | None:
        """The version that holds on a day: the newest one whose period contains it."""
        covering = [v for v in self.versions if v.valid_from <= day and (v.valid_to is None or v.valid_to >= day)]
        return covering[-1] if covering else None

    def at(self, name: str) -> str:
        """The anchor of one of its inputs."""
        return f"products#lines-{self.index}-{name}"


@dataclass
class Facts:
    """A request as the rules see it, at one moment."""

    request: CertificateRequest
    rules: Rules
    now: datetime
    lines: list[LineFacts]
    suppliers: list[Supplier] = field(default_factory=list)  # who sold lots of this request, each once
    # Files of these suppliers' organic certificates, by supplier; None: of facts from before they were kept.
    certificates: dict[int, list[Document]] | None = None
    terms: dict[int, Terms] = field(default_factory=dict)  # by product item, of a request for a time frame

    @property
    def time_frame(self) -> bool:
        """Whether it is for several shipments in a time frame: packages, gross weight and lots come with each."""
        return self.request.coverage == Coverage.TIME_FRAME

    @cached_property
    def own_frames(self) -> dict[int, str]:
        """Time frames in force of the same products to the same importer: number by item. Asked of single ones only."""
        items = [each.line.item_id for each in self.lines if each.line.item_id]
        if self.time_frame or self.request.importer_id is None or not items or self.request.departure_on is None:
            return {}
        found = RequestLine.objects.filter(
            certifier_id=self.request.certifier_id, item_id__in=items, request__exporter_id=self.request.exporter_id,
            request__importer_id=self.request.importer_id, request__coverage=Coverage.TIME_FRAME,
            request__departure_on__lte=self.request.departure_on,
            request__last_departure_on__gte=self.request.departure_on, certificate__status="issued",
            certificate__cancel_requested_at=None, certificate__used_up_on=None,
        )  # fmt: skip
        numbers = found.order_by("pk").values_list("item_id", "certificate__number")
        return {item: number for item, number in numbers if number}

    @property
    def certifier(self) -> str:
        """The certifier's name, as sentences use it."""
        return self.request.certifier.name

    @cached_property
    def office(self) -> Office:
        """The certifier's working days under these rules."""
        return Office(self.rules)

    @cached_property
    def today(self) -> date:
        """Today at the certifier's office."""
        return self.office.local(self.now).date()

    @cached_property
    def beside(self) -> Beside:
        """Other requests that name what this one travels in, or its lots."""
        return look(self.request, {each.line.item_id for each in self.lines if each.line.item_id and each.lots})

    @cached_property
    def slots(self) -> list[SlotView]:
        """The document list."""
        return slots_of(self.request, self.rules, self.suppliers, goods=self.goods, demands=self.demands)

    @property
    def goods(self) -> list[Goods]:
        """The products as the conditions of the document list ask for them."""
        return [
            Goods(
                code=each.line.item.code if each.line.item is not None else "",
                hts=each.version.hts if each.version else "",
                origin=each.version.origin_country if each.version else "",
                suppliers=frozenset(subject_of(lot.supplier_id) for lot in each.lots if lot.supplier_id),
            )
            for each in self.lines
        ]

    @cached_property
    def demands(self) -> list[Demand]:
        """Documents demanded of this operation or its products besides the usual: as it was sent, or today for a draft."""
        mine = Demand.objects.filter(certifier_id=self.request.certifier_id, exporter_id=self.request.exporter_id)
        if self.request.status != RequestStatus.DRAFT:
            return list(mine.filter(pk__in=self.request.demands).order_by("pk"))
        items = {each.line.item_id for each in self.lines}
        holding = mine.filter(Q(to_on=None) | Q(to_on__gte=self.today), from_on__lte=self.today).order_by("pk")
        return [each for each in holding if each.item_id is None or each.item_id in items]

    @cached_property
    def inputs_held(self) -> dict[tuple[int, int], Decimal]:
        """Kilograms that each line holds on each transaction certificate; asked only when one is named."""
        named = any(each.inputs for each in self.lines)
        return inputs.held_for(each.line.pk for each in self.lines) if named else {}

    def drawn_before(self, line: LineFacts, certificate_id: int) -> Decimal:
        """Kilograms of a transaction certificate that earlier lines of this request ask for and do not hold yet."""
        asked = Decimal(0)
        for other in self.lines[: self.lines.index(line)]:
            if (other.line.pk, certificate_id) not in self.inputs_held and other.line.status == LineStatus.OPEN:
                asked += other.drawn.get(certificate_id, (None, Decimal(0)))[1]
        return asked

    def went_to(self, certificate: InputCertificate) -> list[tuple[str, Decimal]]:
        """The requests that hold or have used a transaction certificate, this one left out; two statements."""
        taken = InputEntry.objects.filter(certificate=certificate, line_id__isnull=False).values("line_id")
        sums = {r["line_id"]: r["kg"] for r in taken.annotate(kg=Sum("held_delta") + Sum("used_delta")).order_by()}
        rows = RequestLine.objects.filter(
            certifier_id=certificate.certifier_id, pk__in=[k for k, v in sums.items() if v]
        )
        found: dict[str, Decimal] = {}
        for pk, reference in rows.exclude(request=self.request).order_by("pk").values_list("pk", "request__reference"):
            found[reference] = found.get(reference, Decimal(0)) + sums[pk]
        return list(found.items())

    def left_for(self, line: LineFacts) -> Decimal | None:
        """Kilograms this line may have, in kg; None without a cap.

        What the line holds, or is lent to it, is not counted against it; what earlier lines of the same draft ask for is.
        """
        if line.account is not None and line.account.allocated is None:
            return None
        left = (line.account.left if line.account else None) or Decimal(0)
        return left + line.own_held + line.lent - self.asked_before(line)

    def asked_before(self, line: LineFacts) -> Decimal:
        """Kilograms of the same account that earlier lines of this request ask for beyond what they hold, less those that
        any other line gives back: all is released before anything is held."""
        asked, at = Decimal(0), self.lines.index(line)
        for n, other in enumerate(self.lines):
            if other is not line and other.key == line.key and other.line.status in UNDECIDED_LINE:
                more = (other.line.net_kg or Decimal(0)) - other.own_held
                asked += more if n < at else min(more, Decimal(0))
        return asked


def rules_of(request: CertificateRequest, now: datetime | None = None) -> Rules:
    """The certifier's rules for this request: those it was sent under, or for a draft those of today."""
    if request.status != RequestStatus.DRAFT and request.policy is not None:
        return request.policy.rules
    return policy_of(request.certifier_id, now).rules


def load(request: CertificateRequest, now: datetime | None = None) -> Facts:
    """Everything about the request in a number of statements that does not grow with it."""
    rules = rules_of(request, moment := now or the_present())
    lines = list(
        RequestLine.objects.filter(certifier_id=request.certifier_id, request_id=request.pk, removed=False)
        .exclude(status=LineStatus.WITHDRAWN)
        .select_related("item")
        .order_by("position", "pk")
    )
    items = {line.item_id for line in lines if line.item_id}
    versions: dict[int, list[ProductVersion]] = defaultdict(list)
    of_items = ProductVersion.objects.filter(certifier_id=request.certifier_id, item_id__in=items)
    for version in of_items.order_by("number"):
        versions[version.item_id].append(version)
    found: dict[Key, Account] = {
        (account.item_id, account.crop_year): account
        for account in Account.objects.filter(Q(certifier_id=request.certifier_id), item_id__in=items)
    }
    lots: dict[int, list[Lot]] = defaultdict(list)
    suppliers: dict[int, Supplier] = {}
    of_lines = Lot.objects.filter(certifier_id=request.certifier_id, line__in=lines)
    for lot in of_lines.select_related("supplier").order_by("pk"):
        lots[lot.line_id].append(lot)
        if lot.supplier is not None:
            suppliers.setdefault(lot.supplier.pk, lot.supplier)
    held = accounts.held_for(line.pk for line in lines)
    places = _places(request)
    proofs, others = guarantees.proofs(request, [lot for of_line in lots.values() for lot in of_line])
    return Facts(
        request=request,
        rules=rules,
        now=moment,
        lines=[
            LineFacts(
                line=line,
                index=places.get(line.pk, at),
                lots=lots[line.pk],
                versions=versions[line.item_id] if line.item_id else [],
                account=found.get((line.item_id, line.crop_year)),
                own_held=held.get(line.pk, Decimal(0)),
                inputs={lot.pk: proofs[lot.pk] for lot in lots[line.pk] if lot.pk in proofs},
                namesakes={lot.pk: others[lot.pk] for lot in lots[line.pk] if lot.pk in others},
                lent=lent(request, found.get((line.item_id, line.crop_year))),
            )
            for at, line in enumerate(lines)
        ],
        suppliers=list(suppliers.values()),
        certificates=guarantees.certificates_of(suppliers.values()),
        terms=_terms(request, rules, [line.item_id for line in lines if line.item_id]),
    )


def _terms(request: CertificateRequest, rules: Rules, items: list[int]) -> dict[int, Terms]:
    """Permissions count as they stand now, also for a request that was sent before one was withdrawn."""
    if request.coverage != Coverage.TIME_FRAME:
        return {}
    return terms_by_item(request.certifier_id, request.exporter_id, items, rules)


def _places(request: CertificateRequest) -> dict[int, int]:
    """Where each line stands in the form as it was saved."""
    saved = request.raw.get("products", {}).get("lines", [])
    known = {whole(entry.get("id", "")): at for at, entry in enumerate(saved)}
    return {line_id: at for line_id, at in known.items() if line_id is not None}
