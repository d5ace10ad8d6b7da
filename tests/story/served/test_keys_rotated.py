"""The key of bearer tokens is rotated under a served home, and nobody who holds a token notices."""

import base64
import json
import time
import urllib.error
import urllib.request
from typing import Any

import jwt
import pytest

from tests.deadline import DEADLINE_S
from tests.story.peers.api import Api
from tests.story.peers.project import Project
from tests.story.peers.up import wait_for

pytestmark = pytest.mark.slow


def _published(api: Api) -> dict[str, Any]:
    """The keys that anybody may read, by id."""
    with urllib.request.urlopen(f"http://127.0.0.1:{api.port}/auth/jwks.json", timeout=DEADLINE_S) as answer:
        return {key["kid"]: key for key in json.loads(answer.read())["keys"]}


def _status(api: Api, token: str) -> int:
    """What the owner of a token is answered."""
    url = f"http://127.0.0.1:{api.port}/v1/home"
    request = urllib.request.Request(url, headers={"authorization": f"Bearer {token}"})
    try:
        with urllib.request.urlopen(request, timeout=DEADLINE_S) as answer:  # noqa: S310  # loopback
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def _key_of(token: str) -> str:
    return str(jwt.get_unverified_header(token)["kid"])


def _verified(token: str, keys: dict[str, Any]) -> str:
    """The subject, as a verifier finds it who knows nothing but the published keys."""
    key = jwt.PyJWK(keys[_key_of(token)])
    found = jwt.decode(token, key, algorithms=["EdDSA"], options={"verify_aud": False})
    return str(found["sub"])


def test_tokens_of_both_keys_count_until_the_old_one_ends(api: Api, shared_project: Project) -> None:
    """The new key is published before it signs; then it signs, and the old one's tokens count on until their end."""

    def issued() -> str:
        return shared_project("token", "--role", "admin", "--ttl", "1h").out.strip()

    old, keys = api.tokens["admin"], shared_project.home / "keys"
    (before,) = _published(api)
    assert _key_of(old) == before
    new = shared_project("keys", "rotate", "jwt").out.strip()
    assert set(_published(api)) == {before, new}
    waiting = issued()
    assert _key_of(waiting) == before, "a verifier may not have the new key yet"
    begins = keys / f"jwt-{new}.from"
    assert 240 < float(begins.read_text()) - time.time() <= 400
    begins.write_text(f"{time.time() - 1:.0f}\n")  # six minutes later
    signed = issued()
    published = _published(api)
    assert (_key_of(signed), set(published)) == (new, {before, new})
    assert {_status(api, token) for token in (old, waiting, signed)} == {200}
    assert len({_verified(token, published) for token in (old, waiting, signed)}) == 1
    ends = keys / f"jwt-{before}.until"
    longest = 90 * 86_400
    assert longest < float(ends.read_text()) - time.time() < longest + 1_000
    ends.write_text(f"{time.time() - 1:.0f}\n")  # the longest life of a token later
    # what was looked up a second ago counts for that second, each token for itself
    wait_for(lambda: {_status(api, token) for token in (old, waiting)} == {401})
    assert _status(api, signed) == 200
    assert set(_published(api)) == {new}
    head, _, signature = signed.rpartition(".")
    forged = base64.urlsafe_b64encode(bytes(len(signature) * 3 // 4)).decode().rstrip("=")
    assert _status(api, f"{head}.{forged}") == 401
