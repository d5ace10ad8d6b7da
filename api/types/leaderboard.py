"""The leaderboard: cells, best first, with intervals; now, by other judges, or as it was published before."""

import math
from collections.abc import Sequence
from enum import Enum
from typing import Annotated, Any, TypeVar

import msgspec
import strawberry

from api.context import Info, in_thread
from api.enums import described
from api.execution.computed import computed
from api.fields import field, query
from api.types.node import accepts
from contracts.access.caller import Role
from contracts.benchmark.experiments import LeaderboardView
from contracts.refusals import InvalidInput
from core.scoring.cell_differences import CellPair
from core.scoring.leaderboard_row import LeaderboardRow as Row
from core.scoring.leaderboard_row import SliceRow

R = TypeVar("R", Row, SliceRow)


@strawberry.type(description="A criterion's estimate in rubric units, a gate's as a share; null is not known.")
class Criterion:
    """A row's score on one criterion."""

    name: str = strawberry.field(description="Name of the criterion.")
    score: float | None = strawberry.field(description="The estimate.")
    low: float | None = strawberry.field(description="Lower end of its 95 % interval.")
    high: float | None = strawberry.field(description="Upper end of its 95 % interval.")
    gate: bool = strawberry.field(description="It does not enter the score; the estimate is a share from 0 to 1.")
    n: int | None = strawberry.field(description="Of a gate, the scenarios in which it was answered.")


def _criteria(row: Row) -> list[Criterion]:
    return [Criterion(name=name, **msgspec.structs.asdict(own)) for name, own in row.criteria.items()]


@strawberry.type(description="A (model, prompt) cell, or its part in a slice; docs/statistics.md explains each number.")
class LeaderboardRow:
    """Shows core.scoring.leaderboard_row.LeaderboardRow and core.scoring.leaderboard_row.SliceRow."""

    is_type_of = accepts(Row, SliceRow)

    model: str = strawberry.field(description="Name of the model.")
    prompt: str = strawberry.field(description="Name of the prompt.")
    title: str | None = strawberry.field(description="The label it came with, where that is no name.")
    judge_kind: str | None = strawberry.field(description="Kind of the judges it rests on.")
    score: float | None = strawberry.field(description="Marginal mean in rubric units.")
    low: float | None = strawberry.field(description="Lower end of its 95 % interval.")
    high: float | None = strawberry.field(description="Upper end of its 95 % interval.")
    rank_low: int | None = strawberry.field(description="1 + the cells surely better.")
    rank_high: int | None = strawberry.field(description="Scored cells minus those surely worse.")
    diff: float | None = strawberry.field(description="Difference to the baseline.")
    diff_low: float | None = strawberry.field(description="Lower end of its 95 % interval.")
    diff_high: float | None = strawberry.field(description="Upper end of its 95 % interval.")
    diff_sim_low: float | None = strawberry.field(description="Lower end of the simultaneous interval.")
    diff_sim_high: float | None = strawberry.field(description="Upper end of the simultaneous interval.")
    p_holm: float | None = strawberry.field(description="p of the difference, adjusted by Holm.")
    criteria: list[Criterion] = computed(_criteria, list[Criterion], "Estimates by criterion, in the rubric's order.")
    gate_scenarios: list[int | None] = computed(
        lambda row: [own.n for own in row.criteria.values() if own.gate],
        list[int | None],
        "Scenarios in which each gate was answered, in the order of the leaderboard's `gates`.",
    )
    n_scenarios: int = strawberry.field(description="Scenarios that enter the score.")
    n_scenarios_missing: int = strawberry.field(description="Scenarios that enter other cells' scores only.")
    n_judges: int = strawberry.field(description="Judges who scored.")
    n_scored: int = strawberry.field(description="Scored (tip, judge) pairs.")
    n_pending: int = strawberry.field(description="Pairs without an answer.")
    n_failed: int = strawberry.field(description="Failed tips.")
    n_refused: int = strawberry.field(description="Refused tips.")
    n_misconfigured: int = strawberry.field(description="Generations whose model could not be asked.")
    n_cut: int = strawberry.field(description="Tips that end where their model ran out of tokens.")
    n_unscorable: int = strawberry.field(description="Pairs that the judge could not score.")
    n_judge_failed: int = strawberry.field(description="Pending pairs that a model judge could not score.")
    judge_noise: float | None = strawberry.field(description="sd of answers to one item, in rubric units.")
    coverage: float = strawberry.field(description="Scored share of the pairs, 0 to 1.")
    provisional: bool = strawberry.field(description="Whether coverage is under 0.9.")
    marks: list[str] = strawberry.field(description="Why an interval is missing or to be doubted.")
    mean_length: float | None = strawberry.field(description="Words a tip.")
    tokens: float | None = strawberry.field(description="Output tokens a tip.")
    cost_per_1k: float | None = strawberry.field(name="costPer1k", description="USD for 1,000 tips.")
    latency_p50_ms: float | None = strawberry.field(name="latencyP50Ms", description="Median latency in ms.")
    latency_p95_ms: float | None = strawberry.field(name="latencyP95Ms", description="95th percentile of it in ms.")
    data_hash: str = strawberry.field(description="Hash of what it was computed from.")
    slice: str | None = computed(
        lambda row: getattr(row, "slice", None), str | None, "area or locale, in a slice's row."
    )
    slice_value: str | None = computed(
        lambda row: getattr(row, "slice_value", None), str | None, "The slice's value; null where nobody said."
    )
    p_bh: float | None = computed(
        lambda row: getattr(row, "p_bh", None), float | None, "p of the difference in a slice, adjusted over its table."
    )


@described("What leaderboards are sliced by.", AREA="Area of life.", LOCALE="Locale.")
class Slice(Enum):
    """The slices that contracts.benchmark.experiments.Slice names."""

    AREA = "area"
    LOCALE = "locale"


@strawberry.type(description="A leaderboard.")
class Leaderboard:
    """Shows contracts.benchmark.experiments.LeaderboardView."""

    is_type_of = accepts(LeaderboardView)

    experiment: str = strawberry.field(description="Name of the experiment.")
    snapshot: str = strawberry.field(description="Hash of its data; `at` takes it.")
    published_at: str | None = strawberry.field(description="When it was published; null when computed just now.")

    @field("Cells, best first, those without a score last.", gives=list[LeaderboardRow], rows=100)
    @staticmethod
    def rows(root: strawberry.Parent[LeaderboardView]) -> list[Row]:
        """Return the rows of all cells, best first."""
        return root.rows

    @field("Criteria that are in no score but conditions, in the rubric's order.", gives=list[str])
    @staticmethod
    def gates(root: strawberry.Parent[LeaderboardView]) -> list[str]:
        """Return the names of the gates, none before there is a cell."""
        return [name for name, own in root.rows[0].criteria.items() if own.gate] if root.rows else []

    @field("Cells within each value of the slice that was asked for.", gives=list[LeaderboardRow], rows=500)
    @staticmethod
    def slices(root: strawberry.Parent[LeaderboardView]) -> list[SliceRow]:
        """Return the rows within each value of the slice; empty without a slice."""
        return root.slices


def by_criterion(view: LeaderboardView, criterion: str) -> LeaderboardView:
    """Return the leaderboard with one criterion alone, ordered by it.

    Raise InvalidInput for one that the rubric lacks.
    """
    known = list(view.rows[0].criteria) if view.rows else []
    if criterion not in known:
        raise InvalidInput(
            f"criterion {criterion!r} is not in the rubric: use one of {', '.join(known)}", ("criterion",)
        )
    return LeaderboardView(
        experiment=view.experiment,
        snapshot=view.snapshot,
        published_at=view.published_at,
        rows=_ordered(view.rows, criterion),
        slices=_ordered(view.slices, criterion),
    )


def _ordered(rows: list[R], criterion: str) -> list[R]:
    known = [msgspec.structs.replace(row, criteria={criterion: row.criteria[criterion]}) for row in rows]
    return sorted(known, key=lambda row: _worth(row, criterion), reverse=True)


def _worth(row: Row, criterion: str) -> float:
    score = row.criteria[criterion].score
    return -math.inf if score is None else score


def _named(cell: tuple[str, str]) -> str:
    return "/".join(cell)


FORESEEN_PAIRS, MOST_PAIRS = 300, 4_950
"""Pairs that are charged before they are known, those of 25 cells, and the most that are listed, of 100."""


@strawberry.type(description="Two cells of a leaderboard; null is not known.")
class PairOfCells:
    """Shows core.scoring.cell_differences.CellPair."""

    is_type_of = accepts(CellPair)

    cell: str = computed(lambda row: _named(row.cell), str, "MODEL/PROMPT.")
    other: str = computed(lambda row: _named(row.other), str, "MODEL/PROMPT of the other.")
    diff: float = strawberry.field(description="The first's score minus the other's, in rubric units.")
    low: float | None = strawberry.field(description="Lower end of its 95 % interval.")
    high: float | None = strawberry.field(description="Upper end of its 95 % interval.")
    p_holm: float | None = strawberry.field(description="p of the difference, adjusted by Holm over all pairs.")
    separated: bool = strawberry.field(
        description="Whether they surely differ, with 95 % for all pairs at once: what rank intervals count."
    )


def _fields_of(selections: Sequence[Any]) -> int:
    """Return how many fields are selected below, each of which costs a unit a row."""
    beneath = [below for each in selections for below in each.selections]
    return sum(hasattr(each, "arguments") for each in beneath) + (_fields_of(beneath) if beneath else 0)


class LeaderboardQueries:
    """Root fields of the query."""

    @query(
        Role.ADMIN,
        "The leaderboard of an experiment; with nulls before anyone has scored.",
        gives=Leaderboard,
        weight=30,
        with_argument={"judges": 40_000},
    )
    async def leaderboard(
        self,
        info: Info,
        experiment: Annotated[str, strawberry.argument(description="The experiment's name.")],
        criterion: Annotated[str | None, strawberry.argument(description="Order by this criterion alone.")] = None,
        judges: Annotated[str | None, strawberry.argument(description="A kind, or ids of one kind: a,b.")] = None,
        slice: Annotated[Slice | None, strawberry.argument(description="Add rows by slice value.")] = None,  # noqa: A002  # the contract's word
        at: Annotated[str | None, strawberry.argument(description="A snapshot's hash, or a time with zone.")] = None,
    ) -> LeaderboardView:
        """Return the published leaderboard, an earlier snapshot, or one computed by other judges."""
        reads = info.context.services.experiments
        call = in_thread if judges is None else info.context.compute
        view = await call(reads.leaderboard, experiment, judges, slice.value if slice else None, at)
        return view if criterion is None else by_criterion(view, criterion)

    @query(
        Role.ADMIN,
        "Every pair of scored cells, computed now: by how much they differ, and whether surely.",
        gives=list[PairOfCells],
        weight=40_000,
        rows=FORESEEN_PAIRS,
    )
    async def cell_pairs(
        self,
        info: Info,
        experiment: Annotated[str, strawberry.argument(description="The experiment's name.")],
        judges: Annotated[str | None, strawberry.argument(description="A kind, or ids of one kind: a,b.")] = None,
    ) -> list[CellPair]:
        """Return every pair in the order of the cells, by the judges that the leaderboard rests on.

        Raise InvalidInput where they are more than anybody reads. Pairs that were not foreseen are charged afterwards.
        """
        found = await info.context.compute(info.context.services.experiments.pairs, experiment, judges)
        if len(found) > MOST_PAIRS:
            raise InvalidInput(f"{len(found)} pairs are too many to list: the most are {MOST_PAIRS}, of 100 cells")
        info.context.spend(max(0, len(found) - FORESEEN_PAIRS) * _fields_of(info.selected_fields))
        return found
