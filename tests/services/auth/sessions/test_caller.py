import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from contracts.access.caller import Caller, Role
from contracts.refusals import Unavailable
from services.auth.module import AuthModule
from services.auth.sessions.browser_policy import BrowserPolicy
from services.auth.sessions.caller import AmbiguousCredentials, authenticate
from tests.services.auth.conftest import Clock

LOCAL = BrowserPolicy(frozenset({"http://127.0.0.1:3000"}))
PUBLIC = BrowserPolicy(frozenset({"https://tips.example"}))


def _ask(auth: AuthModule, *headers: tuple[str, str], policy: BrowserPolicy = LOCAL) -> Caller | None:
    raw = [(name.lower().encode(), value.encode("latin-1")) for name, value in headers]
    scope: dict[str, Any] = {"type": "http", "headers": raw}
    return asyncio.run(authenticate(scope, auth, policy))


def test_a_cookie_or_a_token_names_the_caller(auth: AuthModule) -> None:
    """Asked twice, so that the second answer is the remembered one."""
    secret, token = auth.redeem(auth.local_link().secret).secret, auth.issue_token(Role.JUDGE, 60)
    for _ in range(2):
        by_cookie = _ask(auth, ("Cookie", f"theme=dark; tipbench_session={secret}; x=1"))
        by_token = _ask(auth, ("Authorization", f"bearer {token}"))
        assert by_cookie is not None
        assert by_token is not None
        assert (by_cookie.role, by_token.role) == (Role.ADMIN, Role.JUDGE)


def test_over_https_only_the_prefixed_cookie_counts(auth: AuthModule) -> None:
    """A cookie that any sibling host could have planted does not."""
    secret = auth.redeem(auth.local_link().secret).secret
    assert _ask(auth, ("Cookie", f"tipbench_session={secret}"), policy=PUBLIC) is None
    assert _ask(auth, ("Cookie", f"__Host-tipbench_session={secret}"), policy=PUBLIC) is not None


@pytest.mark.parametrize(
    "headers",
    [
        (),
        (("Cookie", ""),),
        (("Cookie", "tipbench_session"),),
        (("Cookie", "tipbench_session=\xff;;=;"),),
        (("Cookie", "xtipbench_session=1; Tipbench_session=1"),),
        (("Authorization", ""),),
        (("Authorization", "Bearer"),),
        (("Authorization", "Basic YTpi"),),
        (("Authorization", "Bearer \xe9"),),
        (("Authorization", "Bearer a.b.c d"),),
    ],
)
def test_nothing_that_counts_is_nobody(auth: AuthModule, headers: tuple[tuple[str, str], ...]) -> None:
    """Empty, damaged, or another scheme."""
    assert _ask(auth, *headers) is None


@pytest.mark.parametrize(
    "headers",
    [
        (("Authorization", "Bearer a"), ("Cookie", "tipbench_session=b")),
        (("Authorization", "Bearer "), ("Cookie", "tipbench_session=")),
        (("Authorization", "Bearer a"), ("Authorization", "Bearer b")),
        (("Cookie", "tipbench_session=a; tipbench_session=b"),),
        (("Cookie", "tipbench_session=a"), ("Cookie", "tipbench_session=b")),
    ],
)
def test_two_credentials_are_refused(auth: AuthModule, headers: tuple[tuple[str, str], ...]) -> None:
    """Whether or not one of them counts."""
    with pytest.raises(AmbiguousCredentials) as refused:
        _ask(auth, *headers)
    assert refused.value.code == "AMBIGUOUS_CREDENTIALS"


def test_a_lost_store_is_not_nobody(auth: AuthModule, clock: Clock, lose_store: Callable[[], None]) -> None:
    """Unavailable reaches the edge, which answers 503."""
    secret = auth.redeem(auth.local_link().secret).secret
    lose_store()
    clock.now += 1
    with pytest.raises(Unavailable):
        _ask(auth, ("Cookie", f"tipbench_session={secret}"))
