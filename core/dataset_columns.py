"""The columns of every dataset in the lake; a table without rows keeps these types."""

import pyarrow as pa

from core.judging.rubric import Rubric

_NAME = pa.dictionary(pa.int32(), pa.string())

CANDIDATES = pa.schema(
    [
        pa.field("candidate_id", pa.string(), nullable=False),
        pa.field("cell", pa.int32(), nullable=False),
        pa.field("model", _NAME, nullable=False),
        pa.field("prompt", _NAME, nullable=False),
        pa.field("scenario", pa.int32(), nullable=False),
        pa.field("scenario_id", _NAME, nullable=False),
        pa.field("area", _NAME),
        pa.field("locale", _NAME),
        pa.field("tip_index", pa.int32(), nullable=False),
        pa.field("outcome", _NAME, nullable=False),
        pa.field("text", pa.string()),
        pa.field("raw", pa.string()),
        pa.field("reasoning", pa.string()),
        pa.field("finish", pa.string()),
        pa.field("cut_off", pa.bool_()),
        pa.field("tokens_in", pa.int32()),
        pa.field("tokens_out", pa.int32()),
        pa.field("tokens_reasoning", pa.int32()),
        pa.field("latency_ms", pa.float64()),
        pa.field("queue_ms", pa.float64()),
        pa.field("retry_ms", pa.float64()),
        pa.field("cost", pa.float64()),
        pa.field("attempts", pa.int32(), nullable=False),
        pa.field("error", pa.string()),
        pa.field("origin", _NAME, nullable=False),
    ]
)
"""One row a generation, in grid order: cell, scenario, tip_index. `cell` and `scenario` index the spec's lists;
`outcome` is text, refused, failed or, where a person accepted it, misconfigured; `text` is the tip after cuts, null
unless outcome is text; `cut_off` says of a tip that it ends where the model ran out of tokens; `raw` holds the answer
before cuts, `reasoning` what came apart from it; `origin` is run, adopt or extends:NAME."""

ITEMS = pa.schema(
    [
        pa.field("item", pa.string(), nullable=False),
        pa.field("judge", _NAME, nullable=False),
        pa.field("candidate_id", pa.string(), nullable=False),
        pa.field("export", pa.int32(), nullable=False),
    ]
)
"""Which tip stands behind an opaque item id, and for which judge; never leaves the lake."""


def criterion_column(name: str) -> str:
    """Return the name of a criterion's column in the scores table."""
    return f"score.{name}"


def scores_schema(rubric: Rubric) -> pa.Schema:
    """Return the columns of the scores table: one row per answered item, criterion columns null if unscorable.

    Superseded answers are left out. `source` is the SHA-256 of the file an answer came from, or extends:NAME; `line`
    its line there, from 1.
    """
    return pa.schema(
        [
            pa.field("item", pa.string(), nullable=False),
            pa.field("candidate_id", pa.string(), nullable=False),
            pa.field("judge", _NAME, nullable=False),
            pa.field("kind", _NAME, nullable=False),
            *(pa.field(criterion_column(name), pa.float64()) for name in rubric.names),
            pa.field("comment", pa.string()),
            pa.field("unscorable", pa.string()),
            pa.field("source", _NAME, nullable=False),
            pa.field("line", pa.int64(), nullable=False),
        ]
    )


def judge_answers_schema(rubric: Rubric) -> pa.Schema:
    """Return the columns of judge_answers: one row an item and answer of a model judge, `number` from 0.

    Criterion columns are null where the answer is unscorable or no score, which `why` says then; `raw` is what the
    model wrote.
    """
    return pa.schema(
        [
            pa.field("judge", _NAME, nullable=False),
            pa.field("item", pa.string(), nullable=False),
            pa.field("number", pa.int32(), nullable=False),
            *(pa.field(criterion_column(name), pa.float64()) for name in rubric.names),
            pa.field("comment", pa.string()),
            pa.field("unscorable", pa.string()),
            pa.field("why", pa.string()),
            pa.field("raw", pa.string()),
        ]
    )
