"""Holds a cell of an experiment against the same cell of another one, on the scores that both have now."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.benchmark.names import EXPERIMENT
from core.benchmark.records import KINDS, JudgeKind, Record, definitions_of, raters_of
from core.benchmark.spec import Spec
from core.canonical import content_hash
from core.choosing.against import Drop, drop_in_words, hold_against
from core.expected_error import FieldError
from core.judging.model_judges.definition import differences
from core.scoring.checks import CheckResult
from core.scoring.gates import UnknownCell
from core.scoring.tally import Tally
from resources.bench_context import BenchContext
from resources.choosing.shipped import ships_in_force
from resources.home import Home
from resources.lake.specs import ExperimentState, experiment_state
from resources.packs.placing import in_place
from resources.scoring.tallying import Answers, Given, answers_of, generations_of, given_of, tally_of


class OtherBasis(FieldError):
    """Scores that cannot be compared: by another rubric, by other judges, or by a judge of another definition."""


@dataclass(frozen=True)
class Side:
    """One of two experiments: its home, its pin and records, and the answers that were given in it."""

    home: Home
    spec: Spec
    records: Sequence[Record]
    given: Given
    answers: Answers

    @property
    def scored(self) -> dict[str, JudgeKind]:
        """Return the judges who rate and have scored anything, by kind."""
        known = raters_of(self.records)
        counts = np.bincount(self.answers.judge, self.answers.scored, len(self.answers.judges))
        return {name: known[name] for name, n in zip(self.answers.judges, counts, strict=True) if n and name in known}

    @property
    def whole(self) -> set[JudgeKind]:
        """Return the kinds of judges that have scored every cell with a text, as a board rests on them."""
        texts = set(np.flatnonzero(generations_of(self.given, self.spec)["texts"].sum(axis=1)).tolist())
        reached = self.answers.cells_by_kind()
        return {kind for kind in KINDS if reached.get(kind) and reached[kind] >= texts}

    def tally(self, judges: Sequence[str], scenarios: Sequence[str]) -> Tally:
        """Return the tally of these judges over the scenarios of these hashes, in their order."""
        generations = generations_of(self.given, self.spec)
        whole = tally_of(self.answers, generations, judges)
        places = {scenario.hash: place for place, scenario in enumerate(self.spec.scenarios)}
        return whole.within(np.array([places[each] for each in scenarios], np.int64))

    def cell(self, name: str) -> int:
        """Return the code of a cell; raise UnknownCell, which lists some, if there is none of this name."""
        names = ["/".join(cell) for cell in self.spec.cell_names()]
        if name not in names:
            said = f"cell {name!r} is no cell of {self.spec.experiment}: use one of {', '.join(names[:12])}"
            raise UnknownCell(said, ("cell",))
        return names.index(name)


def side_of(home: Home, state: ExperimentState) -> Side:
    """Return an experiment as one of two; raise NotPinned or LakeBroken."""
    spec = state.pinned(("against",))
    given = given_of(home, spec)
    return Side(home, spec, state.records, given, answers_of(given, spec))


def check_against(bench: BenchContext, spec: Spec, other: str, cell: str | None, max_drop: float) -> CheckResult:
    """Return the check that a cell of the experiment did not drop by more than `max_drop` since another one.

    The other is an experiment of this home, or a pack, which is read in place. Without `cell` it is the one that the
    other has shipped. Raise NotPinned, UnknownCell or OtherBasis, of a pack BadPack, NotAFile or FileTooLarge.
    """
    now = side_of(bench.home, bench.on_record(spec.experiment))
    if EXPERIMENT.fullmatch(other):
        return held(now, side_of(bench.home, experiment_state(bench.home, other)), cell, max_drop)
    with in_place(Path(other), bench.home.root) as (home, state):
        return held(now, side_of(home, state), cell, max_drop)


def held(now: Side, there: Side, cell: str | None, max_drop: float) -> CheckResult:
    """Return the check on both sides; raise UnknownCell or OtherBasis."""
    cell = cell or _shipped(there)
    cells = now.cell(cell), there.cell(cell)
    refuse_other_rubric(now, there)
    judges = common_judges(now, there)
    found = Drop("undecided", None, None, None, 0)
    if judges:
        common = common_scenarios(now, there)
        sides = [(side.tally(judges, common), at) for side, at in zip((now, there), cells, strict=True)]
        found = hold_against(sides[0], sides[1], now.spec.rubric, now.spec.failures, max_drop)
    counts = {"diff": found.diff, "low": found.low, "high": found.high, "scenarios": found.scenarios}
    numbers = {name: value for name, value in counts.items() if value is not None}
    return CheckResult(
        "against",
        found.verdict == "passed",
        "error",
        drop_in_words(found, cell, there.spec.experiment, max_drop),
        {**numbers, "limit": max_drop},
        undecided=found.verdict == "undecided",
        cell=cell,
        other=there.spec.experiment,
    )


def _shipped(there: Side) -> str:
    ships = ships_in_force(list(there.records))
    if not ships:
        said = f"{there.spec.experiment} has shipped no cell: name the one to hold against it, --cell MODEL/PROMPT"
        raise UnknownCell(said, ("cell",))
    return ships[-1].cell


def common_scenarios(now: Side, there: Side) -> list[str]:
    """Return the hashes of the scenarios that both have, in the order of the first."""
    hashes = {scenario.hash for scenario in there.spec.scenarios}
    return [scenario.hash for scenario in now.spec.scenarios if scenario.hash in hashes]


def refuse_other_rubric(now: Side, there: Side) -> None:
    """Return if both were judged by one text of one rubric; raise OtherBasis."""
    ours, theirs = now.spec.rubric, there.spec.rubric
    if content_hash(ours) != content_hash(theirs):
        said = f"{ours.ref} and {theirs.ref}" if ours.ref != theirs.ref else f"two texts of {ours.ref}"
        pair = f"{now.spec.experiment} and {there.spec.experiment}"
        raise OtherBasis(f"{pair} were judged by {said}, whose scores cannot be compared", ("against",))


def common_judges(now: Side, there: Side) -> list[str]:
    """Return the judges of the first kind that scored all of both, else of the first that scored both at all.

    None where one side has no score at all. Raise OtherBasis for other people, and another definition of a judge.
    """
    ours, theirs = now.scored, there.scored
    if not ours or not theirs:
        return []
    pair = f"{now.spec.experiment} and {there.spec.experiment}"
    both = [kind for kind in KINDS if kind in ours.values() and kind in theirs.values()]
    kind = next((each for each in both if each in now.whole & there.whole), both[0] if both else None)
    mine, other = (sorted(name for name, own in side.items() if kind in (own, None)) for side in (ours, theirs))
    if kind is None or mine != other:
        said = f"{', '.join(mine)} and {', '.join(other)}"
        raise OtherBasis(f"{pair} were judged by others, whose scores cannot be compared: {said}", ("against",))
    definitions = definitions_of(now.records), definitions_of(there.records)
    for judge in mine:
        one, two = (each.get(judge) for each in definitions)
        if one is not None and two is not None and one.hash == two.hash:
            continue
        if one is not two:
            fields = "" if one is None or two is None else f": {', '.join(differences(one, two))} differ"
            raise OtherBasis(f"judge {judge} of {pair} has two definitions{fields}", ("against",))
    return mine
