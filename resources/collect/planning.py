"""Estimates what collecting would still request, in generations, tokens and money."""

from collections import Counter

import msgspec

from contracts.benchmark.launches import CellPlanView
from core.benchmark.grid import grid
from core.benchmark.spec import Spec
from kit.cancellation import stop_if_cancelled
from resources.collect.collector import rendered_for
from resources.collect.failed_generations import failures
from resources.home import Home
from resources.lake.candidates import collected_index, failed_keys, taken_over

CHARACTERS_A_TOKEN = 4


class CollectionPlan(msgspec.Struct, frozen=True):
    """The plan of a whole experiment; `areas` counts its scenarios by area."""

    cells: list[CellPlanView]
    generations: int
    journaled: int
    taken_over: int
    areas: dict[str, int]

    @property
    def to_ask(self) -> int:
        """Return the number of generations without a final outcome."""
        return sum(cell.to_ask for cell in self.cells)

    @property
    def tokens_in(self) -> int:
        """Return the estimated number of input tokens: one for every four characters."""
        return sum(cell.tokens_in for cell in self.cells)

    @property
    def tokens_out(self) -> int:
        """Return the largest possible number of output tokens."""
        return sum(cell.tokens_out for cell in self.cells)

    def money(self) -> str:
        """Return the upper estimate in words, with the models whose price is not known."""
        known = sum(cell.cost or 0.0 for cell in self.cells)
        unknown = sorted({cell.model for cell in self.cells if cell.cost is None})
        return f"at most about {known:.4f} USD" + (
            f" and the price of {', '.join(unknown)}, not known" if unknown else ""
        )


def plan_of(home: Home, spec: Spec, *, retry: bool = False) -> CollectionPlan:
    """Return the plan of a drafted or pinned spec, less what the journal holds and `extends` takes over.

    With `retry` the journal's failures count as still to ask, as a run with --retry-failed pays them again. Raise
    Cancelled if nobody awaits it.
    """
    index = collected_index(home, spec.experiment)
    inherited = taken_over(home, spec)
    final = index.final - set(failures(spec, index, failed_keys(home, spec.experiment))) if retry else index.final
    have, cells = final | inherited.keys(), []
    for cell in range(len(spec.cells)):
        stop_if_cancelled()
        cells.append(_cell_plan(spec, cell, have))
    return CollectionPlan(
        cells=cells,
        generations=sum(cell.generations for cell in cells),
        journaled=len(final),
        taken_over=len(inherited),
        areas=dict(sorted(Counter(scenario.area or "none" for scenario in spec.scenarios).items())),
    )


def _cell_plan(spec: Spec, cell: int, held: set[str]) -> CellPlanView:
    model, prompt = spec.models[spec.cells[cell][0]], spec.prompts[spec.cells[cell][1]]
    generations = to_ask = tokens_in = 0
    shown, tokens = -1, 0
    for generation in grid(spec, [cell]):
        generations += 1
        if generation.key in held:
            continue
        if generation.scenario != shown:
            shown = generation.scenario
            rendered = rendered_for(spec, generation)
            text = rendered.text or "".join(message.content for message in rendered.messages or ())
            tokens = len(text) // CHARACTERS_A_TOKEN + 1
        to_ask += 1
        tokens_in += tokens
    tokens_out = to_ask * prompt.max_tokens
    priced = model.priced
    cost = 0.0 if priced.provider in {"template", "embedded", "tape"} else None
    if priced.provider != "tape" and priced.price_in is not None and priced.price_out is not None:
        cost = (priced.price_in * tokens_in + priced.price_out * tokens_out) / 1e6
    return CellPlanView(model.name, prompt.name, generations, to_ask, tokens_in, tokens_out, cost)
