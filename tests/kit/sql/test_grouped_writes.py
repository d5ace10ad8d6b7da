"""Changes of several threads in one transaction: who shares it, who fails with it, and who alone."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

import pytest
import sqlalchemy as sa

from contracts.refusals import Conflict, Unavailable
from kit.sql.grouped_writes import GroupedWrites
from kit.sql.store import Store
from tests.deadline import DEADLINE_S

ADD = sa.text("INSERT INTO kept VALUES (:number)")
NUMBERS = sa.text("SELECT number FROM kept ORDER BY number")


@dataclass
class Adding:
    """Stores numbers on an engine and remembers which came in one transaction; 13 is refused, 99 is a defect."""

    engine: sa.Engine
    groups: list[list[int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Make the store and its groups; changes of equal tens have transactions of their own."""
        self.store = Store(self.engine, "things", lock=7)
        self.grouped = GroupedWrites(self.store, self.add, lambda number: number // 10, most=4)

    def add(self, connection: sa.Connection, numbers: Sequence[int]) -> list[str | Exception]:
        """Store the numbers and answer each by its text."""
        self.groups.append(list(numbers))
        connection.execute(ADD, [{"number": number} for number in numbers if number != 13])
        if 99 in numbers:
            raise ZeroDivisionError
        return [Conflict("no") if number == 13 else str(number) for number in numbers]

    def at_once(self, numbers: Sequence[int]) -> list[Future[str]]:
        """Return what became of numbers that were all asked while another transaction was under way."""
        with ThreadPoolExecutor(len(numbers)) as pool:
            with self.store.writing():
                made = list[Future[str]]()
                for number in numbers:
                    made.append(pool.submit(self.grouped.write, number))
                    deadline = threading.Event()
                    for _ in range(int(DEADLINE_S * 1_000)):
                        if self.grouped.waiting == len(made):
                            break
                        deadline.wait(0.001)
            return made

    def stored(self) -> list[int]:
        """Return the numbers that are stored."""
        with self.store.reading() as connection:
            return list(connection.execute(NUMBERS).scalars())


@pytest.fixture
def adding(engine: sa.Engine) -> Adding:
    """Nothing stored."""
    return Adding(engine)


def test_a_change_that_is_alone_is_written_at_once(adding: Adding) -> None:
    """One after the other has a transaction each."""
    assert [adding.grouped.write(number) for number in (1, 2)] == ["1", "2"]
    assert adding.groups == [[1], [2]]
    assert adding.stored() == [1, 2]


def test_changes_that_wait_share_a_transaction(adding: Adding) -> None:
    """Each has its own answer, in the order in which they came; what was refused alone left the others as they were."""
    made = adding.at_once([20, 30, 13, 40, 31])
    assert [each.result() for each in made if each is not made[2]] == ["20", "30", "40", "31"]
    with pytest.raises(Conflict):
        made[2].result()
    assert adding.groups == [[20, 30, 13, 40], [31]], "of equal keys one after the other"
    assert adding.stored() == [20, 30, 31, 40]


def test_a_transaction_that_fails_answers_nobody(adding: Adding) -> None:
    """All that shared it have its failure, nothing of it is stored, and the next ones are written."""
    made = adding.at_once([10, 99, 20, 21])
    for each in made[:3]:
        with pytest.raises(ZeroDivisionError):
            each.result()
    assert made[3].result() == "21"
    assert adding.stored() == [21]
    assert adding.grouped.write(22) == "22"


def test_a_group_is_bounded(adding: Adding) -> None:
    """One more than may be has the next transaction."""
    made = adding.at_once([10, 20, 30, 40, 50])
    assert [each.result() for each in made] == ["10", "20", "30", "40", "50"]
    assert adding.groups == [[10, 20, 30, 40], [50]]


def test_a_store_that_is_away_answers_all_who_wait(adding: Adding, lose_store: Callable[[], None]) -> None:
    """They need not each wait for it."""
    lose_store()
    with pytest.raises(Unavailable):
        adding.grouped.write(1)
    assert adding.grouped.waiting == 0


def test_no_change_is_lost_or_made_twice(adding: Adding) -> None:
    """Eight threads of twenty changes each: all are answered and stored once."""

    def work(thread: int) -> list[str]:
        return [adding.grouped.write(10 * (1_000 + 20 * thread + number)) for number in range(20)]

    with ThreadPoolExecutor(8) as pool:
        answers = [answer for made in pool.map(work, range(8)) for answer in made]
    assert sorted(map(int, answers)) == adding.stored()
    assert sum(map(len, adding.groups)) == len(answers) == 160
