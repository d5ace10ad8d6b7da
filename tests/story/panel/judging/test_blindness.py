"""Blindness, seen from a judge's browser: nothing that reaches it names a cell, and only the text could tell one."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser

from core.canonical import content_hash
from resources.home import Home
from resources.judging.items import Items
from resources.lake.candidates import candidates
from resources.lake.specs import pinned_spec
from tests.story.panel.judging.guessing import p_of_guessing
from tests.story.panel.judging.heard import Heard, found_in
from tests.story.panel.judging.judges import Judge
from tests.story.panel.pages import UI, chromium, panel_of
from tests.story.peers.api import Api, served_api
from tests.story.peers.project import Project

pytestmark = [pytest.mark.slow, pytest.mark.browser]
NAME = "tip-bench-unseen"
BLINDING = "16" * 32
"""Gives items the same ids and order each time: what chance alone does once in a hundred runs, no run does."""
MODELS = ("zebrafinch-17b", "okapilark-9b")
PROMPTS = {
    "quokkavoice": "Speak as the lighthouse keeper of a reef that has never been mapped.",
    "numbatvoice": "Answer like a watchmaker who counts every second twice over.",
}
MODEL = '\n[[models]]\nname = "{name}"\nprovider = "openai"\nendpoint = "local"\nmodel = "plain"\n'
PROMPT = """+++
name = "{name}"
version = "1"
description = "one of two"
mode = "chat"
max_tokens = 60
+++
## system
{text}

## user
{{{{ situation }}}}
"""
ITEMS = """async () => {
  const found = [];
  const query = `query($round: String!, $place: Int!) { judgeRound(round: $round) { items(first: 30, place: $place) {
    nodes { item place scenario tip answer { unscorable } flag } pageInfo { hasNextPage } } } }`;
  for (let place = 1, more = true; more; place += 30) {
    const from = performance.now();
    const answer = await fetch("/graphql", {method: "POST", headers: {"content-type": "application/json",
      accept: "application/json", "x-tipbench": "1"}, body: JSON.stringify({query, variables: {round: ROUND, place}})});
    const text = await answer.text();
    const page = JSON.parse(text).data.judgeRound.items;
    found.push({took: performance.now() - from, size: text.length, nodes: page.nodes});
    more = page.pageInfo.hasNextPage;
  }
  return found;
}"""


@dataclass
class Received:
    """What a judge got, and what was kept from it."""

    heard: Heard
    pages: list[dict[str, Any]]
    cells: dict[str, str]
    """By item, of those that stand for one cell."""
    hidden: list[str]


@pytest.fixture(scope="module")
def project(shared_project: Project) -> Project:
    """A project with models and prompts whose names and words stand nowhere else, and an experiment of them."""
    catalog = shared_project.folder / "catalog"
    (catalog / "prompts").mkdir(exist_ok=True)
    keys = shared_project.home / "keys"
    keys.mkdir(mode=0o700, exist_ok=True)
    (keys / "blinding").write_text(BLINDING)
    with (catalog / "models.toml").open("a") as file:
        file.writelines(MODEL.format(name=name) for name in MODELS)
    for name, text in PROMPTS.items():
        (catalog / "prompts" / f"{name}.md").write_text(PROMPT.format(name=name, text=text))
    cells = ("--models", ",".join(MODELS), "--prompts", ",".join(PROMPTS))
    shared_project("run", NAME, *cells, "--n-scenarios", "40", "--rubric", "tips@2", "--judge", "unseen")
    return shared_project


@pytest.fixture(scope="module")
def received(project: Project) -> Iterator[Received]:
    """All that reached a judge's browser who came by a link, scored, flagged, reloaded and looked at every item."""
    with served_api(project) as api, chromium() as browser:
        yield _received(project, api, browser)


def _received(project: Project, api: Api, browser: Browser) -> Received:
    heard = Heard()
    with panel_of(browser, f"http://127.0.0.1:{api.port}") as panel:
        heard.listen(panel.page)
        judge = Judge(api, panel, NAME, "unseen")
        judge.enter()
        for place in range(1, 4):
            judge.score(place, "34345")
        judge.at(4)
        judge.press("f")
        panel.page.keyboard.type("odd")
        judge.press("\n")
        judge.at(5)
        judge.saved()
        judge.wait_until_stored()
        heard.whole()
        panel.open("/judge")
        judge.at(5)
        pages = panel.page.evaluate(ITEMS.replace("ROUND", json.dumps(judge.round)))
        for address in ("/graphql", "/judge.html", "/", "/experiments/tip-bench-unseen"):
            heard.answered(panel.page.request.get(f"{panel.base}{address}", max_retries=3))
        heard.whole()
        panel.open("/")
        heard.whole()
    cells, hidden = _cells_and_secrets(project)
    return Received(heard, pages, cells, hidden)


def _cells_and_secrets(project: Project) -> tuple[dict[str, str], list[str]]:
    """The cell of each item that stands for one, and every name, text and id that would give one away."""
    home = Home(project.home)
    tips = candidates(home, NAME).table(["candidate_id", "model", "prompt"]).to_pylist()
    cell_of = {tip["candidate_id"]: f"{tip['model']}/{tip['prompt']}" for tip in tips}
    items: dict[str, set[str]] = {}
    for row in Items(home, NAME).table("unseen").to_pylist():
        items.setdefault(row["item"], set()).add(cell_of[row["candidate_id"]])
    spec = pinned_spec(home, NAME)
    hashes = [content_hash(entry) for entry in (*spec.prompts, *spec.models)]
    hidden = [*MODELS, *PROMPTS, *PROMPTS.values(), *cell_of, *hashes, *(short[:16] for short in hashes)]
    return {item: cells.pop() for item, cells in items.items() if len(cells) == 1}, sorted(set(hidden))


def test_nothing_that_reaches_the_browser_names_a_cell(received: Received) -> None:
    """Documents, scripts, styles, answers, headers and frames, out of every coding: no name, text, hash or tip's id."""
    heard = received.heard.whole()
    bodies = [(where, text) for where, text in heard if not where.startswith("headers of ")]
    for end, word in (
        ("/graphql", '"tip"'),
        (".js", "indexedDB"),
        (".css", "{"),
        ("/judge", "<script"),
    ):
        assert any(where.endswith(end) and word in text for where, text in bodies), end
    assert found_in(heard, received.hidden) == []


def test_what_judges_load_is_no_part_of_the_panel() -> None:
    """One script and one style, no source map, no import of another file, no document that asks for cells."""
    page = (UI / "dist" / "judge.html").read_text()
    loaded = [
        path for path in (UI / "dist" / "assets").iterdir() if path.name in page and path.suffix in {".js", ".css"}
    ]
    assert sorted(path.suffix for path in loaded) == [".css", ".js"]
    whole = "".join(path.read_text() for path in loaded)
    others = {path.name for path in (UI / "dist" / "assets").iterdir() if path.suffix in {".js", ".css"}}
    assert [name for name in others - {path.name for path in loaded} if name in whole] == []
    assert "sourceMappingURL" not in whole
    assert [
        word for word in ("leaderboard", "candidates", "nScenarios", "promptVersion", "cells {") if word in whole
    ] == []


def test_nothing_beside_the_text_tells_a_cell(received: Received) -> None:
    """Ids, order, sizes less the text's length, times of pages: cells are guessed no better than by chance."""
    rows, cells, groups = [], [], []
    for number, page in enumerate(received.pages):
        for node in page["nodes"]:
            if node["item"] not in received.cells:
                continue
            bare = len(json.dumps(node)) - len(json.dumps(node["tip"])) - len(json.dumps(node["scenario"]))
            characters = [float(ord(character)) for character in node["item"]]
            order = [node["place"], node["place"] % 2, node["place"] % 4, number, page["took"]]
            rows.append([*characters, *map(float, order), float(bare)])
            cells.append(received.cells[node["item"]])
            groups.append(json.dumps(node["scenario"], sort_keys=True))
    assert len(rows) > 120
    assert len(set(cells)) == 4
    p = p_of_guessing(np.asarray(rows), cells, groups, seed=16)
    assert p > 0.01, p
