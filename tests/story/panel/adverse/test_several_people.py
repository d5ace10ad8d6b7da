"""Several people at once in Chromium: an admin who is none any more, and a file of 100 MB that somebody drops."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.story.panel.pages import Panel, panel_of
from tests.story.panel.shared.home import JUDGED
from tests.story.peers.project import Project

pytestmark = [pytest.mark.slow, pytest.mark.browser]
DROPPED = """([element, text, times, name]) => {
  const data = new DataTransfer();
  data.items.add(new File(Array.from({length: times}, () => text), name));
  for (const type of ["dragover", "drop"]) {
    element.dispatchEvent(new DragEvent(type, {dataTransfer: data, bubbles: true, cancelable: true}));
  }
}"""
LINE = '{"item": "0123456789abcdefghijkl", "rubric": "tips@2", "scores": {"specific": 3}, "comment": "%s"}\n'


def _invited(panel: Panel, role: str) -> str:
    """The address of a link that makes a user of this role."""
    panel.open("/admin/users")
    panel.page.locator("form").get_by_role("combobox", name="Role").click()
    panel.page.get_by_role("option", name=role, exact=True).click()
    panel.press("Make a link")
    return str(panel.page.locator(".secret").inner_text())


def _give(panel: Panel, user: str, before: str, role: str) -> None:
    """Change the role of a user who has the role `before`."""
    panel.open(f"/admin/users?role={before.upper()}")
    row = panel.page.locator("tbody tr").filter(has=panel.page.locator(f"code[title='{user}']"))
    row.get_by_role("combobox").click()
    panel.page.get_by_role("option", name=role, exact=True).click()
    expect(row).to_have_count(0)


def _user(panel: Panel) -> str:
    """The id of who is signed in there."""
    ours = {"origin": panel.base, "x-tipbench": "1"}
    asking = {"query": "{ me { subject } }"}
    answered = panel.page.context.request.post(f"{panel.base}/graphql", data=asking, headers=ours, max_retries=3)
    return str(answered.json()["data"]["me"]["subject"])


def test_a_demoted_admin_is_told_and_loses_nothing(panel: Panel, served: tuple[Project, str], opened: Browser) -> None:
    """The page says that it is for admins and keeps what was typed; as an admin again the form goes on as it was."""
    _, base = served
    link = _invited(panel, "Admin")
    with panel_of(opened, base) as other:
        other.page.goto(link)
        other.press("Accept and sign in")
        other.page.wait_for_url(f"{base}/")
        user = _user(other)
        other.open("/launch")
        other.field("Name").fill("tip-bench-demoted")
        for choice in ("template", "terse"):
            other.page.get_by_label(choice, exact=True).check()
        other.page.get_by_role("button", name=re.compile("^Launch: ask")).wait_for()
        _give(panel, user, "Admin", "Judge")
        other.field("Scenarios").fill("3")
        other.sees("You are no admin any more")
        expect(other.field("Name")).to_have_value("tip-bench-demoted")
        other.assert_accessible()
        other.picture("demoted")
        _give(panel, user, "Judge", "Admin")
        other.page.get_by_role("alert", name="You are no admin any more").get_by_role("button").click()
        other.named("Launch: ask 3 generations").wait_for()
        expect(other.page.get_by_text("You are no admin any more")).to_have_count(0)
        expect(other.field("Name")).to_have_value("tip-bench-demoted")


def test_a_file_of_a_hundred_megabytes_is_dropped(panel: Panel) -> None:
    """It is streamed, refused as a whole in one sentence, and the page stays usable meanwhile."""
    panel.open(f"/rounds?experiment={JUDGED}")
    drop = panel.page.locator(".drop").element_handle()
    panel.page.evaluate(DROPPED, [drop, LINE % ("x" * 400_000), 250, "scores.jsonl"])
    panel.field("Judge").fill("typed-meanwhile")
    report = panel.page.get_by_role("region", name="Import a file of scores")
    expect(report.get_by_role("alert")).to_contain_text(re.compile("Nothing was taken of .*: 250 problems"))
    panel.picture("rounds 100 MB")
    expect(panel.field("Judge")).to_have_value("typed-meanwhile")


def test_a_file_beyond_the_limit_is_refused_before_it_is_sent(panel: Panel, tmp_path: Path) -> None:
    """The limit is said in megabytes, and nothing is uploaded."""
    sent: list[str] = []
    panel.page.on("request", lambda request: sent.append(request.url) if request.method == "PUT" else None)
    panel.open(f"/rounds?experiment={JUDGED}")
    file = tmp_path / "scores.jsonl"
    with file.open("wb") as sparse:
        sparse.truncate(513 * 1024 * 1024)
    panel.page.get_by_label("File of scores", exact=True).set_input_files(file)
    panel.sees("The file has 513 MB, and 512 MB is the most that the server takes")
    assert sent == []
    panel.assert_quiet()
