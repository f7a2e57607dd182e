"""How the kilograms of transaction certificates move: the only writer of their rows. Runs in the caller's transaction.

A certificate is held when a request that uses it is sent, used when that is issued, released or given back when it is
not. Several are locked in id order, after the accounts. Amounts are Decimal kilograms of what was bought, three places.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import ROUND_DOWN, ROUND_UP, Decimal
from difflib import SequenceMatcher

from django.db import IntegrityError, connection, transaction
from django.db.models import F, Sum
from django.utils.translation import gettext as _

from nopic.ledger.models import InputCertificate, InputEntry, InputKind
from nopic.tenants.models import Exporter
from nopic.workflow.audit import Actor, record
from nopic.workflow.transitions import Refused

GRAM = Decimal("0.001")
ALIKE = 0.88  # of two names, from which on they are taken for one: a letter or two in a usual name
COMPANY_WORDS = frozenset(
    [
        "AB",
        "AG",
        "BV",
        "CO",
        "COMPANY",
        "CORP",
        "CORPORATION",
        "EIRL",
        "GMBH",
        "INC",
        "INTERNATIONAL",
        "LDA",
        "LIMITED",
        "LLC",
        "LTD",
        "LTDA",
        "NV",
        "PLC",
        "PTY",
        "PVT",
        "SA",
        "SAC",
        "SARL",
        "SAS",
        "SL",
        "SPA",
        "SRL",
        "CERTIFICATION",
        "CERTIFICATIONS",
        "CERTIFICACION",
        "CERTIFICADORA",
        "CERT",
    ]
)


class Spent(Exception):
    """The transaction certificate does not hold the kilograms asked for."""

    def __init__(self, certificate: InputCertificate, wanted: Decimal) -> None:
        super().__init__(f"{wanted} kg wanted, {certificate.left} kg left")
        self.certificate = certificate
        self.wanted = wanted


class NumberKnown(Exception):
    """The certifier's register has this number of this issuer already; `certificate` is the one."""

    def __init__(self, certificate: InputCertificate) -> None:
        super().__init__(certificate.number)
        self.certificate = certificate


def plainly(text: str) -> str:
    """A number or name as it is compared: capital letters and figures only, accents taken off."""
    letters = unicodedata.normalize("NFKD", text).upper()
    return re.sub(r"[\W_]", "", "".join(one for one in letters if not unicodedata.combining(one)))


def same_issuer(one: str, other: str) -> bool:
    """Whether two names most likely mean one issuer: alike but for what a company is, or for a slip of the pen.

    "Control Union", "Control Union Certifications B.V." and "Controll Union" are one; "CU" is a person's to recognise.
    """
    if plainly(one) == plainly(other):
        return True
    return SequenceMatcher(None, _core(one), _core(other)).ratio() >= ALIKE


def _core(name: str) -> str:
    """A name without the words that only say what kind of company it is; all of it when nothing else is left."""
    words = [plainly(word) for word in re.sub(r"\b(\w)\.(?=\w\b)", r"\1", name).split()]
    return "".join(word for word in words if word not in COMPANY_WORDS) or plainly(name)


def input_of(output_kg: Decimal, factor: Decimal) -> Decimal:
    """Kilograms bought for so many kilograms sold: output ÷ yield, never less than was used."""
    return (output_kg / factor).quantize(GRAM, rounding=ROUND_UP)


def output_of(input_kg: Decimal, factor: Decimal) -> Decimal:
    """Kilograms that can be sold of so many kilograms bought, never more than they make."""
    return (input_kg * factor).quantize(GRAM, rounding=ROUND_DOWN)


@transaction.atomic
def register(
    *, exporter: Exporter, supplier_id: int, number: str, issuer: str, product: str, kg: Decimal,
    valid_from: date, valid_to: date | None, by: Actor,
) -> InputCertificate:  # fmt: skip
    """Enter a transaction certificate with its kilograms. Raises NumberKnown, however number and issuer are typed, whoever
    of the certifier's exporters entered it first.
    """
    keys = {"number_key": plainly(number), "issuer_key": plainly(issuer)}
    with (
        connection.cursor() as cursor
    ):  # a name that is only alike breaks no constraint: one entry of a number at a time
        lock_name = f"input {exporter.certifier_id} {keys['number_key']}"
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [lock_name])
    there = InputCertificate.objects.filter(certifier_id=exporter.certifier_id, number_key=keys["number_key"])
    if (known := next((one for one in there.order_by("pk") if same_issuer(one.issuer, issuer)), None)) is not None:
        raise NumberKnown(known)
    made = InputCertificate.objects.create(
        certifier_id=exporter.certifier_id, exporter=exporter, supplier_id=supplier_id, number=number,
        issuer=issuer, product=product, valid_from=valid_from, valid_to=valid_to, created_by=str(by), **keys,
    )  # fmt: skip
    _move(made, InputKind.REGISTER, kg=kg, by=by, reason=product)
    return made


def correct(certificate: InputCertificate, kg: Decimal, *, by: Actor, reason: str) -> None:
    """Raise or lower what stands on it by `kg`; Spent when less than is used would remain."""
    _move(certificate, InputKind.CORRECT, kg=kg, by=by, reason=reason)


def lock(ids: Iterable[int]) -> dict[int, InputCertificate]:
    """Lock certificates in id order, so that two requests that use the same cannot wait for each other."""
    return {c.pk: c for c in InputCertificate.objects.select_for_update().filter(pk__in=set(ids)).order_by("pk")}


def held_for(line_ids: Iterable[int]) -> dict[tuple[int, int], Decimal]:
    """Kilograms that each line holds on each certificate: {(line, certificate): kg}, without zeros. One statement."""
    return _sums(line_ids, "held_delta")


def rehold(
    wanted: Mapping[tuple[int, int], Decimal], *, line_ids: Iterable[int], before: int, turn: int, by: Actor,
    reason: str = "",
) -> None:  # fmt: skip
    """Let lines hold exactly this: {(line, certificate): kg}. What they held otherwise is released, under the turn
    `before`. Raises Spent; the database's own constraint decides.
    """
    held = held_for(line_ids)
    locked = lock({certificate for _line, certificate in (*wanted, *held)})
    for (line_id, certificate_id), kg in _in_order(held):
        if wanted.get((line_id, certificate_id)) != kg:
            _move(
                locked[certificate_id], InputKind.RELEASE, held=-kg, line_id=line_id, turn=before, by=by, reason=reason
            )
    for (line_id, certificate_id), kg in _in_order(wanted):
        if held.get((line_id, certificate_id)) != kg:
            _move(locked[certificate_id], InputKind.HOLD, held=kg, line_id=line_id, turn=turn, by=by)


def release(line_ids: Iterable[int], *, turn: int, by: Actor, reason: str) -> None:
    """Take every hold of these lines back; nothing when they hold nothing."""
    for certificate, line_id, kg in _of_lines(line_ids, "held_delta"):
        _move(certificate, InputKind.RELEASE, held=-kg, line_id=line_id, turn=turn, by=by, reason=reason)


def use(line_id: int, *, turn: int, by: Actor) -> None:
    """The line was certified: what it holds is used."""
    for certificate, _line, kg in _of_lines([line_id], "held_delta"):
        _move(certificate, InputKind.USE, held=-kg, used=kg, line_id=line_id, turn=turn, by=by)


def give_back(
    line_id: int,
    *,
    turn: int,
    by: Actor,
    reason: str,
    share: Decimal = Decimal(1),
    kind: InputKind = InputKind.GIVE_BACK,
) -> None:
    """A share (0 to 1) of what the line's certificate used may be used again: of each purchase alike, rounded down."""
    for certificate, _line, used in _of_lines([line_id], "used_delta"):
        if (kg := (used * share).quantize(GRAM, rounding=ROUND_DOWN)) > 0:
            _move(certificate, kind, used=-kg, line_id=line_id, turn=turn, by=by, reason=reason)


def reduce(line_id: int, wanted: Mapping[int, Decimal], *, version: int, by: Actor) -> None:
    """The line's certificate was revised to less: of each {certificate: kg} it uses no more than that any longer."""
    for certificate, _line, used in _of_lines([line_id], "used_delta"):
        spare = used - wanted.get(certificate.pk, Decimal(0))
        if spare > 0:
            _move(certificate, InputKind.REDUCE, used=-spare, line_id=line_id, turn=version, by=by)


def swap(
    line_id: int, wanted: Mapping[int, Decimal], *, old: int, turns: tuple[int, int], by: Actor, reason: str
) -> None:
    """The line was certified in the place of the line `old`: what that used goes back, and this one uses what it held and
    what it was lent, together at most {certificate: kg} wanted. `turns`: of the old line's request and of this one's.
    """
    lent, held = used_by(old), held_for([line_id])
    lock({*lent, *(certificate for _line, certificate in held)})
    give_back(old, turn=turns[0], by=by, reason=reason)
    for certificate_id in sorted({*wanted, *(certificate for _line, certificate in held)}):
        mine = held.get((line_id, certificate_id), Decimal(0))
        more = min(max(wanted.get(certificate_id, Decimal(0)) - mine, Decimal(0)), lent.get(certificate_id, Decimal(0)))
        if mine or more:
            [certificate] = lock([certificate_id]).values()
            _move(certificate, InputKind.USE, held=-mine, used=mine + more, line_id=line_id, turn=turns[1], by=by)


def used_by(line_id: int) -> dict[int, Decimal]:
    """Kilograms that a line's certificate uses of each transaction certificate: {certificate: kg}. One statement."""
    return {certificate: kg for (_line, certificate), kg in _sums([line_id], "used_delta").items()}


def _sums(line_ids: Iterable[int], column: str) -> dict[tuple[int, int], Decimal]:
    rows = InputEntry.objects.filter(line_id__in=set(line_ids)).values("line_id", "certificate_id")
    return {(r["line_id"], r["certificate_id"]): r["kg"] for r in rows.annotate(kg=Sum(column)).order_by() if r["kg"]}


def _of_lines(line_ids: Iterable[int], column: str) -> list[tuple[InputCertificate, int, Decimal]]:
    """(certificate, line, kg) of what lines hold or have used, certificates locked in id order."""
    sums = _sums(line_ids, column)
    locked = lock(certificate for _line, certificate in sums) if sums else {}
    return [(locked[certificate], line, kg) for (line, certificate), kg in _in_order(sums)]


def _in_order(kilograms: Mapping[tuple[int, int], Decimal]) -> list[tuple[tuple[int, int], Decimal]]:
    """By certificate, then by line."""
    return sorted(kilograms.items(), key=lambda each: (each[0][1], each[0][0]))


def _move(
    certificate: InputCertificate, kind: InputKind, *, by: Actor, line_id: int | None = None, turn: int = 0,
    reason: str = "", kg: Decimal = Decimal(0), held: Decimal = Decimal(0), used: Decimal = Decimal(0),
) -> bool:  # fmt: skip
    """Write one entry and its balance; False when this very movement was made before."""
    now = lock([certificate.pk])[certificate.pk]
    mine = {"certifier_id": now.certifier_id, "certificate": now, "kind": kind, "turn": turn}
    if line_id is not None and InputEntry.objects.filter(line_id=line_id, **mine).exists():
        return False
    if now.kg + kg > Decimal("99999999999.999"):
        raise Refused([_("That is more than the portal can count. Enter fewer kilograms.")])
    try:
        with transaction.atomic():
            InputCertificate.objects.filter(pk=now.pk, certifier_id=now.certifier_id).update(
                kg=F("kg") + kg, held=F("held") + held, used=F("used") + used
            )
            InputEntry.objects.create(
                line_id=line_id, kg_delta=kg, held_delta=held, used_delta=used, by=str(by), reason=reason, **mine
            )
    except IntegrityError as error:
        if "input_within_kg" not in str(error):
            raise
        certificate.refresh_from_db()
        raise Spent(certificate, held + used) from error
    certificate.refresh_from_db()
    record(certificate, kind, by=by, note=reason, kg=str(kg or held or used), line=line_id)
    return True
