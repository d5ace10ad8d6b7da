"""Rate limits."""

from contracts.access.caller import Caller, Role
from services.gateway.edge.rate_limits import Counted, RateLimits, WindowRate, rates_of
from wiring.modules import declared_routes

ANNA = Caller("u-anna", Role.USER, "token", "c1", 2e9)
RATES = (WindowRate("post", "/api/run", 2, "POST"), WindowRate("api", "/api/", 3))


def counts(*requests: tuple[str, str, Caller | None, str]) -> list[Counted]:
    """What each request in turn is told."""
    limits = RateLimits(RATES)
    return [limits.count(*each) for each in requests]


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
    limits = RateLimits((WindowRate("links", "/links/", 1, failures=True), WindowRate("api", "/api/", 1)))
    before = [limits.count("PUT", "/links/a", None, "10.0.0.1") for _ in range(3)]
    failed = [limits.count_failure("PUT", "/links/a", None, "10.0.0.1") for _ in range(2)]
    other = [limits.count_failure("PUT", path, None, "10.0.0.1") for path in ("/api/x", "/y")]
    passes = [each.passes for each in (*before, *failed, *other)]
    assert passes == [True, True, True, True, False, True, True]


def test_documents_sign_in_uploads_and_failures_have_budgets_of_their_own() -> None:
    """Using up one of them leaves the others whole; what is no path of theirs is not counted."""
    limits = RateLimits(rates_of(declared_routes()))

    def window(method: str, path: str) -> tuple[str, bool]:
        counted = limits.count(method, path, None, "10.0.0.9")
        failed = limits.count_failure(method, path, None, "10.0.0.9")
        return counted.name or failed.name, bool(failed.name)

    requests = {
        ("GET", "/auth/jwks.json"): ("documents", False),
        ("GET", "/.well-known/x"): ("documents", False),
        ("GET", "/auth/sign-in"): ("auth", False),
        ("POST", "/auth/login/x"): ("auth", False),
        ("POST", "/auth/redeem"): ("links", True),
        ("POST", "/auth/token"): ("tokens", True),
        ("PUT", "/uploads/x"): ("uploads", True),
        ("POST", "/webhooks/judge"): ("webhooks", False),
        ("GET", "/metrics"): ("metrics", False),
        ("POST", "/api/bench/run"): ("launch", False),
        ("HEAD", "/api/bench/runs/x"): ("bench", False),
        ("GET", "/api/nothing"): ("bench", False),
        ("PUT", "/v1/profile"): ("app", False),
        ("POST", "/v1/profile/export"): ("export", False),
        ("POST", "/v1/nothing"): ("app", False),
    }
    assert {each: window(*each) for each in requests} == requests
    assert not limits.applies("POST", "/graphql")


def test_a_routes_own_window_goes_before_what_lies_beneath_another() -> None:
    """Whatever the order in which they are declared: the exact path first, then the longest beginning."""
    rates = rates_of(declared_routes())
    assert set(rates) == set(rates_of(reversed(declared_routes())))
    assert [rate.exact for rate in rates] == sorted((rate.exact for rate in rates), reverse=True)
    lengths = [len(rate.prefix) for rate in rates if not rate.exact]
    assert lengths == sorted(lengths, reverse=True)
