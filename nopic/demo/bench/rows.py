"""A million requests in a minute: rows copied in SQL from one real request, each with keys, parties and dates of its own.

What is not named here (texts, snapshots, frozen data) is as long and as full as in the real one. Ids grow with age
turned round: number 1 has the highest, so the requests that leave next are also the newest, and the first thousand are
the same in a database of a thousand and in one of a million.
"""

from dataclasses import dataclass

import psycopg
from psycopg import sql

from nopic.certificates.models import Certificate
from nopic.tenants.context import tenant

TOP = 20_000_000  # id of the request number 0; every certificate, line and dossier has the id of its request
FIRST_PAGE = 60  # open requests of the first certifier that leave before all others: the same in every size

PARTIES = """
CREATE TABLE bench_party AS
SELECT e.certifier_id, e.id AS exporter_id, k.id AS contact_id, k.importer_id, p.id AS policy_id, i.id AS item_id,
       v.id AS version_id, a.id AS account_id, s.id AS supplier_id, e.nop_id, c.nop_code, m.user_id AS reviewer_id,
       row_number() OVER w - 1 AS turn, count(*) OVER (PARTITION BY e.certifier_id) AS size,
       dense_rank() OVER (ORDER BY e.certifier_id) - 1 AS office
  FROM tenants_exporter e JOIN tenants_certifier c ON c.id = e.certifier_id
  JOIN tenants_importercontact k ON k.exporter_id = e.id JOIN tenants_policy p ON p.certifier_id = e.certifier_id
  JOIN products_productitem i ON i.exporter_id = e.id JOIN products_productversion v ON v.item_id = i.id
  JOIN ledger_account a ON a.item_id = i.id JOIN requests_supplier s ON s.exporter_id = e.id
  JOIN tenants_membership m ON m.certifier_id = e.certifier_id AND m.role = 'reviewer'
WINDOW w AS (PARTITION BY e.certifier_id ORDER BY e.id)
"""
# The first certifier has every fifth request and the 60 that leave first; 1.2 % of all others are open as well.
SPREAD = """
SELECT n, {top} - n AS id,
       CASE WHEN n <= {first} OR n %% 5 = 0 THEN 0 ELSE 1 + n %% ({offices} - 1) END AS office,
       n <= {first} OR n %% 83 = 0 AND n > 1000 AS is_open,
       current_date + CASE WHEN n <= {first} THEN 1 + n / 20 WHEN n %% 83 = 0 AND n > 1000 THEN 5 + n %% 57
                           ELSE -1 - n / 3000 END AS leaves,
       n <= {first} OR n %% 5 = 0 AS whole
  FROM generate_series({rows}, 1, -1) n
"""
# So many open requests and as many certificates, all of one certifier's first exporter.
EXACTLY = """
SELECT n, {top} - 1000 * {office} - n AS id, {office} AS office, n > {rows} AS is_open, current_date + 5 AS leaves, true AS whole
  FROM generate_series(2 * {rows}, 1, -1) n
"""
PLAN = """
CREATE TEMP TABLE bench_plan AS
SELECT x.n, x.id, x.is_open, x.leaves, x.whole, p.*, '2025-' || lpad(x.id::text, 8, '0') AS reference,
       p.nop_code || '-' || p.nop_id || '-' || lpad((x.n %% 1000000)::text, 6, '0') AS number,
       'VV' || (100000 + x.n) AS lot
  FROM ({spread}) x JOIN bench_party p ON p.office = x.office AND p.turn = (x.n + x.n / 7) %% p.size
 ORDER BY x.id
"""


@dataclass(frozen=True)
class Copy:
    """One table's rows: for each row of the plan, one of each chosen row of the real request, with these columns changed."""

    table: str
    source: str  # condition on the real rows, s
    changed: dict[str, str]
    where: str = "true"  # condition on the plan, p


TENANT = {"certifier_id": "p.certifier_id"}
# Typed texts and frozen data are whole for the certifiers that are looked at; of the others they would only fill the disk.
THIN = "CASE WHEN p.whole THEN s.{0} ELSE '{{}}' END"
THIN_CERTIFICATE = "CASE WHEN p.whole THEN s.data ELSE jsonb_build_object('coverage', s.data->'coverage') END"
COPIES = [
    Copy("documents_dossier", "s.id = %(dossier)s", TENANT | {"id": "p.id"}),
    Copy("requests_certificaterequest", "s.id = %(request)s", TENANT | {
        "id": "p.id", "reference": "p.reference", "dossier_id": "p.id", "exporter_id": "p.exporter_id",
        "importer_id": "p.importer_id", "contact_id": "p.contact_id", "policy_id": "p.policy_id",
        "status": "CASE WHEN p.is_open THEN 'submitted' ELSE 'decided' END",
        "reviewer_id": "CASE WHEN p.is_open AND p.n % 3 > 0 THEN NULL ELSE p.reviewer_id END",
        "decided_at": "CASE WHEN p.is_open THEN NULL ELSE s.decided_at END", "departure_on": "p.leaves",
        "arrival_on": "p.leaves + 18", "transport_document": "'BL' || p.n",
        "containers": "jsonb_build_array(jsonb_build_object('number', 'CONU ' || p.n, 'seal', 'SE' || p.n))",
        "late": "p.n % 25 = 0", "raw": THIN.format("raw"), "decide_by": "p.leaves - 2 + s.decide_by::time",
    }),
    Copy("requests_requestline", "s.request_id = %(request)s", TENANT | {
        "id": "p.id", "request_id": "p.id", "item_id": "p.item_id", "version_id": "p.version_id",
        "account_id": "p.account_id", "status": "CASE WHEN p.is_open THEN 'open' ELSE 'approved' END",
    }),
    Copy("requests_lot", "s.line_id = %(line)s", TENANT | {
        "id": "-2 * p.id - s.id % 2", "line_id": "p.id", "code": "p.lot || '-' || s.id % 2",
        "supplier_id": "CASE WHEN s.supplier_id IS NULL THEN NULL ELSE p.supplier_id END",
    }),
    # Of closed requests one paper of the nine, or the disk would hold little else.
    Copy("documents_document", "s.dossier_id = %(dossier)s AND s.rule <> 'commercial_invoice'", TENANT | {
        "id": "NULL", "dossier_id": "p.id",
    }, "p.is_open"),
    Copy("documents_document", "s.dossier_id = %(dossier)s AND s.rule = 'commercial_invoice'", TENANT | {
        "id": "NULL", "dossier_id": "p.id",
    }),
    Copy("documents_slotanswer", "s.dossier_id = %(dossier)s", TENANT | {"id": "NULL", "dossier_id": "p.id"}, "p.is_open"),
    Copy("certificates_certificate", "s.request_id = %(request)s", TENANT | {
        "id": "p.id", "request_id": "p.id", "line_id": "p.id", "importer_id": "p.importer_id", "number": "p.number",
        "data": THIN_CERTIFICATE,
    }, "NOT p.is_open"),
    Copy("certificates_registryoperation", "s.certificate_id = %(certificate)s", TENANT | {
        "id": "p.id", "certificate_id": "p.id", "client_ref": "'bench-' || p.id",
    }, "NOT p.is_open AND p.office = 0"),
    Copy("certificates_publicrecord", "s.certificate_id = %(certificate)s", TENANT | {
        "certificate_id": "p.id", "request_id": "p.id", "importer_id": "p.importer_id", "number": "p.number",
        "departure_on": "p.leaves", "departure_ends_at": "(p.leaves + 1)::timestamptz", "arrival_on": "p.leaves + 18",
        "data": THIN_CERTIFICATE,
    }, "NOT p.is_open"),
]  # fmt: skip

# By which words each request is found: its own (reference, lot, number), and for the first certifier those that it shares.
WORDS = """
INSERT INTO review_searchword (certifier_id, request_id, word)
SELECT p.certifier_id, p.id, w.word FROM bench_plan p CROSS JOIN LATERAL (
  VALUES (replace(p.reference, '-', '')), (lower(p.lot)), (CASE WHEN p.office = 0 THEN right(p.number, 6) END),
         (CASE WHEN p.office = 0 THEN 'coffee' END), (CASE WHEN p.office = 0 THEN 'cooperativa' END),
         (CASE WHEN p.office = 0 THEN p.nop_id END)) w(word) WHERE w.word IS NOT NULL ORDER BY 1, 3
"""
SECRETS = """
INSERT INTO tenants_secret (kind, digest, certifier_id, subject_id)
SELECT 'verify', encode(sha256(convert_to('nopic-secret/v1', 'UTF8') || '\\x00'::bytea ||
                               convert_to(p.number || ':' || c.verification_key, 'UTF8')), 'hex'), p.certifier_id, p.id
  FROM bench_plan p JOIN certificates_certificate c ON c.id = p.id
"""
# What was done within the week that is kept, and what is owed at this moment.
OWED = """
INSERT INTO workflow_dispatch (topic, certifier_id, subject_id, reason, attempts, crashes, fence, asked, done_at)
SELECT CASE WHEN p.n %% 2 = 0 THEN 'registry' ELSE 'render' END, p.certifier_id, p.id, '', 0, 0, 0, 0,
       CASE WHEN p.n > 2000 THEN now() END
  FROM bench_plan p WHERE p.n <= 50000
"""


def fill(owner: psycopg.Connection, spread: str, **sizes: int) -> None:
    """Copy the real request (the only one there is) as often as `spread` says. `owner` comes from `place.loading`."""
    if owner.execute("SELECT to_regclass('bench_party')").fetchone() == (None,):
        owner.execute(PARTIES)
    found = owner.execute(
        "SELECT r.id, r.dossier_id, x.id, c.id FROM requests_certificaterequest r"
        " JOIN requests_requestline x ON x.request_id = r.id JOIN certificates_certificate c ON c.line_id = x.id"
        " ORDER BY r.id LIMIT 1"
    ).fetchone()
    assert found is not None  # noqa: S101 - parties.specimen made it
    real = dict(zip(("request", "dossier", "line", "certificate"), found, strict=True))
    values = {"top": TOP, "first": FIRST_PAGE} | sizes
    with owner.transaction():
        owner.execute("SET LOCAL maintenance_work_mem = '256MB'; SET LOCAL work_mem = '128MB'")
        owner.execute(PLAN.format(spread=spread.format(**values)).replace("%%", "%"))
        owner.execute("ANALYZE bench_plan")
        for copy in COPIES:
            owner.execute(_statement(owner, copy), real)
        for statement in (WORDS, SECRETS, OWED):
            owner.execute(statement.replace("%%", "%"))
        owner.execute("DROP TABLE bench_plan")


def _statement(owner: psycopg.Connection, copy: Copy) -> sql.Composed:
    """INSERT … SELECT of every column of the table, copied or changed; a key that is NULL is left to the sequence."""
    columns = [
        name
        for (name,) in owner.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped"
            " AND attgenerated = '' ORDER BY attnum", [copy.table],
        )
        if copy.changed.get(name) != "NULL"
    ]  # fmt: skip
    taken = [
        sql.SQL(copy.changed[name].replace("%", "%%")) if name in copy.changed else sql.Identifier("s", name)
        for name in columns
    ]
    return sql.SQL(
        "INSERT INTO {table} ({columns}) SELECT {taken} FROM bench_plan p CROSS JOIN {table} s"
        " WHERE {source} AND {where} ORDER BY p.id"
    ).format(
        table=sql.Identifier(copy.table),
        columns=sql.SQL(", ").join(map(sql.Identifier, columns)),
        taken=sql.SQL(", ").join(taken),
        source=sql.SQL(copy.source),
        where=sql.SQL(copy.where),
    )


def oldest_certificate(certifier_id: int, before_it: int) -> int:
    """The id that so many certificates of a certifier are older than."""
    with tenant(certifier_id):
        found = Certificate.objects.filter(certifier_id=certifier_id).order_by("pk").values_list("pk", flat=True)
        return list(found[: before_it + 1])[-1]
