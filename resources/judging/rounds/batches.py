"""Turns answers in the table into score files: one batch per judge, with the same bytes at every call."""

from collections.abc import Callable, Sequence
from itertools import groupby

import sqlalchemy as sa

from contracts.judging import AnswerBatch, Unpublished
from kit.sql.sessions import reading
from resources.sql.tables import ANSWERS

WAITING = ("saved", "assigned")
RATINGS = ANSWERS.c.task == "rating"
CHUNK = 500


class AnswerBatches:
    """Implements contracts.judging.PageAnswers; `new_id` gives 16 random hex digits.

    Ratings alone: what a later version saved of other tasks waits for it.
    """

    def __init__(self, engine: sa.Engine, new_id: Callable[[], str]) -> None:
        self._engine, self._new_id = engine, new_id

    def unpublished(self) -> dict[str, Unpublished]:
        """Return, by experiment, the number and the newest of the answers that were not withdrawn."""
        query = (
            sa.select(ANSWERS.c.experiment, sa.func.count(), sa.func.max(ANSWERS.c.id))
            .where(RATINGS, ANSWERS.c.state.in_(WAITING), ANSWERS.c.withdrawn_at.is_(None))
            .group_by(ANSWERS.c.experiment)
        )
        with reading(self._engine) as connection:
            return {name: Unpublished(count, newest) for name, count, newest in connection.execute(query)}

    def batches(self, experiment: str) -> list[AnswerBatch]:
        """Return one batch per judge, assigning what was saved to a new one unless another is begun.

        The caller holds the writer lock.
        """
        own = sa.and_(RATINGS, ANSWERS.c.experiment == experiment)
        saved = sa.and_(own, ANSWERS.c.state == "saved", ANSWERS.c.withdrawn_at.is_(None))
        begun = sa.and_(own, ANSWERS.c.state == "assigned")
        with self._engine.begin() as connection:
            busy = set(connection.scalars(sa.select(ANSWERS.c.judge).where(begun).distinct()))
            judges = set(connection.scalars(sa.select(ANSWERS.c.judge).where(saved).distinct()))
            for judge in sorted(judges - busy):
                connection.execute(
                    ANSWERS.update()
                    .where(saved, ANSWERS.c.judge == judge)
                    .values(state="assigned", batch=self._new_id())
                )
            query = sa.select(ANSWERS).where(begun).order_by(ANSWERS.c.judge, ANSWERS.c.id)
            rows = connection.execute(query).all()
        return [_batch(list(own_rows)) for _, own_rows in groupby(rows, key=lambda row: row.judge)]

    def settle(self, published: list[str], refused: list[str]) -> None:
        """Mark the answers of these batches as published or refused."""
        with self._engine.begin() as connection:
            for state, ids in (("published", published), ("refused", refused)):
                for start in range(0, len(ids), CHUNK):
                    some = ANSWERS.c.batch.in_(ids[start : start + CHUNK])
                    connection.execute(ANSWERS.update().where(some).values(state=state))


def _batch(rows: Sequence[sa.Row[tuple[object, ...]]]) -> AnswerBatch:
    """Return the last answer of every item, in the order in which they were given.

    Equal answers given again later must be another file, since the same bytes are not imported twice: the batch's id
    stands behind the first line in blanks and tabs, which JSON allows.
    """
    last = {row.item: row for row in rows}
    lines = [row.answer.encode() for row in sorted(last.values(), key=lambda row: row.id)]
    lines[0] += spelled(rows[0].batch)
    newest = max(row.saved_at for row in rows)
    return AnswerBatch(rows[0].batch, rows[0].judge, newest, b"\n".join(lines) + b"\n")


def spelled(batch: str) -> bytes:
    """Return 16 hex digits as 64 blanks and tabs."""
    return f"{int(batch, 16):064b}".replace("0", " ").replace("1", "\t").encode()
