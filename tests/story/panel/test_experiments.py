"""The list of experiments in Chromium: what it shows, how it is searched, and what it looks like."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.story.panel.pages import Panel, chromium
from tests.story.panel.shared.home import JUDGED, run_judged
from tests.story.peers.model_server import ModelServer
from tests.story.peers.project import Project, make_project
from tests.story.peers.up import running_up

pytestmark = [pytest.mark.slow, pytest.mark.browser]


@pytest.fixture(scope="module")
def served(
    tmp_path_factory: pytest.TempPathFactory, used_home: Path, shared_server: ModelServer
) -> Iterator[tuple[Project, str]]:
    """A home of one experiment, so that all are archived when it is, and the address that serves it."""
    project = make_project(tmp_path_factory.mktemp("experiments"), used_home, shared_server.url)
    run_judged(project, JUDGED)
    with running_up(project) as up:
        yield project, f"http://127.0.0.1:{up.port}"


@pytest.fixture(scope="module")
def opened(served: tuple[Project, str]) -> Iterator[Browser]:  # noqa: ARG001  # made before the event loop runs
    """A browser for this file."""
    with chromium() as running:
        yield running


def test_a_row_says_who_leads_and_how_surely(panel: Panel) -> None:
    """State, leader with interval, how many others it cannot be told from, and a link to the report."""
    panel.open("/")
    row = panel.page.get_by_role("row").filter(has_text=JUDGED)
    for words in ("judged", "template / ", " to ", "by the automatic judge"):
        expect(row).to_contain_text(words)
    expect(row.locator(f"a[href='/api/bench/report/{JUDGED}']")).to_be_visible()
    panel.assert_quiet()


def test_the_search_stands_in_the_address(panel: Panel) -> None:
    """Typing filters, the address says it, opening that address shows the same, and one step back leaves the search."""
    panel.open("/")
    panel.page.get_by_role("searchbox").press_sequentially("nothing-like-this")
    panel.sees("No experiment is like that")
    panel.at("/?search=nothing-like-this")
    panel.page.go_back()
    panel.at("/")
    expect(panel.page.get_by_role("searchbox")).to_have_value("")
    panel.sees(JUDGED)
    panel.open("/?search=JUDGED&order=name")
    panel.sees(JUDGED)
    expect(panel.page.get_by_role("searchbox")).to_have_value("JUDGED")
    panel.assert_quiet()


def test_an_experiment_is_archived_and_comes_back(panel: Panel) -> None:
    """Enter takes it off the list, the focus is on the way back, which undoes it; a later visit says how many are."""
    panel.open("/")
    row, undo = panel.page.get_by_role("row").filter(has_text=JUDGED), panel.named("Undo")
    panel.named(f"Archive {JUDGED}").press("Enter")
    panel.sees("is archived: it takes no launches, rounds or scores")
    expect(undo).to_be_focused()
    expect(row).to_have_count(0)
    panel.assert_accessible()
    panel.picture("experiments archived")
    panel.page.keyboard.press("Enter")
    panel.sees("is in use again")
    expect(row).to_have_count(1)
    panel.open(f"/experiments/{JUDGED}")
    panel.press("Archive")
    expect(undo).to_be_focused()
    panel.open("/")
    panel.sees("1 experiment is archived")
    panel.assert_accessible()
    panel.picture("experiments all archived")
    panel.press("Show what is archived")
    panel.at("/?archived=yes")
    expect(panel.named(f"Unarchive {JUDGED}")).to_be_visible()
    panel.open(f"/experiments/{JUDGED}")
    panel.sees("This experiment is archived")
    panel.picture("live archived")
    panel.press("Unarchive")
    panel.sees("is in use again")
    panel.open("/")
    expect(row).to_have_count(1)
    panel.assert_quiet()


def test_it_is_accessible_in_both_themes_and_on_a_phone(panel: Panel) -> None:
    """No violation of axe-core, nothing beyond the edge at 360 pixels and at twice the size, and a quiet console."""
    panel.assert_fit("/")


def test_the_files_are_small_and_stay(panel: Panel) -> None:
    """They come compressed and immutable; the scripts of the first page take at most 200 KB."""
    panel.open("/")
    sizes = "performance.getEntriesByType('resource').filter(e => e.name.endsWith('.js')).map(e => e.encodedBodySize)"
    assert 0 < sum(panel.page.evaluate(sizes)) < 200_000
    script = panel.page.evaluate("document.querySelector('script[type=module]').src")
    head = f"fetch({script!r}).then(a => [a.headers.get('content-encoding'), a.headers.get('cache-control')])"
    coding, cached = panel.page.evaluate(head)
    assert coding in {"br", "gzip"}
    assert "immutable" in cached


def test_who_signs_out_is_out(panel: Panel) -> None:
    """The page that follows says how one signs in again, and so does every other."""
    panel.open("/")
    panel.press("Sign out")
    panel.page.wait_for_selector("text=You are not signed in")
    panel.page.goto(f"{panel.base}/launch")
    panel.sees("tipbench link")
