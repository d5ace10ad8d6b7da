"""What collecting would still ask for, in generations, tokens and money."""

from collections import Counter
from typing import TYPE_CHECKING

import msgspec

from contracts.benchmark.launches import CellPlanView
from core.benchmark.grid import grid
from core.benchmark.spec import Spec
from resources.collect.collector import rendered_for
from resources.home import Home
from resources.lake.candidates import taken_over
from resources.lake.journal import read_index
from resources.lake.specs import journal_path

if TYPE_CHECKING:
    import pandas as pd

CHARACTERS_A_TOKEN = 4


class CollectionPlan(msgspec.Struct, frozen=True):
    """The whole experiment."""

    cells: list[CellPlanView]
    generations: int
    journaled: int
    taken_over: int
    areas: dict[str, int]

    @property
    def to_ask(self) -> int:
        """Generations without a final outcome."""
        return sum(cell.to_ask for cell in self.cells)

    @property
    def tokens_in(self) -> int:
        """Estimated input tokens."""
        return sum(cell.tokens_in for cell in self.cells)

    @property
    def tokens_out(self) -> int:
        """The most output tokens."""
        return sum(cell.tokens_out for cell in self.cells)

    def money(self) -> str:
        """The upper estimate in words; names the models whose price is not known."""
        known = sum(cell.cost or 0.0 for cell in self.cells)
        unknown = sorted({cell.model for cell in self.cells if cell.cost is None})
        return f"at most about {known:.4f} USD" + (
            f" and the price of {', '.join(unknown)}, not known" if unknown else ""
        )


def plan_frame(plan: CollectionPlan) -> "pd.DataFrame":
    """A plan's cells as a table for notebooks."""
    import pandas as pd

    return pd.DataFrame([msgspec.to_builtins(cell) for cell in plan.cells], columns=CellPlanView.__struct_fields__)


def plan_of(home: Home, spec: Spec) -> CollectionPlan:
    """The plan of a drafted or pinned spec, against the journal and what it extends."""
    index = read_index(journal_path(home, spec.experiment))
    inherited = taken_over(home, spec)
    cells = [_cell_plan(spec, cell, index.final | inherited.keys()) for cell in range(len(spec.cells))]
    return CollectionPlan(
        cells=cells,
        generations=sum(cell.generations for cell in cells),
        journaled=len(index.final),
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
    asked = model.priced
    cost = 0.0 if asked.provider in {"template", "embedded", "tape"} else None
    if asked.provider != "tape" and asked.price_in is not None and asked.price_out is not None:
        cost = (asked.price_in * tokens_in + asked.price_out * tokens_out) / 1e6
    return CellPlanView(model.name, prompt.name, generations, to_ask, tokens_in, tokens_out, cost)
