"""A signed-in admin at the panel: opens its pages, and holds what every page has to hold."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.story.peers.browser import Tab
from tests.story.peers.project import Project

UI = Path(__file__).parents[3] / "ui"
AXE = UI / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
READY = "!!document.querySelector('h1') && !document.querySelector('[aria-busy=true]')"
NARROW, WIDE = (360, 740), (1280, 900)


@dataclass
class Panel:
    """The panel in a tab."""

    tab: Tab
    base: str

    def open(self, path: str) -> None:
        """Go to a page and wait until it shows what it is about."""
        self.tab.visit(f"{self.base}{path}")
        self.ready()

    def ready(self) -> None:
        """Wait until nothing is being loaded."""
        self.tab.until(READY)
        self.tab.settle()

    def looks(self, theme: str, size: tuple[int, int]) -> None:
        """Take this theme and size of the window."""
        width, height = size
        self.tab.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False
        )
        self.tab.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": theme}])

    def key(self, name: str, code: int, text: str = "") -> None:
        """Press a key and let it go."""
        given: dict[str, Any] = {"key": name, "windowsVirtualKeyCode": code, **({"text": text} if text else {})}
        self.tab.call("Input.dispatchKeyEvent", type="keyDown", **given)
        self.tab.call("Input.dispatchKeyEvent", type="keyUp", **given)

    def type(self, text: str) -> None:
        """Type into what has the focus."""
        self.tab.call("Input.insertText", text=text)

    def field(self, label: str) -> str:
        """What finds the field whose label begins so."""
        labels = "[...document.querySelectorAll('label')]"
        return f"{labels}.find(each => each.innerText.startsWith({json.dumps(label)}))?.control"

    def fill(self, label: str, text: str) -> None:
        """Type in place of what the field holds."""
        self.tab.until(self.field(label) + " !== undefined")
        self.tab.ask(f"{self.field(label)}.select()")
        self.type(text)

    def choose(self, name: str) -> None:
        """Click the choice with this label."""
        self.tab.click(f"[...document.querySelectorAll('label')].find(each => each.innerText === {json.dumps(name)})")

    def assert_accessible(self) -> None:
        """No violation of axe-core's rules, and nothing wider than the window."""
        self.tab.ask(AXE.read_text("utf-8") + "; true")
        rules = f"axe.run({{runOnly: {{type: 'tag', values: {RULES}}}}})"
        found = self.tab.ask(f"{rules}.then(each => each.violations.map(one => [one.id, one.nodes.map(n => n.html)]))")
        assert found == [], (self.tab.ask("location.href"), found)
        assert self.tab.ask("document.documentElement.scrollWidth <= innerWidth"), self.tab.ask("location.href")

    def assert_quiet(self) -> None:
        """Nothing failed, was forbidden by the policy or stands in the console."""
        assert (self.tab.failed, self.tab.blocked, self.tab.console) == ([], [], [])


def signed_in(project: Project, base: str, tab: Tab) -> Panel:
    """The panel as the local admin sees it."""
    assert (UI / "dist" / "index.html").is_file(), "make setup-dev builds the panel"
    secret = re.search(r"#(\S+)", project("link", "--port", base.rpartition(":")[2]).out)
    assert secret is not None
    tab.visit(f"{base}/auth/link#{secret[1]}")
    tab.press("Sign in")
    panel = Panel(tab, base)
    tab.until("location.pathname === '/'")
    panel.ready()
    return panel
