"""The policies that draw tips in Chromium: a trial, its way back, the stop, pauses, and why a tip was served."""

from typing import Any

import msgspec
import pytest
from playwright.sync_api import Locator, expect

from core.prediction.evaluate import CellOutcome, predicts
from resources.home import Home
from resources.policy_reports.stored import store_report
from tests.resources.policy_reports.reports import a_report
from tests.story.panel.pages import Panel
from tests.story.peers.project import Project

pytestmark = [pytest.mark.slow, pytest.mark.browser]
PAGE = "/admin/policies"
CELL = "template/coach"


def _post(panel: Panel, path: str, body: dict[str, Any]) -> dict[str, Any]:
    """Ask the server as the window's pages do, without one of them."""
    ours = {"origin": panel.base, "x-tipbench": "1"}
    answered = panel.page.context.request.post(f"{panel.base}{path}", data=body, headers=ours, max_retries=3)
    assert answered.ok, answered.text()
    found: dict[str, Any] = answered.json() if answered.status != 204 else {}
    return found


def _change(panel: Panel, mutation: str) -> None:
    """Have the API do this as the signed-in admin."""
    (done,) = _post(panel, "/graphql", {"query": mutation})["data"].values()
    assert done["__typename"] != "Failure", done


def _served(panel: Panel) -> dict[str, Any]:
    """A decision for the signed-in user, whose tip was shown."""
    made = _post(panel, "/v1/recommend", {"surface": "page", "context": {"area": "work"}})
    shown = {"decision": made["decision"], "tip": made["tips"][0]["tip"], "event": "shown", "id": made["decision"]}
    _post(panel, "/v1/feedback", shown)
    return made


def _reported(project: Project) -> None:
    """Reports of two days: one without a cell that could be compared, the newer one of nine, whose scores agree."""
    (one,) = a_report("2026-11-29").cells
    cells = []
    for number in range(9):
        score, reward = 2.0 + 0.3 * number, 0.2 + 0.05 * number + 0.02 * (number % 2)
        ends = {"score_low": score - 0.3, "score_high": score + 0.3, "reward_low": reward - 0.1}
        own = {"cell": f"plain/p{number}", "score": score, "reward": reward, "reward_high": reward + 0.1, **ends}
        cells.append(msgspec.structs.replace(one, **own))
    found = predicts([CellOutcome(each.cell, each.score or 0.0, 0.1, each.reward) for each in cells])
    lost = msgspec.structs.replace(cells[0], reward_low=None, reward_high=None, refused="not estimable: 9 users of 20")
    storage = Home(project.home).storage
    store_report(storage, a_report("2026-11-28", prediction=predicts([])))
    store_report(storage, a_report("2026-11-29", cells=(lost, *cells[1:]), prediction=found))


def _part(panel: Panel, name: str) -> Locator:
    return panel.page.get_by_role("region", name=name, exact=True)


def _answer(panel: Panel, go: str, reason: str) -> None:
    """Give the dialog a reason and do it; the dialog closes by itself."""
    dialog = panel.page.get_by_role("dialog")
    expect(dialog.get_by_role("button", name=go, exact=True)).to_be_disabled()
    dialog.get_by_role("textbox").fill(reason)
    dialog.get_by_role("button", name=go, exact=True).click()
    expect(dialog).to_have_count(0)


def test_a_policy_is_tried_looked_at_and_rolled_back(panel: Panel) -> None:
    """What draws, for whom and why; each change is on record, and a refusal loses nothing of what was typed."""
    panel.open(PAGE)
    now = _part(panel, "What draws now")
    expect(now).to_contain_text("random")
    expect(now).to_contain_text("from the settings")
    panel.sees("There is no report yet.")
    expect(panel.named("Roll back")).to_be_disabled()
    panel.press("Stop policies")
    dialog = panel.page.get_by_role("dialog")
    dialog.get_by_role("textbox").fill("Nobody knows what it does.")
    dialog.get_by_role("button", name="Stop them").click()
    expect(dialog.get_by_role("alert")).to_contain_text("every eligible arm is drawn equally often already")
    expect(dialog.get_by_role("textbox")).to_have_value("Nobody knows what it does.")
    panel.page.keyboard.press("Escape")
    expect(panel.named("Stop policies")).to_be_focused()
    panel.field("Policy, as TOML").fill("kind = 'thompson'\nfloor = 3")
    panel.field("Share of users, in percent").fill("101")
    panel.sees("Use a number from 0.1 to 100.")
    panel.field("Share of users, in percent").fill("20")
    panel.press("Look at it before promoting")
    expect(dialog.get_by_role("alert").filter(has_text="There is no estimate of it")).to_contain_text("floor is 3")
    dialog.get_by_label("Reason to promote it without an estimate").fill("It learns.")
    dialog.get_by_role("button", name="Promote it").click()
    expect(dialog.get_by_role("alert").filter(has_text="floor is 3")).to_have_count(2)
    panel.page.keyboard.press("Escape")
    panel.field("Policy, as TOML").fill("kind = 'thompson'")
    panel.press("Look at it before promoting")
    expect(dialog).to_contain_text("a trial on 20 % of users")
    expect(dialog.get_by_role("status")).to_contain_text("The estimate is refused")
    panel.picture("policies promotion")
    _answer(panel, "Promote it", "It learns.")
    expect(now).to_contain_text("thompson")
    expect(now).to_contain_text("It learns.")
    expect(_part(panel, "The trial")).to_contain_text("Nobody counts yet")
    panel.press("Roll back")
    _answer(panel, "Roll it back", "Only a rehearsal.")
    expect(_part(panel, "The trial")).to_have_count(0)
    row = _part(panel, "Promotions").get_by_role("row").filter(has_text="in force")
    expect(row).to_contain_text("rolled back")
    expect(row).to_contain_text("Only a rehearsal.")
    expect(row).to_contain_text("local-admin")
    panel.assert_quiet()


def test_a_cell_is_paused_and_resumed_and_a_decision_says_why_its_tip_was_served(panel: Panel) -> None:
    """A paused arm is marked until it is resumed; a decision has the rule of what was left out; no such id is said."""
    panel.open(PAGE)
    panel.press(f"Pause {CELL}")
    _answer(panel, "Pause it", "Too long.")
    paused = _part(panel, "Paused tips and cells")
    expect(paused.get_by_role("row").filter(has_text=CELL)).to_contain_text("Too long.")
    expect(_part(panel, "Arms").get_by_role("row").filter(has_text="coach")).to_contain_text("paused")
    made = _served(panel)
    panel.field("Id of the decision").fill(made["decision"])
    panel.press("Look it up")
    panel.at(f"{PAGE}?decision={made['decision']}")
    why = _part(panel, "Why this tip")
    expect(why).to_contain_text(made["tips"][0]["tip"])
    expect(why.get_by_role("region", name="What could not be drawn")).to_contain_text(CELL)
    panel.press(f"Resume {CELL}")
    expect(paused).to_contain_text("Nothing is paused.")
    panel.field("Id of the tip").fill("no-such-tip")
    panel.press("Pause by name")
    dialog = panel.page.get_by_role("dialog")
    dialog.get_by_role("textbox").fill("Rude.")
    dialog.get_by_role("button", name="Pause it").click()
    expect(dialog.get_by_role("alert")).to_contain_text("the catalog has no tip of this name")
    panel.page.keyboard.press("Escape")
    panel.field("Id of the decision").fill("no-such-decision")
    panel.press("Look it up")
    expect(why.get_by_role("alert")).to_contain_text("there is no decision of this id")
    panel.assert_quiet()


def test_a_report_says_whether_the_benchmark_predicts_reactions(panel: Panel, served: tuple[Project, str]) -> None:
    """The newest one with a picture, an older one; the page fits, with a trial, a pause and a decision in sight.

    Trial and pause are then taken back: other files' stories begin with what the settings say.
    """
    _reported(served[0])
    made = _served(panel)
    tried = 'mutation { promotePolicy(policy: "kind = \'linucb\'", reason: "Long enough.", share: 0.5) { __typename } }'
    paused = 'mutation { pauseTips(kind: CELL, name: "template/terse", reason: "Too short.") { __typename } }'
    for mutation in (tried, paused):
        _change(panel, mutation)
    panel.assert_fit(f"{PAGE}?decision={made['decision']}")
    report = _part(panel, "Does the benchmark predict reactions?")
    expect(report).to_contain_text("predicts reactions with slope +")
    expect(report.get_by_role("img", name="Score against the share acted on, of 9 cells")).to_be_visible()
    expect(report.get_by_role("row").filter(has_text="plain/p0")).to_contain_text("9 users of 20")
    report.get_by_role("combobox", name="Day of the report").click()
    panel.page.get_by_role("option", name="2026-11-28").click()
    expect(report).to_contain_text("Not estimable: 0 cells")
    panel.assert_quiet()
    back = 'mutation { rollBackPolicy(reason: "Looked at.") { __typename } }'
    resumed = 'mutation { resumeTips(kind: CELL, name: "template/terse") { __typename } }'
    for mutation in (back, resumed):
        _change(panel, mutation)
