"""A judge is tried once before it is paid: twice on real items, once on planted ones, and stopped by nonsense."""

import json
from itertools import count
from typing import Any

import msgspec
import pytest

from core.benchmark.records import definitions_of
from core.benchmark.spec import Options
from core.judging.model_judges.planted import FINNISH, PORTUGUESE
from core.judging.model_judges.trial import JudgeTrial
from resources.collect.launch import draft
from resources.judging.model_judges.every_answer import EveryAnswer
from resources.judging.model_judges.trial_records import trials_of
from resources.judging.scores import Scores
from resources.lake.leaderboards import read_published
from resources.lake.specs import pinned_spec
from resources.steps.chain import ChainResult
from tests.resources.collect.conftest import Project, chat, error
from tests.resources.judging.model_judges.conftest import discerning, is_planted, scored
from tests.resources.judging.model_judges.runs import NAME, SMALL, rows_of, run

SURE = msgspec.structs.replace(SMALL, anyway=True)


def trials(project: Project, name: str = NAME) -> tuple[JudgeTrial, ...]:
    """The trials of luna."""
    bench = project.bench
    definition = definitions_of(bench.on_record(name).records)["luna"]
    return trials_of(bench.home, pinned_spec(bench.home, name), definition).trials


def refused(result: ChainResult) -> str:
    """What a run says of judges that were stopped."""
    assert result.collected is not None
    return result.collected.refused or ""


def test_a_judge_is_tried_once_and_its_first_answers_are_paid_once(judged: Project) -> None:
    """Every item twice and five planted ones; the second answers tell the noise and are no scores."""
    seen = dict[str, Any]()

    def drifting(body: dict[str, Any]) -> tuple[int, Any]:
        place = next(seen.setdefault(json.dumps(body["messages"]), count()))
        return chat(scored(1 if is_planted(body) else 5 if place else 3))

    judged.endpoint.answers["good"] = drifting
    first = run(judged.bench, ("luna",), SMALL, tried=False)
    assert first.passed
    assert first.collected is not None
    assert "luna was tried: its answers to one item differ by" in str(first.collected.done["judged_by_luna"])
    (trial,) = trials(judged)
    assert judged.endpoint.got["good"] == 2 * trial.items + 5
    assert trial.repeated == trial.items
    assert {row.n_scored for row in rows_of(judged.bench)} == {4}
    assert len(Scores(judged.bench.home, NAME, pinned_spec(judged.bench.home, NAME).rubric).current()) == 8
    assert trial.noise == pytest.approx(2**0.5)
    assert [row.judge_noise for row in rows_of(judged.bench)] == pytest.approx([2**0.5] * 2)
    every = EveryAnswer(judged.bench.home, NAME, pinned_spec(judged.bench.home, NAME).rubric).rows(["luna"])
    assert len(every) == 2 * trial.items
    report = (judged.bench.home.root / "lake" / NAME / "leaderboards").glob("*/report.html")
    (page,) = (path.read_text() for path in report)
    assert "Judge luna was tried: its answers to one item differ by an sd of 1.41" in page
    assert "<small>luna: It fits.</small>" in page
    assert "what luna wrote</summary><pre>{&#34;reason&#34;: &#34;It fits.&#34;" in page
    before = judged.endpoint.got["good"]
    assert run(judged.bench, tried=False).passed
    assert run(judged.bench, ("luna",), SMALL, name="tip-bench-other", tried=False).passed
    assert judged.endpoint.got["good"] == before + trial.items, "another experiment's judge was tried before"


def test_one_that_takes_nonsense_for_a_tip_is_stopped_before_it_is_paid(judged: Project) -> None:
    """The reason is said once more by the next run, nothing is asked twice, and --anyway goes on and is recorded."""
    judged.endpoint.answers["good"] = lambda _: chat(scored(4))
    first = run(judged.bench, ("luna", "heuristics"), SMALL, tried=False)
    assert not first.passed
    assert "words without a meaning got 4, over 3, the middle of the scale" in refused(first)
    assert "--anyway" in refused(first)
    assert first.collected is not None
    assert first.collected.left is None
    paid = judged.endpoint.got["good"]
    (trial,) = trials(judged)
    assert paid == 2 * trial.items + 5
    assert read_published(judged.bench.home, NAME) is None, "a lower kind does not stand in"
    again = run(judged.bench, tried=False)
    assert refused(again) == refused(first)
    accepted = run(judged.bench, tried=False, accept=True)
    assert {row.judge_kind for row in rows_of(judged.bench)} == {"program"}, "accepted: nobody waits for it"
    assert "stay without a score" in str(accepted.collected and accepted.collected.done)
    assert not refused(run(judged.bench, tried=False))
    assert judged.endpoint.got["good"] == paid
    assert run(judged.bench, (), Options(anyway=True), tried=False).passed
    assert run(judged.bench, tried=False).passed
    assert {row.judge_kind for row in rows_of(judged.bench)} == {"model"}


def test_the_tip_in_another_language_is_in_another_than_its_scenario(judged: Project) -> None:
    """That of the situation in which it stands, not of the experiment's first."""
    first, *others = draft(judged.bench, NAME, SMALL).scenarios
    lines = [json.dumps({**each.data, "id": each.id, "area": each.area, "locale": "fi-FI"}) for each in others]
    (judged.folder / "catalog" / "scenarios").mkdir()
    (judged.folder / "catalog" / "scenarios" / "ours.jsonl").write_text("\n".join(lines))
    foreign = list[str]()

    def answer(body: dict[str, Any]) -> tuple[int, Any]:
        foreign.extend(text for each in body["messages"] if FINNISH in (text := each["content"]) or PORTUGUESE in text)
        return discerning(body)

    judged.endpoint.answers["good"] = answer
    assert run(judged.bench, ("luna",), SMALL, tried=False).passed
    (shown,) = foreign
    assert first.data["situation"] not in shown
    assert PORTUGUESE in shown


def test_anyway_from_the_start_tries_and_goes_on(judged: Project) -> None:
    """The trial is made and stored all the same."""
    judged.endpoint.answers["good"] = lambda _: chat(scored(4))
    assert run(judged.bench, ("luna",), SURE, tried=False).passed
    assert len(trials(judged)) == 1


def test_a_model_that_its_server_calls_otherwise_is_tried_anew(judged: Project) -> None:
    """The first open item tells the name, before anything more is spent."""
    name = {"now": "luna-1"}

    def named(body: dict[str, Any]) -> tuple[int, Any]:
        status, answer = discerning(body)
        return status, {**answer, "model": name["now"]}

    judged.endpoint.answers["good"] = named
    assert run(judged.bench, ("luna",), SMALL, tried=False).passed
    name["now"] = "luna-2"
    more = Options(extends=NAME, prompts=("terse", "coach", "evidence-first"))
    assert run(judged.bench, (), more, name="tip-bench-more", tried=False).passed
    assert [trial.model for trial in trials(judged)] == ["luna-1", "luna-2"]


def test_a_trial_without_an_end_is_retried_and_nothing_more_is_sent(judged: Project) -> None:
    """A server that is away leaves the judge untried, which is no stop."""
    judged.endpoint.answers["good"] = lambda body: error(500) if is_planted(body) else chat(scored())
    result = run(judged.bench, ("luna",), SMALL, tried=False)
    assert not refused(result)
    assert result.collected is not None
    assert "has not answered" in (result.collected.left or "")
    assert trials(judged) == ()
    judged.endpoint.answers["good"] = discerning
    assert run(judged.bench, tried=False).passed
    assert len(trials(judged)) == 1
