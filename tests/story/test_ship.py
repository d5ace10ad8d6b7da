"""The afternoon and the week after, by the commands of docs/ship.md as they stand there."""

import json
import re
import shlex
from pathlib import Path

import pytest

from tests.story.peers.model_server import ModelServer
from tests.story.peers.project import Project

pytestmark = pytest.mark.slow
PAGE = Path(__file__).parents[2] / "docs" / "ship.md"
COMMANDS = [shlex.split(line) for line in re.findall(r"^    (.+)$", PAGE.read_text("utf-8"), re.MULTILINE)]


def _made_ones_own(folder: Path, url: str) -> None:
    """What the page says to write into the project's files."""
    models = folder / "catalog" / "models.toml"
    text = models.read_text("utf-8").replace("http://127.0.0.1:8080/v1", url)
    models.write_text(text.replace("# price_in = 0.10 ", "price_in = 0.10 ").replace("# price_out", "price_out"))
    toml = folder / "tipbench.toml"
    toml.write_text(
        re.sub(
            "^packaged = .*]",
            'packaged = ["models", "prompts", "rubrics", "judges", "scenarios"]',
            toml.read_text("utf-8"),
            flags=re.MULTILINE,
        )
    )


def test_the_page_leads_from_prompts_to_ship(project: Project, server: ModelServer) -> None:
    """Every command ends as the page says, and in the week after only what is new is asked for."""
    (project.folder / "tipbench.toml").unlink()
    said = dict[str, str]()
    for program, command, *arguments in COMMANDS:
        if program == "cd":
            project.folder /= command
            _made_ones_own(project.folder, server.url)
            continue
        if command == "run" and "--extends" in arguments:
            server.bodies.clear()
        said[command] = project(command, *arguments, code=None if command == "doctor" else 0).out
        if command == "plan" and "--extends" not in arguments:
            assert "40 scenarios show a difference of" in said["plan"]
            assert "which is assumed" in said["plan"]
            assert not server.bodies, "a plan pays nothing"
    shipped = json.loads((project.folder / "shipped" / "ship.json").read_text("utf-8"))
    assert shipped["cell"] == "my-model/my-prompt"
    assert shipped["verdict"] in {"ship", "tie"}
    assert "<h1>Ship my-model/my-prompt</h1>" in (project.folder / "june.html").read_text("utf-8")
    assert "as in tip-bench-june, where cells have" in said["plan"]
    tips = [body for body in server.bodies if "response_format" not in body]
    assert len(tips) == 40
    assert said["choose"].split(":")[0] in {"keep my-model/my-prompt", "ship my-model/terse"}
    assert "against" in said["check"]
