"""Rate limits."""

import asyncio

from contracts.access.caller import Caller, Role
from services.gateway.edge.rate_limits import RATES as USUAL
from services.gateway.edge.rate_limits import Counted, RateLimits, WindowRate

ANNA = Caller("u-anna", Role.USER, "token", "c1", 2e9)
RATES = (WindowRate("post", "/api/run", 2, "POST"), WindowRate("api", "/api/", 3))


def counts(*requests: tuple[str, str, Caller | None, str]) -> list[Counted]:
    """What each request in turn is told."""

    async def go() -> list[Counted]:
        limits = RateLimits(RATES)
        return [await limits.count(*each) for each in requests]

    return asyncio.run(go())


def test_users_and_addresses_are_counted_apart() -> None:
    """A user by name wherever it comes from; whom nobody knows by address."""
    anna = [("GET", "/api/x", ANNA, f"10.0.0.{number}") for number in range(4)]
    nobody = [("GET", "/api/x", None, "10.0.0.1")] * 4
    other = [("GET", "/api/x", None, "10.0.0.2")]
    passes = [each.passes for each in counts(*anna, *nobody, *other)]
    assert passes == [True, True, True, False, True, True, True, False, True]


def test_the_first_rule_that_fits_counts() -> None:
    """By method and prefix; other paths are not counted and nothing is told."""
    post, get = ("POST", "/api/run", ANNA, ""), ("GET", "/api/run", ANNA, "")
    assert [each.passes for each in counts(post, post, post, get)] == [True, True, False, True]
    assert counts(("GET", "/graphql", ANNA, ""))[0] == Counted(passes=True, headers=[])


def test_clients_are_told_what_is_left() -> None:
    """Policy, what is left and for how long; when it is too much, when to come again."""
    first, _, _, last = (dict(each.headers) for each in counts(*[("GET", "/api/x", ANNA, "")] * 4))
    assert first[b"ratelimit-policy"] == b'"api";q=3;w=60'
    assert first[b"ratelimit"].startswith(b'"api";r=2;t=')
    assert b"retry-after" not in first
    assert last[b"ratelimit"].startswith(b'"api";r=0;t=')
    assert 1 <= int(last[b"retry-after"]) <= 61


def test_failures_are_counted_once_they_failed() -> None:
    """Asking counts nothing; of two failures in a window of one the second is too many; other paths count none."""

    async def go() -> list[bool]:
        limits = RateLimits((WindowRate("links", "/links/", 1, failures=True), WindowRate("api", "/api/", 1)))
        before = [await limits.count("PUT", "/links/a", None, "10.0.0.1") for _ in range(3)]
        failed = [await limits.count_failure("PUT", "/links/a", None, "10.0.0.1") for _ in range(2)]
        other = [await limits.count_failure("PUT", path, None, "10.0.0.1") for path in ("/api/x", "/y")]
        return [each.passes for each in (*before, *failed, *other)]

    assert asyncio.run(go()) == [True, True, True, True, False, True, True]


def test_documents_sign_in_uploads_and_failures_have_budgets_of_their_own() -> None:
    """Using up one of them leaves the others whole; what is no path of theirs is not counted."""
    paths = ("/auth/jwks.json", "/.well-known/x", "/auth/sign-in", "/auth/redeem", "/auth/token", "/uploads/x")
    found = [next(rate for rate in USUAL if path.startswith(rate.prefix)) for path in paths]
    assert [(rate.name, rate.failures) for rate in found] == [
        ("documents", False), ("documents", False), ("auth", False), ("links", True), ("tokens", True),
        ("uploads", True),
    ]  # fmt: skip
    assert RateLimits().applies("GET", "/auth/jwks.json")
    assert not RateLimits().applies("POST", "/graphql")
