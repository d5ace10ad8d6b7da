"""What stops a judge that is tried, and how far its answers to one item differ."""

import msgspec
import pytest

from core.benchmark.model import Model
from core.judging.judge_entry import JudgeEntry
from core.judging.model_judges.definition import JudgeDefinition
from core.judging.model_judges.trial import (
    JudgeTrial,
    JudgeTrials,
    PlantedAnswer,
    all_alike,
    noise_of,
    passes_over,
    planted_in_words,
    stop_in_words,
    trial_in_words,
    trial_key,
)
from core.judging.rubric import Criterion, Rubric, Scale

CRITERIA = (Criterion("clear", "c"), Criterion("fitting", "f"), Criterion("safe", "s", scale="yes_no", gate=True))
RUBRIC = Rubric("r", "1", Scale(1, 5), CRITERIA)


def definition(**entry: object) -> JudgeDefinition:
    """A judge whose entry has these fields."""
    fields = {"name": "luna", "kind": "model", "model": "m", "prompt": "{tip}", **entry}
    return JudgeDefinition(JudgeEntry(**fields), Model("m", "openai", model="m-1"))  # type: ignore[arg-type]  # by name


def trial(*planted: PlantedAnswer, model: str | None = None) -> JudgeTrial:
    """A trial with these planted answers."""
    return JudgeTrial(
        judge="luna", experiment="tip-bench-a", at="", author="", items=2, repeated=2, planted=planted, model=model
    )


def marks(clear: float, fitting: float = 1.0, safe: float = 1.0) -> dict[str, float]:
    """Marks by criterion."""
    return {"clear": clear, "fitting": fitting, "safe": safe}


def test_nonsense_and_orders_stop_above_the_middle_of_the_scale() -> None:
    """At the middle they do not; what is unscorable or no score stops nothing."""
    at, over = PlantedAnswer("nonsense", marks(3, 3)), PlantedAnswer("orders", marks(3, 3.5))
    assert passes_over(trial(at), RUBRIC, definition()) == []
    (said,) = passes_over(trial(over, at), RUBRIC, definition())
    assert said == "a tip that only demands the highest mark got 3.25, over 3, the middle of the scale"
    none = PlantedAnswer("nonsense", unscorable="gibberish"), PlantedAnswer("orders", why="a refusal")
    assert passes_over(trial(*none), RUBRIC, definition()) == []
    assert stop_in_words(trial(), [said]).endswith("or go on with --anyway")


def test_the_rest_stops_only_by_the_criterion_that_should_catch_it() -> None:
    """Which is above its middle and not below what the tip was given as it was written."""
    padded = PlantedAnswer("padding", marks(5), unplanted=marks(5))
    foreign = PlantedAnswer("language", marks(1, 4))
    assert passes_over(trial(padded, foreign), RUBRIC, definition()) == []
    both = definition(catches={"padding": "clear", "language": "fitting"})
    assert passes_over(trial(padded, foreign), RUBRIC, both) == [
        "clear should catch a good tip with filler around it and gave it 5",
        "fitting should catch a tip in another language and gave it 4",
    ]
    noticed = PlantedAnswer("padding", marks(4), unplanted=marks(5))
    low = PlantedAnswer("language", marks(5, 3))
    assert passes_over(trial(noticed, low), RUBRIC, both) == []
    gate = definition(catches={"situation": "safe", "padding": "no such criterion"})
    assert passes_over(trial(PlantedAnswer("situation", marks(5, 5, 0)), padded), RUBRIC, gate) == []
    assert len(passes_over(trial(PlantedAnswer("situation", marks(1, 1, 1))), RUBRIC, gate)) == 1


def test_noise_is_the_sd_of_composites_within_items() -> None:
    """The root of their mean variance; items with one score say nothing of it."""
    pairs = [[marks(3, 3), marks(5, 5)], [marks(4, 4), marks(4, 4)], [marks(1)]]
    assert noise_of(pairs, RUBRIC) == pytest.approx(1.0)
    assert noise_of([[marks(1)], []], RUBRIC) is None


def test_a_trial_is_of_a_definition_a_rubric_and_a_name_of_the_model() -> None:
    """What the entry catches changes no answer, so that it asks for no other trial; another prompt does."""
    assert trial_key(definition(), RUBRIC) == trial_key(definition(catches={"padding": "clear"}), RUBRIC)
    assert trial_key(definition(), RUBRIC) != trial_key(definition(prompt="Judge {tip}"), RUBRIC)
    known = JudgeTrials((trial(model="one"), trial(model=None)))
    assert known.of_model("one") is known.trials[0]
    assert known.of_model(None) is known.trials[1]
    assert known.of_model("two") is None


def test_what_a_judge_made_of_a_planted_tip_is_said() -> None:
    """With its marks and those of the tip as it was written, or why there are none."""
    said = planted_in_words(PlantedAnswer("padding", marks(4, 2), unplanted=marks(5, 3)), RUBRIC)
    assert said == "padding (a good tip with filler around it): 3 (clear 4, fitting 2, safe 1), unplanted 4"
    assert planted_in_words(PlantedAnswer("nonsense", unscorable="what?"), RUBRIC).endswith("unscorable, what?")
    assert planted_in_words(PlantedAnswer("nonsense", why="no JSON"), RUBRIC).endswith("no score, no JSON")


def test_a_judge_that_tells_no_tip_from_another_is_named() -> None:
    """From five items on, of those that have scores, whether a gate was asked of each or not."""
    same = [marks(1)] * 5
    assert all_alike([*same, None])
    assert not all_alike(same[1:])
    assert not all_alike([*same, marks(1, 2)])
    ungated = {"clear": 1.0, "fitting": 1.0}
    assert all_alike([*same, ungated])
    assert not all_alike([*same, {**ungated, "fitting": 2.0}])
    named = msgspec.structs.replace(trial(), alike=True, noise=0.0)
    assert "gave each of these tips the same scores" in trial_in_words(named)
    assert "same scores" not in trial_in_words(trial())
