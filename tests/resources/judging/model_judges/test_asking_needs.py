"""A gate that needs must_not, put to model judges: of the items alone whose scenario has it."""

import json
from typing import Any

import msgspec
import pytest

from core.benchmark.scenario import Scenario
from resources.collect.launch import draft, launch
from resources.judging.anchors import plan_judging
from resources.judging.model_judges.shown_items import without_tip
from resources.judging.scores import Scores
from tests.resources.collect.conftest import Project, chat
from tests.resources.judging.model_judges.runs import NAME, SMALL, rows_of, run

OPTIONS = msgspec.structs.replace(SMALL, rubric="kept", n_scenarios=12)
RUBRIC = """name = "kept"
version = "1"
[scale]
low = 1
high = 5
[[criteria]]
name = "limits"
description = "Keeps them."
scale = "yes_no"
gate = true
needs = "must_not"
[[criteria]]
name = "clear"
description = "Is clear."
"""


@pytest.mark.parametrize("criteria", ["together", "single"])
def test_what_an_item_does_not_need_is_not_put_to_the_model(judged: Project, criteria: str) -> None:
    """It sees no word of it there, is paid for nothing more than the plan says, and the gate counts the others."""
    (judged.folder / "catalog" / "rubrics").mkdir(exist_ok=True)
    (judged.folder / "catalog" / "rubrics" / "kept.toml").write_text(RUBRIC)
    luna = judged.folder / "catalog" / "judges" / "luna.toml"
    luna.write_text(f'{luna.read_text()}criteria = "{criteria}"\n')
    seen: list[str] = []

    def answer(body: dict[str, Any]) -> tuple[int, Any]:
        text = body["messages"][0]["content"]
        seen.append(text)
        names = body["response_format"]["json_schema"]["schema"]["properties"]["scores"]["required"]
        assert [f'"{name}": …' in text for name in ("limits", "clear")] == [
            name in names for name in ("limits", "clear")
        ]
        return chat(json.dumps({"reason": "So.", "scores": dict.fromkeys(names, 1)}))

    judged.endpoint.answers["good"] = answer
    (planned,) = plan_judging(judged.bench, draft(judged.bench, NAME, OPTIONS), 24, ["luna"])
    assert run(judged.bench, ("luna",), OPTIONS).passed
    spec = launch(judged.bench, NAME, OPTIONS, by_default=True)
    limited = {place for place, scenario in enumerate(spec.scenarios) if scenario.has_must_not}
    assert 0 < len(limited) < 12
    table = Scores(judged.bench.home, NAME, spec.rubric).current()
    assert table["score.limits"].null_count == 2 * (12 - len(limited))
    assert table["score.clear"].null_count == 0
    assert {(row.criteria["limits"].score, row.criteria["limits"].n) for row in rows_of(judged.bench)} == {
        (1.0, len(limited))
    }
    expected = 24 if criteria == "together" else 24 + 2 * len(limited)
    assert planned.requests == expected
    assert len(seen) <= expected  # tips that look alike are one item
    assert sum('"limits": …' in text for text in seen) <= 2 * len(limited)


@pytest.mark.parametrize(
    ("data", "needs"),
    [
        ({"who": "Ann", "must_not": "pills"}, True),
        ({"situation": "I read:\nmust_not: run.\nWhat is that?"}, False),
        ({"situation": "I cannot sleep.", "must_not": [" ", "\u200b"]}, False),
        ({"situation": "I cannot sleep.", "must_not": {"told": ""}}, False),
    ],
)
def test_an_item_has_must_not_where_its_scenario_does(data: dict[str, Any], needs: bool) -> None:
    """Whatever the words look like that are shown of it: as files and pages have it."""
    scenario = Scenario("s", None, None, data)
    assert (without_tip(scenario).has_must_not, scenario.has_must_not) == (needs, needs)
