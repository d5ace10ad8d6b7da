"""Huge and odd states in Chromium: 100 cells × 1,000 scenarios, 1,000 experiments, scenarios and users, long names."""

import json
import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.deadline import DEADLINE_S
from tests.story.panel.pages import NARROW, WIDE, Panel, chromium
from tests.story.panel.shared.adopted import adopt
from tests.story.peers.model_server import ModelServer
from tests.story.peers.project import Project, make_project
from tests.story.peers.up import running_up

pytestmark = [pytest.mark.slow, pytest.mark.browser]
NAME = "tip-bench-large"
PAGE = f"/experiments/{NAME}"
MANY = 1_000
CRITERIA = ("specific", "actionable", "fitting", "respectful", "clear")
ARABIC = "نموذج-النصائح-اليومية"
LONG = "tip-bench-" + "long-name-" * 5


def _model(cell: int) -> str:
    return ARABIC if cell == 1 else f"a-model-whose-name-takes-up-sixty-characters-in-a-table-{cell // 2:04d}"


def _rows() -> Iterator[dict[str, Any]]:
    """100 cells × 1,000 scenarios, of which 20 are judged."""
    for cell in range(100):
        for number in range(MANY):
            row: dict[str, Any] = {
                "model": _model(cell),
                "prompt": ("coach", "terse")[cell % 2],
                "scenario_id": f"s{number:04d}",
                "scenario": {"situation": f"I sleep badly before exams, week {number}"},
                "tip_index": 0,
                "text": f"Take {cell % 19 + 2} minutes outside, night {number}."
                if cell != 1
                else f"استرح {number} دقيقة.",
            }
            if number < 20:
                row["scores"] = {"anna": dict.fromkeys(CRITERIA, 1 + (cell + number) % 5)}
            yield row


def _pin_many(project: Project) -> None:
    """Let there be so many experiments more, of which nothing was collected."""
    project("run", "tip-bench-pattern", "--models", "template", "--prompts", "terse", "--n-scenarios", "1")
    lake = project.home / "lake"
    spec = json.loads((lake / "tip-bench-pattern" / "spec.json").read_bytes())
    for number in range(MANY):
        name = f"{LONG}{number:04d}"
        (lake / name).mkdir()
        (lake / name / "spec.json").write_text(json.dumps({**spec, "experiment": name}))
    shutil.rmtree(lake / "tip-bench-pattern")


@pytest.fixture(scope="module")
def large_home(tmp_path_factory: pytest.TempPathFactory, used_home: Path, shared_server: ModelServer) -> Path:
    """A home with many experiments and users."""
    project = make_project(tmp_path_factory.mktemp("many"), used_home, shared_server.url)
    _pin_many(project)
    users = [(f"user-{number:04d}", number % 3 + 1, None, False, 1_800_000_000.0 + number) for number in range(MANY)]
    with closing(sqlite3.connect(project.home / "tipbench.db", timeout=DEADLINE_S)) as connection, connection:
        statement = "INSERT INTO auth_users (id, role, judge, service, created_at) VALUES (?, ?, ?, ?, ?)"
        connection.executemany(statement, users)
    return project.home


@pytest.fixture(scope="module")
def served(
    tmp_path_factory: pytest.TempPathFactory, large_home: Path, shared_server: ModelServer
) -> Iterator[tuple[Project, str]]:
    """The home with a large experiment and a catalog of many scenarios too, and the address that serves it.

    MLflow has no part in what is looked at here, and would take as long as all else for a hundred cells.
    """
    project = make_project(tmp_path_factory.mktemp("large"), large_home, shared_server.url)
    scenarios = project.folder / "catalog" / "scenarios"
    scenarios.mkdir()
    lines = (json.dumps({"id": f"added-{number:04d}", "area": "sleep", "situation": "Rain."}) for number in range(MANY))
    (scenarios / "many.jsonl").write_text("\n".join(lines))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("wiring.operations.chain.mirror", lambda *_, **__: {})
        adopt(project, NAME, _rows())
    with running_up(project) as up:
        yield project, f"http://127.0.0.1:{up.port}"


@pytest.fixture(scope="module")
def opened(served: tuple[Project, str]) -> Iterator[Browser]:  # noqa: ARG001  # made before the event loop runs
    """A browser for this file."""
    with chromium() as running:
        yield running


def _holds(panel: Panel, path: str) -> None:
    """A page has no violation and no width too much on a phone in the dark, and says so on a desk in the light."""
    panel.looks("dark", NARROW)
    panel.open(path)
    panel.assert_accessible()
    panel.picture(f"huge {path} dark")
    panel.looks("light", WIDE)
    panel.open(path)
    panel.picture(f"huge {path} light")
    panel.assert_quiet()


def test_a_thousand_experiments_are_paged_and_found(panel: Panel) -> None:
    """Fifty at first, with a button for more; back finds as many, as far down; one is found by the end of its name."""
    panel.open("/")
    panel.sees(re.compile("50 experiments are shown, and there are others"))
    panel.press("Show more")
    rows = panel.page.get_by_role("row").filter(has_text="tip-bench-")
    expect(rows).to_have_count(100)
    rows.nth(80).get_by_role("link").first.click()
    expect(panel.page).to_have_url(re.compile("/experiments/"))
    panel.page.go_back()
    expect(rows).to_have_count(100)
    expect(rows.nth(80)).to_be_in_viewport()
    panel.page.get_by_role("searchbox").fill("name-0777")
    expect(panel.page.get_by_role("row").filter(has_text=LONG)).to_have_count(1)
    _holds(panel, "/?search=name-077")


def test_a_board_of_a_hundred_cells_is_read(panel: Panel) -> None:
    """Every cell has a row, the pictures come below, and names of sixty characters and from right to left fit."""
    panel.open(f"{PAGE}/leaderboard")
    expect(panel.page.locator("table.board").first.locator("tbody tr")).to_have_count(100)
    panel.sees(ARABIC)
    _holds(panel, f"{PAGE}/leaderboard")


def test_a_hundred_thousand_tips_are_searched_and_scrolled(panel: Panel) -> None:
    """The count is said, the end of the list is reached by a key, and a page holds only the rows in sight."""
    panel.open(f"{PAGE}/tips")
    panel.sees(re.compile(r"^100,000 tips\."))
    rows = panel.page.get_by_role("region", name="Tips").get_by_role("listitem")
    panel.page.get_by_role("region", name="Tips").press("End")
    expect(rows.last).not_to_have_attribute("aria-posinset", "1")
    assert rows.count() < 60
    panel.open(f"{PAGE}/tips?search=night+999")
    panel.sees("99 tips.")
    _holds(panel, f"{PAGE}/tips?scenario=s0007")


def test_the_run_of_a_hundred_cells_is_looked_at(panel: Panel) -> None:
    """The page of the run has a row for each cell."""
    panel.open(PAGE)
    panel.sees("100 cells × 1,000 scenarios")
    _holds(panel, PAGE)


@pytest.mark.parametrize("path", ["/catalog/scenarios", "/launch", "/admin/users", "/rounds"])
def test_pages_with_a_thousand_entries_fit(panel: Panel, path: str) -> None:
    """They open, are accessible, and nothing of them is wider than a phone."""
    _holds(panel, path)


def test_one_of_a_thousand_scenarios_and_users_is_found(panel: Panel) -> None:
    """By its name in the catalog, and by its role among users."""
    panel.open("/catalog/scenarios")
    panel.page.get_by_role("searchbox").fill("added-0777")
    expect(panel.page.get_by_role("row").filter(has_text="added-")).to_have_count(1)
    panel.open("/admin/users?role=ADMIN")
    expect(panel.page.locator("tbody").get_by_role("row").filter(has_text="user-").first).to_be_visible()
    panel.assert_quiet()
