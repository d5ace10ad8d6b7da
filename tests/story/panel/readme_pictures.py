"""Takes the pictures of the README, of a served copy of a home in which `make demo` has run.

usage: python -m tests.story.panel.readme_pictures HOME FOLDER

An experiment of the demo's models is launched in it by the form, so that a run is seen under way.
"""

import argparse
import re
import shutil
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, expect

from tests.story.panel.judging.judges import PAUSE_S, Judge
from tests.story.panel.pages import Panel, Theme, chromium, panel_of, sign_in
from tests.story.peers.api import Api, served_api
from tests.story.peers.project import Project, home_environ
from tests.story.peers.up import wait_for

DEMO, LAUNCHED = "tip-bench-demo", "tip-bench-twelve-situations"
SITUATION, SAID = "home-moving-boxes", "eighteen boxes"
SIZE, TALL, LOW, PHONE = (1280, 900), (1280, 1150), (1280, 470), (390, 844)


class Pictures:
    """A folder of pictures, each of what a window shows."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def take(self, panel: Panel, name: str) -> None:
        """Take one once nothing is being loaded."""
        panel.ready()
        panel.page.evaluate("document.fonts.ready.then(() => { document.activeElement?.blur(); scrollTo(0, 0); })")
        panel.page.screenshot(path=self._folder / f"{name}.png", animations="disabled")

    def of_admin(self, panel: Panel) -> None:
        """Launch by the form, follow the run, and read the demo's leaderboard and tips."""
        page = panel.page
        panel.looks("light", SIZE)
        panel.open("/launch")
        panel.field("Name").fill(LAUNCHED)
        for choice in ("template", "gemma3-270m", "continue", "continue-coach"):
            page.get_by_label(choice, exact=True).check()
        panel.field("Scenarios").fill("12")
        panel.field("Judges").fill("heuristics=program")
        launch = panel.named("Launch: ask 48 generations")
        launch.wait_for()
        self.take(panel, "panel-launch")
        launch.click()
        panel.at(f"/experiments/{LAUNCHED}")
        panel.sees("of 48")
        panel.sees(re.compile(r"^(2[5-9]|3\d|4[0-7]) of 48$"))
        self.take(panel, "panel-live")
        themes: tuple[Theme, ...] = ("light", "dark")
        for theme in themes:
            panel.looks(theme, SIZE)
            panel.open(f"/experiments/{DEMO}/leaderboard")
            self.take(panel, f"panel-leaderboard-{theme}")
        panel.looks("light", TALL)
        panel.open(f"/experiments/{DEMO}/tips?scenario={SITUATION}")
        panel.sees("the best first")
        self.take(panel, "panel-situation")
        panel.looks("light", LOW)
        panel.open("/")
        self.take(panel, "panel-experiments")

    def of_judge(self, api: Api, panel: Panel) -> None:
        """Score on a phone until a certain situation comes, and that item in part."""
        judge = Judge(api, panel, DEMO, "reader")
        judge.enter()
        place = 1
        while SAID not in panel.page.locator("main").inner_text():
            judge.score(place, "34445y")
            place += 1
            judge.at(place)
        wait_for(lambda: len(judge.answers()) == place - 1, pause_s=PAUSE_S)
        judge.score(place, "34")
        expect(panel.page.get_by_text("to be sent")).to_have_count(0)
        self.take(panel, "judge-phone")


def take_all(home: Path, folder: Path) -> None:
    """Serve a copy of the home and take every picture."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        place = Path(temporary)
        copied = shutil.copytree(home, place / "home", ignore=shutil.ignore_patterns("*.sock", "*.lock"))
        (place / "tipbench.toml").write_text("")
        project = Project(place, copied, home_environ(copied), own_processes=True)
        with served_api(project) as api, chromium() as browser:
            pictures = Pictures(folder)
            with _at(browser, api) as panel:
                sign_in(project, panel)
                pictures.of_admin(panel)
            with _at(browser, api, device_scale_factor=2, is_mobile=True, has_touch=True) as panel:
                panel.looks("light", PHONE)
                pictures.of_judge(api, panel)


def _at(browser: Browser, api: Api, **looks: Any) -> Any:
    return panel_of(browser, f"http://127.0.0.1:{api.port}", **looks)


def main() -> None:
    """Take them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("home", type=Path, help="the home of a demo, such as .tipbench")
    parser.add_argument("folder", type=Path, help="where the pictures go")
    given = parser.parse_args()
    take_all(given.home, given.folder)


if __name__ == "__main__":
    main()
