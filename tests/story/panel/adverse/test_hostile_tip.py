"""One hostile tip followed in Chromium through every page of the panel: markup, bidi, zero width, 10,000 characters."""

import json
import re

import pytest
from playwright.sync_api import Browser, Dialog, expect

from tests.story.panel.judging.judges import Judge
from tests.story.panel.pages import NARROW, WIDE, Panel, Rules, panel_of
from tests.story.panel.shared.home import Shared
from tests.story.panel.shared.planted import BIDI, HOSTILE, MARKUP, PLANTED
from tests.story.peers.api import Api, api_of

pytestmark = [pytest.mark.slow, pytest.mark.browser]
PAGE = f"/experiments/{PLANTED}"
PROMPT = """+++
name = "planted"
version = "1"
description = '''{text}'''
mode = "chat"
+++
## user
{{{{ situation }}}} {{% raw %}}{text}{{% endraw %}}
"""
LIVE = "main img, main iframe, main script, main svg[onload], main [onclick], main a[href^='javascript']"
UNHELD = """() => [...document.querySelectorAll("main *, dialog *")].filter(each =>
  [...each.childNodes].some(node => node.nodeType === 3 && /[\\u202a-\\u202e\\u2066-\\u2069]/.test(node.data))
  && !each.closest("textarea, option")
  && !["isolate", "plaintext"].includes(getComputedStyle(each.closest("bdi, [dir], .name, pre") ?? each).unicodeBidi)
).map(each => each.outerHTML.slice(0, 200))"""
"""Elements that show a mark of direction and let it act on what stands beside them."""


@pytest.fixture(scope="module")
def api(shared: Shared) -> Api:
    """The API of a served home with a hostile experiment, prompt and scenario, asked as an admin."""
    catalog = shared.project.folder / "catalog"
    for folder in ("prompts", "scenarios"):
        (catalog / folder).mkdir(exist_ok=True)
    (catalog / "prompts" / "planted.md").write_text(PROMPT.format(text=MARKUP.replace("{% raw %} ", "") + BIDI))
    (catalog / "scenarios" / "planted.jsonl").write_text(json.dumps({"id": "planted", "situation": HOSTILE[:4000]}))
    return api_of(shared.project, shared.up)


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
        sizes: tuple[tuple[tuple[int, int], Rules], ...] = ((NARROW, "shape"), (WIDE, "all"))
        for size, rules in sizes:
            self.panel.looks("light", size)
            self.panel.assert_accessible(rules)


@pytest.fixture
def watched(api: Api, panel: Panel) -> Watched:  # noqa: ARG001  # which plants what is looked at
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
        (f"/rounds?experiment={PLANTED}", None),
        ("/catalog/prompts/planted", None),
        ("/catalog/scenarios/planted", None),
        ("/catalog/scenarios?search=planted", None),
        ("/launch", "The catalog's"),
        ("/admin/policies", None),
    ],
)
def test_it_is_only_text_on_every_page(watched: Watched, api: Api, path: str, summary: str | None) -> None:
    """Nothing of it runs, loads, is a link or turns its neighbours round, and no page becomes wider for it."""
    if path.startswith("/rounds"):
        Judge(api, watched.panel, PLANTED, "rounds")
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


def test_it_is_only_text_on_the_judges_page(api: Api, opened: Browser) -> None:
    """The item is read whole by scrolling, and the keys still score it."""
    with panel_of(opened, f"http://127.0.0.1:{api.port}") as panel:
        watched = Watched(panel)
        judge = Judge(api, panel, PLANTED, "hostile")
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
