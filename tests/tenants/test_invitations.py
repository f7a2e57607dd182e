"""People come in by invitation only: bound to an address and a role, once, for 72 hours."""

import re
import smtplib
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.core.mail import EmailMessage
from django.core.management import CommandError, call_command
from django.test import Client

from nopic.celery import app
from nopic.tenants.context import identity, tenant
from nopic.tenants.models import Invitation, Membership, User
from nopic.workflow import dispatch
from nopic.workflow.clock import now
from nopic.workflow.models import Dispatch
from tests.factories import PASSWORD, World, signed_in

NEW = {"name": "Nina Nueva", "password1": "a long enough sentence", "password2": "a long enough sentence"}


def sent_link(to: str) -> str:
    app.loader.import_default_modules()
    for pk in Dispatch.objects.filter(topic="invitation", done_at=None).values_list("pk", flat=True):
        dispatch.run(pk)
    found = re.search(r"http://\S+(/invitations/\S+/)", next(one.body for one in mail.outbox if one.to == [to]))
    assert found is not None
    return found[1]


def invite(world: World, email: str = "nina@tierra.example", role: str = "reviewer") -> str:
    page = f"/{world.here.certifier.slug}/people/"
    assert signed_in(world.here.admin).post(page, {"invite": "1", "email": email, "role": role}).status_code == 302
    return sent_link(email)


def test_the_invited_person_makes_an_account_and_lands_at_work(world: World) -> None:
    link = invite(world)
    browser = Client()
    assert "invites nina@tierra.example as: Reviewer" in browser.get(link).content.decode()
    assert browser.post(link, NEW, follow=True).redirect_chain[-1][0] == f"/{world.here.certifier.slug}/queue/"
    nina = User.objects.get(email="nina@tierra.example")
    with identity(nina):
        assert [(m.role, m.certifier_id) for m in Membership.objects.filter(user=nina)] == [
            ("reviewer", world.here.certifier.pk)
        ]


def test_a_link_works_once(world: World) -> None:
    link = invite(world)
    Client().post(link, NEW)
    answer = Client().get(link)
    assert answer.status_code == 404
    assert "does not work any more" in answer.content.decode()


def test_a_link_ends_after_72_hours(world: World) -> None:
    link = invite(world)
    with time_machine.travel(now() + timedelta(hours=73), tick=True):
        assert Client().get(link).status_code == 404
        assert Client().post(link, NEW).status_code == 404
    assert not User.objects.filter(email="nina@tierra.example").exists()


def test_a_withdrawn_invitation_is_worthless(world: World) -> None:
    link = invite(world)
    with tenant(world.here.certifier):
        invitation = Invitation.objects.get()
    signed_in(world.here.admin).post(f"/{world.here.certifier.slug}/people/", {"withdraw": str(invitation.pk)})
    assert Client().get(link).status_code == 404


def test_only_the_invited_person_may_accept(world: World) -> None:
    link = invite(world, email=world.stranger.email)
    other = signed_in(world.there.reviewer)
    answer = other.post(link, {})
    assert answer.status_code == 422
    assert "This invitation is for" in answer.content.decode()
    assert signed_in(world.stranger).post(link, {}).status_code == 302


def test_only_the_hash_of_the_token_is_kept(world: World) -> None:
    token = invite(world).split("/")[-2]
    with tenant(world.here.certifier):
        kept = Invitation.objects.get().token_hash
    assert kept
    assert token not in kept


def test_nobody_signs_up_without_an_invitation(db: None) -> None:
    answer = Client().post(
        "/accounts/signup/", {"email": "x@example.com", "password1": PASSWORD, "password2": PASSWORD}
    )
    assert not User.objects.filter(email="x@example.com").exists()
    assert answer.status_code == 200


@pytest.mark.parametrize("typed", ["", "not an address"])
def test_a_wrong_address_is_said_at_the_field(world: World, typed: str) -> None:
    page = f"/{world.here.certifier.slug}/people/"
    answer = signed_in(world.here.admin).post(page, {"invite": "1", "email": typed, "role": "reviewer"})
    assert answer.status_code == 422
    assert answer.content.decode().count("Enter ") >= 2


def test_whoever_has_the_role_already_is_not_invited_to_it(world: World) -> None:
    page, admin = f"/{world.here.certifier.slug}/people/", signed_in(world.here.admin)
    form = {"invite": "1", "email": world.here.reviewer.email.upper(), "role": "reviewer"}
    told = admin.post(page, form)
    assert told.status_code == 422
    assert f"{world.here.reviewer} is here already, as: Reviewer" in told.content.decode()
    clicks = [admin.post(page, form | {"role": "certifier_admin"}).status_code for _click in range(2)]
    with tenant(world.here.certifier):
        assert (clicks, Invitation.objects.count()) == ([302, 302], 1)


def test_access_ends_with_the_next_click_and_the_last_admin_stays(world: World) -> None:
    page = f"/{world.here.certifier.slug}/people/"
    admin, colleague = signed_in(world.here.admin), signed_in(world.here.colleague)
    with tenant(world.here.certifier):
        theirs = Membership.objects.get(user=world.here.colleague)
        own = Membership.objects.get(user=world.here.admin)
    assert colleague.get(f"/{world.here.certifier.slug}/queue/").status_code == 200
    assert [admin.post(page, {"end": str(theirs.pk)}).status_code for _click in range(2)] == [302, 302]
    assert colleague.get(f"/{world.here.certifier.slug}/queue/").status_code == 404
    assert "is the last one" in admin.post(page, {"end": str(own.pk)}, follow=True).content.decode()


def test_the_operator_invites_the_first_people(world: World) -> None:
    call_command("invite", "first@tierra.example", "--certifier", world.here.certifier.slug)
    call_command("invite", "first@baybridge.example", "--importer", world.importer.nop_id)
    call_command("invite", "first@harborline.example", "--broker", world.broker.email)
    link = sent_link("first@baybridge.example")
    assert Client().post(link, NEW, follow=True).redirect_chain[-1][0] == "/in/"
    with pytest.raises(CommandError, match="There is no certifier"):
        call_command("invite", "x@example.com", "--certifier", "nobody")


def test_an_address_that_is_refused_for_good_is_tried_once_and_told(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, client = f"/{world.here.certifier.slug}/people/", signed_in(world.here.admin)
    client.post(page, {"invite": "1", "email": "nobody@tierra.example", "role": "reviewer"})
    app.loader.import_default_modules()

    def refuse(self: object) -> None:
        raise smtplib.SMTPRecipientsRefused({"nobody@tierra.example": (550, b"no such user")})

    monkeypatch.setattr(EmailMessage, "send", refuse)
    owed = Dispatch.objects.get(topic="invitation", done_at=None)
    dispatch.run(owed.pk)
    owed.refresh_from_db()
    assert owed.done_at is not None
    assert "Not delivered" in client.get(page).content.decode()


def test_a_mail_server_that_is_away_is_tried_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    client = signed_in(world.here.admin)
    client.post(
        f"/{world.here.certifier.slug}/people/", {"invite": "1", "email": "nina@tierra.example", "role": "reviewer"}
    )
    app.loader.import_default_modules()

    def away(self: object) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr(EmailMessage, "send", away)
    owed = Dispatch.objects.get(topic="invitation", done_at=None)
    dispatch.run(owed.pk)
    owed.refresh_from_db()
    assert (owed.done_at, owed.reason) == (None, "ConnectionRefusedError")
    assert owed.due_at > now()
