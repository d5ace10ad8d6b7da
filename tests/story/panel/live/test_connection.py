"""The page of a run whose connection breaks in Chromium: it says so, comes back, and misses nothing."""

import json
import re
from typing import Any

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

from tests.story.panel.live.serving import Serving, opened_at
from tests.story.panel.pages import Panel
from tests.story.peers.up import wait_for

pytestmark = [pytest.mark.slow, pytest.mark.browser]
LOST = "The connection is lost and tried again; what you see may be old."


class Sockets:
    """The websockets of a page, on their way through the test: what was subscribed to, and a break of the newest."""

    def __init__(self, page: Page) -> None:
        self._open: list[WebSocketRoute] = []
        self.subscribed: list[dict[str, Any]] = []
        self._heard: set[tuple[WebSocketRoute, str]] = set()
        self._page = page
        page.route_web_socket(re.compile("/graphql"), self._connect)

    def _connect(self, route: WebSocketRoute) -> None:
        server = route.connect_to_server()
        self._open.append(route)

        def pass_on(message: str | bytes) -> None:
            said = json.loads(message)
            if said["type"] == "subscribe":
                self.subscribed.append(said["payload"]["variables"])
            server.send(message)

        def pass_back(message: str | bytes) -> None:
            said = json.loads(message)
            route.send(message)
            if said["type"] == "next":
                self._heard.add((route, said["id"]))

        route.on_message(pass_on)
        server.on_message(pass_back)

    def until_all_heard(self) -> None:
        """Wait until every subscription of the page, of which it has two, got an event, and so has a cursor."""
        wait_for(lambda: self._page.evaluate("true") and 2 <= len(self.subscribed) == len(self._heard))

    def cursors(self) -> list[str]:
        """The cursors behind which a subscription was resumed."""
        return [each["after"] for each in self.subscribed if each.get("after")]

    def drop(self) -> None:
        """Break every connection that is open."""
        for route in self._open:
            route.close(code=1011, reason="dropped by the test")
        self._open.clear()


def test_a_dropped_websocket_is_resumed_behind_the_last_event(panel: Panel, served: Serving) -> None:
    """Nobody reloads: the page goes on from the cursor it had, and no step stands there twice."""
    sockets = Sockets(panel.page)
    served.launch("tip-bench-dropped", held_from=3)
    opened_at(panel, "tip-bench-dropped", "of 12")
    sockets.until_all_heard()
    first = len(sockets.subscribed)
    sockets.drop()
    panel.sees(LOST)
    served.models.held_from = None
    panel.sees("The last run is done")
    panel.sees("12 of 12")
    assert len(sockets.subscribed) > first
    assert sockets.cursors()
    expect(panel.page.get_by_text(LOST)).to_have_count(0)
    panel.page.get_by_text("What it said").click()
    steps = panel.page.get_by_role("list", name="Steps, the newest first").get_by_role("listitem").all_inner_texts()
    assert len(steps) == len(set(steps)), steps


def test_a_restarted_server_is_found_again(panel: Panel, served: Serving) -> None:
    """The page says that the connection is lost, then what became of the run; a retry goes on with what there is."""
    served.launch("tip-bench-restarted", held_from=5)
    opened_at(panel, "tip-bench-restarted", "of 12")
    served.end()
    panel.sees(LOST)
    served.start()
    panel.sees(re.compile("The last run (failed|was canceled|ended in part)"))
    expect(panel.page.get_by_text(LOST)).to_have_count(0)
    served.models.held_from = None
    panel.press("Retry what remains")
    panel.sees("The last run is done")
    panel.sees("12 of 12")
