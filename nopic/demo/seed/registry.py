"""What the mock registry is told: both certifiers with their keys, and every operation of the demo.

The keys are made once and kept beside the demo's data, because the portal stores them encrypted and the registry hashed.
"""

import json
import secrets
import subprocess
import sys
from collections.abc import Callable
from typing import Any

from django.conf import settings

from nopic.demo.seed.parties import BUYERS, OFFICES, OPERATIONS, SELLERS, SUSPENDED, Seller
from nopic.workflow import clock

Load = Callable[[dict[str, Any]], None]


def keys() -> dict[str, str]:
    """Each certifier's key at the registry, by its code."""
    file = settings.DATA_DIR / "registry-keys.json"
    if not file.exists():
        settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_text(json.dumps({office.facts["nop_code"]: secrets.token_urlsafe(24) for office in OFFICES}))
    known: dict[str, str] = json.loads(file.read_text())
    return known


def everybody() -> dict[str, Any]:
    """The document that fills the registry: certifiers, exporters and importers, all certified."""
    codes = {office.slug: office.facts["nop_code"] for office in OFFICES}
    exporters = [
        {
            "nop_id": one.nop_id,
            "name": one.name,
            "kind": "exporter",
            "certified_on": one.certified_from,
            "address_lines": one.address.split("\n"),
            "country": one.country,
            "certifiers": [codes[one.office]],
        }
        for one in OPERATIONS
    ]
    names = {office.facts["nop_code"]: office.facts["name"] for office in OFFICES}
    return {
        "certifiers": [{"code": code, "name": names[code], "key": key} for code, key in keys().items()],
        "operations": exporters + [_importer(one.key) for one in BUYERS] + [_seller(one) for one in SELLERS],
    }


def suspension() -> dict[str, Any]:
    """The document by which the registry suspends one importer, today."""
    return {
        "operations": [_importer(SUSPENDED) | {"status": "suspended", "status_since": clock.today("UTC").isoformat()}]
    }


def _importer(key: str) -> dict[str, Any]:
    one = next(each for each in BUYERS if each.key == key)
    return {
        "nop_id": one.nop_id,
        "name": one.name,
        "kind": "importer",
        "address_lines": one.address.split("\n"),
        "state": one.state,
        "country": "US",
    }


def _seller(one: Seller) -> dict[str, Any]:
    """A supplier: listed and certified like everybody else, by whomever."""
    buyer = next(each for each in OPERATIONS if each.key == one.exporter)
    return {
        "nop_id": one.nop_id,
        "name": one.name,
        "kind": "exporter",
        "address_lines": buyer.address.split("\n")[-1:],
        "country": buyer.country,
        "certifiers": [],
    }


def load(document: dict[str, Any]) -> None:
    """Hand a document to the mock registry by its own command, which alone may open its database."""
    subprocess.run(
        [sys.executable, "manage.py", "mock_oid_load", "-"],
        input=json.dumps(document),
        text=True,
        cwd=settings.BASE_DIR,
        check=True,
        stdout=subprocess.DEVNULL,
    )
