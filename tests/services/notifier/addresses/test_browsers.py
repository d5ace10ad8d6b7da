"""Browsers subscribe, are refused in one sentence, and are forgotten."""

import json

import msgspec
import pytest

from contracts.modules.notices import PushSubscription
from contracts.modules.profile import Channel
from contracts.refusals import Conflict, NotFound
from services.notifier.channels.settings import NotifierTable
from services.notifier.channels.web_push.subscriptions import BadSubscription
from services.notifier.channels.web_push.vapid_keys import VapidKeys
from services.notifier.module import InboxErased, NotifierModule
from tests.services.notifier.channels.web_push.push_peer import Browser
from tests.services.notifier.world import START, World

ENDPOINT = "https://push.example/send/1"


@pytest.fixture
def notifier(world: World) -> NotifierModule:
    """The module with a contact in its settings."""
    return NotifierModule(world.context(NotifierTable(contact="mailto:us@tips.example")), world.addresses)


def _given(endpoint: str = ENDPOINT, **more: str) -> PushSubscription:
    """What a page sends."""
    return msgspec.json.decode(Browser().subscription(endpoint, **more), type=PushSubscription)


def _reached(world: World, user: str = "user-a") -> list[dict[str, str]]:
    with world.notifier.store.reading() as connection:
        return [json.loads(each.text) for each in world.addresses.reached(connection, user, Channel.PUSH)]


def test_a_browser_subscribes_once(world: World, notifier: NotifierModule) -> None:
    """With the newest key where it says none; the same endpoint again is the same browser."""
    first = notifier.subscribe("user-a", "session-1", _given())
    assert notifier.subscribe("user-a", "session-1", _given()) == first
    assert first.service == "push.example"
    (stored,) = _reached(world)
    assert (stored["endpoint"], stored["server_key"]) == (ENDPOINT, notifier.push_key("user-a").key)


def test_a_rotation_has_browsers_subscribe_anew(world: World, notifier: NotifierModule) -> None:
    """The key of now is another one; one that subscribed with the old is taken with it, a foreign one is refused."""
    old = notifier.push_key("user-a").key
    new = VapidKeys(world.home.keys).rotate(START + 1).public
    assert (notifier.push_key("user-a").key, old != new) == (new, True)
    notifier.subscribe("user-a", "session-1", _given(server_key=old))
    assert [each["server_key"] for each in _reached(world)] == [old]
    notifier.subscribe("user-a", "session-1", _given(server_key=new))
    assert [each["server_key"] for each in _reached(world)] == [new]
    with pytest.raises(Conflict, match="GET /v1/push/key"):
        notifier.subscribe("user-a", "session-1", _given(server_key="foreign"))


INWARD = (
    "https://127.0.0.1/", "https://127.1/", "https://2130706433/", "https://0x7f000001/", "https://0177.0.0.1/",
    "https://[::1]/", "https://[::ffff:127.0.0.1]/", "https://[64:ff9b::7f00:1]/", "https://[2002:7f00:1::]/",
    "https://10.0.0.1/", "https://169.254.169.254/", "https://100.64.0.1/", "https://0.0.0.0/", "https://[fe80::1]/",
    "http://push.example/", "https://push.example:8443/", "https://user@push.example/", "ftp://push.example/", "",
)  # fmt: skip


def test_what_leads_to_no_public_address_is_refused(world: World, notifier: NotifierModule) -> None:
    """At once, in every spelling; nothing is stored."""
    for endpoint in INWARD:
        with pytest.raises(BadSubscription) as refused:
            notifier.subscribe("user-a", "session-1", _given(endpoint))
        assert refused.value.path[0] == "subscription", endpoint
    assert _reached(world) == []


def test_a_browser_is_forgotten_by_its_user_alone(world: World, notifier: NotifierModule) -> None:
    """Once; afterwards there is none."""
    browser = notifier.subscribe("user-a", "session-1", _given()).id
    with pytest.raises(NotFound):
        notifier.forget_browser("user-b", browser)
    notifier.forget_browser("user-a", browser)
    assert _reached(world) == []
    with pytest.raises(NotFound):
        notifier.forget_browser("user-a", browser)


def test_without_a_contact_no_browser_subscribes(world: World) -> None:
    """It is said that this server sends none."""
    with pytest.raises(Conflict, match="no push messages"):
        world.notifier.push_key("user-a")
    with pytest.raises(Conflict, match="no push messages"):
        world.notifier.subscribe("user-a", "session-1", _given())


def test_an_erased_user_has_no_browsers(world: World, notifier: NotifierModule) -> None:
    """Nothing is stored of them any more."""
    notifier.subscribe("user-a", "session-1", _given())
    world.sealer.destroy("user-a")
    with pytest.raises(InboxErased):
        notifier.subscribe("user-a", "session-2", _given())
