"""Who may open which door. Every address of the URLconf has a row here; an address without one fails test_doors.

A row names the roles that may come in, and how to fill the address in for one side of the world. Everybody else gets
the answer of `expected`: people without a membership 404, members without the role 403, nobody signed in the sign-in
page.
"""

import io
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from nopic.certificates.models import RegistryOperation, Revision
from nopic.documents import files
from nopic.documents.models import Document
from nopic.frames.models import Allowance, Permission, Shipment
from nopic.ledger.models import InputCertificate
from nopic.requests import actions as requests
from nopic.requests.guarantees import CERTIFICATE
from nopic.requests.models import CertificateRequest, RequestTemplate, Supplier
from nopic.review import actions as review
from nopic.review.models import SecondCheck
from nopic.tenants.context import tenant
from nopic.tenants.models import Membership
from nopic.watch.models import Concern, OwedDocument
from nopic.workflow.clock import now
from tests.certificates import by_hand
from tests.certifiers import drawn
from tests.delivery import consignments
from tests.factories import Side, World, draft, submitted, supplier, transaction_certificate
from tests.faults import lab
from tests.frames.stories import asked_for, issued, truck
from tests.review import cases, correcting

SENDER, MEMBER, NEIGHBOUR = "sender", "member", "neighbour"
REVIEWER, ADMIN = "reviewer", "admin"
BOTH = "both"  # a reviewer who prepares requests for an exporter, too
ROLES = {BOTH: frozenset({REVIEWER, MEMBER})}  # who comes in wherever any of these may
STAFF = frozenset({REVIEWER, ADMIN})
EXPORTER = frozenset({SENDER, MEMBER})
COMPANY = EXPORTER | {NEIGHBOUR}  # pages without an object: the neighbour sees its own
IMPORTER, OTHER_IMPORTER, BROKER = "importer_user", "other_importer_user", "broker_user"
INBOX = frozenset({IMPORTER, OTHER_IMPORTER, BROKER})
SIGNED_IN = frozenset({"*"})  # every signed-in person
OPEN = frozenset({"*", "anonymous"})

Fill = Callable[[World, Side], dict[str, Any]]


def of_certifier(world: World, side: Side) -> dict[str, Any]:
    """Addresses that name the certifier only."""
    return {"certifier": side.certifier.slug}


def nothing(world: World, side: Side) -> dict[str, Any]:
    """Addresses without arguments."""
    return {}


def of_policy(world: World, side: Side) -> dict[str, Any]:
    """One page of the certifier's policy."""
    return {**of_certifier(world, side), "group": "time"}


def of_exporter(world: World, side: Side) -> dict[str, Any]:
    """Addresses of one exporter's page for staff."""
    return {"certifier": side.certifier.slug, "nop_id": side.exporter.nop_id}


def of_reviewer(world: World, side: Side) -> dict[str, Any]:
    """The address of a page about one of the certifier's own people."""
    with tenant(side.certifier):
        member = Membership.objects.get(certifier=side.certifier, user=side.reviewer)
    return {**of_certifier(world, side), "member_id": member.pk}


def of_month(world: World, side: Side) -> dict[str, Any]:
    """The address of a monthly statement of the company that asks."""
    return {**of_certifier(world, side), "year": 2026, "month": 11}


def of_exporter_month(world: World, side: Side) -> dict[str, Any]:
    """The address of one exporter's monthly statement for staff."""
    return {**of_exporter(world, side), "year": 2026, "month": 11}


def of_product(world: World, side: Side) -> dict[str, Any]:
    """Addresses of one product's pages for staff."""
    return {**of_exporter(world, side), "item_id": side.item.pk}


def of_permission(world: World, side: Side) -> dict[str, Any]:
    """The address of an exporter's question for a time frame."""
    with tenant(side.certifier):
        found = Permission.objects.filter(certifier=side.certifier).first() or asked_for(side)
    return {**of_exporter(world, side), "permission_id": found.pk}


def of_time_frame(world: World, side: Side) -> dict[str, Any]:
    """The address of the shipments of a certificate for a time frame."""
    with tenant(side.certifier):
        found = Allowance.objects.filter(certifier=side.certifier).first()
    certificate_id = found.certificate_id if found else issued(side).pk
    return {"certifier": side.certifier.slug, "certificate_id": certificate_id}


def of_shipment(world: World, side: Side) -> dict[str, Any]:
    """The address of its first shipment."""
    address = of_time_frame(world, side)
    with tenant(side.certifier):
        if not Shipment.objects.filter(certifier=side.certifier).exists():
            truck(side, address["certificate_id"])
    return {**address, "number": 1}


def of_contact(world: World, side: Side) -> dict[str, Any]:
    """Addresses of one importer contact."""
    return {"certifier": side.certifier.slug, "contact_id": side.contact.pk}


def of_case(world: World, side: Side) -> dict[str, Any]:
    """Addresses of a sent request for staff; the other certifier's has a reference that is not in use here."""
    with tenant(side.certifier):
        there = list(CertificateRequest.objects.filter(certifier=side.certifier, turn__gt=0).order_by("pk"))
    wanted = 1 if side is world.here else 2
    while len(there) < wanted:
        there.append(submitted(side))
    return {"certifier": side.certifier.slug, "reference": there[wanted - 1].reference}


def of_keying(world: World, side: Side) -> dict[str, Any]:
    """The address of the registry's PDF of something that is keyed by hand."""
    with tenant(side.certifier):
        found = RegistryOperation.objects.filter(certifier=side.certifier, channel="assisted").first()
    if found is None:
        by_hand.by_hand(side)
        (certificate,) = lab.begun(side)
        found = by_hand.operation_of(certificate)
    reference = found.certificate.request.reference
    return {"certifier": side.certifier.slug, "reference": reference, "operation_id": found.pk}


def of_version(world: World, side: Side) -> dict[str, Any]:
    """The address of what was sent the first time."""
    return {**of_case(world, side), "number": 1}


def of_line(world: World, side: Side) -> dict[str, Any]:
    """Addresses of one line of a sent request for staff."""
    return {**of_case(world, side), "position": 1}


def of_decided_line(world: World, side: Side) -> dict[str, Any]:
    """The address of a refused line's progress."""
    address = of_line(world, side)
    with tenant(side.certifier):
        request = CertificateRequest.objects.get(certifier=side.certifier, reference=address["reference"])
        if request.status == "submitted":
            review.take(request=request, by=side.reviewer)
            review.refuse(line=request.lines.get(), by=side.reviewer, reason_code="hts_wrong", text="Not this code")
    return address


def of_alone(world: World, side: Side) -> dict[str, Any]:
    """The address of an approval that the reviewer made alone, to be reviewed."""
    with tenant(side.certifier):
        check = SecondCheck.objects.filter(certifier=side.certifier).exclude(alone_because="").first()
    check = check or cases.approved_alone(side, f"CANARY-{side.certifier.slug}")
    return {"certifier": side.certifier.slug, "check_id": check.pk}


def of_questions(world: World, side: Side) -> dict[str, Any]:
    """Addresses of a request with an open question."""
    address = of_case(world, side)
    with tenant(side.certifier):
        request = CertificateRequest.objects.get(certifier=side.certifier, reference=address["reference"])
        if request.status == "submitted":
            request = review.take(request=request, by=side.reviewer)
            point = review.Point("Which weight is right?", "10", "Net weight", rules=("commercial_invoice",))
            due = now() + timedelta(days=3)
            review.ask(
                request=request, by=side.reviewer, points=[point], due_at=due, language="es", revision=request.revision
            )
    return address


def of_correction(world: World, side: Side) -> dict[str, Any]:
    """Addresses of a request that a reviewer is correcting for its exporter."""
    return _corrected(world, side, asked=False)


def of_correction_to_confirm(world: World, side: Side) -> dict[str, Any]:
    """The address of a correction that waits for its exporter."""
    return _corrected(world, side, asked=True)


def _corrected(world: World, side: Side, *, asked: bool) -> dict[str, Any]:
    address = of_case(world, side)
    with tenant(side.certifier):
        request = CertificateRequest.objects.get(certifier=side.certifier, reference=address["reference"])
    if request.status == "submitted":
        correcting.corrected(side, request, asked=asked)
    return address


def of_document(world: World, side: Side) -> dict[str, Any]:
    """The address of a file of a sent request for staff."""
    address = of_case(world, side)
    with tenant(side.certifier):
        request = CertificateRequest.objects.get(certifier=side.certifier, reference=address["reference"])
        document = request.dossier.documents.earliest("pk")
        if not document.pages.exists():
            drawn.pages(request, document.rule, ["CANARY"])
            document.sha256 = files.store(side.certifier.pk, io.BytesIO(b"%PDF-1.7 CANARY"), area="documents").sha256
            document.save()
    return {**address, "document": document.pk}


def of_page(world: World, side: Side) -> dict[str, Any]:
    """The address of a page image for staff."""
    return {**of_document(world, side), "page": 1}


def _consignment(world: World, side: Side) -> consignments.Consignment:
    """An issued certificate of this side: to the importer and the broker here, to the other importer there."""
    if side is world.here:
        return consignments.make(side, world.importer)
    return consignments.make(side, world.other_importer, broker_email="")


def of_certificate(world: World, side: Side) -> dict[str, Any]:
    """Addresses of one certificate below its certifier."""
    return {"certifier": side.certifier.slug, "certificate": _consignment(world, side).certificate.pk}


def of_number(world: World, side: Side) -> dict[str, Any]:
    """Addresses that name a certificate by its number."""
    return {"number": _consignment(world, side).number}


def of_staff_certificate(world: World, side: Side) -> dict[str, Any]:
    """The same, as the staff's own pages name it."""
    return {"certifier": side.certifier.slug, "certificate_id": _consignment(world, side).certificate.pk}


def of_owed(world: World, side: Side) -> dict[str, Any]:
    """The address of a document that a certified request of this side still owes."""
    day = date(2026, 12, 1)
    with tenant(side.certifier):
        made, _new = OwedDocument.objects.get_or_create(
            certifier=side.certifier, request=_consignment(world, side).request, rule="transport_document", subject="",
            defaults={"name": "CANARY", "state": "owed", "departure_on": day, "due_on": day, "wanted_on": day},
        )  # fmt: skip
    return {"certifier": side.certifier.slug, "owed_id": made.pk}


def of_revision(world: World, side: Side) -> dict[str, Any]:
    """The address of a wish for another version of a certificate."""
    at = of_staff_certificate(world, side)
    with tenant(side.certifier):
        made, _new = Revision.objects.get_or_create(
            certifier=side.certifier, certificate_id=at["certificate_id"], status="requested",
            defaults={"version": 2, "net_kg": 1, "lots": [], "why": "x", "asked_by": side.sender},
        )  # fmt: skip
    return {**at, "revision_id": made.pk}


def of_concern(world: World, side: Side) -> dict[str, Any]:
    """The address of a concern about this side's exporter."""
    with tenant(side.certifier):
        made, _new = Concern.objects.get_or_create(
            certifier=side.certifier, kind="exporter", exporter=side.exporter,
            defaults={"name": f"CANARY-{side.certifier.slug}", "standing": "suspended"},
        )  # fmt: skip
    return {"certifier": side.certifier.slug, "concern_id": made.pk}


def of_draft(world: World, side: Side) -> dict[str, Any]:
    """Addresses of a draft for its exporter; the other certifier's has a reference that is not in use here."""
    with tenant(side.certifier):
        there = list(CertificateRequest.objects.filter(certifier=side.certifier, status="draft").order_by("pk"))
    wanted = 1 if side is world.here else 2
    while len(there) < wanted:
        there.append(draft(side))
    return {"certifier": side.certifier.slug, "reference": there[wanted - 1].reference}


def of_step(world: World, side: Side) -> dict[str, Any]:
    """One step of a draft."""
    return {**of_draft(world, side), "step": "transport"}


def of_draft_line(world: World, side: Side) -> dict[str, Any]:
    """The live draw-down of one product of a draft."""
    return {**of_draft(world, side), "index": 0}


def of_draft_document(world: World, side: Side) -> dict[str, Any]:
    """A file of a request, as its exporter sees it."""
    address = of_document(world, side)
    return {"certifier": address["certifier"], "reference": address["reference"], "document_id": address["document"]}


def of_draft_page(world: World, side: Side) -> dict[str, Any]:
    """One page of that file."""
    return {**of_draft_document(world, side), "number": 1}


def of_input(world: World, side: Side) -> dict[str, Any]:
    """A transaction certificate on the register."""
    with tenant(side.certifier, side.sender):
        certificate = InputCertificate.objects.filter(certifier=side.certifier).first() or transaction_certificate(side)
    return {"certifier": side.certifier.slug, "certificate_id": certificate.pk}


def of_supplier(world: World, side: Side) -> dict[str, Any]:
    """Somebody from whom the exporter of this side buys; each side's has a number of its own."""
    if side is world.there:
        supplier(side, "The first")
    return {"certifier": side.certifier.slug, "supplier_id": supplier(side, f"Seller of {side.certifier.slug}").pk}


def of_supplier_file(world: World, side: Side) -> dict[str, Any]:
    """The file of its organic certificate."""
    address = of_supplier(world, side)
    with tenant(side.certifier, side.sender):
        seller = Supplier.objects.get(pk=address["supplier_id"])
        dossier = requests.place_for_certificate(supplier=seller)
        document = dossier.documents.first() or Document.objects.create(
            certifier=side.certifier, dossier=dossier, rule=CERTIFICATE, name="CANARY.pdf", size=20, uploaded_by="a test",
            media_type="application/pdf",
            sha256=files.store(side.certifier.pk, io.BytesIO(b"%PDF-1.7 CANARY"), area="documents").sha256,
        )  # fmt: skip
    return {**address, "document_id": document.pk}


def of_document_form(world: World, side: Side) -> dict[str, Any]:
    """A form that nobody has offered yet."""
    return {"certifier": side.certifier.slug, "rule": "packing_list"}


def of_unknown_token(world: World, side: Side) -> dict[str, Any]:
    """Links that nobody made; what real ones open is tested in tests/delivery."""
    return {"token": "unknown"}


def of_template(world: World, side: Side) -> dict[str, Any]:
    """A template that the exporter of this side keeps; each side's has a number of its own."""
    with tenant(side.certifier):
        kept = RequestTemplate.objects.filter(certifier=side.certifier).first()
    if kept is None:
        source = draft(side)
        with tenant(side.certifier):
            kept = requests.keep_as_template(source=source, name="CANARY", by=side.sender)
    return {"certifier": side.certifier.slug, "template_id": kept.pk}


@dataclass(frozen=True)
class Row:
    """One address: who may come in, how to fill it in, and which methods it takes."""

    allowed: frozenset[str]
    fill: Fill = of_certifier
    methods: tuple[str, ...] = ("get", "post")
    has_object: bool = False  # names a row of a tenant, so the other certifier's row must be 404 even for allowed roles
    closed: int = 0  # nobody comes in: this status for all
    also: frozenset[int] = frozenset()  # statuses that are right, too, for those who may come in
    data: dict[str, Any] = field(default_factory=dict)  # what is posted, first by those who may not
    posts: frozenset[str] = frozenset()  # who of them may post, when not all: the others see the page and get 403
    needs_registry: bool = False  # what it does needs what only an issued certificate of the pipeline has


ROWS: dict[str, Row] = {
    "landing": Row(SIGNED_IN, nothing, ("get",)),
    "no_email_change": Row(frozenset(), nothing, closed=404),
    "livez": Row(OPEN, nothing, ("get",)),
    "readyz": Row(OPEN, nothing, ("get",)),
    "accept_invitation": Row(OPEN, of_unknown_token, also=frozenset({404})),
    "theme": Row(OPEN, methods=("get",)),
    "people": Row(frozenset({ADMIN}), data={"invite": "1", "email": "x@example.com", "role": "reviewer"}),
    "roster": Row(STAFF, data={"first_on": "2099-01-04", "last_on": "2099-01-08"}),
    "duty_hours": Row(frozenset({ADMIN}), of_reviewer, has_object=True, data={"begins_0": "08:00", "ends_0": "12:00"}),
    "team": Row(
        COMPANY,
        data={"invite": "1", "email": "x@example.com", "role": "exporter_member"},
        posts=frozenset({SENDER, NEIGHBOUR}),
    ),
    "queue": Row(STAFF, data={"take": "1", "chosen": "2026-0001"}),
    "certificates": Row(STAFF, methods=("get",)),
    "registry_key": Row(frozenset({ADMIN}), data={"secret": "0123456789abcdefghij"}),
    "certificate": Row(STAFF, of_staff_certificate, ("get",), has_object=True),
    "certificate_cancel": Row(
        STAFF, of_staff_certificate, has_object=True, data={"reason": "issued_in_error"}, needs_registry=True
    ),
    "certificate_press": Row(STAFF, of_staff_certificate, ("post",), has_object=True, data={"press": "look"}),
    "requests": Row(COMPANY, methods=("get",)),
    "all_requests": Row(COMPANY, methods=("get",)),
    "new_request": Row(COMPANY),
    "request_templates": Row(COMPANY, methods=("get",)),
    "request_template": Row(EXPORTER, of_template, ("post",), has_object=True, data={"go": "rename", "name": "Weekly"}),
    "company": Row(COMPANY, methods=("post",), data={"exporter": "1"}, also=frozenset({404})),
    "my_certificates": Row(COMPANY, methods=("get",)),
    "my_certificate": Row(EXPORTER, of_staff_certificate, ("get",), has_object=True),
    "my_certificate_cancel": Row(frozenset({SENDER}), of_staff_certificate, has_object=True, data={"goods": "stay"}),
    "shipments": Row(EXPORTER, of_time_frame, has_object=True, data={"left": "yes"}),
    "shipment": Row(EXPORTER, of_shipment, has_object=True, data={"verb": "undo"}),
    "frame_permissions": Row(COMPANY, posts=frozenset({SENDER, NEIGHBOUR}), data={"days": "92"}),
    "fees": Row(COMPANY, methods=("get",)),
    "statement": Row(COMPANY, of_month, ("get",)),
    "document_forms": Row(frozenset({ADMIN}), data={"rule": "packing_list"}),
    "document_form": Row(COMPANY | STAFF, of_document_form, ("get",), also=frozenset({404})),
    "suppliers": Row(COMPANY, methods=("get",)),
    "keep_supplier": Row(COMPANY, data={"name": "X", "same": "yes"}),
    "supplier_certificate": Row(EXPORTER, of_supplier, has_object=True),
    "supplier_file": Row(EXPORTER | STAFF, of_supplier_file, ("get",), has_object=True),
    "new_certificate": Row(COMPANY, data={"number": "TC 1"}),
    "inputs": Row(STAFF, methods=("get",)),
    "input_certificate": Row(STAFF, of_input, has_object=True, data={"kg": "1", "reason": "A new copy"}),
    "statement_pdf": Row(COMPANY, of_month, also=frozenset({404})),
    "verified_list": Row(COMPANY, methods=("get",)),
    "request_hub": Row(EXPORTER, of_case, ("get",), has_object=True),
    "copy_request": Row(EXPORTER, of_draft, has_object=True, data={"go": "copy"}, also=frozenset({422})),
    "request_today": Row(EXPORTER, of_draft, has_object=True, data={"go": "continue"}),
    "request_sent": Row(EXPORTER, of_case, ("get",), has_object=True),
    # A member withdraws only what was never sent.
    "request_withdraw": Row(frozenset({SENDER}), of_case, has_object=True, data={"reason": "x"}),
    "request_departed": Row(frozenset({SENDER}), of_case, has_object=True, data={"left": "yes", "on": "2026-01-01"}),
    "request_correction": Row(EXPORTER, of_correction_to_confirm, has_object=True, posts=frozenset({SENDER})),
    "request_questions": Row(EXPORTER, of_questions, has_object=True, data={"reply-1": "x"}),
    "second_look": Row(frozenset({SENDER}), of_decided_line, has_object=True, data={"text": "look"}),
    "request_recall": Row(frozenset({SENDER}), of_case, has_object=True),
    "request_version": Row(EXPORTER, of_version, ("get",), has_object=True),
    "request_documents": Row(EXPORTER, of_draft, has_object=True, data={"go": "continue"}),
    "document": Row(EXPORTER, of_draft_document, ("get", "post"), has_object=True),
    "document_original": Row(EXPORTER, of_draft_document, ("get",), has_object=True),
    "document_page": Row(EXPORTER, of_draft_page, ("get",), has_object=True),
    "request_left": Row(EXPORTER, of_draft_line, ("post",), has_object=True),
    "request_when": Row(EXPORTER, of_draft, ("post",), has_object=True, data={"departure_on": "2026-12-11"}),
    "supplier": Row(EXPORTER, of_draft, has_object=True, data={"supplier-name": "X", "supplier-same": "yes"}),
    "request_check": Row(EXPORTER, of_draft, has_object=True, data={"declared": "yes"}, posts=frozenset({SENDER})),
    "request_step": Row(EXPORTER, of_step, has_object=True, data={"mode": "sea"}),
    "case": Row(STAFF, of_case, ("get",), has_object=True),
    "case_whose": Row(STAFF, of_case, ("post",), has_object=True, data={"take": "1"}),
    "case_papers": Row(STAFF, of_case, ("post",), has_object=True, data={"paper": "yes:1"}),
    "case_verdicts": Row(STAFF, of_case, ("post",), has_object=True, data={"v-sent_in_time": "match"}),
    "return_request": Row(STAFF, of_case, has_object=True, data={"point-0": "Which?"}),
    "case_notes": Row(STAFF, of_case, has_object=True, data={"text": "CANARY note"}),
    "ask_exporter": Row(
        STAFF, of_case, has_object=True, data={"own-0": "Why?", "due": f"{now() + timedelta(days=30):%Y-%m-%d}"}
    ),
    "signed_form": Row(STAFF, of_correction_to_confirm, has_object=True),
    "correct_request": Row(STAFF, of_correction, has_object=True, data={"why-0": "x"}),
    "take_correction_back": Row(STAFF, of_correction, has_object=True),
    "take_questions_back": Row(STAFF, of_questions, has_object=True),
    "waive": Row(STAFF, of_case, has_object=True, data={"reason": "why"}),
    "case_departure": Row(STAFF, of_case, has_object=True, data={"left": "yes", "on": "2026-01-01"}),
    "case_print": Row(STAFF, of_case, ("get",), has_object=True),
    "case_archive": Row(STAFF, of_case, ("get",), has_object=True),
    "case_rerun": Row(STAFF, of_case, ("get",), has_object=True),
    "case_version": Row(STAFF, of_version, ("get",), has_object=True),
    "publishing": Row(STAFF, methods=("get",)),
    "publish": Row(STAFF, of_case, has_object=True, data={"do": "start", "operation": "1"}),
    "publish_paper": Row(STAFF, of_keying, ("post",), has_object=True),
    "approve_line": Row(STAFF, of_line, has_object=True),
    "confirm_line": Row(STAFF, of_line, has_object=True),
    "go_on_alone": Row(STAFF, of_line, has_object=True, data={"because": "why"}),
    "approved_alone": Row(STAFF, methods=("get",)),
    "review_alone": Row(STAFF, of_alone, has_object=True, data={"found": "in_order"}),
    "take_approval_back": Row(STAFF, of_line, has_object=True),
    "send_line_back": Row(STAFF, of_line, has_object=True, data={"note": "look again"}),
    "refuse_line": Row(STAFF, of_line, has_object=True, data={"reason_code": "hts_wrong", "text": "no"}),
    "raise_quantity": Row(STAFF, of_line, has_object=True, data={"kg": "5", "reason": "why"}),
    "case_progress": Row(STAFF, of_decided_line, ("get",), has_object=True),
    "page_image": Row(STAFF, of_page, ("get",), has_object=True),
    "original": Row(STAFF, of_document, ("get",), has_object=True),
    "concerns": Row(STAFF, methods=("get",)),
    "concern": Row(STAFF, of_concern, has_object=True, data={"do": "settle", "reason": "why"}),
    "final_documents": Row(STAFF, methods=("get",)),
    "final_document": Row(STAFF, of_owed, has_object=True),
    "time_frames": Row(STAFF, methods=("get",)),
    "operations": Row(STAFF, methods=("get",)),
    "new_exporter": Row(STAFF),
    "confirm_importer": Row(STAFF, of_contact, ("post",), has_object=True),
    "operation": Row(STAFF, of_exporter, has_object=True),
    "file_on_behalf": Row(STAFF, of_exporter, has_object=True),
    "edit_exporter": Row(STAFF, of_exporter, has_object=True),
    "operation_fees": Row(
        STAFF, of_exporter, has_object=True, data={"charge": "0", "reason": "x"}, also=frozenset({404})
    ),
    "operation_statement": Row(STAFF, of_exporter_month, ("get",), has_object=True),
    "operation_statement_pdf": Row(STAFF, of_exporter_month, has_object=True, also=frozenset({404})),
    "frame_permission": Row(STAFF, of_permission, has_object=True, data={"answer": "refuse", "note": "no more room"}),
    "demands": Row(STAFF, of_exporter, has_object=True, data={"end": "1"}, also=frozenset({404})),
    "new_product": Row(STAFF, of_exporter, has_object=True),
    "new_version": Row(STAFF, of_product, has_object=True),
    "product_quantity": Row(STAFF, of_product, has_object=True),
    "product_status": Row(STAFF, of_product, has_object=True),
    "policies": Row(STAFF, methods=("get",)),
    "policy_group": Row(STAFF, of_policy, data={"go": "preview"}, posts=frozenset({ADMIN})),
    "policy_withdraw": Row(frozenset({ADMIN}), of_policy, ("post",), data={"version": "1", "why": "x"}),
    "inbox_people": Row(INBOX, nothing, data={"invite": "1", "email": "x@example.com", "role": "importer"}),
    "verify_ask": Row(OPEN, nothing, ("get",)),
    "verify": Row(OPEN, of_number, ("get",)),
    "verify_json": Row(OPEN, of_number, ("get",), also=frozenset({404})),  # without the key
    "consignment": Row(OPEN, of_unknown_token, also=frozenset({404})),
    "consignment_csv": Row(OPEN, of_unknown_token, ("get",), also=frozenset({404})),
    "consignment_json": Row(OPEN, of_unknown_token, ("get",), also=frozenset({404})),
    "consignment_pdf": Row(
        OPEN, lambda world, side: {"token": "unknown", "number": "x"}, ("get",), also=frozenset({404})
    ),
    "inbox": Row(INBOX, nothing, ("get",)),
    "inbox_csv": Row(INBOX, nothing, ("get",)),
    "choose_inbox": Row(INBOX, nothing, ("post",), data={"inbox": "1"}, also=frozenset({404})),
    "inbox_certificate": Row(frozenset({IMPORTER, BROKER}), of_number, ("get",), has_object=True),
    "inbox_registrys_pdf": Row(
        frozenset({IMPORTER, BROKER}), of_number, ("get",), has_object=True, also=frozenset({404})
    ),
    "registrys_pdf": Row(STAFF | EXPORTER, of_certificate, ("get",), has_object=True, also=frozenset({404})),
    "inbox_shipments_pdf": Row(
        frozenset({IMPORTER, BROKER}), of_number, ("get",), has_object=True, also=frozenset({404})
    ),
    "shipments_pdf": Row(STAFF | EXPORTER, of_certificate, ("get",), has_object=True, also=frozenset({404})),
    "inbox_pdf": Row(frozenset({IMPORTER, BROKER}), of_number, ("get",), has_object=True),
    "importer_keys": Row(frozenset({IMPORTER, OTHER_IMPORTER}), nothing, data={"name": "x"}),
    "exporter_keys": Row(frozenset({SENDER, NEIGHBOUR}), data={"name": "x"}),
    "handover": Row(
        STAFF | EXPORTER, of_certificate, has_object=True, data={"recipient": "importer"}, posts=STAFF | {SENDER}
    ),
    "certificate_change": Row(STAFF | EXPORTER, of_certificate, ("get",), has_object=True),
    "certificate_ask_revision": Row(
        STAFF | EXPORTER, of_certificate, has_object=True, data={"net": "1", "why": "x"}, posts=STAFF | {SENDER}
    ),
    "certificate_correct": Row(
        STAFF | EXPORTER, of_certificate, has_object=True, data={"what": "hts", "to": "x"}, posts=STAFF | {SENDER}
    ),
    "certificate_correction_paper": Row(
        STAFF | EXPORTER, of_certificate, ("post",), has_object=True, posts=STAFF | {SENDER}
    ),
    "certificate_replace": Row(STAFF | EXPORTER, of_certificate, has_object=True, posts=STAFF | {SENDER}),
    "certificate_split": Row(
        STAFF | EXPORTER, of_certificate, has_object=True, data={"lot_0": "1", "why": "x"}, posts=STAFF | {SENDER}
    ),
    "certificate_revision": Row(STAFF, of_revision, has_object=True, data={"verdict": "refuse", "note": "x"}),
    "routing": Row(STAFF | EXPORTER, of_certificate, has_object=True, data={"vessel": "x"}, posts=STAFF | {SENDER}),
    "treatment": Row(STAFF | EXPORTER, of_certificate, has_object=True, data={"kg": "1"}, posts=STAFF | {SENDER}),
    "inbox_treatment": Row(frozenset({IMPORTER, BROKER}), of_number, has_object=True, data={"kg": "1"}),
    "certificate_pdf": Row(STAFF | EXPORTER, of_certificate, ("get",), has_object=True),
    "version_pdf": Row(
        STAFF | EXPORTER,
        lambda *at: {**of_certificate(*at), "version": 1},
        ("get",),
        has_object=True,
        also=frozenset({404}),
    ),  # of one that has no second version yet
    # The API knows keys and no sessions: whoever is merely signed in is asked for a key (tests/api).
    "api_schema": Row(frozenset(), nothing, closed=401),
    "api_certificates": Row(frozenset(), nothing, closed=401),
    "api_certificate": Row(frozenset(), of_number, closed=401),
    "api_certificate_pdf": Row(frozenset(), of_number, closed=401),
    "api_requests": Row(frozenset(), nothing, closed=401),
    "api_request": Row(frozenset(), lambda world, side: {"reference": "2026-0426"}, closed=401),
    "api_nowhere": Row(frozenset(), lambda world, side: {"rest": "x"}, closed=401),
}

# allauth's addresses concern the signed-in person only; who may open them is allauth's to decide. Listed by name so
# that an upgrade that adds one is noticed.
ALLAUTH = {
    "account_login", "account_logout", "account_signup", "account_inactive", "account_reauthenticate",
    "account_change_password", "account_set_password", "account_email", "account_email_verification_sent",
    "account_confirm_email", "account_reset_password", "account_reset_password_done",
    "account_reset_password_from_key", "account_reset_password_from_key_done", "account_confirm_password_reset_code",
    "account_password_reset_completed", "account_complete_password_reset", "account_signup_by_passkey", "account_request_login_code",
    "account_confirm_login_code",
    "mfa_authenticate", "mfa_reauthenticate", "mfa_index", "mfa_trust",
    "mfa_activate_totp", "mfa_deactivate_totp",
    "mfa_view_recovery_codes", "mfa_generate_recovery_codes", "mfa_download_recovery_codes",
    "mfa_list_webauthn", "mfa_add_webauthn", "mfa_reauthenticate_webauthn", "mfa_remove_webauthn", "mfa_edit_webauthn",
    "mfa_login_webauthn", "mfa_signup_webauthn",
}  # fmt: skip
