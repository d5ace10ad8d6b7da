"""Tips that stay without a score: counted on the board and held to a check; and cells of a judge's own family."""

import json
from typing import Any

import msgspec

from core.benchmark.spec import Options
from resources.collect.launch import launch
from resources.judging.model_judges.failures import judge_failures
from tests.resources.collect.conftest import Project, chat
from tests.resources.judging.model_judges.conftest import scored
from tests.resources.judging.model_judges.runs import NAME, SMALL, rows_of, run


def test_what_stays_without_a_score_is_counted_on_the_board(judged: Project) -> None:
    """Within what is pending; the check says that so many are a selection, and a later answer makes another board."""
    texts = list[str]()

    def one_item_is_prose(body: dict[str, Any]) -> tuple[int, Any]:
        texts.append(json.dumps(body["messages"]))
        return chat("prose" if texts[-1] == texts[0] else scored())

    judged.endpoint.answers["good"] = one_item_is_prose
    assert run(judged.bench, ("luna",), SMALL).passed
    rows = rows_of(judged.bench)
    assert sum(row.n_judge_failed for row in rows) == sum(row.n_pending for row in rows) > 0
    spec = launch(judged.bench, NAME, Options(), by_default=True)
    assert not judge_failures(judged.bench, spec).passed
    judged.endpoint.answers["good"] = lambda _: chat(scored())
    assert run(judged.bench, retry=True).passed
    again = rows_of(judged.bench)
    assert [(row.n_judge_failed, row.n_pending) for row in again] == [(0, 0), (0, 0)]
    assert again[0].data_hash != rows[0].data_hash
    assert judge_failures(judged.bench, spec).passed


def test_cells_of_the_judges_own_family_are_marked(judged: Project) -> None:
    """Those of its very model, and those whose model has its family in the catalog, in any case of letters."""
    models = judged.folder / "catalog" / "models.toml"
    text = models.read_text().replace('name = "good"', 'name = "good"\nfamily = "Luna"')
    models.write_text(f'{text}\n[[models]]\nname = "kin"\nprovider = "template"\nfamily = "luna"\n')
    options = msgspec.structs.replace(SMALL, models=("template", "kin", "good"))
    assert run(judged.bench, ("luna", "heuristics"), options).passed
    rows = rows_of(judged.bench)
    assert {row.judge_kind for row in rows} == {"model"}
    assert {row.model for row in rows if "own_family" in row.marks} == {"good", "kin"}
