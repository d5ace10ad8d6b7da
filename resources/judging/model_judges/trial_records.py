"""Trials of model judges in the home, each under what it is of: a definition, a rubric, and the served model's name."""

from typing import Literal

import msgspec

from contracts.storage import Fence
from core.benchmark.spec import Spec
from core.judging.model_judges.definition import JudgeDefinition
from core.judging.model_judges.trial import JudgeTrial, JudgeTrials, trial_key
from resources.home import Home
from resources.lake.broken import read_value
from resources.lake.lock import JUDGING
from resources.storage.files import pretty


def trials_of(home: Home, spec: Spec, definition: JudgeDefinition) -> JudgeTrials:
    """Return the trials that a definition had by the experiment's rubric, in whatever experiment; raise LakeBroken."""
    key = home.judge_trials(trial_key(definition, spec.rubric))
    return read_value(home.storage.blobs, key, JudgeTrials) or JudgeTrials()


def note_trial(home: Home, spec: Spec, definition: JudgeDefinition, trial: JudgeTrial) -> None:
    """Store a trial beside those of other names of the model."""
    others = [each for each in trials_of(home, spec, definition).trials if each.model != trial.model]
    value = pretty(JudgeTrials((*others, trial)))
    home.storage.blobs.put(home.judge_trials(trial_key(definition, spec.rubric)), value)


Standing = Literal["open", "stopped", "closed", "passed"]


class TrialState(msgspec.Struct, frozen=True):
    """The contents of a judge's trial.json in an experiment.

    `open`: a trial was begun and has no end; `stopped`: the judge is not used; `closed`: nor is it waited for, and what
    it has not scored stays without a score; `passed`: its answers count.
    """

    state: Standing


def trial_state(home: Home, name: str, judge: str) -> Standing | None:
    """Return how far the trial of a judge is in an experiment, None where none was needed; raise LakeBroken."""
    found = read_value(home.storage.blobs, _state_key(home, name, judge), TrialState)
    return None if found is None else found.state


def note_trial_state(home: Home, name: str, judge: str, state: Standing, fence: Fence) -> None:
    """Store how far the trial of a judge is; raise StaleFence."""
    if state != trial_state(home, name, judge):
        home.storage.blobs.put(_state_key(home, name, judge), pretty(TrialState(state)), fence)


def _state_key(home: Home, name: str, judge: str) -> str:
    return home.key(name, JUDGING, judge, "trial.json")
