"""Push messages in Chromium: switched on, sent, read by the push service, shown once, and followed."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, CDPSession, Worker

from tests.services.notifier.channels.web_push.push_peer import PushPeer, push_peer_in_thread
from tests.story.panel.pages import Panel, chromium, panel_of, sign_in
from tests.story.peers.model_server import ModelServer
from tests.story.peers.project import Project, make_project
from tests.story.peers.up import running_up, wait_for

pytestmark = [pytest.mark.slow, pytest.mark.browser]
SUBSCRIBING = """
let made = null;
PushManager.prototype.getSubscription = async () => made;
PushManager.prototype.subscribe = async ({applicationServerKey}) => {
  const point = atob(applicationServerKey.replaceAll('-', '+').replaceAll('_', '/'));
  const options = {applicationServerKey: Uint8Array.from(point, each => each.charCodeAt(0)).buffer};
  made = {options, toJSON: () => (SUBSCRIPTION), unsubscribe: async () => { made = null; }};
  return made;
};
"""
"""Chromium's own push service is not reached from here: the push service of the tests takes its place."""
SHOWN = """navigator.serviceWorker.getRegistration('/v1/push').then(each => each.getNotifications())
.then(all => all.map(each => [each.tag, each.title, each.body]))"""
AGREED = """fetch('/v1/notices/week', {method: 'POST', headers: {'content-type': 'application/json'},
  body: '{"notices": [{"topic": "sleep", "after_minutes": 0}]}'})
.then(answer => answer.json()).then(({notices}) => notices?.[0].channel === 'push')"""
"""Whether the event of the consent has reached the notifier."""
FIRST = "registration.getNotifications().then(([first]) => DOES)"
FULL = """remembered(async store => {
  for (let number = 0; number <= MOST; number++) await remember(store, `id-${number}`);
  return await ended(store.count());
})"""
ELSEWHERE = [
    "https://elsewhere.example/",
    "//elsewhere.example",
    "\\\\elsewhere.example",
    "javascript:alert(1)",
    "http://",
]


@pytest.fixture(scope="module")
def peer() -> Iterator[PushPeer]:
    """A push service that decrypts."""
    listening = PushPeer()
    with push_peer_in_thread(listening):
        yield listening


@pytest.fixture(scope="module")
def served(
    tmp_path_factory: pytest.TempPathFactory, used_home: Path, shared_server: ModelServer, peer: PushPeer
) -> Iterator[tuple[Project, str]]:
    """A server that sends push messages to the peer, and its address."""
    project = make_project(tmp_path_factory.mktemp("push"), used_home, shared_server.url)
    exception = f"{peer.pair[0]}:{peer.pair[1]}"
    table = f'[up]\negress_exceptions = ["{exception}"]\n\n[notifier]\ncontact = "mailto:us@tips.example"\n'
    (project.folder / "tipbench.toml").write_text(table)
    with running_up(project) as up:
        yield project, f"http://127.0.0.1:{up.port}"


@pytest.fixture(scope="module")
def opened(served: tuple[Project, str]) -> Iterator[Browser]:  # noqa: ARG001  # made before the event loop runs
    """A browser for both stories."""
    with chromium(whole=True) as running:
        yield running


@pytest.fixture
def panel(served: tuple[Project, str], opened: Browser, peer: PushPeer) -> Iterator[Panel]:
    """A signed-in admin in a tab that shows notices of the app."""
    project, base = served
    with panel_of(opened, base, permissions=["notifications"]) as found:
        found.page.context.add_init_script(SUBSCRIBING.replace("SUBSCRIPTION", peer.address()))
        sign_in(project, found)
        peer.messages.clear()
        yield found


class Pushing:
    """What the browser's push service would do: hands a text to the page's service worker."""

    def __init__(self, panel: Panel) -> None:
        self._panel, self._ids = panel, list[str]()
        self._session: CDPSession = panel.page.context.new_cdp_session(panel.page)
        self._session.on("ServiceWorker.workerRegistrationUpdated", self._registered)
        self._session.send("ServiceWorker.enable")
        self._until(lambda: self._ids)

    def _registered(self, event: dict[str, Any]) -> None:
        self._ids += [
            each["registrationId"] for each in event["registrations"] if each["scopeURL"].endswith("/v1/push")
        ]

    def _until(self, holds: Any) -> Any:
        return wait_for(lambda: self._panel.page.evaluate("true") and holds())

    def deliver(self, message: dict[str, Any]) -> None:
        """Hand a message to the worker."""
        given = {"origin": self._panel.base, "registrationId": self._ids[-1], "data": json.dumps(message)}
        self._session.send("ServiceWorker.deliverPushMessage", given)

    def shown(self, *wanted: str) -> list[list[str]]:
        """Wait until these ids are shown and no other; return id, title and text of each."""

        def look() -> list[list[str]]:
            found: list[list[str]] = self._panel.page.evaluate(SHOWN)
            return found if {each[0] for each in found} == set(wanted) else []

        return list(self._until(look))


def _worker(panel: Panel) -> Worker:
    found: Worker = wait_for(lambda: panel.page.evaluate("true") and panel.page.context.service_workers)[0]
    return found


def test_a_push_message_is_shown_once_and_opens_its_notice(panel: Panel, peer: PushPeer) -> None:
    """From the button of the page to the mark in the inbox; a second copy is dropped; no path leads elsewhere."""
    panel.open("/v1/push")
    panel.press("Switch on")
    panel.sees("Push messages are on in this browser.")
    panel.assert_accessible()
    wait_for(lambda: panel.page.evaluate(AGREED))
    panel.press("Send me a test")
    panel.sees("A test is on its way.")
    message = wait_for(lambda: peer.messages)[0]
    pushing, worker = Pushing(panel), _worker(panel)
    pushing.deliver(message)
    assert pushing.shown(message["id"]) == [[message["id"], "A test", "Notices reach you by push."]]
    worker.evaluate(FIRST.replace("DOES", "follow(first)"))
    pushing.deliver(message)
    pushing.deliver({**message, "id": "later"})
    pushing.shown("later")
    inbox = panel.page.evaluate("fetch('/v1/notices').then(each => each.json())")["notices"]
    assert [each["opened_at"] is not None for each in inbox if each["id"] == message["id"]] == [True]
    assert {worker.evaluate("ownAddress", each) for each in ELSEWHERE} == {f"{panel.base}/"}
    assert worker.evaluate("ownAddress", "/tips/1") == f"{panel.base}/tips/1"
    assert worker.evaluate(FULL) == worker.evaluate("MOST")
    panel.assert_quiet()


def test_a_browser_is_switched_off_and_subscribes_anew_by_its_worker(panel: Panel, peer: PushPeer) -> None:
    """Pressed twice it is on once, switched off it is reached no more; the worker alone subscribes it again."""
    panel.open("/v1/push")
    for button, said in (("Switch on", "are on"), ("Switch on", "are on"), ("Switch off", "are off")):
        panel.press(button)
        panel.sees(f"Push messages {said} in this browser.")
    wait_for(lambda: panel.page.evaluate(AGREED))
    panel.assert_quiet()
    panel.press("Send me a test")
    panel.sees("you are reached nowhere by push: add an address first")
    worker = _worker(panel)
    worker.evaluate(SUBSCRIBING.replace("SUBSCRIPTION", peer.address()).replace("let made", "self.made") + "true")
    assert worker.evaluate("subscribe(registration)")["service"] == "127.0.0.1"
    panel.press("Send me a test")
    panel.sees("A test is on its way.")
    wait_for(lambda: peer.messages)
