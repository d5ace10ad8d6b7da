"""The rows of what people list of an experiment, whichever way they look at them."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, get_args

import msgspec

from contracts.benchmark.experiments import Slice
from core.benchmark.options import OptionError
from core.benchmark.spec import Spec
from core.scoring.checks import CheckResult
from core.scoring.gates import Gates
from core.scoring.leaderboard_row import LeaderboardRow, SliceRow
from kit.validation import in_words, path_of
from resources.bench_context import BenchContext
from resources.home import Home
from resources.lake.leaderboards import read_published
from resources.lake.specs import pinned_spec

SHOWN_SCENARIOS = 5
OUTCOMES = ("text", "refused", "failed", "misconfigured")
"""The final outcomes, as `tips` takes them."""


FIRST = 10
"""How many tips are listed by an order, if nothing else is said."""


def tips_of(
    home: Home, name: str, wanted: Mapping[str, str | None], limit: int | None, order: str | None = None
) -> list[dict[str, Any]]:
    """Return the tips whose columns equal what is `wanted`, at most `limit`; None is not looked at.

    With an `order` they are those that come first by it, as `tips_in_order` has them, by itself ten of them.

    Raise OptionError for a scenario that the experiment does not have, and for an outcome or limit that cannot be.
    """
    from resources.scoring.tip_rows import tip_rows

    spec = pinned_spec(home, name)
    known, scenario = [entry.id for entry in spec.scenarios], wanted.get("scenario_id")
    if scenario is not None and scenario not in known:
        some = ", ".join(known[:SHOWN_SCENARIOS]) + (" …" if len(known) > SHOWN_SCENARIOS else "")
        raise OptionError(f"{name} has no scenario {scenario!r}: its scenarios are {some}", ("scenario",))
    outcome = wanted.get("outcome")
    if outcome is not None and outcome not in OUTCOMES:
        raise OptionError(f"outcome is {outcome!r}: use one of {', '.join(OUTCOMES)}", ("outcome",))
    if limit is not None and limit < 1:
        raise OptionError(f"limit is {limit}: use a number from 1 on", ("limit",))
    given = {key: value for key, value in wanted.items() if value}
    if order is None:
        return tip_rows(home, spec, given, limit)
    return tip_rows(home, spec, given, None, lambda rows: tips_in_order(rows, order)[: limit or FIRST])


def tips_in_order(rows: Sequence[dict[str, Any]], order: str) -> list[dict[str, Any]]:
    """Return the scored tips among `rows`, those of the lowest (`worst`) or highest (`best`) mean over judges first.

    By `disagreement` those that two or more judges scored, the furthest apart first. Ties stay as they are in `rows`.
    """
    fewest = 2 if order == "disagreement" else 1
    scored = [row for row in rows if len(row["scores"]) >= fewest]

    def place(row: dict[str, Any]) -> float:
        values = list(row["scores"].values())
        if order == "disagreement":
            return float(min(values) - max(values))
        mean = float(sum(values) / len(values))
        return mean if order == "worst" else -mean

    return sorted(scored, key=place)


def reasons_in_words(reasons: Mapping[str, str]) -> str | None:
    """Return on one line what judges wrote of a tip, of several with who wrote it; None where nobody wrote."""
    said = {judge: " ".join(words.split()) for judge, words in sorted(reasons.items())}
    if len(said) == 1:
        return next(iter(said.values()))
    return "; ".join(f"{judge}: {words}" for judge, words in said.items()) or None


def slices_by(bench: BenchContext, spec: Spec, judges: str | None, slice_: str) -> list[SliceRow]:
    """Return the rows of a slice (area or locale) as published; computed before that, and for chosen `judges`.

    Raise OptionError for another slice.
    """
    from resources.scoring.computing import compute, slices_of

    if slice_ not in get_args(Slice):
        raise OptionError(f"slice is {slice_!r}: use {' or '.join(get_args(Slice))}", ("slice",))
    published = read_published(bench.home, spec.experiment) if judges is None else None
    rows = published.slices() if published else slices_of(compute(bench, spec, judges))
    return [row for row in rows if row.slice == slice_]


def leaderboard_of(
    bench: BenchContext, spec: Spec, judges: str | None
) -> tuple[list[LeaderboardRow], Callable[[], list[str]]]:
    """Return the rows, best first, as published; computed before that, and for `judges`. The function has the notes."""
    from resources.scoring.computing import compute
    from resources.scoring.notes import notes_of

    published = read_published(bench.home, spec.experiment) if judges is None else None
    if published:
        return published.rows, published.notes
    computed = compute(bench, spec, judges)
    return computed.rows, lambda: notes_of(bench, computed)


def checks_of(bench: BenchContext, name: str, limits: Mapping[str, Any]) -> list[CheckResult]:
    """Return the result of every check, then of every limit; one that is None is the one of tipbench.toml.

    Raise OptionError for a limit that there is not, or of another type.
    """
    from resources.choosing.against import check_against
    from resources.scoring.checking import run_checks, run_gates

    of_project = msgspec.structs.asdict(bench.gates)
    given = {key: value for key, value in limits.items() if value is not None}
    try:
        gates = msgspec.convert({**of_project, **given}, Gates)
    except msgspec.ValidationError as error:
        raise OptionError(in_words(error, Gates), path_of(error)) from error
    if (gates.against is None) != (gates.max_drop is None):
        said = "against and max_drop go together: what the cell is held against, and how far it may drop, such as 0.2"
        raise OptionError(said, ("max_drop" if gates.max_drop is None else "against",))
    state = bench.on_record(name)
    limited = run_gates(bench, state, gates)
    if gates.against is not None and gates.max_drop is not None:
        limited.append(check_against(bench, state.pinned(), gates.against, gates.cell, gates.max_drop))
    return [*run_checks(bench, state.pinned()), *limited]
