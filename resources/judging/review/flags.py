"""Items that judges have flagged for the admins: one row an item, replaced when it is flagged again."""

from collections.abc import Callable, Sequence

import sqlalchemy as sa

from contracts.refusals import InvalidInput
from kit.sql.sessions import reading
from kit.sql.upserts import put_row
from resources.judging.rounds.page_answers import ItemPlace
from resources.sql.tables import FLAGS

LONGEST_REASON = 2_000
"""Characters of a reason."""
CHUNK = 500


class FlagTable:
    """The rows of `bench_flags`."""

    def __init__(self, engine: sa.Engine, now: Callable[[], str]) -> None:
        self._engine, self._now = engine, now

    def put(self, place: ItemPlace, reason: str, actor: str) -> str:
        """Store a flag of an item, in place of one before, and return when; raise InvalidInput for a wrong reason."""
        if not reason.strip() or len(reason) > LONGEST_REASON:
            raise InvalidInput(f"a reason has 1 to {LONGEST_REASON} characters", ("reason",))
        if "\0" in reason:  # which PostgreSQL does not store
            raise InvalidInput("a reason holds no NUL", ("reason",))
        at = self._now()
        row = {**place._asdict(), "reason": reason.encode("utf-8", "replace").decode(), "at": at, "actor": actor}
        with self._engine.begin() as connection:
            put_row(connection, FLAGS, row)
        return at

    def remove(self, place: ItemPlace) -> None:
        """Remove the flag of an item; without one nothing changes."""
        with self._engine.begin() as connection:
            connection.execute(FLAGS.delete().where(*_of(place)))

    def reasons(self, items: Sequence[str]) -> dict[str, str]:
        """Return the reason of each of these items that is flagged."""
        found: dict[str, str] = {}
        with reading(self._engine) as connection:
            for start in range(0, len(items), CHUNK):
                some = FLAGS.c.item.in_(items[start : start + CHUNK])
                query = sa.select(FLAGS.c.item, FLAGS.c.reason).where(some)
                found.update((row.item, row.reason) for row in connection.execute(query))
        return found

    def page(
        self, experiment: str | None, after: tuple[str, str] | None, most: int
    ) -> Sequence[sa.Row[tuple[object, ...]]]:
        """Return at most `most` rows, newest first, of one experiment or of all, those after (at, item)."""
        query = sa.select(FLAGS).order_by(FLAGS.c.at.desc(), FLAGS.c.item.desc()).limit(most)
        if experiment is not None:
            query = query.where(FLAGS.c.experiment == experiment)
        if after is not None:
            query = query.where(sa.tuple_(FLAGS.c.at, FLAGS.c.item) < sa.tuple_(*after))
        with reading(self._engine) as connection:
            return connection.execute(query).all()


def _of(place: ItemPlace) -> tuple[sa.ColumnElement[bool], ...]:
    return (FLAGS.c.experiment == place.experiment, FLAGS.c.judge == place.judge, FLAGS.c.item == place.item)
