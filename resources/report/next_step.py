"""Says what to do next with a leaderboard, and which cell its differences are taken to."""

import shlex
from collections.abc import Sequence

from core.benchmark.spec import Spec
from core.plurals import counted
from core.scoring.leaderboard_row import LeaderboardRow
from resources.report.result import reservation


def next_step(spec: Spec, rows: Sequence[LeaderboardRow], baseline: tuple[str, str]) -> str:
    """Return a sentence with the command that would add most to this board, by how far it has come.

    In this order: no score, automatic scores alone, pending scores, one judge, one cell, a leader that is not told
    apart or rests on few scenarios, a winner. How many more scenarios would do is not said: nobody knows.
    """
    scored = [row for row in rows if row.score is not None]
    return _more_scores(spec, rows, scored) or _more_outputs(spec, scored) or _winner(spec, scored[0], baseline)


def _more_scores(spec: Spec, rows: Sequence[LeaderboardRow], scored: Sequence[LeaderboardRow]) -> str:
    """Return which scores are lacking, empty where enough judges have scored enough."""
    name, pending = spec.experiment, sum(row.n_pending for row in rows)
    hand_out, take_back = f"tipbench export {name} --judge NAME", f"tipbench import {name} FILE"
    if not scored:
        return f"Next, give the tips to a judge: {hand_out}, then {take_back}."
    if scored[0].judge_kind in {"program", "model"}:
        return f"Next, let a person or an agent judge, since these scores are automatic: {hand_out}."
    if pending and any(row.provisional for row in rows):
        return (
            f"Next, have the rest judged: {counted(pending, 'score')} of a tip by a judge "
            f"{'is' if pending == 1 else 'are'} pending; tipbench export {name} names each judge's folder, "
            f"{take_back} takes the answers."
        )
    if max(row.n_judges for row in scored) == 1:
        return f"Next, have a second judge score the same tips, since all this rests on one: {hand_out}."
    return ""


def _more_outputs(spec: Spec, scored: Sequence[LeaderboardRow]) -> str:
    """Return whether cells or scenarios are lacking, empty where the leader is told apart from all others."""
    if len(scored) == 1:
        return f"Next, add cells to compare it with: {_launch(spec, 'models or prompts')}."
    if scored[0].rank_high != 1:
        return f"Next, add scenarios to tell the first cells apart: {_launch(spec, 'scenarios')}."
    if reservation(scored):
        return f"Next, add scenarios before relying on this order: {_launch(spec, 'scenarios')}."
    return ""


def _winner(spec: Spec, lead: LeaderboardRow, baseline: tuple[str, str]) -> str:
    name = spec.experiment
    read = shlex.join(["tipbench", "tips", name, "--model", lead.model, "--prompt", lead.prompt])
    if (lead.model, lead.prompt) == baseline:
        return f"Next, read the winner's tips before it is used: {read}."
    anew = shlex.join(["tipbench", "set-baseline", name, f"{lead.model}/{lead.prompt}"])
    return f"Next, read the winner's tips: {read}; once it is in use, take differences to it: {anew}."


def _launch(spec: Spec, what: str) -> str:
    if spec.source == "adopt":
        return f"tipbench adopt tip-bench-NEW FILE, with the outputs for more {what} in FILE"
    option = "--n-scenarios N" if what == "scenarios" else "--models … or --prompts …"
    return f"tipbench run tip-bench-NEW --extends {spec.experiment} {option}"


def baseline_sentence(experiment: str, rows: Sequence[LeaderboardRow], baseline: tuple[str, str]) -> str:
    """Return which cell differences are taken to where nobody chose it; empty with one cell."""
    if len(rows) < 2:
        return ""
    model, prompt = baseline
    return (
        f"Baseline, chosen by default: {model} / {prompt}; tipbench set-baseline {experiment} MODEL/PROMPT changes it."
    )
