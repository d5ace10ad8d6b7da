"""A course of feedback in any batches comes to one state."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contracts.tips.recommendations import FeedbackKind, TipFeedback
from core.policies.configuration import LinUcbPolicy, ThompsonPolicy
from core.policies.state import counts_hash
from services.recommender.feedback import take
from services.recommender.learning.states import begun, folded, stored
from services.recommender.tables import SERVED
from tests.services.recommender.world import START, World

POLICIES = (ThompsonPolicy(), LinUcbPolicy())
TIPS, HOUR_S = 6, 3_600.0
SAID = st.tuples(
    st.integers(0, TIPS - 1),
    st.sampled_from((FeedbackKind.SHOWN, FeedbackKind.ACTED, FeedbackKind.OPENED, FeedbackKind.DISMISSED)),
    st.integers(-2, 150),
)
"""Which tip, what became of it, and in which hour after the first decision."""


@dataclass(frozen=True)
class Course:
    """A home on which tips of three users were served, and what there is to say of them."""

    world: World
    served: list[Any]


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Course]:
    """One home for all examples, each of which is rolled back."""
    world = World(tmp_path_factory.mktemp("course") / "home")
    for number in range(TIPS):
        world.ask(f"user-{number % 3}", area=("sleep", "work")[number // 3])
        world.clock.now += 1
    yield Course(world, sorted(world.rows(SERVED), key=lambda row: row.served_at))
    world.close()


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(SAID, max_size=12), st.sets(st.integers(0, 12)))
def test_batches_of_feedback_come_to_one_state(
    course: Course, said: list[tuple[int, FeedbackKind, int]], cuts: set[int]
) -> None:
    """Whether it is stored at once or in parts, between which a state begins, the counts are those of the whole log."""
    with course.world.engine.connect() as connection:
        whole = _hashes(connection, course, said, frozenset())
        assert whole == _hashes(connection, course, said, cuts | {0})
        connection.rollback()


def _hashes(connection: Any, course: Course, said: list[tuple[int, FeedbackKind, int]], cuts: Any) -> list[str]:
    """The state of each policy after a course; at each cut a savepoint ends, and the first one begins the states."""
    outer = connection.begin_nested()
    savepoint = connection.begin_nested()
    for number, (tip, event, hour) in enumerate(said):
        if number in cuts:
            _begin(connection)
            savepoint.commit()
            savepoint = connection.begin_nested()
        row = course.served[tip]
        feedback = TipFeedback(decision=row.decision, tip=row.tip, event=event, id=str(uuid.uuid4()))
        take(connection, course.world.sealer, row.user, feedback, START + hour * HOUR_S, lambda _: None)
    savepoint.commit()
    _begin(connection)
    found = [stored(connection, policy) for policy in POLICIES]
    hashes = [counts_hash(state[1]) for state in found if state]
    assert hashes == [counts_hash(folded(connection, policy)) for policy in POLICIES]
    outer.rollback()
    return hashes


def _begin(connection: Any) -> None:
    for policy in POLICIES:
        if stored(connection, policy) is None:
            begun(connection, policy)
