"""A window of the browser for a file of stories: signed in once, and a new tab a story."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from playwright.sync_api import Browser, BrowserContext

from tests.story.panel.pages import Panel, context_of, sign_in
from tests.story.peers.project import Project

LASTS_S = 300.0
"""How long a sign-in serves stories: what needs a recent one takes it for 15 minutes."""


@dataclass
class Window:
    """What tabs share: the session, and what the browser has loaded; what a page stored goes with its story."""

    context: BrowserContext
    project: Project
    base: str
    signed_in_at: float = -LASTS_S

    @contextmanager
    def tab(self) -> Iterator[Panel]:
        """A new tab, signed in; it and those beside it are closed with the block, and the window is as it was."""
        panel = Panel(self.context.new_page(), self.base)
        if time.monotonic() - self.signed_in_at > LASTS_S or not self._has_session():
            sign_in(self.project, panel)
            self.signed_in_at = time.monotonic()
        try:
            yield panel
        finally:
            self.context.set_offline(offline=False)
            self.context.clear_permissions()
            stored = {"origin": self.base, "storageTypes": "local_storage,indexeddb,cache_storage,service_workers"}
            self.context.new_cdp_session(panel.page).send("Storage.clearDataForOrigin", stored)
            for page in self.context.pages:
                page.close()

    def _has_session(self) -> bool:
        ours = {"origin": self.base, "x-tipbench": "1"}
        answered = self.context.request.post(
            f"{self.base}/graphql", data={"query": "{ me { subject } }"}, headers=ours, max_retries=3
        )
        return answered.ok and "errors" not in answered.json()


@contextmanager
def window_of(browser: Browser, project: Project, base: str) -> Iterator[Window]:
    """A window on the panel of a project that is served at `base`."""
    with context_of(browser) as context:
        yield Window(context, project, base)
