"""One shipment in figures: what the exporter types into the request, and what stands on its papers.

Both read the same object, so a paper differs from its request only where a story says so. Kilograms follow from whole
packages; numbers of invoices, seals and containers come from a generator seeded by the story's key, so that two seeds
give the same demo.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from nopic.demo.seed.parties import BUYERS, OFFICES, OPERATIONS, SELLERS, Buyer, Operation, Seller
from nopic.demo.seed.products import Product, product
from nopic.demo.seed.stories import WAYS, Story, Way
from nopic.requests.containers import check_digit
from nopic.requests.ports import port_of_entry
from nopic.tenants.countries import country_name

FIRST_LOT = 104  # in the lot numbers of every exporter
CONTAINER_KG = 22_500  # what one container carries
FRAME_DAYS = 60  # of a time frame
FIRST_PACKAGES = 320  # of each shipment in it: one container


@dataclass(frozen=True)
class Lot:
    """Packages of one lot; `seller` None: own production."""

    code: str
    packages: int
    seller: Seller | None


@dataclass(frozen=True)
class Line:
    """A product and its lots."""

    product: Product
    lots: tuple[Lot, ...]

    @property
    def packages(self) -> int:
        """How many there are."""
        return sum(lot.packages for lot in self.lots)

    def net(self, packages: int) -> Decimal:
        """Kilograms without packages."""
        return self.product.package_kg * packages

    def gross(self, packages: int) -> Decimal:
        """Kilograms with packages."""
        return (self.product.package_kg + self.product.tare_kg) * packages


@dataclass(frozen=True)
class Shipment:
    """Everything that a request and its papers say."""

    story: Story
    exporter: Operation
    certifier: str
    certifier_code: str
    buyer: Buyer
    way: Way
    port: str
    lines: tuple[Line, ...]
    containers: tuple[dict[str, str], ...]
    leaves: date
    issued: date  # of the papers
    invoice: str
    order: str
    transport: str
    year: int  # of the harvest

    @property
    def sellers(self) -> list[Seller]:
        """Who sold lots of it, each once."""
        return list(dict.fromkeys(lot.seller for line in self.lines for lot in line.lots if lot.seller))


def shipment(story: Story, number: int, *, leaves: date, issued: date) -> Shipment:
    """The shipment of a story, the `number`th of its exporter."""
    chance = Random(f"nopic demo {story.exporter} {story.key}")  # noqa: S311 - invented numbers, no secrets
    exporter = next(each for each in OPERATIONS if each.key == story.exporter)
    office = next(each for each in OFFICES if each.slug == exporter.office)
    way = WAYS[story.way]
    port = port_of_entry(way.port)
    code = FIRST_LOT + 7 * number
    lines = []
    for goods in story.goods:
        lots = []
        for who, packages in goods.packages:
            seller = next((each for each in SELLERS if each.key == who), None)
            lots.append(Lot(f"{exporter.lots}-{leaves:%y}-{code}", packages, seller))
            code += 3
        lines.append(Line(product(story.exporter, goods.code), tuple(lots)))
    kg = sum(line.gross(line.packages) for line in lines)
    count = -(-int(kg) // CONTAINER_KG) if way.owner else 0
    return Shipment(
        story=story,
        exporter=exporter,
        certifier=office.facts["name"],
        certifier_code=office.facts["nop_code"],
        buyer=next(each for each in BUYERS if each.key == story.buyer),
        way=way,
        port=f"{port.name}, {port.state}" if port else "",
        lines=tuple(lines),
        containers=tuple(_container(way.owner, country_name(exporter.country)[:2], chance) for _each in range(count)),
        leaves=leaves,
        issued=issued,
        invoice=f"{exporter.lots}-{issued:%Y}-{chance.randrange(40, 900):04d}",
        order=f"PO {chance.randrange(4100, 9900)}",
        transport=f"{way.owner or exporter.lots}{way.place[:3].upper()}{chance.randrange(10_000, 99_999)}",
        year=leaves.year,
    )


def _container(owner: str, country: str, chance: Random) -> dict[str, str]:
    serial = f"{chance.randrange(100_000, 999_999)}"
    return {
        "number": f"{owner} {serial} {check_digit(owner + serial)}",
        "seal": f"{country.upper()}{chance.randrange(100_000, 999_999)}",
    }


def arrives(what: Shipment) -> date:
    """When the goods are expected at the US port."""
    return what.leaves + timedelta(days=what.way.days)


def first_shipment(what: Shipment) -> Shipment:
    """The first shipment of a time frame, which its papers are about."""
    [line] = what.lines
    return replace(what, lines=(replace(line, lots=(replace(line.lots[0], packages=FIRST_PACKAGES),)),))
