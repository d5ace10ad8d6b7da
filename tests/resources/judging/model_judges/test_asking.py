"""Model judges inside a run: each item paid once, what is no score stays without one, and who is stuck is named."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from core.benchmark.records import JudgeConflict, definitions_of
from core.benchmark.spec import Options
from resources.collect.launch import draft, launch
from resources.judging.anchors import plan_judging
from resources.judging.model_judges.taking import items_without_score
from resources.judging.scores import Scores
from resources.lake.leaderboards import read_published
from resources.lake.lock import WriterBusy, writing_judge
from resources.lake.specs import read_records
from resources.steps.chain import ChainResult
from tests.resources.collect.conftest import Project, chat, error
from tests.resources.judging.model_judges.conftest import scored
from tests.resources.judging.model_judges.runs import NAME, SMALL, rows_of, run


def left(result: ChainResult) -> str | None:
    """What the collecting step left open."""
    assert result.collected is not None
    return result.collected.left


def test_a_judge_scores_inside_a_run_and_is_paid_once(judged: Project) -> None:
    """The board rests on its answers, the reason is the comment, and a second run asks nothing."""
    result = run(judged.bench, ("luna",), SMALL)
    assert result.passed
    assert left(result) is None
    published = read_published(judged.bench.home, NAME)
    assert published is not None
    assert {row.judge_kind for row in published.rows} == {"model"}
    assert [row.n_scored for row in published.rows] == [4, 4]
    table = Scores(judged.bench.home, NAME, launch(judged.bench, NAME, Options(), by_default=True).rubric).current()
    assert set(table["comment"].to_pylist()) == {"It fits."}
    requests = judged.endpoint.got["good"]
    assert requests <= 8
    assert run(judged.bench).passed
    assert judged.endpoint.got["good"] == requests
    assert not (judged.bench.home.root / "exports" / NAME).exists()


def test_the_packaged_judge_is_ready_for_any_endpoint(project: Project) -> None:
    """A project says where its model is, and nothing else; what it is sent has every part of an item."""
    seen: list[str] = []

    def note(body: dict[str, Any]) -> tuple[int, Any]:
        seen.append(body["messages"][0]["content"])
        return chat(scored())

    project.write("judge-model")
    project.endpoint.answers["judge-model"] = note
    assert run(project.bench, ("prompt-judge",), SMALL).passed
    assert {row.judge_kind for row in rows_of(project.bench)} == {"model"}
    for part in (
        "<situation-",
        "<context-",
        "<must_not-",
        "<tip-",
        "- fitting, a number from 1 to 5",
        '{"reason": "…"',
    ):
        assert all(part in text for text in seen)
    assert not any(
        f"{{{name}}}" in text for text in seen for name in ("situation", "context", "must_not", "tip", "rubric")
    )


def test_what_is_sent_names_no_cell(judged: Project) -> None:
    """No model, prompt, candidate or experiment; equal seeds for equal items, whatever wrote them."""
    seen: list[dict[str, Any]] = []

    def note(body: dict[str, Any]) -> tuple[int, Any]:
        seen.append(body)
        return chat(scored())

    judged.endpoint.answers["good"] = note
    run(judged.bench, ("luna",), SMALL)
    assert seen
    for body in seen:
        text = json.dumps(body)
        assert not [name for name in ("template", "terse", "coach", NAME, "luna") if name in text]
        assert set(body) == {"model", "messages", "temperature", "seed", "max_tokens", "response_format"}


def test_what_is_no_score_is_asked_twice_more_and_then_left(judged: Project) -> None:
    """It stays without a score, counts as pending and is not requested again, but by --retry-failed."""
    judged.endpoint.answers["good"] = lambda _: chat("A fine tip, 4 of 5.")
    result = run(judged.bench, ("luna", "heuristics"), SMALL)
    assert left(result) is None
    items = items_without_score(judged.bench.home, NAME, "luna")
    assert set(items.values()) == {"the answer holds no JSON object"}
    assert judged.endpoint.got["good"] == 3 * len(items)
    assert result.passed  # nobody is waited for: the program's board is published
    run(judged.bench)
    assert judged.endpoint.got["good"] == 3 * len(items)
    judged.endpoint.answers["good"] = lambda _: chat(scored())
    assert run(judged.bench, retry=True).passed
    assert judged.endpoint.got["good"] == 4 * len(items)
    assert items_without_score(judged.bench.home, NAME, "luna") == {}
    published = read_published(judged.bench.home, NAME)
    assert published is not None
    assert {row.judge_kind for row in published.rows} == {"model"}


def test_a_judge_that_is_stuck_is_named_and_no_lower_kind_stands_in(judged: Project) -> None:
    """The tips stay, nothing is published, and the same command goes on once the model is set up."""
    judged.endpoint.answers["good"] = lambda _: error(404, "no such model")
    result = run(judged.bench, ("luna", "heuristics"), SMALL)
    assert not result.passed
    assert "judge luna has not answered" in (left(result) or "")
    assert "no such model" in (left(result) or "")
    assert read_published(judged.bench.home, NAME) is None
    judged.endpoint.answers["good"] = lambda _: chat(scored())
    assert run(judged.bench).passed


def test_accepted_failures_close_a_judge_that_is_stuck(judged: Project) -> None:
    """Then the board rests on who has scored."""
    judged.endpoint.answers["good"] = lambda _: error(404, "no such model")
    result = run(judged.bench, ("luna", "heuristics"), SMALL, accept=True)
    assert result.passed
    published = read_published(judged.bench.home, NAME)
    assert published is not None
    assert {row.judge_kind for row in published.rows} == {"program"}


def test_the_definition_is_pinned_and_another_one_is_refused(judged: Project) -> None:
    """A run goes on with the pinned prompt; naming the judge again says what differs; an extension copies it."""
    run(judged.bench, ("luna",), SMALL)
    prompt = judged.folder / "catalog" / "judges" / "luna.md"
    prompt.write_text("Judge harshly. {tip}")
    assert run(judged.bench).passed
    with pytest.raises(JudgeConflict, match=r"defines it in another way \(prompt\)"):
        run(judged.bench, ("luna",))
    other = "tip-bench-more"
    assert run(judged.bench, (), Options(extends=NAME, prompts=("terse", "coach", "evidence-first")), name=other).passed
    old, new = (definitions_of(read_records(judged.bench.home, name)) for name in (NAME, other))
    assert old == new
    assert old["luna"].entry.prompt != prompt.read_text()


def test_an_extension_pays_for_the_new_part_and_its_anchors(judged: Project) -> None:
    """Scores that are taken over are not requested again, but for the share that is to show drift, and once."""
    run(judged.bench, ("luna",), SMALL)
    before, more = judged.endpoint.got["good"], "tip-bench-more"
    judged.endpoint.answers["good"] = lambda _: chat(scored(5))
    options = Options(extends=NAME, prompts=("terse", "coach", "evidence-first"), anchors=0.5)
    spec = draft(judged.bench, more, options)
    (planned,) = plan_judging(judged.bench, spec, 12)
    assert (planned.new, planned.anchors, planned.requests) == (4, 2, 6)
    assert "4 of 12 to judge and 2 to judge again" in planned.in_words
    assert run(judged.bench, (), options, name=more).passed
    paid = judged.endpoint.got["good"]
    assert paid - before <= 4 + 2
    published = read_published(judged.bench.home, more)
    assert published is not None
    drift = [note for note in published.notes() if note.startswith("Drift of luna")]
    assert ["second minus first score of 2 old items" in note for note in drift] == [True]
    assert "score +1.00" in drift[0]
    assert {row.score for row in published.rows if row.prompt != "evidence-first"} == {4}
    (after,) = plan_judging(judged.bench, spec, 12)
    assert (after.new, after.anchors, after.requests) == (0, 0, 0)
    assert run(judged.bench, name=more).passed
    assert judged.endpoint.got["good"] == paid


def test_an_anchor_without_a_score_holds_nothing_up(judged: Project) -> None:
    """It is requested three times and counts for no cell."""
    run(judged.bench, ("luna",), SMALL)
    seen = judged.endpoint.got["good"]
    old = set[str]()

    def noted(body: dict[str, Any]) -> tuple[int, Any]:
        old.add(json.dumps(body["messages"]))
        return chat(scored())

    def prose_for_old(body: dict[str, Any]) -> tuple[int, Any]:
        text = json.dumps(body["messages"])
        return chat("No." if text in old else scored())

    judged.endpoint.answers["good"] = noted
    run(judged.bench, ("luna",), SMALL, name="tip-bench-same")
    assert judged.endpoint.got["good"] == 2 * seen
    judged.endpoint.answers["good"] = prose_for_old
    options = Options(extends=NAME, prompts=("terse", "coach", "evidence-first"), anchors=0.25)
    assert run(judged.bench, (), options, name="tip-bench-more").passed
    assert [*items_without_score(judged.bench.home, "tip-bench-more", "luna").values()] == [
        "the answer holds no JSON object"
    ]
    published = read_published(judged.bench.home, "tip-bench-more")
    assert published is not None
    assert [row.n_judge_failed for row in published.rows] == [0, 0, 0]


@pytest.mark.parametrize(
    ("judge", "said"),
    [
        ("lune", "did you mean luna of the catalog"),
        ("luna=human", "is of kind model in the catalog and cannot be human"),
        ("tmpl", "writes tips and judges none"),
    ],
)
def test_names_that_cannot_judge_are_refused(judged: Project, judge: str, said: str) -> None:
    """Before anything is pinned, in a sentence."""
    folder = judged.folder / "catalog" / "judges"
    (folder / "tmpl.toml").write_text('kind = "model"\nmodel = "template"\n')
    (folder / "tmpl.md").write_text("{tip}")
    with pytest.raises(JudgeConflict, match=said):
        run(judged.bench, (judge,), SMALL)


def test_a_person_may_have_a_name_near_one_of_the_catalog(judged: Project) -> None:
    """Where the kind is given; one on record needs none."""
    assert run(judged.bench, ("lune=human",), SMALL).passed
    assert run(judged.bench, ("lune",)).passed


def test_one_process_asks_a_judge(judged: Project) -> None:
    """Another one fails at once and names the first; the experiment's own lease is free meanwhile."""
    run(judged.bench, ("luna",), SMALL)
    with (
        writing_judge(judged.bench.home, NAME, "luna", purpose="asking", now="2026-01-01T00:00:00Z"),
        pytest.raises(WriterBusy, match="judge luna"),
    ):
        run(judged.bench)


def test_a_tape_stands_in_for_the_model(judged: Project, tmp_path: Path) -> None:
    """Recorded in one home, replayed in another without a server: no request depends on the home."""
    models = judged.folder / "catalog" / "models.toml"
    models.write_text(
        f'{models.read_text()}\n[[models]]\nname = "taped"\nprovider = "tape"\ntape = "luna.jsonl"\nsource = "good"\n'
    )
    (judged.folder / "catalog" / "judges" / "luna.toml").write_text('kind = "model"\nmodel = "taped"\n')
    assert run(judged.bench, ("luna",), SMALL).passed
    (judged.folder / "catalog" / "luna.jsonl").write_bytes(judged.bench.home.tape("luna.jsonl").read_bytes())
    judged.endpoint.answers["good"] = lambda _: error(500)
    elsewhere = replace(judged.bench, home=type(judged.bench.home)(tmp_path / "elsewhere"))
    assert run(elsewhere, ("luna",), SMALL).passed
