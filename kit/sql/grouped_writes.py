"""Changes of several threads in one transaction: each is answered once all of them are on the disk."""

import threading
from collections import deque
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import sqlalchemy as sa

from kit.sql.store import Store

Change = TypeVar("Change")
Answer = TypeVar("Answer")
MOST = 32
"""Changes of one transaction, so that no other writer waits for long."""


@dataclass(eq=False)
class _Place(Generic[Change, Answer]):
    change: Change
    answer: Answer | None = None
    failed: BaseException | None = None
    is_done: bool = False
    turn: threading.Lock = field(default_factory=threading.Lock)


class GroupedWrites(Generic[Change, Answer]):
    """Changes that come while another one commits share the next transaction, in the order in which they came.

    `write` makes all changes of a transaction and returns for each its answer, or the exception that it alone failed
    with, having written nothing for it; what it raises undoes and fails them all. Of changes with equal `key` each has
    a transaction after the one before, and none has more than `most`. Nobody waits for others to come: a change that is
    alone is written at once.
    """

    def __init__(
        self,
        store: Store,
        write: Callable[[sa.Connection, Sequence[Change]], Sequence[Answer | Exception]],
        key: Callable[[Change], Hashable],
        most: int = MOST,
    ) -> None:
        self._store, self._write, self._key, self._most = store, write, key, most
        self._guard, self._led = threading.Lock(), False
        self._waiting: deque[_Place[Change, Answer]] = deque()

    @property
    def waiting(self) -> int:
        """Return how many changes are in no transaction yet."""
        with self._guard:
            return len(self._waiting)

    def write(self, change: Change) -> Answer:
        """Return the answer to a change once it is committed; raise what it failed with, or its whole transaction."""
        mine = _Place[Change, Answer](change)
        mine.turn.acquire()
        with self._guard:
            self._waiting.append(mine)
            leads, self._led = not self._led, True
        if not leads:
            mine.turn.acquire()  # until it is answered, or first in the queue
        if not mine.is_done:
            self._lead()
        if mine.failed is not None:
            raise mine.failed
        return mine.answer  # type: ignore[return-value]  # a place without a failure has its answer

    def _lead(self) -> None:
        """Write what waits, from the first on, which is the caller's own; then let the next one lead."""
        group: list[_Place[Change, Answer]] = []
        try:
            with self._store.writing() as connection:
                group = self._taken()  # who came while the lock was waited for is among them
                answers = self._write(connection, [each.change for each in group])
            for place, answer in zip(group, answers, strict=True):
                if isinstance(answer, Exception):
                    place.failed = answer
                else:
                    place.answer = answer
        except BaseException as error:  # noqa: BLE001  # each caller raises it
            for place in group or (group := self._taken()):
                place.failed = error
        finally:
            self._pass_on(group)

    def _taken(self) -> list[_Place[Change, Answer]]:
        """Take from the queue the first change of each key, up to `most` of them."""
        group: dict[Hashable, _Place[Change, Answer]] = {}
        with self._guard:
            left: deque[_Place[Change, Answer]] = deque()
            for place in self._waiting:
                key = self._key(place.change)
                if len(group) < self._most and key not in group:
                    group[key] = place
                else:
                    left.append(place)
            self._waiting = left
        return list(group.values())

    def _pass_on(self, group: Sequence[_Place[Change, Answer]]) -> None:
        with self._guard:
            self._led = bool(self._waiting)
            following = self._waiting[0] if self._waiting else None
        for place in group:
            place.is_done = True
            place.turn.release()
        if following is not None:
            following.turn.release()
