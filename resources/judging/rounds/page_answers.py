"""Stores answers given one by one on a page: each a row, on disk before the judge is answered, never lost by undo."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import msgspec
import sqlalchemy as sa

from contracts.judging import AnswerView
from contracts.refusals import Conflict
from core.canonical import canonical
from core.judging.answers import Answer, Rating, line_of, task_of
from kit.sql.sessions import reading
from resources.judging.inbox import page_file
from resources.judging.rounds.answer_history import Past
from resources.judging.rounds.batches import CHUNK, RATINGS, WAITING
from resources.judging.rounds.published_scores import view_of
from resources.judging.upload_limits import QuotaUsed
from resources.sql.tables import ANSWERS

WITHDRAWN = "withdrawn by the judge"
MOST_ANSWERS = 200
"""Answers that a judge may give to one item on pages; each stays, so that it can be taken back."""


class Saved(NamedTuple):
    """The answer of a row, and whether it still waits to be published."""

    view: AnswerView
    waits: bool


class KeyedAnswer(NamedTuple):
    """When the answer under a key was given, and whether it was withdrawn."""

    saved_at: str
    withdrawn: bool


class ItemPlace(NamedTuple):
    """An item with its experiment, round and judge."""

    experiment: str
    round: str
    judge: str
    item: str


class PageAnswerTable:
    """The rows of `bench_answers` that are ratings, as a judging page needs them."""

    def __init__(self, engine: sa.Engine, now: Callable[[], str]) -> None:
        self._engine, self._now = engine, now

    def save(self, place: ItemPlace, answer: Answer, actor: str, key: str | None = None) -> str:
        """Store a valid answer durably and return when; it supersedes the item's earlier ones.

        Under a key that the item has had nothing is stored, and that answer's time returned. Raise QuotaUsed for one
        that is one too many.
        """
        try:
            return self._saved(place, answer, actor, key)
        except sa.exc.IntegrityError:
            known = self.under(place, key)  # which another transaction has stored meanwhile
            if known is None:
                raise
            return known.saved_at

    def under(self, place: ItemPlace, key: str | None) -> KeyedAnswer | None:
        """Return what is known of the item's answer under a key, withdrawn or not; None without one."""
        if key is None:
            return None
        with reading(self._engine) as connection:
            row = connection.execute(sa.select(ANSWERS).where(*_own(place), ANSWERS.c.key == key)).first()
        return None if row is None else KeyedAnswer(row.saved_at, row.withdrawn_at is not None)

    def _saved(self, place: ItemPlace, answer: Answer, actor: str, key: str | None) -> str:
        own = _own(place)
        with self._engine.begin() as connection:
            if key is not None:
                known = sa.select(ANSWERS.c.saved_at).where(*own, ANSWERS.c.key == key)
                if (at := connection.execute(known).scalar_one_or_none()) is not None:
                    return str(at)
            if connection.execute(sa.select(sa.func.count()).where(*own)).scalar_one() >= MOST_ANSWERS:
                said = f"{MOST_ANSWERS} answers to this item are stored, which is the most"
                raise QuotaUsed(f"{said}: import a file to correct it", ("item",))
            return self._insert(connection, place, answer, actor, key=key)

    def latest(self, experiment: str, judge: str, items: Iterable[str]) -> dict[str, Saved]:
        """Return the last answer of each of these items that was neither withdrawn nor refused."""
        wanted, found = list(items), {}
        with reading(self._engine) as connection:
            for start in range(0, len(wanted), CHUNK):
                some = ANSWERS.c.item.in_(wanted[start : start + CHUNK])
                query = sa.select(ANSWERS).where(_live(experiment, judge), some).order_by(ANSWERS.c.id)
                for row in connection.execute(query):
                    found[row.item] = Saved(view_of(_rating(row), row.saved_at), row.state in WAITING)
        return found

    def waiting(self, experiment: str, judge: str) -> set[str]:
        """Return the items with an answer that is not published yet."""
        query = sa.select(ANSWERS.c.item).where(_live(experiment, judge), ANSWERS.c.state.in_(WAITING)).distinct()
        with reading(self._engine) as connection:
            return set(connection.scalars(query))

    def batch_files(self, experiment: str, judge: str, item: str) -> set[str]:
        """Return the names of the score files that an item's answers went into."""
        own = (ANSWERS.c.experiment == experiment, ANSWERS.c.judge == judge, ANSWERS.c.item == item)
        query = sa.select(ANSWERS.c.batch).where(*own, ANSWERS.c.batch.is_not(None)).distinct()
        with reading(self._engine) as connection:
            return {page_file(batch) for batch in connection.scalars(query)}

    def undo(self, place: ItemPlace, actor: str, past: Past, key: str | None = None) -> None:
        """Withdraw the item's last answer, so that the one before it is in force.

        One that is in the scores, or assigned to a batch, is followed by a row that restores the answer before it,
        which `past` has if it did not come by the page. Raise Conflict if the page has no answer to withdraw, or the
        last one is not that of the key.
        """
        given = sa.and_(_live(place.experiment, place.judge), ANSWERS.c.item == place.item)
        stack = sa.select(ANSWERS).where(given, ANSWERS.c.restores.is_(None)).order_by(ANSWERS.c.id.desc()).limit(2)
        with self._engine.begin() as connection:
            rows = connection.execute(stack).all()
            if not rows:
                raise Conflict("this item has no answer to take back", ("item",))
            if key not in {None, rows[0].key}:
                raise Conflict("this item was answered again since: nothing was taken back", ("item",))
            taken = ANSWERS.update().where(ANSWERS.c.id == rows[0].id).values(withdrawn_at=self._now())
            if connection.execute(taken.where(ANSWERS.c.state == "saved")).rowcount:
                return
            connection.execute(taken)
            before, restores = _before(rows, past)
            if before is None:
                before = Rating(item=place.item, rubric=_rating(rows[0]).rubric, unscorable=WITHDRAWN)
            self._insert(connection, place, before, actor, restores)

    def _insert(
        self,
        connection: sa.Connection,
        place: ItemPlace,
        answer: Answer,
        actor: str,
        restores: int | None = None,
        key: str | None = None,
    ) -> str:
        saved_at = self._now()
        values = {
            **place._asdict(),
            "task": task_of(answer),
            "answer": canonical(line_of(answer)).decode(),
            "saved_at": saved_at,
            "actor": actor,
            "restores": restores,
            "key": key,
        }
        connection.execute(ANSWERS.insert().values(values))
        return saved_at


def _own(place: ItemPlace) -> tuple[sa.ColumnElement[bool], ...]:
    return (ANSWERS.c.experiment == place.experiment, ANSWERS.c.judge == place.judge, ANSWERS.c.item == place.item)


def _before(rows: Sequence[Any], past: Past) -> tuple[Rating | None, int]:
    """Return the answer before the first of one or two rows, and its row, 0 if it is no row."""
    earlier = rows[1] if len(rows) > 1 else None
    other = past.between(page_file(earlier.batch) if earlier is not None else None, page_file(rows[0].batch))
    if other is not None or earlier is None:
        return other, 0
    return _rating(earlier), earlier.id


def _live(experiment: str, judge: str) -> sa.ColumnElement[bool]:
    return sa.and_(
        ANSWERS.c.experiment == experiment,
        ANSWERS.c.judge == judge,
        RATINGS,
        ANSWERS.c.withdrawn_at.is_(None),
        ANSWERS.c.state != "refused",
    )


def _rating(row: Any) -> Rating:
    return msgspec.json.decode(row.answer, type=Rating)
