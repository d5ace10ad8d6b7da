"""A served home for the panel: a board of 100 cells, 100,000 tips, a small experiment to judge, and a slow model."""

import json
import os
import random
import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, expect

from benchmarks.endpoint import endpoint
from benchmarks.server.up import CLI, until
from tests.ports import reserved_port

LARGE, SMALL = "tip-bench-large", "tip-bench-small"
CRITERIA = ("specific", "actionable", "fitting", "respectful", "clear")
SIZE: Any = {"width": 1280, "height": 900}
LATENCY_MS, CONCURRENCY = 150.0, 8
"""2,000 generations take 38 s and more."""
MODELS = f"""
[endpoints.bench]
base_url = "{{url}}"
concurrency = {CONCURRENCY}
[[models]]
name = "bench"
provider = "openai"
endpoint = "bench"
model = "bench"
"""


@dataclass(frozen=True)
class Site:
    """A served home: its address, the process that serves it, and an admin who is signed in."""

    base: str
    process: int
    browser: Browser
    state: Any
    """Cookies of the admin."""

    @contextmanager
    def page(self, state: Any = None) -> Iterator[Page]:
        """Yield a page that shares no cache with another, signed in as the admin or as `state` has it."""
        with self.browser.new_context(storage_state=state or self.state, viewport=SIZE) as context:
            context.set_default_timeout(120_000)
            yield context.new_page()

    def ask(self, page: Page, query: str, **variables: Any) -> Any:
        """Return `data` of an answer to the page's user; raise RuntimeError for errors."""
        headers = {"x-tipbench": "1", "origin": self.base}
        sent = {"query": query, "variables": variables}
        answer = page.context.request.post(f"{self.base}/graphql", data=sent, headers=headers).json()
        if "errors" in answer:
            raise RuntimeError(answer["errors"])
        return answer["data"]

    def cpu_s(self) -> float:
        """Seconds of CPU time of the process that serves, all its threads."""
        fields = Path(f"/proc/{self.process}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def outputs(cells: int, scenarios: int, *, scored: bool) -> Iterator[str]:
    """Yield the lines of a file to adopt: a tip of each cell for each scenario, with one judge's scores or none."""
    chance = random.Random(1)  # noqa: S311 - made-up scores
    for place in range(cells * scenarios):
        cell, number = divmod(place, scenarios)
        row: dict[str, Any] = {
            "model": f"model-{cell // 2}",
            "prompt": ("coach", "terse")[cell % 2],
            "scenario_id": f"s{number:04d}",
            "scenario": {"situation": f"I sleep badly before exams, week {number}"},
            "tip_index": 0,
            "text": f"Take {place % 19 + 2} minutes outside after lunch, and note how you slept, night {place}.",
            "cost": 0.0002 * (1 + cell),
        }
        if scored:
            values = {each: min(5, max(1, round(3 + cell % 5 * 0.4 + chance.gauss(0, 1)))) for each in CRITERIA}
            row["scores"] = {"anna": values}
        yield json.dumps(row) + "\n"


@contextmanager
def served(folder: Path, browser: Browser) -> Iterator[Site]:
    """Serve a home below `folder`, made anew unless an earlier call made it, until the block ends."""
    home, project = folder / "home", folder / "project"
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("TIPBENCH", "MLFLOW"))}
    environ |= {"TIPBENCH_HOME": str(home)}
    with endpoint(LATENCY_MS) as url, reserved_port() as port:
        (project / "catalog").mkdir(parents=True, exist_ok=True)
        (project / "tipbench.toml").write_text("")
        (project / "catalog" / "models.toml").write_text(MODELS.format(url=url))

        def said(*command: str) -> str:
            done = subprocess.run([*CLI, *command], cwd=project, env=environ, check=True, stdout=subprocess.PIPE)
            return done.stdout.decode()

        for name, cells, scenarios in ((LARGE, 100, 1_000), (SMALL, 2, 60)):
            if not (home / "lake" / name).is_dir():
                (project / "outputs.jsonl").write_text("".join(outputs(cells, scenarios, scored=name == LARGE)))
                said("adopt", name, "outputs.jsonl")
        command = [*CLI, "up", "--port", str(port)]
        process = subprocess.Popen(command, cwd=project, env=environ, stdout=subprocess.DEVNULL)
        try:
            until(port, "/readyz", time.perf_counter())
            secret = re.findall(r"#(\S+)", said("link", "--port", str(port)))[0]
            yield signed_in(f"http://127.0.0.1:{port}", process.pid, browser, secret)
        finally:
            process.terminate()
            process.wait(60)


def signed_in(base: str, process: int, browser: Browser, secret: str) -> Site:
    """Return the site with the cookies of whoever opens the link of this secret."""
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{base}/auth/link#{secret}")
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(f"{base}/")
        expect(page.locator("h1").first).to_be_visible()
        return Site(base, process, browser, context.storage_state())
