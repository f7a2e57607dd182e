"""The verified list as its exporter reads it: what is left of each product and year, and how it is used."""

from dataclasses import dataclass
from datetime import date

from nopic.ledger.models import Account
from nopic.presentation.bars import Bar, bar
from nopic.products.queries import Listed, listed


@dataclass(frozen=True)
class Balance:
    """One harvest year of a product."""

    account: Account
    picture: Bar


@dataclass(frozen=True)
class Product:
    """One product with its years, newest first."""

    listed: Listed
    balances: tuple[Balance, ...]


def products(certifier_id: int, exporter_id: int, today: date) -> list[Product]:
    """The whole list in the order of its codes; three statements."""
    years: dict[int, list[Balance]] = {}
    for account in Account.objects.filter(certifier_id=certifier_id, item__exporter_id=exporter_id).order_by(
        "-crop_year"
    ):
        picture = bar(used=account.issued, held=account.held, of=account.allocated)
        years.setdefault(account.item_id, []).append(Balance(account, picture))
    return [Product(each, tuple(years.get(each.item.pk, ()))) for each in listed(certifier_id, exporter_id, today)]
