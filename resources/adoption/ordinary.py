"""Reads a row of ordinary types in one step; any other is left to be read column by column, which finds the faults."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from core.benchmark.names import JUDGE
from core.judging.rubric import Rubric
from resources.adoption.tools.document import METRICS
from resources.adoption.values import LARGEST

Label = Annotated[str, Meta(pattern=r"\S")]
Whole = Annotated[int, Meta(ge=0, lt=LARGEST)] | None
Number = Annotated[float, Meta(ge=0, lt=LARGEST)] | Whole
Scores = dict[str, dict[str, float | int]]


class OrdinaryRow(msgspec.Struct, kw_only=True, gc=False):
    """A row whose values all are what their columns are for; `scores` are complete and on the scale."""

    model: Label
    prompt: Label
    scenario_id: Label
    scenario: str | dict[str, Any]
    text: str | None
    tip_index: Whole = None
    tokens_in: Whole = None
    tokens_out: Whole = None
    latency_ms: Number = None
    cost: Number = None
    area: None = None
    locale: None = None
    scores: Scores | None = None

    def scenario_data(self) -> dict[str, Any]:
        """Return the scenario as an object; a text stands under `text`."""
        return {"text": self.scenario} if isinstance(self.scenario, str) else self.scenario

    def judged(self) -> Scores:
        """Return the scores by judge and criterion, empty without any."""
        return self.scores or {}


@dataclass
class OrdinaryRows:
    """The ordinary rows by one rubric, whose scale and criteria their scores have."""

    rubric: Rubric
    _judges: set[str] = field(default_factory=set)

    def read(self, columns: Mapping[str, Any]) -> OrdinaryRow | None:
        """Return the row, or None if anything in it is out of the ordinary."""
        if METRICS in columns:
            return None
        try:
            row = msgspec.convert(columns, OrdinaryRow)
        except (msgspec.ValidationError, UnicodeEncodeError, RecursionError):
            return None
        said = row.scenario
        plain = not isinstance(said, str) or (said.strip() != "" and not said.lstrip().startswith(("{", "[")))
        return row if plain and self._complete(row.judged()) else None

    def _complete(self, scores: Scores) -> bool:
        names, scale = set(self.rubric.names), self.rubric.scale
        for judge, given in scores.items():
            if judge not in self._judges:
                if not JUDGE.fullmatch(judge):
                    return False
                self._judges.add(judge)
            if given.keys() != names:
                return False
            for value in given.values():
                if not scale.low <= value <= scale.high or math.isnan(value):
                    return False
        return True
