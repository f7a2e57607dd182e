"""Builders of test data: plain functions that walk the real actions, so that no impossible object can exist."""

import hashlib
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace

from allauth.account.models import EmailAddress
from django.test import Client

from nopic.documents.models import Document
from nopic.ledger import accounts
from nopic.ledger.models import Account, InputCertificate
from nopic.products.models import ProductItem, ProductVersion
from nopic.requests import actions as requests
from nopic.requests import queries
from nopic.requests.models import CertificateRequest, Supplier
from nopic.tenants import crypto
from nopic.tenants.context import identity, organisation, tenant
from nopic.tenants.models import (
    Broker,
    Certifier,
    Exporter,
    Importer,
    ImporterContact,
    Membership,
    Policy,
    RegistryCredential,
    User,
)
from nopic.tenants.policy import Rules
from nopic.tenants.statuses import Certification, Role
from nopic.workflow import clock
from nopic.workflow.clock import now

PASSWORD = "correct horse battery staple"


@dataclass
class Side:
    """One certifier and its people: `admin`, `reviewer`, `colleague` (a second reviewer), `sender`, `member`."""

    certifier: Certifier
    policy: Policy
    exporter: Exporter
    admin: User
    reviewer: User
    colleague: User
    sender: User
    member: User
    item: ProductItem
    version: ProductVersion
    account: Account
    second_item: ProductItem
    contact: ImporterContact
    waiting: CertificateRequest | None = None  # sent already, for the first who asks `submitted` for one


@dataclass
class World:
    """Two certifiers, two importers, one broker, and a stranger without any membership."""

    here: Side
    there: Side
    importer: Importer
    other_importer: Importer
    broker: Broker
    importer_user: User
    other_importer_user: User
    broker_user: User
    stranger: User


def user(email: str, name: str) -> User:
    """A person with a verified address and PASSWORD."""
    made = User.objects.create_user(email, PASSWORD, name=name)
    EmailAddress.objects.create(user=made, email=made.email, verified=True, primary=True)
    return made


def signed_in(person: User) -> Client:
    """A browser in which the person is signed in."""
    client = Client()
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def member(person: User, role: Role, **of: object) -> Membership:
    """Give a role; call inside the organisation's door."""
    return Membership.objects.create(user=person, role=role, **of)


def rules(**changes: object) -> Rules:
    """The default policy with changes."""
    return Rules.from_json({**Rules().to_json(), **changes})


def product(
    exporter: Exporter, code: str, wording: str, hts: str, kg: Decimal | None, **changes: object
) -> SimpleNamespace:
    """An item of the verified list with a version valid this year and next, and its account for this crop year."""
    item = ProductItem.objects.create(certifier=exporter.certifier, exporter=exporter, code=code)
    facts: dict[str, object] = {
        "wording": wording,
        "hts": hts,
        "label_category": "organic",
        "origin_country": "Peru",
        "last_processing_country": "Peru",
        "package_kind": "bags",
        "package_kg": Decimal(60),
        "valid_from": date(2026, 1, 1),
        "valid_to": None,
        "created_by": "the factory",
    }
    version = ProductVersion.objects.create(certifier=exporter.certifier, item=item, number=1, **{**facts, **changes})
    account = accounts.account_of(item, now().year)
    if kg is None:
        accounts.remove_cap(account, by="the factory", reason="handler")
    else:
        accounts.allocate(account, kg, by="the factory", reason="verified quantity of the year")
    account.refresh_from_db()
    return SimpleNamespace(item=item, version=version, account=account)


def side(slug: str, number: int, importer: Importer) -> Side:
    """One certifier with everything that belongs to it. Its texts carry CANARY and its slug, to be searched for."""
    certifier = Certifier.objects.create(
        slug=slug,
        name=f"{slug.title()} Certification",
        legal_name=f"{slug.title()} Certification SAC",
        address="Calle Los Tulipanes 147\nLima",
        country="Peru",
        nop_code=f"90{number}",
        role_text="Accredited certifying agent, USDA National Organic Program",
        email=f"office@{slug}.example",
        phone="+51 1 555 0100",
    )
    people = {
        key: user(f"{key}@{slug}.example", f"{key.title()} CANARY-{slug}")
        for key in ("admin", "reviewer", "colleague", "sender", "member")
    }
    with tenant(certifier):
        policy = Policy.objects.create(certifier=certifier, version=1, data=Rules().to_json(), by="the factory")
        RegistryCredential.objects.create(certifier=certifier, secret=crypto.encrypt(f"key-of-{slug}"))
        exporter = Exporter.objects.create(
            certifier=certifier,
            name=f"Cooperativa CANARY-{slug}",
            address="Jr. Los Cafetales 418\nSan Ignacio",
            region="Cajamarca",
            country="Peru",
            nop_id=f"90{number}0004127",
            email=f"export@{slug}.example",
            certified_from=date(2020, 1, 1),
            standard="NOP",
        )
        coffee = product(exporter, "PV-03", f"Organic green coffee CANARY-{slug}", "0901.11.0015", Decimal(100_000))
        quinoa = product(exporter, "PV-05", f"Organic white quinoa CANARY-{slug}", "1008.50.0010", Decimal(20_000))
        contact = ImporterContact.objects.create(
            certifier=certifier,
            exporter=exporter,
            importer=importer,
            name=importer.name,
            email="buyer@baybridge.example",
            broker_name="Harbor Line",
            broker_email="desk@harborline.example",
            confirmed_at=now(),
            confirmed_by="factory",
        )
        member(people["admin"], Role.CERTIFIER_ADMIN, certifier=certifier)
        member(people["reviewer"], Role.REVIEWER, certifier=certifier)
        member(people["colleague"], Role.REVIEWER, certifier=certifier)
        member(people["sender"], Role.EXPORTER_SENDER, certifier=certifier, exporter=exporter)
        member(people["member"], Role.EXPORTER_MEMBER, certifier=certifier, exporter=exporter)
    return Side(
        certifier=certifier,
        policy=policy,
        exporter=exporter,
        item=coffee.item,
        version=coffee.version,
        account=coffee.account,
        second_item=quinoa.item,
        contact=contact,
        **people,
    )


def importer(nop_id: str, name: str) -> Importer:
    """A certified importer, read from the registry a moment ago."""
    return Importer.objects.create(
        nop_id=nop_id,
        name=name,
        address="1450 Embarcadero West\nOakland, CA 94607",
        state="California",
        status=Certification.CERTIFIED,
        read_at=now(),
    )


def world() -> World:
    """Both certifiers and everybody around them."""
    bay_bridge, northshore = importer("9100019836", "Bay Bridge Coffee"), importer("9100019863", "Northshore Foods")
    broker = Broker.objects.create(name="Harbor Line", email="desk@harborline.example")
    made = World(
        here=side("tierra", 1, bay_bridge),
        there=side("nordhof", 2, northshore),
        importer=bay_bridge,
        other_importer=northshore,
        broker=broker,
        importer_user=user("buyer@baybridge.example", "Bo Buyer"),
        other_importer_user=user("buyer@northshore.example", "Nora Buyer"),
        broker_user=user("desk@harborline.example", "Hal Broker"),
        stranger=user("stranger@example.com", "Stranger"),
    )
    for person, organ in ((made.importer_user, bay_bridge), (made.other_importer_user, northshore)):
        with organisation(importer_id=organ.pk):
            member(person, Role.IMPORTER, importer=organ)
    with organisation(broker_id=broker.pk):
        member(made.broker_user, Role.BROKER, broker=broker)
    return made


def with_one_sent(made: World) -> World:
    """The same world once a request was sent, for tests marked `sent`: they begin with it, and need not send it each time."""
    made.here.waiting = submitted(made.here)
    return made


def supplier(side: Side, name: str = "Cabana", certified_by: str = "Control Union") -> Supplier:
    """Somebody from whom the exporter buys, certified by another certifier unless `certified_by` is empty."""
    with tenant(side.certifier, side.sender):
        return requests.add_supplier(
            exporter=side.exporter, name=name, nop_id="", certifier_name=certified_by,
            same_certifier=not certified_by, by=side.sender,
        )  # fmt: skip


def transaction_certificate(side: Side, number: str = "TC 2026/118", kg: int = 20_000) -> InputCertificate:
    """A supplier's transaction certificate on the register."""
    seller = supplier(side)
    with tenant(side.certifier, side.sender):
        return requests.register_certificate(
            supplier=seller, number=number, product="Organic green coffee", kg=Decimal(kg),
            valid_from=date(2026, 1, 1), valid_to=None, by=side.sender,
        )  # fmt: skip


def memberships(person: User) -> list[Membership]:
    """What a person belongs to."""
    with identity(person):
        return list(Membership.objects.filter(user=person))


def line_answers(side: Side, **changes: object) -> dict[str, object]:
    """What an exporter types for one product: 19,200 kg of coffee in 320 bags, two lots of own production."""
    return {
        "id": "",
        "item": str(side.item.pk),
        "crop_year": "",
        "net": "19,200",
        "unit": "kg",
        "packages": "320",
        "package_kind": "bags",
        "gross": "19,520",
        "lots": [
            {"code": "VV-26-118", "kg": "9,600", "supplier": "own"},
            {"code": "VV-26-121", "kg": "9,600", "supplier": "own"},
        ],
        "origin_region": "Cajamarca",
        "remove": "",
        **changes,
    }


def answers(side: Side, **changes: object) -> dict[str, dict[str, object]]:
    """A complete form by step, as typed; `changes` are fields of any step, or `lines`."""
    leaves = clock.today("UTC") + timedelta(days=20)
    form: dict[str, dict[str, object]] = {
        "departure": {
            "coverage": "single",
            "last_departure_on": "",
            "departure_on": leaves.isoformat(),
            "late_reason": "",
        },
        "importer": {
            "contact": str(side.contact.pk),
            "importer_email": "buyer@baybridge.example",
            "broker_name": "Harbor Line",
            "broker_email": "desk@harborline.example",
            "consignee_name": "",
            "consignee_address": "",
        },
        "products": {"lines": changes.pop("lines", None) or [line_answers(side)]},
        "transport": {
            "mode": "sea",
            "place_of_loading": "Callao",
            "country_of_loading": "Peru",
            "port_of_entry": "2811",
            "arrival_on": (leaves + timedelta(days=18)).isoformat(),
            "carrier": "Pacific Crane Lines",
            "vessel": "Andes Courier, voyage 0646N",
            "containers": [{"number": "APLU 417512 5", "seal": "PE881960"}],
            "transport_document": "APLCLLOAK26094",
            "treatment": "none",
            "treatment_text": "",
        },
    }
    for name, value in changes.items():
        step = next(step for step in form.values() if name in step)
        step[name] = value
    return form


def draft(side: Side) -> CertificateRequest:
    """A request just begun by the sender; nothing is filled in."""
    with tenant(side.certifier, side.sender):
        return requests.start(exporter=side.exporter, by=side.sender)


def complete_draft(side: Side, **changes: object) -> CertificateRequest:
    """A draft with every step filled in and every document that must come first; `changes` as in `answers`."""
    request = draft(side)
    with tenant(side.certifier, side.sender):
        for step, raw in answers(side, **changes).items():
            requests.revise(request=request, step=step, raw=raw, revision=request.revision, by=side.sender)
        for slot in queries.documents(request):
            if slot.must_before_sending:
                paper(request, slot.rule, slot.subject, kind="draft" if slot.kinds else "")
        requests.revise(request=request, step="documents", raw={}, revision=request.revision, by=side.sender)
    return request


def paper(request: CertificateRequest, rule: str, subject: str = "", **facts: object) -> Document:
    """A document in one slot, inspected and found clean. Call inside the tenant's door."""
    known: dict[str, object] = {
        "name": f"{rule}.pdf",
        "media_type": "application/pdf",
        "size": 1000,
        "sha256": hashlib.sha256(f"{request.pk} {rule} {subject}".encode()).hexdigest(),
        "status": "clean",
        "page_count": 1,
        "uploaded_by": "the factory",
    }
    return Document.objects.create(
        certifier_id=request.certifier_id, dossier=request.dossier, rule=rule, subject=subject, **{**known, **facts}
    )


def submitted(side: Side, **changes: object) -> CertificateRequest:
    """A request that was sent, with one line of 19,200 kg unless `changes` say otherwise."""
    if side.waiting is not None and not changes:
        request, side.waiting = side.waiting, None
        return request
    request = complete_draft(side, **changes)
    with tenant(side.certifier, side.sender):
        return requests.submit(request=request, by=side.sender, declared=True, revision=request.revision)
