"""Budgets of requests, with the whole app behind its edge: what strangers and other sites' pages use up is theirs."""

from dataclasses import replace

import pytest
from starlette.routing import Router

from contracts.access.caller import Role
from services.gateway.edge.rate_limits import RateLimits, rates_of
from tests.wiring.conftest import NAME, ORIGIN, Served
from wiring.modules import declared_routes
from wiring.server.endpoints import Endpoints

FEW = 5
"""Requests a minute of every budget in these tests."""
FOREIGN = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors", "sec-fetch-dest": "image"}
OURS = {"origin": ORIGIN, "x-tipbench": "1"}


@pytest.fixture(autouse=True)
def few(served: Served) -> None:
    """The same edge, with small windows."""
    endpoints = Endpoints(served.container)
    rates = RateLimits(tuple(replace(rate, per_minute=FEW) for rate in rates_of(declared_routes())))
    served.app = endpoints.edge(Router(endpoints.routes()), rates)


def redeemed(served: Served, secret: str) -> int:
    """The status of redeeming a link on our own page."""
    return served.ask("POST", "/auth/redeem", json={"secret": secret}, headers=OURS).status_code


def test_another_sites_page_uses_up_nothing(served: Served) -> None:
    """More of its requests than a window has are all refused, and the window is as full as before."""
    for _ in range(FEW + 1):
        assert served.ask("GET", "/auth/sign-in", headers=FOREIGN).status_code == 403
    posted = served.ask("POST", "/auth/redeem", json={"secret": "a"}, headers={"origin": "https://evil.example"})
    assert (posted.status_code, posted.json()["code"], "ratelimit" in posted.headers) == (403, "FOREIGN_ORIGIN", False)
    assert served.ask("GET", "/auth/jwks.json", headers=FOREIGN).status_code == 403
    mine = served.ask("GET", "/auth/sign-in")
    assert mine.headers["ratelimit"].startswith(f'"auth";r={FEW - 1};')


def test_a_valid_link_is_redeemed_whatever_others_tried(served: Served) -> None:
    """Bad ones are 404 until their window is used up and then 429; good ones, documents and sign-in go on."""
    answers = [redeemed(served, f"guessed-{number}") for number in range(FEW + 2)]
    assert answers == [404] * FEW + [429] * 2
    assert redeemed(served, served.auth.invite(Role.USER, None, "tester").secret) == 200
    assert served.ask("GET", "/auth/jwks.json").status_code == 200
    assert served.ask("GET", "/auth/sign-in").status_code == 200
    assert served.ask("PUT", "/uploads/guessed", content=b"{}").status_code == 404


def test_public_documents_have_a_budget_of_their_own(served: Served) -> None:
    """Who reads our keys too often is told so, and may still sign in."""
    answers = {served.ask("GET", "/auth/jwks.json").status_code for _ in range(FEW)}
    assert answers == {200}
    assert served.ask("GET", "/.well-known/oauth-authorization-server").status_code == 429
    assert served.ask("GET", "/auth/sign-in").status_code == 200


def test_failed_uploads_are_told_apart_from_good_ones(served: Served) -> None:
    """An upload's own link is looked at although more bad ones came than the window has."""
    bad = [served.ask("PUT", f"/uploads/{number}", content=b"{}") for number in range(FEW + 1)]
    assert [each.status_code for each in bad[-2:]] == [404, 429]
    assert bad[-1].json()["code"] == "RATE_LIMITED"
    assert int(bad[-1].headers["retry-after"]) >= 1
    document = f'mutation{{importScores(experiment:"{NAME}",size:100,judge:"anna"){{... on Upload{{uploadPath}}}}}}'
    made = served.graphql(document, "anna")["data"]["importScores"]["uploadPath"]
    answer = served.ask("PUT", made, content=b"nothing of use")
    assert (answer.status_code, answer.json()["state"]) == (422, "rejected")
