"""What goes wrong around the launch form and the list in Chromium: refusals, slow plans, outages, clocks, languages."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Locator, Route, expect

from tests.story.panel.adverse import visits
from tests.story.panel.pages import Panel, panel_of, sign_in
from tests.story.panel.shared.home import JUDGED
from tests.story.peers.project import Project

pytestmark = [pytest.mark.slow, pytest.mark.browser]
REACHED_NOT = "The server does not answer"


def _fill(panel: Panel, name: str) -> None:
    """A launch of one free cell and three scenarios, that nobody judges."""
    panel.open("/launch")
    panel.field("Name").fill(name)
    for choice in ("template", "terse"):
        panel.page.get_by_label(choice, exact=True).check()
    panel.field("Scenarios").fill("3")


def _launch_button(panel: Panel) -> Locator:
    return panel.page.get_by_role("button", name="Launch", exact=True)


def _operation(route: Route) -> str:
    sent = route.request.post_data_json or {}
    found: str = sent.get("operationName", "")
    return found


@contextmanager
def _answered_late(panel: Panel, operation: str) -> Iterator[None]:
    """Let answers to one operation wait until the block ends; the rest is answered at once."""
    waiting: list[Route] = []
    late = True

    def answer(route: Route) -> None:
        if late and _operation(route) == operation:
            waiting.append(route)
        else:
            route.continue_()

    panel.page.route("**/graphql", answer)
    yield
    late = False
    for route in waiting:
        route.continue_()


def test_a_name_that_is_taken_is_said_at_its_field(panel: Panel) -> None:
    """Before the button, and at the option that differs in the server's words; what was typed stays."""
    _fill(panel, JUDGED)
    expect(panel.field("Name")).to_have_attribute("aria-invalid", "true")
    panel.sees("This name is taken")
    panel.sees(re.compile(f"{JUDGED} is pinned with prompts="))
    expect(_launch_button(panel)).to_be_disabled()
    panel.picture("launch name taken")
    expect(panel.field("Scenarios")).to_have_value("3")
    panel.field("Name").fill("tip-bench-free")
    panel.named("Launch: ask 3 generations").wait_for()
    expect(panel.field("Name")).not_to_have_attribute("aria-invalid", "true")
    panel.assert_quiet()


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("Judges", "anna=robot", "robot"),
        ("Temperature", "3", "Temperature is 3: use a number from 0 to 2"),
        ("Ceiling, USD", "-1", "Ceiling, USD is -1"),
        ("Tips each", "1.5", "Write a whole number, or nothing."),
        ("Seed", "seven", "Write a whole number, or nothing."),
    ],
)
def test_what_the_server_refuses_is_said_at_the_field_that_its_path_names(
    panel: Panel, field: str, typed: str, said: str
) -> None:
    """At that field alone, by its label, though it be folded away; the rest of the form is as it was."""
    _fill(panel, "tip-bench-refused")
    panel.press("More options")
    panel.field(field).fill(typed)
    panel.press("More options")
    expect(panel.field(field)).to_have_attribute("aria-invalid", "true")
    expect(panel.page.locator("[aria-invalid=true]")).to_have_count(1)
    described = panel.field(field).get_attribute("aria-describedby") or ""
    assert said in " ".join(panel.page.locator(f"[id='{each}']").inner_text() for each in described.split())
    panel.field(field).fill("")
    panel.named("Launch: ask 3 generations").wait_for()
    panel.assert_quiet()


def test_a_plan_that_takes_long_blocks_nothing(panel: Panel) -> None:
    """Meanwhile the page says that it plans, the form can be changed, and what is launched is what was planned last."""
    with _answered_late(panel, "Plan"):
        _fill(panel, "tip-bench-slow")
        panel.sees("Being planned")
        expect(_launch_button(panel)).to_be_disabled()
        panel.field("Scenarios").fill("4")
    panel.named("Launch: ask 4 generations").wait_for()
    panel.assert_quiet()


def test_the_server_is_away_and_comes_back(panel: Panel) -> None:
    """The form stays and says so in a sentence; once the network is back the plan comes by itself."""
    _fill(panel, "tip-bench-away")
    panel.named("Launch: ask 3 generations").wait_for()
    panel.page.context.set_offline(offline=True)
    panel.field("Scenarios").fill("5")
    panel.sees(re.compile(REACHED_NOT))
    panel.picture("launch offline")
    panel.page.context.set_offline(offline=False)
    panel.named("Launch: ask 5 generations").wait_for()
    expect(panel.page.get_by_text(re.compile(REACHED_NOT))).to_have_count(0)
    expect(panel.field("Name")).to_have_value("tip-bench-away")


def test_a_server_that_restarts_is_read_again_after_a_while(panel: Panel) -> None:
    """The list that found no server says so and that it tries again, and comes by itself."""
    away = True

    def answer(route: Route) -> None:
        if away and _operation(route) == "Experiments":
            route.abort()
        else:
            route.continue_()

    panel.page.route("**/graphql", answer)
    panel.open("/")
    panel.sees("The server is not reached: trying again by itself.")
    panel.assert_accessible()
    panel.picture("server away")
    away = False
    expect(panel.page.get_by_role("row").filter(has_text=JUDGED)).to_be_visible()
    expect(panel.page.get_by_text("The server is not reached")).to_have_count(0)


def test_who_asked_too_much_is_answered_after_the_wait(panel: Panel) -> None:
    """The list that was refused for a second comes by itself."""
    extensions = {"code": "RATE_LIMITED", "retryAfter": 1}
    refusals = [{"data": None, "errors": [{"message": "Too much in too short a time.", "extensions": extensions}]}]

    def answer(route: Route) -> None:
        if refusals and _operation(route) == "Experiments":
            route.fulfill(json=refusals.pop())  # no server's own: its budget takes a hundred pages within a second
        else:
            route.continue_()

    panel.page.route("**/graphql", answer)
    panel.open("/")
    expect(panel.page.get_by_role("row").filter(has_text=JUDGED)).to_be_visible()
    assert refusals == []
    panel.assert_quiet()


def test_signed_in_again_the_form_goes_on(panel: Panel, served: tuple[Project, str]) -> None:
    """A session ends under the launch form and under a draft of the catalog; one signs in elsewhere and returns."""
    project, base = served
    _fill(panel, "tip-bench-again")
    panel.named("Launch: ask 3 generations").wait_for()
    other = panel.page.context.new_page()
    other.goto(f"{base}/catalog/scenarios/new")
    draft = other.get_by_role("textbox", name="Scenario, as JSON")
    draft.fill('{"id": "typed-before", "situation": "Rain."}')
    expect(other.get_by_role("button", name="Add typed-before")).to_be_enabled()  # so that the next is refused
    panel.end_session()
    panel.field("Scenarios").fill("4")
    panel.sees("Your session has ended")
    draft.fill('{"id": "typed-after", "situation": "Rain."}')
    expect(other.get_by_text("Your session has ended")).to_be_visible()
    third = Panel(panel.page.context.new_page(), base)
    sign_in(project, third)
    panel.press("I have signed in again")
    panel.named("Launch: ask 4 generations").wait_for()
    expect(panel.field("Name")).to_have_value("tip-bench-again")
    other.get_by_role("button", name="I have signed in again").click()
    expect(other.get_by_role("button", name="Add typed-after")).to_be_enabled()
    expect(draft).to_have_value(re.compile("typed-after"))


def test_a_session_that_ends_under_every_page_loses_nothing(panel: Panel, served: tuple[Project, str]) -> None:
    """Each says so where it asks next; one sign-in later each goes on with what was typed."""
    project, _ = served
    pages = (visits.EXPERIMENTS, visits.RUN, visits.LEADERBOARD, visits.TIPS, visits.rounds("later"))
    tabs = visits.opened(panel, pages)
    panel.open("/")
    panel.end_session()
    for tab, visit in tabs:
        visit.act(tab)
        tab.sees("Your session has ended")
    sign_in(project, panel)
    for tab, _ in tabs:
        visits.go_on_signed_in(tab)
        expect(tab.page.get_by_text("Your session has ended")).to_have_count(0)
    visits.assert_answered(tabs)


def test_every_page_says_that_the_server_is_away_and_goes_on(panel: Panel) -> None:
    """In the same sentence; once the network is back each comes to what it was asked for."""
    pages = (visits.EXPERIMENTS, visits.LEADERBOARD, visits.TIPS, visits.rounds("away"), visits.CATALOG, visits.ADMIN)
    tabs = visits.opened(panel, pages)
    panel.page.context.set_offline(offline=True)
    for tab, visit in tabs:
        visit.act(tab)
        tab.sees(re.compile(REACHED_NOT))
    panel.page.context.set_offline(offline=False)
    visits.assert_answered(tabs)


@pytest.mark.parametrize("hours", [-1, 1])
def test_a_clock_that_is_off_by_an_hour_changes_no_age(
    served: tuple[Project, str], opened: Browser, hours: int
) -> None:
    """Ages are counted by the server's clock: nothing is in the future, and what is new is not an hour old."""
    project, base = served
    with panel_of(opened, base) as panel:
        panel.page.clock.set_system_time(datetime.now(UTC) + timedelta(hours=hours))
        sign_in(project, panel)
        row = panel.page.get_by_role("row").filter(has_text=JUDGED)
        expect(row).to_contain_text(re.compile("just now|[0-9]+ minutes? ago"))
        panel.assert_quiet()


def test_a_language_with_a_decimal_comma(served: tuple[Project, str], opened: Browser) -> None:
    """Numbers are written with it and may be typed with it, in the form and in its plan; the address has a point."""
    project, base = served
    with panel_of(opened, base, locale="de-DE") as panel:
        sign_in(project, panel)
        row = panel.page.get_by_role("row").filter(has_text=JUDGED)
        expect(row).to_contain_text(re.compile(r"\d,\d\d \(\d,\d\d to \d,\d\d\)"))
        _fill(panel, "tip-bench-komma")
        panel.press("More options")
        panel.field("Temperature").fill("0,5")
        panel.field("Ceiling, USD").fill("1,25")
        panel.field("Judges").fill("anna=human")
        panel.named("Launch: ask 3 generations").wait_for()
        seconds = panel.page.get_by_label("Seconds a tip")
        seconds.fill("7,5")
        expect(panel.page.get_by_role("complementary")).to_contain_text(re.compile("2[23] s"))
        panel.open(f"/experiments/{JUDGED}/leaderboard")
        expect(panel.page.get_by_role("row").nth(1)).to_contain_text(re.compile(r"\d,\d\d"))
        panel.assert_accessible()
        panel.assert_quiet()
