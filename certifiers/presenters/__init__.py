"""Rows and pictures that staff pages print: figures from the domain, drawn by the presentation."""

from dataclasses import dataclass

from nopic.ledger.models import Account
from nopic.presentation.bars import Bar, bar
from nopic.products.queries import Listed, listed
from nopic.tenants.models import Exporter
from nopic.tenants.roster import today_of
from nopic.tenants.statuses import Role


@dataclass(frozen=True)
class Balance:
    """One crop year of a product, as figures and as a picture."""

    account: Account
    picture: Bar


@dataclass(frozen=True)
class Row:
    """One product on the operation's page."""

    listed: Listed
    balances: tuple[Balance, ...]


def listed_with_bars(exporter: Exporter) -> list[Row]:
    """The verified list with the balances of every crop year, newest first; three statements."""
    by_item: dict[int, list[Account]] = {}
    for account in Account.objects.filter(certifier_id=exporter.certifier_id, item__exporter_id=exporter.pk).order_by(
        "-crop_year"
    ):
        by_item.setdefault(account.item_id, []).append(account)
    return [
        Row(
            product,
            tuple(
                Balance(account, bar(used=account.issued, held=account.held, of=account.allocated))
                for account in by_item.get(product.item.pk, [])
            ),
        )
        for product in listed(exporter.certifier_id, exporter.pk, today_of(exporter.certifier_id))
    ]


def person_roles() -> list[Role]:
    """Roles that staff may invite to an exporter."""
    return [Role.EXPORTER_SENDER, Role.EXPORTER_MEMBER]
