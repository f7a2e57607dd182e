"""Before the first request: certifiers with their policies, people, exporters, verified lists, suppliers, importers.

Everything is made once; what is there already is left as it is.
"""

from datetime import date, timedelta
from typing import Any

from allauth.account.models import EmailAddress

from nopic.demo.people import PASSWORD, PEOPLE
from nopic.demo.seed.parties import BROKER, BUYERS, OFFICES, OPERATIONS, SELLERS, Office, Operation
from nopic.demo.seed.products import PRODUCTS, Product
from nopic.demo.seed.registry import keys
from nopic.ledger import accounts
from nopic.products.actions import add_item, add_version
from nopic.requests.actions import add_supplier
from nopic.tenants import crypto, sync
from nopic.tenants.actions import add_certifier, add_exporter
from nopic.tenants.context import organisation, tenant
from nopic.tenants.countries import country_name
from nopic.tenants.models import Broker, Certifier, Exporter, Membership, RegistryCredential, User
from nopic.tenants.statuses import Role
from nopic.workflow.audit import record
from nopic.workflow.clock import now

BY = "demo"
HISTORY = timedelta(days=60)  # the demo's policies and lists hold since then


def found() -> None:
    """Make everything that requests refer to. Owes the look at the importers to the registry."""
    for office in OFFICES:
        _certifier(office)
    broker, _created = Broker.objects.get_or_create(email=BROKER[1], defaults={"name": BROKER[0]})
    with organisation(broker_id=broker.pk):
        _belongs(_known("desk@harborline.example"), Role.BROKER, broker=broker)
    for buyer in BUYERS:
        importer = sync.know_importer(buyer.nop_id)
        sync.ask_soon(importer)
        if buyer.key == "bay-bridge":
            with organisation(importer_id=importer.pk):
                _belongs(_known("bo@baybridge.example"), Role.IMPORTER, importer=importer)


def _certifier(office: Office) -> None:
    if Certifier.objects.filter(slug=office.slug).exists():
        return
    certifier = add_certifier(
        facts=office.facts | {"slug": office.slug}, rules=office.rules, by=BY, since=now() - HISTORY
    )
    with tenant(certifier):
        RegistryCredential.objects.create(
            certifier=certifier, secret=crypto.encrypt(keys()[certifier.nop_code]), rejected_at=None
        )
        admin = person(*office.admin)
        _belongs(admin, Role.CERTIFIER_ADMIN, certifier=certifier)
        for email in office.reviewers:
            _belongs(_known(email), Role.REVIEWER, certifier=certifier)
        for operation in OPERATIONS:
            if operation.office == office.slug:
                _operation(certifier, operation, admin)


def _operation(certifier: Certifier, operation: Operation, admin: User) -> None:
    facts: dict[str, Any] = {
        "name": operation.name,
        "short_name": operation.short_name,
        "address": operation.address,
        "region": operation.region,
        "country": country_name(operation.country),
        "nop_id": operation.nop_id,
        "email": operation.sender[0],
        "certified_from": date.fromisoformat(operation.certified_from),
        "standard": operation.standard,
    }
    exporter = add_exporter(certifier=certifier, facts=facts, by=admin)
    sender = person(*operation.sender)
    _belongs(sender, Role.EXPORTER_SENDER, certifier=certifier, exporter=exporter)
    if operation.key == "valle-verde":
        _belongs(_known("luis@valleverde.example"), Role.EXPORTER_MEMBER, certifier=certifier, exporter=exporter)
    for listed in PRODUCTS:
        if listed.exporter == operation.key:
            _product(exporter, listed, admin)
    for seller in SELLERS:
        if seller.exporter == operation.key:
            add_supplier(
                exporter=exporter,
                name=seller.name,
                nop_id=seller.nop_id,
                certifier_name=seller.certifier_name,
                same_certifier=seller.same_certifier,
                by=sender,
            )


def _product(exporter: Exporter, listed: Product, admin: User) -> None:
    since = (now() - HISTORY).date().replace(month=1, day=1)
    facts: dict[str, Any] = {
        "wording": listed.wording,
        "brand": listed.brand,
        "form": listed.form,
        "label_category": "organic",
        "hts": listed.hts,
        "origin_country": country_name(listed.origin),
        "origin_region": listed.region,
        "last_processing_country": country_name(listed.processed or listed.origin),
        "package_kind": listed.package,
        "package_kg": listed.package_kg,
        "valid_from": since,
    }
    if listed.earlier_wording:
        earlier = facts | {"wording": listed.earlier_wording, "valid_from": since.replace(year=since.year - 1)}
        item = add_item(exporter=exporter, code=listed.code, facts=earlier, by=admin)
        add_version(item=item, facts=facts, by=admin, note="Processing named on the label since this harvest.")
    else:
        item = add_item(exporter=exporter, code=listed.code, facts=facts, by=admin)
    account = accounts.account_of(item, now().year)
    if listed.verified is None:
        accounts.remove_cap(account, by=admin, reason="Handler: buys from certified farms, no harvest of its own.")
        return
    accounts.allocate(account, listed.verified, by=admin, reason="Verified at the yearly inspection.")
    if listed.opening:
        account.refresh_from_db()
        accounts.open_balance(account, listed.opening, by=admin, reason="Certified on paper before the portal.")


def person(email: str, name: str) -> User:
    """A person with a verified address; those of `nopic.demo.people` can sign in, the others have no password."""
    found = User.objects.filter(email=email).first()
    if found is None:
        shown = any(each.email == email for each in PEOPLE)
        found = User.objects.create_user(email, PASSWORD if shown else None, name=name)
        EmailAddress.objects.create(user=found, email=email, verified=True, primary=True)
    return found


def _known(email: str) -> User:
    """One of the people whose sign-in is shown."""
    listed = next(each for each in PEOPLE if each.email == email)
    return person(email, listed.name)


def _belongs(member: User, role: Role, **organisation_: Any) -> None:
    if not Membership.objects.filter(user=member, role=role, **organisation_).exists():
        record(Membership.objects.create(user=member, role=role, **organisation_), "joined", by=BY, new=role)
