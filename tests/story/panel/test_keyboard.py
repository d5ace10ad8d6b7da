"""Each page's main story in Chromium by keyboard alone: Tab finds what is acted on, and the focus is never lost."""

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.story.panel.pages import NARROW, Panel
from tests.story.panel.shared.home import JUDGED, WORKED
from tests.story.peers.project import Project

pytestmark = [pytest.mark.slow, pytest.mark.browser]
MOST_TABS = 120
FOCUSED = """each => each === document.activeElement && each.checkVisibility()
  && (getComputedStyle(each).outlineStyle !== 'none' || each.matches('input, textarea'))"""


class Keys:
    """A person without a mouse: goes on by Tab until what is wanted has the focus, and presses keys there."""

    def __init__(self, panel: Panel) -> None:
        self.panel, self.page = panel, panel.page

    def to(self, wanted: Locator) -> None:
        """Press Tab until this has the focus, which is seen there."""
        wanted.wait_for()
        for _ in range(MOST_TABS):
            self.page.keyboard.press("Tab")
            if wanted.evaluate(FOCUSED):
                return
        raise AssertionError((wanted, self.page.evaluate("document.activeElement.outerHTML")))

    def press(self, key: str, wanted: Locator) -> None:
        """Go there and press a key."""
        self.to(wanted)
        self.page.keyboard.press(key)

    def type(self, text: str, wanted: Locator) -> None:
        """Go there and type."""
        self.to(wanted)
        self.page.keyboard.type(text)


@pytest.fixture
def keys(panel: Panel) -> Keys:
    """The keys of the signed-in admin."""
    return Keys(panel)


def test_from_the_first_page_to_a_launch_and_its_leaderboard(keys: Keys, panel: Panel) -> None:
    """Skip link, name, models, prompts, judges, the button, the run, and its leaderboard's order."""
    page = panel.page
    panel.open("/")
    keys.press("Enter", page.get_by_role("link", name="Skip to the page"))
    keys.press("Enter", page.get_by_role("link", name="Launch a benchmark"))
    panel.at("/launch")
    panel.ready()
    keys.type("tip-bench-by-keys", panel.field("Name"))
    for choice in ("template", "coach", "terse"):
        keys.press("Space", page.get_by_label(choice, exact=True))
    keys.type("3", panel.field("Scenarios"))
    keys.type("heuristics=program", panel.field("Judges"))
    launch = panel.named("Launch: ask 6 generations")
    keys.press("Enter", launch)
    panel.at("/experiments/tip-bench-by-keys")
    panel.sees("The last run is done")
    keys.press("Enter", page.get_by_role("link", name="See the leaderboard"))
    panel.at("/experiments/tip-bench-by-keys/leaderboard")
    keys.press("Enter", page.get_by_role("button", name="Cell", exact=True))
    panel.at("/experiments/tip-bench-by-keys/leaderboard?sort=cell")
    page.go_back()
    panel.at("/experiments/tip-bench-by-keys")
    panel.assert_quiet()


def test_an_experiment_is_found_and_its_tips_are_read(keys: Keys, panel: Panel) -> None:
    """Search, run, tips, one situation."""
    page = panel.page
    panel.open("/")
    keys.type("judged", page.get_by_role("searchbox"))
    panel.at("/?search=judged")
    panel.sees(re.compile("^1 experiment$"))  # the list comes anew, and takes the focus along
    keys.press("Enter", page.get_by_role("link", name=JUDGED, exact=True))
    panel.at(f"/experiments/{JUDGED}")
    panel.ready()
    keys.press("Enter", page.get_by_role("link", name="Tips"))
    panel.ready()
    keys.press("Enter", page.get_by_role("region", name="Tips").get_by_role("link").first)
    expect(page).to_have_url(re.compile(r"\?scenario="))
    expect(page.get_by_role("article")).to_have_count(2)
    panel.assert_quiet()


def test_a_round_is_opened_and_a_judge_invited(keys: Keys, panel: Panel) -> None:
    """Experiment, judge, the button, the link, and Escape back to where one was."""
    page = panel.page
    panel.open("/rounds")
    keys.type(
        WORKED, page.get_by_role("textbox", name="Experiment").or_(page.get_by_role("combobox", name="Experiment"))
    )
    page.keyboard.press("Escape")
    keys.type("keyed", panel.field("Judge"))
    page.keyboard.press("Enter")
    panel.sees("keyed human")
    link = page.get_by_role("button", name="Link for keyed")
    keys.press("Enter", link)
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(link).to_be_focused()
    panel.assert_quiet()


def test_a_prompt_is_added(keys: Keys, panel: Panel) -> None:
    """From the catalog's list to the new version's page; Tab leaves the editor."""
    page = panel.page
    panel.open("/catalog/prompts")
    keys.press("Enter", page.get_by_role("link", name="Add a prompt"))
    panel.at("/catalog/prompts/new")
    panel.ready()
    editor = page.locator("textarea")
    keys.to(editor)
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(
        '+++\nname = "keyed"\nversion = "1"\ndescription = "d"\nmode = "chat"\n+++\n## user\n{{ situation }}\n'
    )
    keys.press("Enter", page.get_by_role("button", name="Add keyed, version 1"))
    panel.at("/catalog/prompts/keyed?version=1")
    panel.assert_quiet()


def test_a_user_is_invited_and_a_session_looked_at(keys: Keys, panel: Panel, served: tuple[Project, str]) -> None:
    """Role, judge id, the link, and the sessions of oneself."""
    page = panel.page
    panel.open("/admin")
    panel.ready()
    keys.press("ArrowDown", page.locator("form").get_by_role("combobox", name="Role"))
    page.get_by_role("option", name="Judge", exact=True).wait_for()
    page.keyboard.press("Escape")
    keys.press("Enter", panel.named("Make a link"))
    expect(page.locator(".secret")).to_be_visible()
    keys.press("Enter", page.locator("tbody button[aria-expanded]").first)
    expect(page).to_have_url(re.compile(r"user="))
    assert served[1] in page.url
    panel.assert_quiet()


def test_a_policy_is_tried_and_rolled_back_and_a_cell_is_paused(keys: Keys, panel: Panel) -> None:
    """From the form through its question to the record; each dialog takes the focus and gives it back."""
    page = panel.page
    panel.open("/admin/policies")
    keys.to(panel.field("Share of users, in percent"))
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("25")
    keys.to(panel.field("Policy, as TOML"))
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("kind = 'thompson'")
    keys.press("Enter", panel.named("Look at it before promoting"))
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("status")).to_contain_text("The estimate is refused")
    keys.type("It learns.", dialog.get_by_role("textbox"))
    keys.press("Enter", dialog.get_by_role("button", name="Promote it"))
    expect(dialog).to_have_count(0)
    expect(panel.named("Look at it before promoting")).to_be_focused()
    now = page.get_by_role("region", name="What draws now")
    expect(now).to_contain_text("a trial on 25 % of users")
    pause = page.get_by_role("region", name="Arms").get_by_role("button", name=re.compile("^Pause ")).first
    cell = (pause.get_attribute("aria-label") or "").removeprefix("Pause ")
    keys.press("Space", pause)
    keys.type("Too long.", dialog.get_by_role("textbox"))
    keys.press("Enter", dialog.get_by_role("button", name="Pause it"))
    resume = page.get_by_role("region", name="Paused tips and cells").get_by_role("button", name=f"Resume {cell}")
    keys.press("Enter", resume)
    expect(resume).to_have_count(0)
    keys.press("Enter", panel.named("Roll back"))
    keys.type("Only a rehearsal.", dialog.get_by_role("textbox"))
    keys.press("Enter", dialog.get_by_role("button", name="Roll it back"))
    expect(page.get_by_role("region", name="The trial")).to_have_count(0)
    expect(panel.named("Roll back")).to_be_focused()


def test_on_a_phone_the_links_of_the_head_are_in_a_menu(keys: Keys, panel: Panel) -> None:
    """The head is one row; Enter opens the menu, Escape closes it and goes back to its button, a link closes it too."""
    page = panel.page
    panel.looks("light", NARROW)
    panel.open("/")
    menu, link = page.get_by_role("button", name="Menu"), page.get_by_role("link", name="Catalog")
    assert page.locator("header").evaluate("head => head.offsetHeight") < 2 * menu.evaluate("each => each.offsetHeight")
    expect(link).to_be_hidden()
    keys.press("Enter", menu)
    keys.to(link)
    panel.assert_accessible()
    panel.picture("menu 360")
    page.keyboard.press("Escape")
    expect(menu).to_be_focused()
    expect(link).to_be_hidden()
    page.keyboard.press("Enter")
    keys.press("Enter", link)
    panel.at("/catalog")
    expect(menu).to_have_attribute("aria-expanded", "false")
    panel.assert_quiet()
