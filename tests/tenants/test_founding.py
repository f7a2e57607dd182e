"""`manage.py add_certifier`: a tenant with its first policy, its admin invited, or nothing at all."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from nopic.requests.facts import policy_of
from nopic.tenants.context import tenant
from nopic.tenants.models import Certifier, Invitation
from nopic.workflow.models import Dispatch

FACTS = {
    "slug": "sierra-verde", "name": "Sierra Verde", "legal_name": "Sierra Verde Certificadora SA", "address": "Calle 1\nQuito",
    "country": "Ecuador", "nop_code": "417", "role_text": "Accredited certifying agent, USDA National Organic Program",
    "email": "office@sierraverde.example", "phone": "+593 2 555 0100", "rules": {"time_zone": "America/Guayaquil"},
}  # fmt: skip


def found(folder: Path, **changes: Any) -> None:
    file = folder / "certifier.json"
    file.write_text(json.dumps({**FACTS, **changes}))
    call_command("add_certifier", file, admin="ana@sierraverde.example")


def test_a_certifier_is_founded_with_its_policy_and_its_admin_is_invited(db: None, tmp_path: Path) -> None:
    found(tmp_path)
    certifier = Certifier.objects.get(slug="sierra-verde")
    with tenant(certifier):
        assert policy_of(certifier.pk).rules.time_zone == "America/Guayaquil"
        invitation = Invitation.objects.get(certifier=certifier)
        assert (invitation.email, invitation.role) == ("ana@sierraverde.example", "certifier_admin")
    assert Dispatch.objects.filter(topic="invitation", subject_id=invitation.pk).exists()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"slug": "api"}, "not_reserved"),
        ({"email": "nobody"}, "email: "),
        ({"name": ""}, "name: "),
        ({"colour": "green"}, "Not facts of a certifier: colour"),
        ({"rules": {"time_zone": "Quito"}}, "rules: "),
        ({"rules": {"lead_time": 3}}, "rules: "),
    ],
)
def test_what_does_not_hold_together_founds_nothing(db: None, tmp_path: Path, changes: Any, said: str) -> None:
    with pytest.raises(CommandError, match=said):
        found(tmp_path, **changes)
    assert not Certifier.objects.exists()


def test_a_file_that_is_no_json_object_is_named(db: None, tmp_path: Path) -> None:
    (tmp_path / "x").write_text("[]")
    with pytest.raises(CommandError, match="holds no JSON object"):
        call_command("add_certifier", tmp_path / "x", admin="a@example.com")
