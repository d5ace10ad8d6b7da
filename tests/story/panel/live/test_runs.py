"""What can be done about a run on its page in Chromium: canceled, retried, deleted, and what two admins see of it."""

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.story.panel.live.serving import Serving, opened_at
from tests.story.panel.pages import Panel, panel_of, sign_in

pytestmark = [pytest.mark.slow, pytest.mark.browser]


def test_a_run_is_canceled_by_keyboard_and_what_remains_is_retried(panel: Panel, served: Serving) -> None:
    """What was collected stays and is not paid again; the page follows the new run by itself, to its end."""
    served.launch("tip-bench-canceled", held_from=4)
    opened_at(panel, "tip-bench-canceled", "of 12")
    panel.picture("live running")
    panel.named("Cancel").press("Enter")
    panel.sees("The last run was canceled")
    before = served.models.requested.total()
    served.models.held_from = None
    panel.named("Retry what remains").press("Enter")
    panel.sees("The last run is done")
    panel.sees("12 of 12")
    assert served.models.requested.total() - before <= 12
    panel.assert_accessible()
    panel.assert_quiet()


def test_what_failed_before_anything_was_collected_is_deleted(panel: Panel, served: Serving) -> None:
    """The question can be left by Escape; then the experiment is no longer listed, and its name launches again."""
    name = "tip-bench-nothing"
    served.launch(name, held_from=0)
    opened_at(panel, name, "candidates started")
    panel.press("Cancel")
    panel.sees("The last run was canceled")
    delete = panel.named("Delete")
    delete.press("Enter")
    panel.sees("Nothing of it was collected")
    panel.assert_accessible()
    panel.page.keyboard.press("Escape")
    expect(panel.page.get_by_role("dialog")).to_have_count(0)
    expect(delete).to_be_focused()
    delete.click()
    panel.page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    panel.at("/")
    panel.ready()
    expect(panel.page.get_by_text(name)).to_have_count(0)
    served.launch(name)
    opened_at(panel, name, "The last run is done")
    panel.assert_quiet()


def test_a_run_whose_model_is_out_of_order_says_its_words(panel: Panel, served: Serving) -> None:
    """The reason stands on the page without a click, with the way on; once the model answers, a retry ends it."""
    served.models.broken = True
    served.launch("tip-bench-broken")
    opened_at(panel, "tip-bench-broken", re.compile("The last run (failed|ended in part)"))
    panel.sees(re.compile("12 of 12 generations have no final outcome.*(503|overloaded)"))
    panel.picture("live failed")
    served.models.broken = False
    panel.press("Retry what remains")
    panel.sees("The last run is done")
    panel.assert_quiet()


def test_two_admins_on_one_experiment_see_the_same(panel: Panel, served: Serving, opened: Browser) -> None:
    """What one cancels the other sees canceled; what one deletes is said to be no more on the other's page."""
    name = "tip-bench-two-admins"
    served.launch(name, held_from=0)
    with panel_of(opened, served.base) as other:
        sign_in(served.project, other)
        opened_at(panel, name, "candidates started")
        opened_at(other, name, "candidates started")
        other.press("Cancel")
        panel.sees("The last run was canceled")
        other.sees("The last run was canceled")
        for each in (panel, other):
            each.press("Delete")
        panel.page.get_by_role("dialog").get_by_role("button", name="Delete").click()
        panel.at("/")
        other.page.get_by_role("dialog").get_by_role("button", name="Delete").click()
        other.sees(re.compile("there is no experiment"))


def test_nothing_moves_for_whom_motion_is_reduced(panel: Panel, served: Serving) -> None:
    """While a run goes on nothing is animated, on its page and on those beside it."""
    name = "tip-bench-still"
    served.launch(name, held_from=2)
    panel.page.emulate_media(reduced_motion="reduce")
    moving = """() => document.getAnimations().filter(each => each.effect.getComputedTiming().duration > 1)
      .map(each => each.effect.target?.outerHTML.slice(0, 200))"""
    for path in (f"/experiments/{name}", "/", "/launch", f"/experiments/{name}/tips", "/admin/health"):
        panel.open(path)
        assert panel.page.evaluate(moving) == [], path
    opened_at(panel, name, "of 12")
    assert panel.page.evaluate(moving) == []
    served.models.held_from = None
    panel.sees("The last run is done")
    panel.assert_quiet()
