"""Judges and rounds in Chromium: rounds opened and closed, judges invited, files imported, an admin who judges too."""

import json
from pathlib import Path
from zipfile import ZipFile

import pytest
from playwright.sync_api import expect

from tests.story.panel.pages import Panel
from tests.story.panel.shared.home import WORKED
from tests.story.peers.project import Project

pytestmark = [pytest.mark.slow, pytest.mark.browser]


def _open(panel: Panel, judge: str) -> None:
    panel.open(f"/rounds?experiment={WORKED}")
    panel.field("Judge").fill(judge)
    panel.press("Open a round")
    panel.sees(f"{judge} human")


def test_a_judge_is_invited_and_invited_again(panel: Panel) -> None:
    """A link is shown once with a button that copies it; another one can be made while the first is open."""
    panel.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    _open(panel, "anna")
    links = set()
    for _ in range(2):
        panel.press("Link for anna")
        shown = panel.field("Link")
        expect(shown).to_be_visible()
        panel.press("Copy the link")
        panel.sees("Copied.")
        assert panel.page.evaluate("navigator.clipboard.readText()") == shown.input_value()
        links.add(shown.input_value())
        panel.assert_accessible()
        panel.page.keyboard.press("Escape")
        expect(shown).to_be_hidden()
    assert len(links) == 2
    assert all(link.startswith(f"{panel.base}/auth/invitation#") for link in links)


def test_a_wrong_name_is_said_at_its_field_and_stays(panel: Panel) -> None:
    """Nothing typed is lost, and no round is opened."""
    panel.open(f"/rounds?experiment={WORKED}")
    panel.field("Judge").fill("No Name")
    panel.press("Open a round")
    expect(panel.field("Judge")).to_have_attribute("aria-invalid", "true")
    expect(panel.field("Judge")).to_have_value("No Name")


def test_a_judge_on_record_is_offered(panel: Panel, served: tuple[Project, str]) -> None:
    """By a press that fills in name and kind, until its round is open."""
    project, _ = served
    project("export", WORKED, "--judge", "named=agent")
    panel.open(f"/rounds?experiment={WORKED}")
    panel.press("named, an agent")
    expect(panel.field("Judge")).to_have_value("named")
    kind = panel.page.get_by_role("combobox", name="Kind")
    expect(kind).to_be_disabled()
    expect(kind).to_have_value("an agent")
    panel.assert_accessible()
    panel.press("Open a round")
    panel.sees("named agent")
    expect(panel.named("named, an agent")).to_have_count(0)


def test_an_admin_judges_too_and_the_round_is_closed(panel: Panel) -> None:
    """From the page to an item and back; closing is confirmed, and says how much was answered."""
    panel.open(f"/rounds?experiment={WORKED}")
    panel.press("Judge it yourself")
    panel.named("Judge").click()
    panel.page.wait_for_url(f"{panel.base}/judge#*")
    expect(panel.page.get_by_role("heading", level=1)).to_contain_text("Item 1 of ")
    panel.page.keyboard.type("33333y")  # the last one is for an item with limits, and nothing without
    panel.sees("1 of ")
    panel.sees("all saved")
    panel.open(f"/rounds?experiment={WORKED}")
    panel.press("Close the round of me")
    panel.sees("It takes no more answers")
    panel.press("Close and publish")
    row = panel.page.get_by_role("row").filter(has_text="me human")
    expect(row).to_contain_text("closed")
    expect(row).to_contain_text("1 of ")
    row.get_by_role("link", name=f"Leaderboard of {WORKED}, with me").click()
    panel.at(f"/experiments/{WORKED}/leaderboard")


def test_a_file_is_reported_line_by_line_and_then_taken(
    panel: Panel, served: tuple[Project, str], tmp_path: Path
) -> None:
    """A wrong file says what is wrong on which line and nothing is taken; the mended one says whose answers it held."""
    project, _ = served
    project("export", WORKED, "--judge", "filer")
    items = [json.loads(line) for line in (project.export(WORKED, "filer") / "items.jsonl").read_text().splitlines()]
    scores = {"specific": 3, "actionable": 3, "fitting": 3, "respectful": 3, "clear": 9, "keeps_limits": 1}
    lines = [{"item": item["item"], "rubric": "tips@3", "scores": scores} for item in items]
    file = tmp_path / "scores.jsonl"
    file.write_text("\n".join(map(json.dumps, lines)))
    panel.open(f"/rounds?experiment={WORKED}")
    panel.page.get_by_label("File of scores", exact=True).set_input_files(file)
    panel.sees("Nothing was taken")
    report = panel.page.get_by_role("region", name="Import a file of scores")
    expect(report.get_by_role("row").filter(has_text="clear")).to_have_count(len(lines))
    panel.assert_accessible()
    scores["clear"] = 4
    file.write_text("\n".join(map(json.dumps, lines)))
    panel.page.get_by_label("File of scores", exact=True).set_input_files(file)
    panel.sees(f"{len(lines)} answers of filer")


def test_a_packet_is_downloaded_for_a_judge_who_works_elsewhere(panel: Panel) -> None:
    """A ZIP file named for experiment and judge, with the items and what tells how to answer them."""
    _open(panel, "packer")
    row = panel.page.get_by_role("row").filter(has_text="packer human")
    expect(row).to_contain_text("0 of ")
    with panel.page.expect_download() as waited:
        row.get_by_role("link", name="Download the packet of packer").click()
    name = f"{WORKED}-packer-001"
    assert waited.value.suggested_filename == f"{name}.zip"
    with ZipFile(waited.value.path()) as archive:
        assert {f"{name}/items.jsonl", f"{name}/INSTRUCTIONS.md"} <= set(archive.namelist())


def test_it_fits(panel: Panel) -> None:
    """With rounds, judges and flags of an experiment, in both themes, on a phone and twice as large."""
    panel.assert_fit(f"/rounds?experiment={WORKED}")
    panel.assert_fit("/rounds")
