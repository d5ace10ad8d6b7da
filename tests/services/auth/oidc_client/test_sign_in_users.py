"""Whom a sign-in makes or finds: admins by configuration, invited users, identities that are linked."""

import json
from typing import Any

import pytest

from contracts.access.caller import Role
from contracts.access.oidc import ConfiguredAdmin
from contracts.paging import PageRequest
from contracts.refusals import Conflict
from services.auth.module import AuthModule
from tests.services.auth.browsing import (
    OURS,
    Visit,
    sign_in_refused,
    visiting,
)
from tests.services.auth.conftest import Clock


def _rows(auth: AuthModule) -> int:
    return len(auth.users(PageRequest(first=1000)).rows)


@pytest.mark.parametrize(
    ("claims", "role"),
    [
        ({"sub": "boss"}, "ADMIN"),
        ({"email": "boss@example.org", "email_verified": True}, "ADMIN"),
        ({"email": "boss@example.org", "email_verified": False}, "USER"),
        ({"email": "boss@example.org", "email_verified": "true"}, "USER"),
        ({"email": "boss@example.org"}, "USER"),
        ({"sub": "boss@example.org"}, "USER"),
        ({"email": "boss@example.org.evil.example", "email_verified": True}, "USER"),
    ],
    ids=str,
)
def test_the_configuration_names_admins(auth: AuthModule, clock: Clock, claims: dict[str, Any], role: str) -> None:
    """By issuer and subject, or by an address that this issuer says is verified."""

    async def story(visit: Visit) -> None:
        assert visit.own is not None
        visit.own.claims = claims
        await visit.back(await visit.login())
        assert (await visit.me())["role"] == role

    def admins(issuer: str) -> list[ConfiguredAdmin]:
        return [
            ConfiguredAdmin(issuer=issuer, subject="boss"),
            ConfiguredAdmin(issuer=issuer, email="boss@example.org"),
            ConfiguredAdmin(issuer="https://elsewhere.example", subject="alice"),
        ]

    visiting(auth, clock, story, admins=admins)


def test_the_last_admin_stays_one(auth: AuthModule, clock: Clock) -> None:
    """An admin who came by a provider counts like any other."""

    async def story(visit: Visit) -> None:
        await visit.back(await visit.login())
        subject = (await visit.me())["subject"]
        with pytest.raises(Conflict):
            auth.grant(subject, Role.USER)

    visiting(auth, clock, story, admins=lambda issuer: [ConfiguredAdmin(issuer=issuer, subject="alice")])


def test_two_addresses_that_are_equal_are_two_users(auth: AuthModule, clock: Clock) -> None:
    """An address never joins accounts."""

    async def story(visit: Visit) -> None:
        own = visit.own
        assert own is not None
        for subject in ("one", "two"):
            own.claims = {"sub": subject, "email": "same@example.org", "email_verified": True}
            await visit.back(await visit.login())

    visiting(auth, clock, story)
    assert _rows(auth) == 2


def test_an_invitation_is_redeemed_by_signing_in(auth: AuthModule, clock: Clock) -> None:
    """Role and judge of the invitation, once; somebody who is a user already leaves it open."""
    link = auth.invite(Role.JUDGE, "anna", "local-admin")

    async def story(visit: Visit) -> None:
        own = visit.own
        assert own is not None
        own.claims = {"sub": "known"}
        await visit.back(await visit.login())
        body = json.dumps({"invitation": link.secret})
        assert (await visit.browser.post("/auth/login/own", content=body)).status_code == 403
        sent = visit.sent(await visit.browser.post("/auth/login/own", content=body, headers=OURS))
        sign_in_refused(await visit.back(sent), "CONFLICT", 409)
        own.claims = {"sub": "anna"}
        sent = visit.sent(await visit.browser.post("/auth/login/own", content=body, headers=OURS))
        assert link.secret not in str(sent)
        assert (await visit.back(sent)).status_code == 303
        me = await visit.me()
        assert (me["role"], me["judge"]) == ("JUDGE", "anna")
        assert (await visit.browser.post("/auth/login/own", content=body, headers=OURS)).status_code == 404
        local = json.dumps({"invitation": auth.local_link().secret})
        assert (await visit.browser.post("/auth/login/own", content=local, headers=OURS)).status_code == 422

    visiting(auth, clock, story)


def test_linking_needs_a_fresh_sign_in_to_both(auth: AuthModule, clock: Clock) -> None:
    """A session of ten minutes at most, and a provider that says when it asked; then both lead to one user."""

    async def story(visit: Visit) -> None:
        own = visit.own
        assert own is not None
        body = b'{"link": true}'
        assert (await visit.browser.post("/auth/login/own", content=body, headers=OURS)).status_code == 401
        await visit.back(await visit.login())
        user = (await visit.me())["subject"]
        own.claims = {"sub": "second"}
        sent = visit.sent(await visit.browser.post("/auth/login/own", content=body, headers=OURS))
        assert (sent["prompt"], sent["max_age"]) == ("login", "0")
        sign_in_refused(await visit.back(sent), "SIGN_IN_REFUSED")
        own.claims = {"sub": "second", "auth_time": clock.now - 601}
        sent = visit.sent(await visit.browser.post("/auth/login/own", content=body, headers=OURS))
        sign_in_refused(await visit.back(sent), "SIGN_IN_REFUSED")
        own.claims = {"sub": "second", "auth_time": clock.now}
        sent = visit.sent(await visit.browser.post("/auth/login/own", content=body, headers=OURS))
        assert (await visit.back(sent)).status_code == 303
        visit.browser.cookies.clear()
        await visit.back(await visit.login())
        assert (await visit.me())["subject"] == user
        clock.now += 601
        assert (await visit.browser.post("/auth/login/own", content=body, headers=OURS)).status_code == 409

    visiting(auth, clock, story)
    assert _rows(auth) == 1


def test_an_identity_of_another_user_is_not_taken_over(auth: AuthModule, clock: Clock) -> None:
    """409, and both stay who they were."""

    async def story(visit: Visit) -> None:
        own = visit.own
        assert own is not None
        own.claims = {"sub": "victim"}
        await visit.back(await visit.login())
        own.claims = {"sub": "thief"}
        await visit.back(await visit.login())
        own.claims = {"sub": "victim", "auth_time": clock.now}
        sent = visit.sent(await visit.browser.post("/auth/login/own", content=b'{"link": true}', headers=OURS))
        sign_in_refused(await visit.back(sent), "CONFLICT", 409)

    visiting(auth, clock, story)
    assert _rows(auth) == 2
