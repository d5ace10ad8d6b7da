"""Tips as admins read them beside each other: a row each with what judges made of it, and a whole situation."""

from typing import Any, Protocol

import msgspec

from contracts.benchmark.experiments import CandidateView
from contracts.paging import Page, PageRequest


class TipRow(CandidateView, frozen=True, kw_only=True):
    """A candidate with its `score`: the mean over judges of one kind, in rubric units, None before anyone has scored.

    `disagreement` is the largest score that any judge gave it less the least, None where fewer than two have.
    """

    score: float | None
    disagreement: float | None
    n_judges: int


class JudgementView(msgspec.Struct, frozen=True, kw_only=True):
    """What one judge said of a tip; `score` is the weighted mean in rubric units, None where `unscorable` says why.

    `raw` is what a model wrote, the first answer where it was asked several times; None for other judges.
    """

    judge: str
    kind: str
    score: float | None
    criteria: dict[str, float | None]
    comment: str | None
    unscorable: str | None
    raw: str | None = None


class TipView(TipRow, frozen=True, kw_only=True):
    """A tip with the answer before cuts, how its model ended it, and every judgement, by judge."""

    raw: str | None
    finish: str | None
    cut_off: bool | None
    judgements: list[JudgementView]


class SituationView(msgspec.Struct, frozen=True, kw_only=True):
    """One scenario with the tips of all cells for it, in grid order; `n_tips` of them, of which the first are here."""

    scenario_id: str
    area: str | None
    locale: str | None
    data: dict[str, Any]
    n_tips: int
    tips: list[TipView]


class Tips(Protocol):
    """Reads tips; blocking, safe from several threads; NotFound for an unknown experiment."""

    def page(self, experiment: str, request: PageRequest) -> Page[TipRow]:
        """Return tips by `grid` (default), `scenario`, score, disagreement, latency_ms, tokens_out or cost.

        `where` may hold model, prompt, scenario_id, area, locale, outcome, failed (no tip came of it) and search: a
        part of the tip, of its scenario, or of the name of its cell. Nulls come last.
        """
        ...

    def situation(self, experiment: str, scenario_id: str) -> SituationView:
        """Return a scenario with its tips; raise NotFound for one that the experiment does not have."""
        ...
