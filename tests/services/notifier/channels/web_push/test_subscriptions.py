import json
from typing import Any

import pytest

from services.notifier.channels.web_push.subscriptions import BadSubscription, read_subscription
from tests.services.notifier.channels.web_push.push_peer import Browser

ENDPOINT = "https://push.example/send/a:B%2Fc"


def test_what_a_browser_makes_is_read() -> None:
    """With or without our key beside it, padded or not."""
    browser = Browser()
    read = read_subscription(browser.subscription(ENDPOINT, server_key="B0"), frozenset())
    assert (read.endpoint, read.target.origin, read.server_key) == (ENDPOINT, "https://push.example", "B0")
    assert read.auth == browser.auth
    assert read.receiver == browser.private.public_key()
    padded = json.loads(browser.subscription(ENDPOINT))
    padded["keys"] = {name: value + "==" for name, value in padded["keys"].items()}
    assert read_subscription(json.dumps(padded), frozenset()).auth == browser.auth
    assert "sixteen" not in repr(read)
    assert ENDPOINT not in repr(read)


def _changed(**changes: Any) -> str:
    made = json.loads(Browser().subscription(ENDPOINT))
    keys = {**made["keys"], **changes.pop("keys", {})}
    return json.dumps({**made, "keys": keys, **changes})


@pytest.mark.parametrize(
    "text",
    [
        "", "null", "[]", "{}", "no JSON", "[" * 8000, "x" * 9000,
        _changed(keys={"auth": "c2hvcnQ"}), _changed(keys={"auth": "ä" * 22}), _changed(keys={"auth": 3}),
        _changed(keys={"p256dh": "BA" + "A" * 85}), _changed(keys={"p256dh": ""}), _changed(keys={"p256dh": "%" * 87}),
        _changed(endpoint=None), _changed(endpoint="http://push.example/"), _changed(endpoint="https://127.0.0.1/"),
        _changed(endpoint="https://0x7f.1/"), _changed(endpoint="https://[::ffff:10.0.0.1]/"),
        _changed(endpoint="https://push.example:22/"), _changed(endpoint="https://a@push.example/"),
    ],
)  # fmt: skip
def test_what_is_none_is_refused(text: str) -> None:
    """No JSON, other keys, a point that is not on the curve, an endpoint that nothing may be sent to."""
    with pytest.raises(BadSubscription) as refused:
        read_subscription(text, frozenset())
    assert refused.value.path[0] == "subscription"
