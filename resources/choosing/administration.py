"""Chooses and hands over for admins: the same steps as on the command line, with what is on record of them."""

from dataclasses import replace

from contracts.benchmark.choices import (
    ChampionView,
    ChoicePageView,
    ChoiceRequest,
    ChoicesView,
    ChoiceView,
    HandOverView,
    ShipTakenBack,
    ShipView,
)
from contracts.refusals import Conflict, NotFound
from core.benchmark.names import EXPERIMENT
from core.benchmark.spec import Spec
from core.choosing.choice import CellChoice
from core.choosing.hand_over import ShippedCell, prompt_page
from core.choosing.limits import ShipLimits
from core.choosing.records import ChoiceRecord, ShipRecord
from core.expected_error import FieldError
from kit.refusals import refusal_of
from resources.bench_context import BenchContext
from resources.choosing.choice_page import page_of
from resources.choosing.choosing import ChoiceOptions, choose_cell
from resources.choosing.shipped import champion_among, last_shipped, ships_in_force
from resources.choosing.shipping import ship, undo_ship
from resources.judging.scores import Scores
from resources.storage.files import pretty


class CellChoices:
    """Implements contracts.benchmark.choices.CellChoosing."""

    def __init__(self, bench: BenchContext) -> None:
        self._bench = bench

    def choose(self, experiment: str, request: ChoiceRequest, actor: str) -> CellChoice:
        """Return the choice on the scores of now; raise NotFound, InvalidInput or Conflict."""
        bench, spec = self._found(experiment, actor)
        return _chosen(bench, spec, _options(request))

    def page(self, experiment: str, request: ChoiceRequest, actor: str) -> ChoicePageView:
        """Return the page of the choice on the scores of now; raise NotFound, InvalidInput or Conflict."""
        bench, spec = self._found(experiment, actor)
        options = _options(request)
        made = _chosen(bench, spec, options)
        return ChoicePageView(experiment, made, page_of(bench, spec, made, options))

    def on_record(self, experiment: str, most: int) -> ChoicesView:
        """Return choices and hand-overs of an experiment, newest first, `most` of each; raise NotFound."""
        bench, spec = self._found(experiment)
        records = bench.on_record(experiment).records
        data = Scores(bench.home, experiment, spec.rubric).snapshot_hash
        in_force = {ship.number for ship in ships_in_force(records)}
        choices = [_choice_view(each, data) for each in records if isinstance(each, ChoiceRecord)]
        ships = [_ship_view(each, in_force) for each in records if isinstance(each, ShipRecord)]
        last = last_shipped(bench)
        champion = None if last is None else ChampionView(last[0], last[1].cell, champion_among(bench, spec))
        return ChoicesView(choices[::-1][:most], ships[::-1][:most], champion)

    def ship(self, experiment: str, cell: str, anyway: str | None, actor: str) -> HandOverView:
        """Record that a cell is the one to use; raise NotFound, InvalidInput or Conflict."""
        bench, spec = self._found(experiment, actor)
        try:
            made = ship(bench, spec, cell, anyway)
        except FieldError as error:
            raise refusal_of(error) from error
        if isinstance(made, str):
            raise Conflict(made, ("cell",))
        return _hand_over(made)

    def undo_ship(self, experiment: str, actor: str) -> ShipTakenBack:
        """Record that the last hand-over counts no longer; raise NotFound or Conflict."""
        bench, spec = self._found(experiment, actor)
        try:
            again = undo_ship(bench, spec)
        except FieldError as error:
            raise refusal_of(error) from error
        if isinstance(again, str):
            raise Conflict(again, ("experiment",))
        return ShipTakenBack(experiment, None if again is None else _hand_over(again))

    def _found(self, experiment: str, actor: str | None = None) -> tuple[BenchContext, Spec]:
        """Return the context of one request, in the name of its caller, with the experiment's pin."""
        bench = self._bench.for_request()
        spec = bench.on_record(experiment).spec if EXPERIMENT.fullmatch(experiment) else None
        if spec is None:
            raise NotFound(f"no experiment is called {experiment!r}", ("experiment",))
        return (bench if actor is None else replace(bench, author=actor)), spec


def _options(request: ChoiceRequest) -> ChoiceOptions:
    limits = ShipLimits(
        max_cost_per_1k=request.max_cost_per_1k, max_p95_ms=request.max_p95_ms, floors=dict(request.floors)
    )
    return ChoiceOptions(
        margin=request.margin,
        limits=limits,
        champion=request.champion,
        judges=request.judges,
        looks=request.looks,
        max_scenarios=request.max_scenarios,
    )


def _chosen(bench: BenchContext, spec: Spec, options: ChoiceOptions) -> CellChoice:
    try:
        return choose_cell(bench, spec, options)
    except FieldError as error:
        raise refusal_of(error) from error


def _choice_view(record: ChoiceRecord, data: str) -> ChoiceView:
    return ChoiceView(
        record.decision,
        record.cell,
        record.margin,
        record.options,
        record.scenarios,
        record.looks,
        record.max_scenarios,
        record.author,
        record.at,
        record.data == data,
    )


def _ship_view(record: ShipRecord, in_force: set[int]) -> ShipView:
    return ShipView(
        number=record.number,
        cell=record.cell,
        verdict=record.verdict,
        anyway=record.anyway,
        replaces=record.replaces,
        author=record.author,
        at=record.at,
        is_undone=record.number not in in_force,
    )


def _hand_over(made: ShippedCell) -> HandOverView:
    return HandOverView(
        experiment=made.experiment,
        cell=made.cell,
        verdict=made.verdict,
        anyway=made.anyway,
        replaces=made.replaces,
        ship_json=pretty(made).decode(),
        prompt_md=prompt_page(made),
    )
