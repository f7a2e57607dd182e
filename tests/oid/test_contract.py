"""The registry's published OpenAPI document and what it really answers are the same thing."""

import json
import os
import subprocess
import sys

import httpx2
import pytest
import yaml
from jsonschema import Draft202012Validator

from nopic.oid.client import Registry
from nopic.oid.payloads import cancel_payload, client_ref, fingerprint, replace_payload, revise_payload
from tests.mock_oid import ROOT
from tests.oid import examples


@pytest.fixture(scope="module")
def document(server):
    return yaml.safe_load(httpx2.get(f"{server.url}/api/schema/").text)


def _check(document, path, method, reply):
    """The reply is one that the document announces for that path, method and status, and has its shape."""
    announced = document["paths"][path][method]["responses"][str(reply.status_code)]["content"]
    kind = reply.headers["Content-Type"].split(";")[0]
    schema = {**announced[kind]["schema"], "components": document["components"]}
    problems = list(Draft202012Validator(schema).iter_errors(reply.json()))
    assert problems == []


def test_the_document_has_every_path_that_the_client_uses(document):
    assert {(path, method) for path, methods in document["paths"].items() for method in methods} == {
        ("/api/v1/bounds/", "get"),
        ("/api/v1/operations/{nop_id}/", "get"),
        ("/api/v1/references/{client_ref}/", "get"),
        ("/api/v1/certificates/", "post"),
        ("/api/v1/certificates/{number}/", "get"),
        ("/api/v1/certificates/{number}/cancellation/", "post"),
        ("/api/v1/certificates/{number}/replacement/", "post"),
        ("/api/v1/certificates/{number}/actual-weight/", "post"),
        ("/api/v1/certificates/{number}/revision/", "post"),
        ("/api/v1/references/{reference}/replacement/", "post"),
    }
    assert document["components"]["securitySchemes"]["certifierKey"]["scheme"] == "bearer"


def test_every_reply_is_announced_and_has_the_announced_shape(oid, document):
    client = httpx2.Client(base_url=oid.url, headers={"Authorization": f"Bearer {examples.KEYS['901']}"})

    def ask(path, **names):
        reply = client.get(path.format(**names))
        _check(document, path, "get", reply)
        return reply

    def act(path, ref, payload, **names):
        body = {"client_ref": ref, "sha256": fingerprint(payload), "payload": payload}
        reply = client.post(path.format(**names), json=body)
        _check(document, path, "post", reply)
        return reply

    ask("/api/v1/bounds/")
    for nop_id in ("9010000017", "9020000029", "9099999999"):
        ask("/api/v1/operations/{nop_id}/", nop_id=nop_id)
    created = act("/api/v1/certificates/", client_ref(1, 1), examples.payload())
    assert created.status_code == 201
    assert act("/api/v1/certificates/", client_ref(1, 1), examples.payload()).status_code == 200
    assert act("/api/v1/certificates/", client_ref(1, 1), examples.payload(net_weight_kg="1")).status_code == 409
    assert act("/api/v1/certificates/", client_ref(1, 2), examples.payload(hts="x", lots=[{}])).status_code == 422
    number = created.json()["registration"]["number"]
    act("/api/v1/certificates/{number}/actual-weight/", "w-1", examples.weight_payload(number, "1.5"), number=number)
    replaced = act(
        "/api/v1/certificates/{number}/replacement/",
        "r-1",
        examples.replace_payload(number, examples.payload()),
        number=number,
    )
    successor = replaced.json()["registration"]["number"]
    revised = revise_payload(successor, examples.payload(net_weight_kg="1"), version=2, remarks="Less.")
    path = "/api/v1/certificates/{number}/revision/"
    assert act(path, "v-1", revised, number=successor).status_code == 201
    assert act(path, "v-2", revised, number=successor).status_code == 409
    other = act("/api/v1/certificates/", client_ref(1, 3), examples.payload()).json()["registration"]
    again = replace_payload(examples.payload(), replaces=other["client_ref"])
    path = "/api/v1/references/{reference}/replacement/"
    assert act(path, "r-2", again, reference=other["client_ref"]).status_code == 201
    assert act(path, "r-3", again, reference=other["client_ref"]).status_code == 409
    cancelled = act(
        "/api/v1/certificates/{number}/cancellation/", "c-1", cancel_payload(successor, "late", ""), number=successor
    )
    assert cancelled.json()["registration"]["status"] == "cancelled"
    for any_number in (number, successor, "901-9010000017-999999"):
        ask("/api/v1/certificates/{number}/", number=any_number)
    for ref in (client_ref(1, 1), "r-1", "n1-NOTHING"):
        ask("/api/v1/references/{client_ref}/", client_ref=ref)
    for fault in ("429", "401", "503_before_commit"):
        oid.fail("read", fault)
        assert ask("/api/v1/certificates/{number}/", number=number).status_code == int(fault[:3])
    client.close()


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'{"payload": 1}', b'{"payload": {"net_weight_kg": 1.5}}'])
def test_nonsense_gets_a_problem_and_never_a_fault_of_the_server(oid, body):
    reply = httpx2.post(
        f"{oid.url}/api/v1/certificates/",
        content=body,
        headers={"Authorization": f"Bearer {examples.KEYS['901']}", "Content-Type": "application/json"},
    )
    assert reply.status_code in (400, 422)
    assert reply.headers["Content-Type"] == "application/problem+json"
    assert reply.json()["code"]


def test_the_registrys_migrations_are_complete(server):
    check = subprocess.run(
        [sys.executable, "-m", "django", "makemigrations", "--check", "--dry-run"],
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "nopic.oid.mock.settings",
            "OID_DATABASE_URL": server.database_url,
        },
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert check.returncode == 0, check.stdout + check.stderr


def test_without_a_database_the_server_says_what_to_set():
    environment = {name: value for name, value in os.environ.items() if name != "OID_DATABASE_URL"}
    started = subprocess.run(
        [sys.executable, "-m", "nopic.oid.mock", "serve"],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert started.returncode == 1
    assert "set OID_DATABASE_URL" in started.stderr
    assert "Traceback" not in started.stderr


def test_operations_are_loaded_from_a_file_by_another_process(oid, registry, tmp_path):
    operation = {"nop_id": "9020000055", "name": "New Imports", "kind": "importer", "country": "US"}
    document = {
        "certifiers": [{"code": "903", "name": "Third", "key": "key-of-certifier-903"}],
        "operations": [operation],
    }
    (tmp_path / "demo.json").write_text(json.dumps(document))
    loaded = subprocess.run(
        [sys.executable, "manage.py", "mock_oid_load", str(tmp_path / "demo.json")],
        env={**os.environ, "OID_DATABASE_URL": oid.database_url},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert loaded.stdout == "loaded 1 certifiers and 1 operations\n", loaded.stderr
    assert registry.operation("9020000055").name == "New Imports"
    assert Registry(oid.url, "key-of-certifier-903").operation("9020000055").imports
