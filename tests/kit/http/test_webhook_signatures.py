import base64
from datetime import UTC, datetime

import pytest
import standardwebhooks
from hypothesis import given
from hypothesis import strategies as st

from kit.http.webhook_signatures import TOLERANCE_S, BadSignature, verify
from kit.signed_messages import signature, signing_key

NOW = 1_800_000_000
SECRET = "whsec_" + base64.b64encode(b"k" * 32).decode()
OTHER = "whsec_" + base64.b64encode(b"o" * 32).decode()


def _signed(body: str, secret: str = SECRET, message_id: str = "msg_1", at: float = NOW) -> dict[str, str]:
    """Headers as the other program makes them."""
    sender = standardwebhooks.Webhook(secret)
    moment = datetime.fromtimestamp(at, UTC)
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(at)),
        "webhook-signature": sender.sign(message_id, moment, body),
    }


@given(st.text(), st.text("abc_-0123", min_size=1), st.binary(min_size=24, max_size=64))
def test_signatures_are_those_of_the_other_program(body: str, message_id: str, key: bytes) -> None:
    """The PyPI package standardwebhooks signs, this verifies; what this signs is the same text."""
    try:
        body.encode()
    except UnicodeEncodeError:
        return
    secret = "whsec_" + base64.b64encode(key).decode()
    headers = _signed(body, secret, message_id)
    assert verify([signing_key(secret)], headers, body.encode(), NOW) == message_id
    assert signature(signing_key(secret), message_id, str(NOW), body.encode()) == headers["webhook-signature"]


def test_the_other_program_accepts_what_this_signs() -> None:
    """The way round, with its own clock."""
    at = int(datetime.now(UTC).timestamp())
    signed = signature(signing_key(SECRET), "m", str(at), b'{"a": 1}')
    headers = {"webhook-id": "m", "webhook-timestamp": str(at), "webhook-signature": signed}
    assert standardwebhooks.Webhook(SECRET).verify(b'{"a": 1}', headers) == {"a": 1}


def test_either_secret_counts_during_rotation() -> None:
    """Signed by the old, by the new, or by both in one header."""
    keys = [signing_key(OTHER), signing_key(SECRET)]
    old, new = _signed("x"), _signed("x", OTHER)
    both = {**old, "webhook-signature": f"v1a,zzz {old['webhook-signature']} {new['webhook-signature']}"}
    for headers in (old, new, both):
        assert verify(keys, headers, b"x", NOW) == "msg_1"
    with pytest.raises(BadSignature):
        verify([signing_key(OTHER)], old, b"x", NOW)


@pytest.mark.parametrize("off", [-TOLERANCE_S - 1, TOLERANCE_S + 1, 1e6, -1e6])
def test_a_message_that_is_not_fresh_is_refused(off: float) -> None:
    """Five minutes either way."""
    keys = [signing_key(SECRET)]
    with pytest.raises(BadSignature):
        verify(keys, _signed("x", at=NOW + off), b"x", NOW)
    assert verify(keys, _signed("x", at=NOW + TOLERANCE_S), b"x", NOW)


@pytest.mark.parametrize(
    "change",
    [
        {"webhook-id": "msg_2"},
        {"webhook-id": ""},
        {"webhook-timestamp": str(NOW + 1)},
        {"webhook-timestamp": "soon"},
        {"webhook-timestamp": "１８０００００００"},
        {"webhook-timestamp": "-1"},
        {"webhook-timestamp": "9" * 5000},
        {"webhook-timestamp": "1.8e9"},
        {"webhook-signature": ""},
        {"webhook-signature": "v1,"},
        {"webhook-signature": "v1,\xff\u2028"},
        {"webhook-signature": "v2,abc"},
        {"webhook-signature": "v1, " * 10_000},
    ],
)
def test_a_changed_header_is_refused(change: dict[str, str]) -> None:
    """Any of the three, also when it is missing."""
    with pytest.raises(BadSignature):
        verify([signing_key(SECRET)], {**_signed("x"), **change}, b"x", NOW)
    missing = {key: value for key, value in _signed("x").items() if key not in change}
    with pytest.raises(BadSignature):
        verify([signing_key(SECRET)], missing, b"x", NOW)


def test_every_byte_of_the_body_counts() -> None:
    """Raw bytes: another order of keys, a blank more, a byte flipped."""
    headers = _signed('{"a":1}')
    for body in (b'{"a": 1}', b'{"a":1} ', b'{"a":2}', b""):
        with pytest.raises(BadSignature):
            verify([signing_key(SECRET)], headers, body, NOW)


def test_without_a_secret_nothing_passes() -> None:
    """An empty list of keys accepts no message."""
    with pytest.raises(BadSignature):
        verify([], _signed("x"), b"x", NOW)
