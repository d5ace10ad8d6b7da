"""The checks over an experiment: what must hold before its leaderboard may be believed, as pure functions."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal

import msgspec

from core.plurals import counted

Severity = Literal["error", "warning"]

BLANK_SHARE = 0.05
IDENTICAL_SHARE = 0.2
FAILURE_SHARE = 0.2
CUT_SHARE = 0.05
COVERAGE = 0.9
"""A cell scored to less than this is provisional: the one figure of the board and of the check."""


class CheckResult(msgspec.Struct, frozen=True):
    """One check's outcome; `numbers` are what it counted, `undecided` says of one that did not pass that it may yet.

    A limit has its `cell` (MODEL/PROMPT), None for a leader where there is none yet, and one that holds it against
    another experiment the name of that as `other`.
    """

    name: str
    passed: bool
    severity: Severity
    message: str
    numbers: dict[str, int | float] = {}
    undecided: bool = False
    cell: str | None = None
    other: str | None = None


def complete(expected: int, final: int, transient: int, misconfigured: int = 0, said: str | None = None) -> CheckResult:
    """Return whether every expected generation has a final outcome; the counts are of generations without one.

    `said` is what was answered to one of those, shown at 200 characters of it.
    """
    missing = expected - final
    why = f"{transient} failed for now"
    why += f", {misconfigured} because their model is not set up right" if misconfigured else ""
    return CheckResult(
        "complete",
        missing == 0,
        "error",
        f"{'all ' if expected != 1 else ''}{counted(expected, 'generation')} {_have(expected)} a final outcome"
        if missing == 0
        else f"{missing} of {counted(expected, 'generation')} {_have(missing)} no final outcome ({why}): run again, "
        "or accept the failures with --accept-failures" + (f"; one of them: {said:.200}" if said else ""),
        {"expected": expected, "final": final, "transient": transient, "misconfigured": misconfigured},
    )


def unique(places: Iterable[tuple[int, int, int]]) -> CheckResult:
    """Return whether no (cell, scenario, tip_index) occurs twice."""
    twice = [place for place, count in Counter(places).items() if count > 1]
    message = (
        "no generation occurs twice"
        if not twice
        else f"{counted(len(twice), 'generation occurs', 'generations occur')} twice, first {twice[0]}"
    )
    return CheckResult("unique", not twice, "error", message, {"duplicates": len(twice)})


def failures(cells: Mapping[str, tuple[int, int]], limit: float = FAILURE_SHARE) -> CheckResult:
    """Return whether no cell failed, was refused or was misconfigured in more than `limit` (share) of its generations.

    `cells` maps a cell's name to (failed, all).
    """
    return _shares("failures", "failed or refused", cells, limit, "generations", "error", "generation")


def cut_tips(cells: Mapping[str, tuple[int, int]]) -> CheckResult:
    """Return whether at most CUT_SHARE of a cell's tips end where their model ran out of tokens.

    `cells` maps a cell's name to (cut, all).
    """
    return _shares("cut_tips", "cut off where their model ran out of tokens", cells, CUT_SHARE)


def blank_tips(cells: Mapping[str, tuple[int, int]]) -> CheckResult:
    """Return whether at most BLANK_SHARE of a cell's answers are blank; `cells` maps a cell's name to (blank, all)."""
    return _shares("blank_tips", "blank", cells, BLANK_SHARE, noun="answer")


def identical_tips(cells: Mapping[str, Sequence[str]]) -> CheckResult:
    """Return whether at most IDENTICAL_SHARE of a cell's tips repeat another one of that cell word for word.

    `cells` maps a cell's name to its tips.
    """
    found = {name: (len(tips) - len(set(tips)), len(tips)) for name, tips in cells.items()}
    return _shares("identical_tips", "repeated word for word", found, IDENTICAL_SHARE)


def _shares(
    name: str,
    what: str,
    cells: Mapping[str, tuple[int, int]],
    limit: float,
    of: str = "tips",
    severity: Severity = "warning",
    noun: str = "tip",
) -> CheckResult:
    over = {cell: bad / total for cell, (bad, total) in cells.items() if total and bad / total > limit}
    bad, total = sum(b for b, _ in cells.values()), sum(t for _, t in cells.values())
    message = f"{bad} of {counted(total, noun)} {'' if of != 'tips' else _are(bad)}{what}"
    if over:
        worst = max(over, key=lambda cell: over[cell])
        message += f"; over {limit:.0%} in {counted(len(over), 'cell')}, most in {worst} ({over[worst]:.0%})"
    return CheckResult(name, not over, severity, message, {of: total, "found": bad, "cells_over": len(over)})


def hidden_names(flagged: Mapping[str, Sequence[str]]) -> CheckResult:
    """Return whether no tip reveals its model; `flagged` maps a candidate id to the names found in its text."""
    message = "no tip names its model or prompt"
    if flagged:
        first = next(iter(flagged))
        found = ", ".join(flagged[first])
        named = counted(len(flagged), "tip names", "tips name")
        message = f"{named} a model or prompt, so that who judges is not blind; first {first}: {found}"
    return CheckResult("hidden_names", not flagged, "warning", message, {"tips": len(flagged)})


def traceable(scores: int, strays: Sequence[str]) -> CheckResult:
    """Return whether every score belongs to an exported item; `strays` are the item ids that do not."""
    every = "all " if scores != 1 else ""
    message = f"{every}{counted(scores, 'answer points', 'answers point')} at an item of the judge who gave it"
    if strays:
        point = "points" if len(strays) == 1 else "point"
        message = f"{len(strays)} of {counted(scores, 'answer')} {point} at no item of theirs, first {strays[0]}"
    return CheckResult("traceable", not strays, "error", message, {"answers": scores, "strays": len(strays)})


def judged(waiting: Mapping[str, int], holding: Sequence[str], others: Sequence[str] = ()) -> CheckResult:
    """Return whether no model judge holds up the board; `waiting` counts by judge the items that it has not answered.

    The board rests on those of `holding`, or shall; `others` are kinds with scores that do not stand in for theirs.
    """
    left = ", ".join(f"{judge} has not answered {counted(count, 'item')}" for judge, count in waiting.items() if count)
    message = left or "every model judge has answered what it was shown"
    if holding:
        message += ": run again, or accept that they stay without a score with --accept-failures"
        message += f"; meanwhile leaderboard --judges {others[0]} shows that kind's board" if others else ""
    return CheckResult("judged", not holding, "error", message, {"items": sum(waiting.values())})


def recomputed(published: Sequence[Mapping[str, Any]], again: Sequence[Mapping[str, Any]]) -> CheckResult:
    """Return whether the published leaderboard equals one computed anew from the scores, to a relative 1e-9."""
    difference = next(_differences(published, again, "leaderboard"), None)
    message = (
        "the leaderboard equals its recomputation" if difference is None else f"not its recomputation: {difference}"
    )
    return CheckResult("recomputed", difference is None, "error", message, {"rows": len(published)})


def other_estimator(published: int, current: int) -> CheckResult:
    """Return the warning that a leaderboard was made by another version of the estimator, so no digits are compared."""
    said = f"published by version {published} of the estimator, this is version {current}"
    message = f"{said}: publish again, by tipbench run, to compare them"
    return CheckResult("recomputed", passed=False, severity="warning", message=message)


def coverage(cells: Mapping[str, float]) -> CheckResult:
    """Return whether no cell is provisional; `cells` maps every cell's name to the coverage that the board shows."""
    low = {name: share for name, share in cells.items() if share < COVERAGE}
    message = f"every cell is scored to at least {COVERAGE:.0%}"
    if low:
        worst = min(low, key=lambda cell: low[cell])
        message = f"{len(low)} of {counted(len(cells), 'cell')} {_are(len(low))}scored to less than {COVERAGE:.0%}"
        message += f", least {worst} ({low[worst]:.0%})"
    return CheckResult("coverage", not low, "warning", message, {"cells": len(cells), "below": len(low)})


def _have(n: int) -> str:
    return "has" if n == 1 else "have"


def _are(n: int) -> str:
    return "is " if n == 1 else "are "


def _differences(left: Any, right: Any, place: str) -> Iterator[str]:
    if isinstance(left, Mapping) and isinstance(right, Mapping):
        for key in sorted(set(left) | set(right)):
            yield from _differences(left.get(key), right.get(key), f"{place}.{key}")
    elif isinstance(left, list | tuple) and isinstance(right, list | tuple):
        if len(left) != len(right):
            yield f"{place} has {counted(len(left), 'entry', 'entries')}, not {len(right)}"
        for number, (one, other) in enumerate(zip(left, right, strict=False)):
            yield from _differences(one, other, f"{place}[{number}]")
    elif not _same(left, right):
        yield f"{place} is {left!r}, not {right!r}"


def _same(left: Any, right: Any) -> bool:
    if isinstance(left, float) and isinstance(right, int | float) and not isinstance(right, bool):
        return abs(left - right) <= 1e-9 * max(1.0, abs(left), abs(right))
    return bool(left == right)
