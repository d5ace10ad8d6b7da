import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from contracts.access.caller import Role
from services.auth.module import AuthModule
from services.auth.oauth_server import grants
from services.auth.oauth_server.authorization_request import OAuthError
from services.auth.tables import GRANTS, REFRESH, TOKENS
from tests.services.auth.conftest import Clock, RecordingBus
from tests.services.auth.native import App, answered, refused, with_app
from tests.services.auth.site import grants_of


def _live(engine: sa.Engine) -> int:
    """Refresh tokens that can be used, of grants that count."""
    joined = REFRESH.join(GRANTS, GRANTS.c.id == REFRESH.c.grant)
    query = sa.select(sa.func.count()).select_from(joined)
    with engine.connect() as connection:
        return int(
            connection.execute(query.where(REFRESH.c.used_at.is_(None), GRANTS.c.revoked_at.is_(None))).scalar_one()
        )


@pytest.mark.parametrize(
    "changed", [{"client_id": "other-app"}, {"code_verifier": "w" * 43}, {"code_verifier": "short"}]
)
def test_a_code_is_bound_to_client_and_challenge(auth: AuthModule, clock: Clock, changed: dict[str, str]) -> None:
    """Another client or verifier gets nothing, and the right one then still does."""

    async def story(app: App) -> None:
        app.sign_in()
        code = await app.code()
        refused(await app.exchange(code, **changed), "invalid_grant")
        assert (await app.exchange(code)).status_code == 200

    with_app(auth, clock, story)


def test_a_code_counts_for_sixty_seconds(auth: AuthModule, clock: Clock) -> None:
    """A second before its end it does, at its end it does not."""

    async def story(app: App) -> None:
        app.sign_in()
        first, second = await app.code(), await app.code()
        clock.now += 59.9
        assert (await app.exchange(first)).status_code == 200
        clock.now += 0.1
        refused(await app.exchange(second), "invalid_grant")

    with_app(auth, clock, story)


def test_a_code_used_again_ends_what_came_of_it(
    auth: AuthModule, clock: Clock, engine: sa.Engine, bus: RecordingBus
) -> None:
    """Access token, refresh token and successors; also by another client and long after; the server is told once."""

    async def story(app: App) -> None:
        user = app.sign_in()
        code = await app.code()
        first = (await app.exchange(code)).json()
        newest = (await app.refresh(first["refresh_token"])).json()
        assert (await app.me(newest["access_token"])).status_code == 200
        clock.now += 300
        for client in ("other-app", "tip-app"):
            refused(await app.exchange(code, client_id=client), "invalid_grant")
        for token in (first["access_token"], newest["access_token"]):
            assert (await app.me(token)).status_code == 401
        refused(await app.refresh(newest["refresh_token"]), "invalid_grant")
        assert {(whose, why) for whose, _, why in bus.said()} == {(user, "code_reused")}
        assert len(bus.said()) == 3

    with_app(auth, clock, story)
    assert _live(engine) == 0


def test_of_twenty_exchanges_of_one_code_one_succeeds_and_then_nothing_counts(auth: AuthModule, clock: Clock) -> None:
    """At the same moment: the second use is a reuse, so the first one's tokens end."""

    async def story(app: App) -> None:
        app.sign_in()
        code = await app.code()
        answers = await asyncio.gather(*(app.exchange(code) for _ in range(20)))
        assert sorted(answer.status_code for answer in answers) == [200] + [400] * 19
        (won,) = [answer.json() for answer in answers if answer.status_code == 200]
        refused(await app.refresh(won["refresh_token"]), "invalid_grant")

    with_app(auth, clock, story)


def test_twenty_parallel_uses_leave_one_successor_and_nobody_signed_out(
    auth: AuthModule, clock: Clock, engine: sa.Engine
) -> None:
    """Twenty threads, one answer to all of them; it goes on from there."""

    async def story(app: App) -> None:
        app.sign_in()
        first = await app.tokens()
        grants = grants_of(auth, clock)
        with ThreadPoolExecutor(20) as pool:
            issued = list(pool.map(lambda _: grants.refresh("tip-app", first["refresh_token"]), range(20)))
        assert len({one.refresh for one in issued}) == len({one.access for one in issued}) == 1
        assert _live(engine) == 1
        assert (await app.me(issued[0].access)).status_code == 200
        assert (await app.refresh(issued[0].refresh)).status_code == 200

    with_app(auth, clock, story)


def test_after_a_lost_reply_the_same_answer_comes_again(auth: AuthModule, clock: Clock, engine: sa.Engine) -> None:
    """Within ten seconds, with what is left of the token's life; the row alone does not give it away."""

    async def story(app: App) -> None:
        app.sign_in()
        first = await app.tokens()
        lost = (await app.refresh(first["refresh_token"])).json()
        with engine.connect() as connection:
            rows = str(connection.execute(sa.select(REFRESH)).all())
        assert lost["refresh_token"] not in rows
        clock.now += 10
        again = (await app.refresh(first["refresh_token"])).json()
        assert again == {**lost, "expires_in": 590}
        assert (await app.refresh(again["refresh_token"])).status_code == 200
        with engine.connect() as connection:
            answers = (
                connection.execute(sa.select(REFRESH.c.answer).order_by(REFRESH.c.used_at.nulls_last())).scalars().all()
            )
        assert answers[0] is None

    with_app(auth, clock, story)


@pytest.mark.parametrize("late", [True, False])
def test_a_thief_who_is_first_is_found_when_the_owner_comes(
    auth: AuthModule, clock: Clock, engine: sa.Engine, bus: RecordingBus, late: bool
) -> None:
    """After ten seconds, or when the thief has gone on meanwhile: the family and the newest token end."""

    async def story(app: App) -> None:
        user = app.sign_in()
        stolen = (await app.tokens())["refresh_token"]
        thief = (await app.refresh(stolen)).json()
        if late:
            clock.now += 10.1
        else:
            thief = (await app.refresh(thief["refresh_token"])).json()
        refused(await app.refresh(stolen), "invalid_grant")
        assert (await app.me(thief["access_token"])).status_code == 401
        refused(await app.refresh(thief["refresh_token"]), "invalid_grant")
        assert {(whose, why) for whose, _, why in bus.said()} == {(user, "refresh_reused")}

    with_app(auth, clock, story)
    assert _live(engine) == 0


def test_a_thief_who_comes_after_the_owner_ends_it_for_both(auth: AuthModule, clock: Clock, engine: sa.Engine) -> None:
    """The owner has refreshed; the old token a minute later ends the owner's newest token too."""

    async def story(app: App) -> None:
        app.sign_in()
        stolen = (await app.tokens())["refresh_token"]
        owner = (await app.refresh(stolen)).json()
        clock.now += 60
        refused(await app.refresh(stolen), "invalid_grant")
        assert (await app.me(owner["access_token"])).status_code == 401
        refused(await app.refresh(owner["refresh_token"]), "invalid_grant")

    with_app(auth, clock, story)
    assert _live(engine) == 0


def test_another_client_gets_no_successor(auth: AuthModule, clock: Clock, engine: sa.Engine) -> None:
    """Of an unused token nothing; of a used one, even within ten seconds, the end of the family."""

    async def story(app: App) -> None:
        app.sign_in()
        first = await app.tokens()
        refused(await app.refresh(first["refresh_token"], client_id="other-app"), "invalid_grant")
        second = (await app.refresh(first["refresh_token"])).json()
        refused(await app.refresh(first["refresh_token"], client_id="other-app"), "invalid_grant")
        refused(await app.refresh(second["refresh_token"]), "invalid_grant")

    with_app(auth, clock, story)
    assert _live(engine) == 0


def test_a_refresh_token_ends_unused_after_thirty_days_and_a_grant_after_a_hundred_and_eighty(
    auth: AuthModule, clock: Clock
) -> None:
    """Used every 29 days it goes on, until the grant's own end; the last access token ends with it."""

    async def story(app: App) -> None:
        app.sign_in()
        idle, used = await app.tokens(), await app.tokens()
        for _ in range(6):
            clock.now += 29 * 86_400
            answer = await app.refresh(used["refresh_token"])
            assert answer.status_code == 200
            used = answer.json()
        refused(await app.refresh(idle["refresh_token"]), "invalid_grant")
        clock.now += 6 * 86_400 - 100
        used = (await app.refresh(used["refresh_token"])).json()
        assert used["expires_in"] == 100
        clock.now += 100
        refused(await app.refresh(used["refresh_token"]), "invalid_grant")

    with_app(auth, clock, story)


@pytest.mark.parametrize("which", ["refresh_token", "access_token"])
def test_an_app_signs_out(auth: AuthModule, clock: Clock, bus: RecordingBus, which: str) -> None:
    """Either token ends all, seen at the next request; unknown text and repeats are no error, another client is."""

    async def story(app: App) -> None:
        app.sign_in()
        tokens = await app.tokens()
        form = {"token": tokens[which], "client_id": "tip-app"}
        refused(await app.phone.post("/auth/revoke", data=form | {"client_id": "other-app"}), "invalid_client", 401)
        refused(await app.phone.post("/auth/revoke", data={"client_id": "tip-app"}), "invalid_request")
        assert (await app.me(tokens["access_token"])).status_code == 200
        for text in (tokens[which], tokens[which], "unknown", "x" * 6000):
            answer = await app.phone.post("/auth/revoke", data=form | {"token": text})
            assert answer.status_code == (200 if len(text) < 1_000 else 400)
        assert (await app.me(tokens["access_token"])).status_code == 401
        refused(await app.refresh(tokens["refresh_token"]), "invalid_grant")
        assert {why for _, _, why in bus.said()} == {"signed_out"}

    with_app(auth, clock, story)


def test_ending_an_apps_access_token_ends_the_grant(auth: AuthModule, clock: Clock, engine: sa.Engine) -> None:
    """An admin who revokes it means the app, which could else ask for the next one."""

    async def story(app: App) -> None:
        user = app.sign_in()
        tokens = await app.tokens()
        (token,) = [view for view in auth.credentials(user) if view.via == "token"]
        auth.revoke(token.id, "token")
        refused(await app.refresh(tokens["refresh_token"]), "invalid_grant")

    with_app(auth, clock, story)
    assert _live(engine) == 0


def test_a_user_lists_and_ends_the_apps_of_their_own(auth: AuthModule, clock: Clock) -> None:
    """From the browser or with the app's own token; another user's is not found."""

    async def story(app: App) -> None:
        app.sign_in()
        first, second = await app.tokens(), await app.tokens()
        bearer = {"Authorization": f"Bearer {second['access_token']}"}
        listed = (await app.phone.get("/auth/apps", headers=bearer)).json()["apps"]
        assert [(one["client"], one["revoked_at"]) for one in listed] == [("tip-app", None)] * 2
        ours = {"Origin": "http://127.0.0.1:3000", "X-Tipbench": "1"}
        path = f"/auth/apps/{listed[0]['id']}/revoke"
        assert (await app.browser.post(path)).status_code == 403
        assert (await app.browser.post(path, headers=ours)).json()["revoked_at"] is not None
        counts = [(await app.me(one["access_token"])).status_code for one in (first, second)]
        assert sorted(counts) == [200, 401]
        app.sign_in()
        assert (await app.browser.post(path, headers=ours)).status_code == 404
        app.browser.cookies.clear()
        assert (await app.browser.get("/auth/apps")).status_code == 401

    with_app(auth, clock, story)


def test_a_demoted_user_is_demoted_in_the_app(auth: AuthModule, clock: Clock) -> None:
    """The role is the row's, not the token's."""

    async def story(app: App) -> None:
        user = app.sign_in(Role.JUDGE)
        tokens = await app.tokens()
        auth.grant(user, Role.USER)
        assert (await app.me(tokens["access_token"])).json()["role"] == "USER"

    with_app(auth, clock, story)


def test_when_the_store_is_away_the_app_asks_again(
    auth: AuthModule, clock: Clock, lose_store: Callable[[], None]
) -> None:
    """503 and temporarily_unavailable; nothing else is said of it."""

    async def story(app: App) -> None:
        app.sign_in()
        tokens = await app.tokens()
        lose_store()
        refused(await app.refresh(tokens["refresh_token"]), "temporarily_unavailable", 503)

    with_app(auth, clock, story)


def test_what_is_given_shows_no_token(auth: AuthModule, clock: Clock) -> None:
    """Neither by repr nor in an error."""
    grants = grants_of(auth, clock)
    with pytest.raises(OAuthError) as refusal:
        grants.refresh("tip-app", "p" * 43)
    assert "ppp" not in str(refusal.value) + refusal.value.said
    with auth.asking() as connection:
        assert connection.execute(sa.select(TOKENS)).all() == []


def test_a_grant_refreshes_and_a_user_allows_so_often_in_a_day(
    auth: AuthModule, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each leaves rows for a month; a refresh that is one too many is refused, ends nothing, and counts a day later."""
    monkeypatch.setattr(grants, "MOST_REFRESHES", 3)
    monkeypatch.setattr(grants, "MOST_CODES", 2)

    async def story(app: App) -> None:
        app.sign_in()
        token = (await app.tokens())["refresh_token"]
        for _ in range(2):
            clock.now += 60
            token = (await app.refresh(token)).json()["refresh_token"]
        refused(await app.refresh(token), "temporarily_unavailable", 429)
        await app.code()
        page = await app.authorize()
        assert answered((await app.decide(page)).json()["location"])["error"] == "temporarily_unavailable"
        clock.now += 86_400
        assert (await app.refresh(token)).status_code == 200

    with_app(auth, clock, story)
