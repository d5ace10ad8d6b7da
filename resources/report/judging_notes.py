"""Says of model judges what they cost, apart from tips, and what their trials have shown."""

from collections.abc import Sequence

from core.judging.model_judges.trial import JudgeTrial, trial_in_words


def judging_sentences(cost: float | None, trials: Sequence[JudgeTrial]) -> list[str]:
    """Return a sentence on what judging cost in USD and one on each trial; none where no model judged (None)."""
    if cost is None:
        return []
    paid = f"Judging by models cost {cost:.4f} USD in all, which is in no cell's cost."
    return [paid, *(f"{said[:1].upper()}{said[1:]}." for said in map(trial_in_words, trials))]
