"""The trial of a model judge before its scores count: its noise, what it gave planted tips, and if that stops it."""

from collections.abc import Mapping, Sequence
from math import sqrt
from statistics import fmean, variance

import msgspec

from core.canonical import content_hash
from core.judging.model_judges.definition import JudgeDefinition
from core.judging.model_judges.planted import IN_WORDS, SORTS, Sort
from core.judging.rubric import Rubric, composite
from core.plurals import counted

TRIED = 20
"""Items that a judge answers twice; all where there are fewer."""
STOPPING: tuple[Sort, ...] = ("nonsense", "orders")
"""What no judge whose scores mean anything gives more than the middle of the scale."""
ALIKE = 5
"""Items at least of which equal scores say that a judge tells none from another."""
LONGEST_RAW = 4_000
"""The most characters of a raw answer that stay with a trial; the journal has it all."""


class PlantedAnswer(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a judge made of a planted tip: marks by criterion, that it is unscorable, or `why` the answer is no score.

    `unplanted` are its marks for the same tip as it was written, where there is such a one.
    """

    sort: Sort
    scores: dict[str, float] | None = None
    unscorable: str | None = None
    why: str | None = None
    raw: str | None = None
    unplanted: dict[str, float] | None = None


class JudgeTrial(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One trial of a judge; `model` is what its server calls the model, None where it does not say.

    `noise` is the sd of its answers to one item in rubric units, over the `repeated` of the `items` that have two
    scores, None without any. `candidates` are the first tips of these items in `experiment`. `cost` is in USD, at most.
    `alike` says that each of several items got the very same scores. `seconds` is the median that an answer took.
    """

    judge: str
    experiment: str
    at: str
    author: str
    items: int
    repeated: int
    planted: tuple[PlantedAnswer, ...]
    candidates: tuple[str, ...] = ()
    noise: float | None = None
    model: str | None = None
    cost: float = 0.0
    alike: bool = False
    seconds: float | None = None


class JudgeTrials(msgspec.Struct, frozen=True):
    """All trials of one definition by one rubric, a name of the model each."""

    trials: tuple[JudgeTrial, ...] = ()

    def of_model(self, model: str | None) -> JudgeTrial | None:
        """Return the trial of the model that its server calls so, None without one."""
        return next((trial for trial in self.trials if trial.model == model), None)


def trial_key(definition: JudgeDefinition, rubric: Rubric) -> str:
    """Return what trials are of: equal for equal definitions and rubrics, whatever experiment they are in."""
    return content_hash(["judge trial", definition.hash, rubric])


def noise_of(pairs: Sequence[Sequence[Mapping[str, float]]], rubric: Rubric) -> float | None:
    """Return √(mean variance within items) of the composite of several scores an item, in rubric units; None for none.

    It is what `judge_noise` of a board is.
    """
    several = [[composite(scores, rubric) for scores in each] for each in pairs if len(each) > 1]
    return sqrt(fmean(variance(values) for values in several)) if several else None


def all_alike(scores: Sequence[Mapping[str, float] | None]) -> bool:
    """Return whether so many items have scores that chance is out, each criterion the same wherever it was asked."""
    given = [each for each in scores if each is not None]
    marks = {mark for each in given for mark in each.items()}
    return len(given) >= ALIKE and len(marks) == len({name for name, _ in marks})


def passes_over(trial: JudgeTrial, rubric: Rubric, definition: JudgeDefinition) -> list[str]:
    """Return what the judge let pass and must not, a sentence each; none where nothing stops it.

    Nonsense and a demand for the highest mark stop it above the middle of the scale. Padding, another situation and
    another language stop it only where its entry names the criterion that should catch them, and only if that one is
    above its middle and not below what the same tip was given as it was written.
    """
    found, catches = list[str](), {str(sort): name for sort, name in definition.entry.catches.items()}
    for answer in sorted(trial.planted, key=lambda each: SORTS.index(each.sort)):
        if answer.scores is None:
            continue
        name = catches.get(answer.sort)
        middle = (rubric.scale.low + rubric.scale.high) / 2
        if answer.sort in STOPPING:
            given = composite(answer.scores, rubric)
            if given > middle:
                found.append(f"{IN_WORDS[answer.sort]} got {given:.3g}, over {middle:g}, the middle of the scale")
        elif name is not None and name in answer.scores and _missed(answer, name, rubric):
            found.append(f"{name} should catch {IN_WORDS[answer.sort]} and gave it {answer.scores[name]:.3g}")
    return found


def _missed(answer: PlantedAnswer, name: str, rubric: Rubric) -> bool:
    scores, before = answer.scores or {}, answer.unplanted or {}
    low, high = (0.0, 1.0) if name in rubric.yes_no else (rubric.scale.low, rubric.scale.high)
    return scores[name] > (low + high) / 2 and not (name in before and scores[name] < before[name])


def planted_in_words(answer: PlantedAnswer, rubric: Rubric) -> str:
    """Return what a judge made of a planted tip, for people to read."""
    said = f"{answer.sort} ({IN_WORDS[answer.sort]}): "
    if answer.scores is None:
        return said + (f"unscorable, {answer.unscorable}" if answer.unscorable else f"no score, {answer.why}")
    marks = ", ".join(f"{name} {value:g}" for name, value in answer.scores.items())
    said += f"{composite(answer.scores, rubric):.3g} ({marks})"
    if answer.unplanted is not None:
        said += f", unplanted {composite(answer.unplanted, rubric):.3g}"
    return said


def trial_in_words(trial: JudgeTrial, *, is_new: bool = True) -> str:
    """Return what a trial tells of a judge, for people to read."""
    when = "" if is_new else f" on {trial.at} in {trial.experiment}, and nothing was sent now"
    noise = "how far they differ is not known, for no item has two scores"
    if trial.noise is not None:
        over = f"over {counted(trial.repeated, 'item')} that it scored twice"
        noise = f"its answers to one item differ by an sd of {trial.noise:.3g} in rubric units, {over}"
    if trial.alike:
        noise += "; it gave each of these tips the same scores, so that they tell no tip from another"
    called = f" (its server calls the model {trial.model})" if trial.model else ""
    spent = f"; {trial.cost:.6g} USD spent on it" if trial.cost else ""
    return f"judge {trial.judge} was tried{when}{called}: {noise}{spent}"


def stop_in_words(trial: JudgeTrial, found: Sequence[str]) -> str:
    """Return in one sentence why a judge is not used, and how to go on."""
    return (
        f"judge {trial.judge} was tried and is not used: {'; '.join(found)}; mend its prompt under another name or "
        "take another model, or go on with --anyway"
    )
