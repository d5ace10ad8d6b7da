"""The endpoint of the metrics."""

import asyncio

import httpx
import pytest
from starlette.routing import Router

from services.gateway.edge.middleware import EdgeMiddleware, EdgeRules
from services.gateway.rest.metrics import ROUTES, MetricsEndpoint
from tests.services.gateway.declared import routes_of
from tests.services.gateway.recording_app import ORIGIN, caller_of

SECRET = "s" * 40


def ask(who: str = "", shown: str = "", secret: str = SECRET) -> int:
    """The status of GET /metrics as a person, or with a bearer text."""
    app = Router(routes_of(ROUTES, MetricsEndpoint(lambda: b"tipbench 1\n", secret)))

    async def found(scope: object) -> object:
        return caller_of(scope)  # type: ignore[arg-type]  # a scope

    edge = EdgeMiddleware(
        app,
        EdgeRules(frozenset({ORIGIN.partition("://")[2]})),
        authenticate=found,  # type: ignore[arg-type]  # it gives callers
        may_change=lambda *_: True,
        new_id=lambda: "id",
    )

    async def go() -> int:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=edge), base_url=ORIGIN) as client:
            headers = {"x-who": who, **({"authorization": shown} if shown else {})}
            return (await client.get("/metrics", headers=headers)).status_code

    return asyncio.run(go())


def test_admins_and_the_scraper_are_let_in() -> None:
    """By role, or by the secret as a bearer token."""
    assert ask("admin") == 200
    assert ask(shown=f"Bearer {SECRET}") == 200
    assert ask(shown=f"bearer {SECRET}") == 200


@pytest.mark.parametrize(
    "shown", ["", "Bearer ", f"Basic {SECRET}", f"Bearer {SECRET}x", f"Bearer {SECRET[1:]}", SECRET]
)
def test_nobody_else_is(shown: str) -> None:
    """401 without the secret, 403 for the other roles whatever they show."""
    assert ask(shown=shown) == 401
    assert {ask(who, f"Bearer {SECRET}") for who in ("user", "judge")} == {403}


@pytest.mark.parametrize("secret", ["", "short"])
def test_no_secret_opens_nothing(secret: str) -> None:
    """An empty or short one is never accepted."""
    assert ask(shown=f"Bearer {secret}", secret=secret) == 401
