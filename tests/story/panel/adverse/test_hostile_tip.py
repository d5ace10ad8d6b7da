"""One hostile tip followed in Chromium through every page of the panel: markup, bidi, zero width, 10,000 characters."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Dialog, expect

from tests.story.panel.judging.judges import Judge
from tests.story.panel.pages import NARROW, WIDE, Panel, chromium, panel_of
from tests.story.panel.windows import Window, window_of
from tests.story.peers.api import Api, served_api
from tests.story.peers.project import Project

pytestmark = [pytest.mark.slow, pytest.mark.browser]
NAME = "tip-bench-hostile"
PAGE = f"/experiments/{NAME}"
MARKUP = """</p></script><script>document.title='ran'</script><img src=x onerror="document.title='ran'">\
<svg onload="document.title='ran'"></svg>[x](javascript:alert(1)) {{7*7}} {% raw %} ${7*7}"""
BIDI = "\u202e\u2067\u202d turned round \u200b\u200d\ufeff"
HOSTILE = f"planted {MARKUP} {BIDI} {'W' * 10_000} ends here"
SHORT = f"<b onclick=1>planted{BIDI[:2]}</b>"
PROMPT = """+++
name = "planted"
version = "1"
description = '''{text}'''
mode = "chat"
+++
## user
{{{{ situation }}}} {{% raw %}}{text}{{% endraw %}}
"""
CRITERIA = ("specific", "actionable", "fitting", "respectful", "clear")
LIVE = "main img, main iframe, main script, main svg[onload], main [onclick], main a[href^='javascript']"
UNHELD = """() => [...document.querySelectorAll("main *, dialog *")].filter(each =>
  [...each.childNodes].some(node => node.nodeType === 3 && /[\\u202a-\\u202e\\u2066-\\u2069]/.test(node.data))
  && !each.closest("textarea, option")
  && !["isolate", "plaintext"].includes(getComputedStyle(each.closest("bdi, [dir], .name, pre") ?? each).unicodeBidi)
).map(each => each.outerHTML.slice(0, 200))"""
"""Elements that show a mark of direction and let it act on what stands beside them."""


def _rows() -> Iterator[dict[str, Any]]:
    for prompt in (SHORT, "plain"):
        for number in range(3):
            yield {
                "model": SHORT,
                "prompt": prompt,
                "scenario_id": f"s{number}",
                "scenario": {"situation": HOSTILE, "area": SHORT, "note": {"deep": [HOSTILE[:400]]}},
                "tip_index": 0,
                "text": HOSTILE if number == 0 else f"Walk for {number} minutes.",
                "scores": {"bert": dict.fromkeys(CRITERIA, 3 + number % 2)},
            }


@pytest.fixture(scope="module")
def served(shared_project: Project) -> Iterator[Api]:
    """A served home with a hostile experiment, prompt and scenario."""
    catalog = shared_project.folder / "catalog"
    for folder in ("prompts", "scenarios"):
        (catalog / folder).mkdir(exist_ok=True)
    (catalog / "prompts" / "planted.md").write_text(PROMPT.format(text=MARKUP.replace("{% raw %} ", "") + BIDI))
    (catalog / "scenarios" / "planted.jsonl").write_text(json.dumps({"id": "planted", "situation": HOSTILE[:4000]}))
    rows = shared_project.folder / "rows.jsonl"
    rows.write_text("".join(json.dumps(row) + "\n" for row in _rows()))
    shared_project("adopt", NAME, str(rows))
    with served_api(shared_project) as api:
        yield api


@pytest.fixture(scope="module")
def opened(served: Api) -> Iterator[Browser]:  # noqa: ARG001  # made before the event loop runs
    """A browser for this file."""
    with chromium() as running:
        yield running


class Watched:
    """A tab in which nothing of a hostile text may run, load, be a link, or act on its neighbours."""

    def __init__(self, panel: Panel) -> None:
        self.panel, self.page = panel, panel.page
        self.dialogs: list[str] = []
        self.elsewhere: list[str] = []
        self.page.on("dialog", self._dialog)
        self.page.on("request", lambda request: self._requested(request.url))

    def _dialog(self, dialog: Dialog) -> None:
        self.dialogs.append(dialog.message)
        dialog.dismiss()

    def _requested(self, address: str) -> None:
        if not address.startswith((self.panel.base, "data:", "blob:")):
            self.elsewhere.append(address)

    def holds(self) -> None:
        """What is shown is text, within its bounds, on a phone too."""
        expect(self.page.get_by_text(re.compile("planted")).filter(visible=True).first).to_be_visible()
        assert "ran" not in self.page.title().split()
        assert (self.dialogs, self.elsewhere, self.page.locator(LIVE).count()) == ([], [], 0), self.page.url
        assert self.page.evaluate(UNHELD) == [], self.page.url
        for size in (NARROW, WIDE):
            self.panel.looks("light", size)
            self.panel.assert_accessible()


@pytest.fixture(scope="module")
def window(served: Api, shared_project: Project, opened: Browser) -> Iterator[Window]:
    """The window of this file."""
    with window_of(opened, shared_project, f"http://127.0.0.1:{served.port}") as found:
        yield found


@pytest.fixture
def watched(panel: Panel) -> Watched:
    """A signed-in admin's tab."""
    return Watched(panel)


def _decided(panel: Panel) -> None:
    """Have a policy promoted and a cell paused for a hostile reason; both are on record then."""
    reason = HOSTILE[:500]
    promote = "promotePolicy(policy: \"kind = 'thompson'\", reason: $reason, share: 0.5) { __typename }"
    pause = "pauseTips(kind: CELL, name: $cell, reason: $reason) { __typename }"
    document = f"mutation ($reason: String!, $cell: String!) {{ {promote} {pause} }}"
    variables = {"reason": reason, "cell": "template/coach"}
    ours = {"origin": panel.base, "x-tipbench": "1"}
    sent = {"query": document, "variables": variables}
    answered = panel.page.context.request.post(f"{panel.base}/graphql", data=sent, headers=ours, max_retries=3)
    found = answered.json()["data"]
    assert (found["promotePolicy"], found["pauseTips"]) == (
        {"__typename": "PolicyPromotion"},
        {"__typename": "TipPause"},
    ), found


@pytest.mark.parametrize(
    ("path", "summary"),
    [
        ("/", None),
        (PAGE, None),
        (f"{PAGE}/leaderboard?slice=area", None),
        (f"{PAGE}/tips?search=planted", None),
        (f"{PAGE}/tips?scenario=s0", "The answer as it came"),
        (f"/rounds?experiment={NAME}", None),
        ("/catalog/prompts/planted", None),
        ("/catalog/scenarios/planted", None),
        ("/catalog/scenarios?search=planted", None),
        ("/launch", "The catalog's"),
        ("/admin/policies", None),
    ],
)
def test_it_is_only_text_on_every_page(watched: Watched, served: Api, path: str, summary: str | None) -> None:
    """Nothing of it runs, loads, is a link or turns its neighbours round, and no page becomes wider for it."""
    if path.startswith("/rounds"):
        Judge(served, watched.panel, NAME, "rounds")
    if path == "/admin/policies":
        _decided(watched.panel)
    watched.panel.open(path)
    if summary is not None:
        watched.page.locator("summary").filter(has_text=summary).first.click()
    if path.startswith("/rounds"):
        expect(watched.page.get_by_text("rounds", exact=True).first).to_be_visible()
        return
    if path == "/launch":
        watched.page.get_by_label("Text of planted").first.click()
    watched.holds()
    watched.panel.assert_quiet()


def test_it_is_only_text_on_the_judges_page(served: Api, opened: Browser) -> None:
    """The item is read whole by scrolling, and the keys still score it."""
    with panel_of(opened, f"http://127.0.0.1:{served.port}") as panel:
        watched = Watched(panel)
        judge = Judge(served, panel, NAME, "hostile")
        judge.enter()
        for place in range(1, 7):
            judge.at(place)
            if panel.page.get_by_text("ends here").count() > 1:
                break
            judge.score(place, "33333")
        watched.holds()
        panel.picture("judge hostile")
        judge.press("33333")
        judge.saved()
        panel.assert_quiet()
