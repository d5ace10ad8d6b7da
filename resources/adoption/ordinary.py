"""Reads rows of ordinary types in one step; any other is left to be read column by column, which finds the faults."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Annotated, Any, Literal

import msgspec
import numpy as np
from msgspec import Meta, defstruct

from core.benchmark.names import JUDGE
from core.judging.rubric import Rubric
from resources.adoption.tools.document import METRICS
from resources.adoption.values import LARGEST

Label = Annotated[str, Meta(pattern=r"\S")]
Whole = Annotated[int, Meta(ge=0, lt=LARGEST)] | None
Number = Annotated[float, Meta(ge=0, lt=LARGEST)] | Whole
Scores = dict[str, dict[str, float | int]]
AT_ONCE = 1 << 24
"""Bytes that are looked at together for line breaks."""
_BREAK, _RETURN, _OPEN, _CLOSE = b"\n\r{}"


class OrdinaryRow(msgspec.Struct, kw_only=True, gc=False):
    """A row whose values all are what their columns are for; `scores` are on the scale and complete but for gates."""

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


class _Line(OrdinaryRow, kw_only=True, gc=False, forbid_unknown_fields=True):
    """A line of a file that holds no other columns; its labels are looked at once each, for all lines together."""

    model: str
    prompt: str
    scenario_id: str


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
        return row if _is_plain(row.scenario) and self._complete(row.judged()) else None

    def lines(self, data: bytes) -> Sequence[OrdinaryRow] | None:
        """Return the rows of JSON lines, the first on line 1 and none blank, or None if one is out of the ordinary."""
        if not data.startswith(b"{"):
            return None
        try:
            rows: Sequence[OrdinaryRow] = self._decoder().decode_lines(data)
        except (msgspec.DecodeError, UnicodeError, RecursionError):
            return None
        labels = {label for row in rows for label in (row.model, row.prompt, row.scenario_id)}
        texts = {row.scenario for row in rows if isinstance(row.scenario, str)}
        judges = set(chain.from_iterable(row.scores for row in rows if row.scores))
        plain = all(label.strip() for label in labels) and all(map(_is_plain, texts))
        return rows if _is_row_a_line(data, len(rows)) and plain and all(map(JUDGE.fullmatch, judges)) else None

    @property
    def _averages_yes_no(self) -> bool:
        """Return whether the score has an answer of yes or no, whose words are read criterion by criterion."""
        return any(criterion.scale is not None for criterion in self.rubric.averaged)

    def _decoder(self) -> msgspec.json.Decoder[Any]:
        """Return a decoder of lines whose scores are complete and on the scale, without gates; JSON has no NaN."""
        names, scale = self.rubric.averaged_names, self.rubric.scale
        on_scale = Annotated[float, Meta(ge=scale.low, le=scale.high)]
        whole = Annotated[int, Meta(ge=math.ceil(scale.low), le=math.floor(scale.high))]
        count = 0 if self._averages_yes_no else len(names)
        given = Annotated[dict[Literal[names], on_scale | whole], Meta(min_length=count, max_length=count)]  # type: ignore[valid-type]  # the rubric's names are values here
        scores = dict[str, given] if count else Annotated[dict[str, given], Meta(max_length=0)]
        line = defstruct("Line", [("scores", scores | None, None)], bases=(_Line,), kw_only=True, gc=False)
        return msgspec.json.Decoder(line)

    def _complete(self, scores: Scores) -> bool:
        names, scale = set(self.rubric.averaged_names), self.rubric.scale
        if scores and self._averages_yes_no:
            return False
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


def _is_plain(scenario: str | dict[str, Any]) -> bool:
    """Return whether a scenario is an object, or a text that spells neither an object nor a list."""
    return not isinstance(scenario, str) or (scenario.strip() != "" and not scenario.lstrip().startswith(("{", "[")))


def _is_row_a_line(data: bytes, rows: int) -> bool:
    """Return whether each of `rows` objects stands on a line of its own.

    A line break between a } and a { cannot be inside an object; within a text JSON has none.
    """
    whole = np.frombuffer(data, np.uint8)
    ends = range(0, len(whole) - 1, AT_ONCE)
    breaks = np.concatenate(
        [at + np.flatnonzero(whole[at : min(at + AT_ONCE, len(whole) - 1)] == _BREAK) for at in ends]
    )
    before, after = whole[breaks - 1], whole[breaks + 1]
    before = np.where(before == _RETURN, whole[breaks - 2], before)
    return rows == len(breaks) + 1 and bool((before == _CLOSE).all() and (after == _OPEN).all())
