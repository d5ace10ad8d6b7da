"""A signed-in admin at the panel: opens its pages, and holds what every page has to hold."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Locator,
    Page,
    Request,
    Response,
    expect,
    sync_playwright,
)

from tests.deadline import DEADLINE_S
from tests.story.peers.browser import FLAGS, browser_program
from tests.story.peers.project import Project

UI = Path(__file__).parents[3] / "ui"
AXE = UI / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
COLOURS = ["color-contrast", "link-in-text-block"]
"""The rules that a colour can break; the panel's themes differ in colours alone, its sizes in all else."""
RUNS: dict[str, Any] = {
    "all": {"runOnly": {"type": "tag", "values": RULES}},
    "shape": {"runOnly": {"type": "tag", "values": RULES}, "rules": {rule: {"enabled": False} for rule in COLOURS}},
    "colours": {"runOnly": {"type": "rule", "values": COLOURS}},
}
VIOLATIONS = """run => axe.run({...run, resultTypes: ['violations']})
  .then(found => found.violations.map(one => [one.id, one.nodes.map(node => node.html)]))"""
PAINTED = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
NARROW, WIDE = (360, 740), (1280, 900)
ZOOMED = (640, 450)
"""What is left of WIDE when everything is twice as large."""
PICTURES = os.environ.get("TIPBENCH_PICTURES")
"""Where pictures of pages go, if anywhere."""

Theme = Literal["light", "dark"]
Rules = Literal["all", "shape", "colours"]
FITTING: tuple[tuple[Theme, tuple[int, int], Rules], ...] = (
    ("light", WIDE, "all"), ("light", ZOOMED, "shape"), ("dark", NARROW, "all"), ("dark", WIDE, "colours"),
)  # fmt: skip
"""Every size, and both themes where most is in sight at once: colours are the same at each size."""


@dataclass
class Panel:
    """The panel in a tab; `page` is Playwright's, which waits by itself for what it acts on and expects."""

    page: Page
    base: str
    failed: list[str] = field(default_factory=list)
    """Answers of 400 and above, requests that the policy blocked, and errors that no script caught."""
    console: list[str] = field(default_factory=list)
    """Warnings and errors in the console, whatever they are about."""

    def __post_init__(self) -> None:
        """Begin to keep what goes wrong."""
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self.failed.append(str(error)))
        self.page.on("response", self._answered)
        self.page.on("requestfailed", self._blocked)

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in {"warning", "error", "assert"}:
            self.console.append(message.text)

    def _answered(self, response: Response) -> None:
        if response.status >= 400:
            self.failed.append(f"{response.status} {response.url}")

    def _blocked(self, request: Request) -> None:
        if request.failure == "csp":
            self.failed.append(f"blocked {request.url}")

    def open(self, path: str) -> None:
        """Go to a page and wait until it shows what it is about."""
        self.page.goto(f"{self.base}{path}")
        self.ready()

    def ready(self) -> None:
        """Wait until nothing is being loaded."""
        expect(self.page.locator("h1").first).to_be_visible()
        expect(self.page.locator("[aria-busy=true]")).to_have_count(0)

    def looks(self, theme: Theme, size: tuple[int, int]) -> None:
        """Take this theme and size of the window."""
        self.page.emulate_media(color_scheme=theme)
        self.page.set_viewport_size({"width": size[0], "height": size[1]})

    def press(self, name: str) -> None:
        """Click the one button, link or tab of this name."""
        self.named(name).click()

    def named(self, name: str) -> Locator:
        """The one button, link or tab of this name."""
        roles: tuple[Any, ...] = ("button", "link", "tab")
        first, *others = (self.page.get_by_role(role, name=name, exact=True) for role in roles)
        for other in others:
            first = first.or_(other)
        return first

    def field(self, label: str) -> Locator:
        """The one text field of this label."""
        return self.page.get_by_role("textbox", name=label, exact=True)

    def sees(self, text: str | re.Pattern[str]) -> None:
        """Wait until the page shows this text."""
        expect(self.page.get_by_text(text).filter(visible=True).first).to_be_visible()

    def end_session(self) -> None:
        """End the browser's session behind the page's back, as another tab would."""
        sent = "{method: 'POST', headers: {'x-tipbench': '1'}}"
        assert self.page.evaluate(f"fetch('/auth/sign-out', {sent}).then(answer => answer.status)") < 300

    def at(self, path: str) -> None:
        """Wait until the address is this one."""
        expect(self.page).to_have_url(f"{self.base}{path}")

    def assert_accessible(self, rules: Rules = "all") -> None:
        """No violation of these of axe-core's rules, and nothing wider than the window."""
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(AXE.read_text("utf-8") + "; true")
        found = self.page.evaluate(VIOLATIONS, RUNS[rules])
        assert found == [], (self.page.url, found)
        self.assert_within()

    def assert_within(self) -> None:
        """Nothing is wider than the window."""
        wide = self.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, (self.page.url, self.page.viewport_size)

    def assert_quiet(self) -> None:
        """Nothing failed, was forbidden by the policy or stands in the console."""
        assert (self.failed, self.console) == ([], [])

    def assert_fit(self, path: str) -> None:
        """A page is accessible in both themes, on a phone, and twice as large; pictures of it where they are wanted.

        It is opened once, as wide as it gets, and then its window and theme change under it, as they do for people.
        """
        self.looks("light", WIDE)
        self.open(path)
        for theme, size, rules in FITTING:
            self.looks(theme, size)
            self.page.evaluate(PAINTED)
            self.ready()
            self.assert_accessible(rules)
            self.picture(f"{path.strip('/') or 'home'} {theme} {size[0]}")
        self.assert_quiet()

    def picture(self, name: str) -> None:
        """Take a picture of the whole page, where TIPBENCH_PICTURES says that they are wanted."""
        if PICTURES:
            for chart in self.page.locator(".chart").all():
                chart.scroll_into_view_if_needed()
                expect(chart.locator("svg")).to_be_visible()
            self.page.evaluate("scrollTo(0, 0)")
            self.page.wait_for_load_state("networkidle")
            path = Path(PICTURES) / f"{re.sub('[^a-z0-9]+', '-', name)}.png"
            self.page.screenshot(path=path, full_page=True, animations="disabled")


@contextmanager
def chromium(whole: bool = False) -> Iterator[Browser]:
    """Debian's Chromium, which reaches loopback only, ended with the block; its headless shell shows no notifications.

    While it runs, this thread is one that runs an event loop: what calls `asyncio.run` needs a process of its own.
    """
    expect.set_options(timeout=DEADLINE_S * 1000)
    flags = [flag for flag in FLAGS if flag not in {"--headless", "--remote-debugging-port=0"}]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=browser_program(whole),
            args=flags,
            chromium_sandbox=os.geteuid() != 0,
            timeout=DEADLINE_S * 1000,
        )
        yield browser
        browser.close()


@contextmanager
def context_of(browser: Browser, **looks: Any) -> Iterator[BrowserContext]:
    """What shares nothing with the browser's other contexts; `looks` are options of Playwright's contexts."""
    width, height = WIDE
    with browser.new_context(viewport={"width": width, "height": height}, **looks) as context:
        context.set_default_timeout(DEADLINE_S * 1000)
        yield context


@contextmanager
def panel_of(browser: Browser, base: str, **looks: Any) -> Iterator[Panel]:
    """The panel in a tab that shares nothing with others, for who is not signed in or has another look."""
    with context_of(browser, **looks) as context:
        yield Panel(context.new_page(), base)


def sign_in(project: Project, panel: Panel) -> None:
    """Open the link of the local admin, and wait for the first page."""
    assert (UI / "dist" / "index.html").is_file(), "make setup-dev builds the panel"
    secret = re.search(r"#(\S+)", project("link", "--port", panel.base.rpartition(":")[2]).out)
    assert secret is not None
    panel.page.goto(f"{panel.base}/auth/link#{secret[1]}")
    panel.press("Sign in")
    panel.page.wait_for_url(f"{panel.base}/")
    panel.ready()
