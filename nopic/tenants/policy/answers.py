"""What the document list of a request depends on: what was bought from whom, which goods, how and whereto they travel."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Supplier:
    """Somebody from whom a lot of the request was bought; own production has none.

    ``id`` is any lasting text or number; ``same_certifier`` says whether the exporter's certifier certifies it too.
    """

    id: int | str
    name: str
    same_certifier: bool


@dataclass(frozen=True, slots=True)
class Goods:
    """One product of the request: its list code, tariff code and country of origin, and who sold lots of it."""

    code: str = ""
    hts: str = ""
    origin: str = ""
    suppliers: frozenset[str] = frozenset()  # their ids as text


@dataclass(frozen=True, slots=True)
class Answers:
    """What the document list depends on. The same supplier may stand here once for each of its lots.

    ``places`` are the destinations by every name that a row may use: the importer's state and the US port of entry.
    """

    suppliers: tuple[Supplier, ...] = ()
    departed: bool = False
    goods: tuple[Goods, ...] = ()
    mode: str = ""
    places: tuple[str, ...] = ()
