"""Trials of judges for admins: the same as on the command line, in the words that it prints."""

from dataclasses import replace

from contracts.benchmark.trials import AnsweredTip, JudgeTrialView
from contracts.refusals import NotFound
from core.benchmark.names import EXPERIMENT
from core.expected_error import ExpectedError
from core.judging.model_judges.trial import planted_in_words, trial_in_words
from kit.refusals import refusal_of
from resources.bench_context import BenchContext
from resources.collect.trial import SERVED_S
from resources.judging.trials.judge_trials import TriedJudge, try_judge


class LakeJudgeTrials:
    """Implements contracts.benchmark.trials.JudgeTrialing; a trial is asked for `longest_s` seconds at a time."""

    def __init__(self, bench: BenchContext, longest_s: float = SERVED_S) -> None:
        self._bench, self._longest_s = bench, longest_s

    def try_judge(self, experiment: str, judge: str, actor: str, *, anyway: bool) -> JudgeTrialView:
        """Return the trial of a judge; raise NotFound, InvalidInput, Conflict or InProgress."""
        bench = replace(self._bench, author=actor).for_request()
        if not EXPERIMENT.fullmatch(experiment) or bench.on_record(experiment).spec is None:
            raise NotFound("there is no such experiment", ("experiment",))
        try:
            found = try_judge(bench, experiment, judge, anyway=anyway, longest_s=self._longest_s)
            return view_of(found, judge)
        except ExpectedError as error:
            raise refusal_of(error) from error


def view_of(found: TriedJudge, judge: str) -> JudgeTrialView:
    """Return a trial as it is shown to people and programs."""
    trial = found.trial
    planted = [] if trial is None else trial.planted
    return JudgeTrialView(
        judge=judge,
        experiment=found.spec.experiment,
        prompt=found.prompt,
        items=[AnsweredTip(item.tip, item.raw) for item in found.items],
        planted=[
            AnsweredTip(each.sort, [each.raw] if each.raw else [], planted_in_words(each, found.spec.rubric))
            for each in planted
        ],
        noise=None if trial is None else trial.noise,
        said=None if trial is None else trial_in_words(trial, is_new=found.is_new),
        rest=found.rest.in_words,
        stop=found.stop,
        held=found.held,
    )
