"""Rotation of the signing key while tokens are issued, and verified by others who hold the published set a while."""

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any

import jwt
import pytest

from contracts.access.caller import Role
from services.auth.module import AuthModule
from services.auth.sessions.http import JWKS_S
from services.auth.tokens.bearer import LEEWAY_S, LONGEST_LIFE_S
from services.auth.tokens.rotation import SKEW_S
from services.auth.tokens.signing_keys import KeyRing
from tests.deadline import DEADLINE_S
from tests.services.auth.conftest import START, Clock

LIFE_S = 600
STEP_S = 10


@cache
def _kid(token: str) -> str:
    kid: str = jwt.get_unverified_header(token)["kid"]
    return kid


@cache
def _claims(token: str, key: tuple[tuple[str, str], ...]) -> dict[str, Any]:
    """Return the claims that a published key vouches for; whoever asks, the answer is the same."""
    return jwt.decode(
        token,
        jwt.PyJWK(dict(key)),
        ["EdDSA"],
        audience="tipbench-admin",
        options={"verify_exp": False, "verify_nbf": False, "verify_iat": False},
    )


class Verifier:
    """A module elsewhere: verifies by the set that it fetched, which it keeps as long as it may and never asks sooner.

    Its clock is `skew_s` ahead, so that it keeps a set for that much longer by ours when that is below zero.
    """

    def __init__(self, fetch: Callable[[], list[dict[str, str]]], now: float, skew_s: float) -> None:
        self._fetch, self._skew_s = fetch, skew_s
        self._keys, self._at = fetch(), now

    def refuses(self, token: str, now: float) -> bool:
        """Whether it answers 401."""
        if now - self._at >= JWKS_S - min(0.0, self._skew_s):
            self._keys, self._at = self._fetch(), now
        found = [key for key in self._keys if key["kid"] == _kid(token)]
        if not found:
            return True
        claims = _claims(token, tuple(found[0].items()))
        return bool(now + self._skew_s >= claims["exp"] + SKEW_S)


@pytest.mark.parametrize("wait_s", [JWKS_S + SKEW_S, 0.0])
def test_under_load_no_verifier_with_an_old_set_refuses_a_live_token(
    auth: AuthModule, keys: KeyRing, clock: Clock, wait_s: float
) -> None:
    """Twelve verifiers whose sets are of every age, clocks a minute apart, two rotations: no 401.

    Without the wait the same load is refused, so the load shows what it is there to show.
    """
    random_bytes = random.Random(7)  # noqa: S311 - chooses what is asked, not a secret
    auth.issue_token(Role.USER, LIFE_S)  # the first key is made at first use
    verifiers = [
        Verifier(auth.jwks, START - age, skew)
        for age, skew in zip(range(0, JWKS_S, 25), (-60, 0, 60, -30) * 3, strict=True)
    ]
    live: list[tuple[str, float]] = []
    signed, refused = set(), 0
    for step in range(0, 1_800, STEP_S):
        clock.now = START + step
        if step in {300, 1_050}:
            keys.rotate(clock.now, LONGEST_LIFE_S + LEEWAY_S, wait_s)
        token_now = auth.issue_token(Role.USER, LIFE_S)
        signed.add(_kid(token_now))
        live = [(token, ends) for token, ends in live if clock.now < ends]
        live.append((token_now, clock.now + LIFE_S))
        for verifier in verifiers:
            checked = [token_now, *(token for token, _ in random_bytes.sample(live, min(3, len(live))))]
            refused += sum(verifier.refuses(token, clock.now) for token in checked)
        assert auth.by_bearer(random_bytes.choice(live)[0]) is not None
    assert len(signed) == 3
    assert (refused == 0) == (wait_s > 0)


def test_rotating_while_others_issue_and_verify_refuses_nobody(
    auth: AuthModule, keys: KeyRing, elsewhere: AuthModule
) -> None:
    """Eight threads in two processes' places, while keys rotate ten times under them."""

    def work(number: int) -> int:
        mine, theirs = (auth, elsewhere) if number % 2 else (elsewhere, auth)
        token = mine.issue_token(Role.USER, LIFE_S)
        return sum(one.by_bearer(token) is None for one in (mine, theirs))

    def rotate(_: int) -> int:
        keys.rotate(START, LONGEST_LIFE_S + LEEWAY_S, 0.0)
        return 0

    with ThreadPoolExecutor(8) as pool:
        done = [pool.submit(rotate if number % 10 == 0 else work, number) for number in range(100)]
        assert sum(each.result(DEADLINE_S) for each in done) == 0


def test_a_key_goes_from_the_set_when_its_last_token_has_ended(
    auth: AuthModule, keys: KeyRing, tmp_path: Path, clock: Clock
) -> None:
    """Until the longest life plus leeway after it signed last; then nobody verifies by it."""
    old = KeyRing(tmp_path / "keys").signing(START).kid
    token = auth.issue_token(Role.USER, LONGEST_LIFE_S)
    keys.rotate(START, LONGEST_LIFE_S + LEEWAY_S, JWKS_S + SKEW_S)
    clock.now = START + LONGEST_LIFE_S + LEEWAY_S - 1
    assert auth.by_bearer(token) is not None
    clock.now = START + LONGEST_LIFE_S + LEEWAY_S + JWKS_S + SKEW_S
    assert old not in {key["kid"] for key in auth.jwks()}
