"""Pages in tabs beside each other, with something that is done on each and needs an answer of the server."""

from collections.abc import Callable
from typing import NamedTuple

from playwright.sync_api import Locator

from tests.story.panel.pages import Panel
from tests.story.panel.shared.home import JUDGED, WORKED


class Visit(NamedTuple):
    """A page, what is done there, what then shows its answer, and the button by which a change is made again."""

    path: str
    act: Callable[[Panel], None]
    answered: Callable[[Panel], Locator]
    again: str | None = None


def _search(words: str) -> Callable[[Panel], None]:
    return lambda tab: tab.page.get_by_role("searchbox").fill(words)


def _opening(judge: str) -> Callable[[Panel], None]:
    def act(tab: Panel) -> None:
        tab.field("Judge").fill(judge)
        tab.press("Open a round")

    return act


def rounds(judge: str) -> Visit:
    """Return the visit that opens a round of this judge."""
    path = f"/rounds?experiment={WORKED}"
    row = f"{judge} human"
    return Visit(path, _opening(judge), lambda tab: tab.page.get_by_role("row").filter(has_text=row), "Open a round")


EXPERIMENTS = Visit("/", _search("judged"), lambda tab: tab.page.get_by_role("row").filter(has_text=JUDGED))
RUN = Visit(
    f"/experiments/{JUDGED}",
    lambda tab: tab.press("Evaluate now"),
    lambda tab: tab.page.get_by_role("region", name="Checks").get_by_role("listitem").first,
)
LEADERBOARD = Visit(
    f"/experiments/{JUDGED}/leaderboard",
    lambda tab: tab.press("Compare every pair"),
    lambda tab: tab.page.locator("table.meetings"),
)
TIPS = Visit(
    f"/experiments/{JUDGED}/tips",
    _search("coach"),
    lambda tab: tab.page.get_by_role("region", name="Tips").get_by_role("link").filter(has_text="coach").first,
)
CATALOG = Visit(
    "/catalog/prompts",
    lambda tab: tab.press("coach"),
    lambda tab: tab.page.get_by_text("You are a warm, practical coach").first,
)
ADMIN = Visit("/admin/users", _search("local"), lambda tab: tab.page.locator("code[title=local-admin]"))


def opened(panel: Panel, visits: tuple[Visit, ...]) -> list[tuple[Panel, Visit]]:
    """Return a tab beside `panel` for each visit, at its page."""
    tabs = [(Panel(panel.page.context.new_page(), panel.base), visit) for visit in visits]
    for tab, visit in tabs:
        tab.open(visit.path)
    return tabs


def go_on_signed_in(tab: Panel) -> None:
    """Press the button of who signed in again where it is there: a page that reads by itself has taken it away."""
    button = tab.page.get_by_role("button", name="I have signed in again")
    button.evaluate_all("found => found.forEach((each) => each.click())")


def assert_answered(tabs: list[tuple[Panel, Visit]]) -> None:
    """Every page comes to its answer: by itself, a change by its button, with what was typed before."""
    for tab, visit in tabs:
        if visit.again is not None:
            tab.press(visit.again)
        visit.answered(tab).wait_for()
