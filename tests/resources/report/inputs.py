"""What a report is rendered from, for tests: rows, slices and tips with hostile texts."""

from dataclasses import replace
from typing import Any

import numpy as np

from core.benchmark.model import Model
from core.benchmark.prompt import Prompt
from core.benchmark.scenario import Scenario
from core.benchmark.spec import Options, Spec
from core.judging.rubric import Criterion, Rubric, Scale
from core.scoring.leaderboard_row import Estimate, LeaderboardRow, SliceRow
from resources.report.data import ReportInput, ScoredTips, TipScore

HOSTILE = "</style><script>alert(1)</script><img src=x onerror=y>{{ 7*7 }}\"'&\x1b[31m\u202eevil"


def report_row(model: str, score: float | None, **changes: Any) -> LeaderboardRow:
    """A cell of prompt `p`, known where it has a score, with these fields changed."""
    known = score is not None
    fields: dict[str, Any] = {
        "model": model, "prompt": "p", "judge_kind": "human" if known else None, "score": score,
        "low": None if score is None else score - 0.5, "high": None if score is None else score + 0.5,
        "rank_low": 1 if known else None, "rank_high": 2 if known else None, "diff": None, "diff_low": None,
        "diff_high": None, "diff_sim_low": None, "diff_sim_high": None, "p_holm": None,
        "criteria": {"clear": Estimate(score, None, None)}, "n_scenarios": 2, "n_judges": 1, "n_scored": 2,
        "n_pending": 0, "n_failed": 0, "n_refused": 0, "n_misconfigured": 0, "n_cut": 0,
        "n_unscorable": 0, "coverage": 1.0 if known else 0.0,
        "provisional": not known,
        "marks": (), "mean_length": None, "tokens": None, "cost_per_1k": None, "latency_p50_ms": None,
        "latency_p95_ms": None, "data_hash": "h",
    }  # fmt: skip
    return LeaderboardRow(**{**fields, **changes})


def scored_tips(tips: list[TipScore]) -> ScoredTips:
    """These tips as a report gets them."""
    judges = sorted({judge for tip in tips for judge in tip.scores})
    given = [(judges.index(judge), score) for tip in tips for judge, score in sorted(tip.scores.items())]
    return ScoredTips(
        cell=np.array([tip.cell for tip in tips], np.int64),
        scenario=np.array([tip.scenario for tip in tips], np.int64),
        tip_index=np.array([tip.tip_index for tip in tips], np.int64),
        score=np.array([tip.score for tip in tips], np.float64),
        starts=np.cumsum([0, *(len(tip.scores) for tip in tips)]),
        given=np.array([score for _, score in given], np.float64),
        judge=np.array([judge for judge, _ in given], np.int64),
        judges=tuple(judges),
        row=np.arange(len(tips)),
        text=[tip.text for tip in tips].__getitem__,
        words=[tip.words for tip in tips].__getitem__,
    )


def report_input(rows: list[LeaderboardRow], tips: list[TipScore], **changes: Any) -> ReportInput:
    """An experiment of two scenarios with these rows and tips, hostile wherever text is free."""
    spec = Spec(
        experiment="tip-bench-a", source="adopt", options=Options(), models=(Model(HOSTILE, "adopted"),),
        prompts=(Prompt("p", "1", "x", "chat", ()),), cells=((0, 0), (0, 0)),
        scenarios=(Scenario("s0", HOSTILE, "en", {"text": HOSTILE}), Scenario("s1", "home", "en", {"text": "x"})),
        rubric=Rubric("r", "1", Scale(1, 5), (Criterion("clear", "x"),)), n_tips=1, temperature=None, seed=0,
        failures="worst", created_at="2026-01-01T00:00:00+00:00",
    )  # fmt: skip
    slices = [
        SliceRow(
            **{f: getattr(row, f) for f in LeaderboardRow.__struct_fields__},
            slice="area",
            slice_value=value,
            p_bh=0.0421,
        )
        for row in rows
        for value in (HOSTILE, "home")
    ]
    given = ReportInput(
        spec=spec, rows=rows, slices=slices, criteria=[], judges={"anna": "human"}, baseline=(rows[0].model, "p"),
        published_at="2026-01-01T00:00:00", tips=scored_tips(tips), n_tips=4,
        other_policy=None, judge_notes=[HOSTILE], new_judges=[],
        warnings=[HOSTILE],
    )  # fmt: skip
    return replace(given, **changes)
