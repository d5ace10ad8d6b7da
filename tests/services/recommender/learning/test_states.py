"""What the recommender learns: at every commit the fold of its own log, in whatever order and split it came."""

import random
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from contracts.tips.recommendations import FeedbackKind, Surface, TipFeedback, TipRequest
from core.policies.configuration import Policy, read_policy
from core.policies.distribution import Distribution
from core.policies.features import FEATURES, Features
from core.policies.reactions import ArmChoice, TipReaction
from core.policies.state import counts_hash
from kit.sql.sessions import reading
from kit.times import milliseconds
from services.recommender.health import decision_faults
from services.recommender.learning.states import REACTIONS, LearntStates, folded, stored
from services.recommender.retention import STORED_S, recommender_retention
from services.recommender.tables import COUNTS, DECISIONS, FEEDBACK, SERVED, STATES
from tests.core.policies import signals
from tests.services.recommender.world import START, World

HOUR_S = 3_600.0
THOMPSON: dict[str, Any] = {"kind": "thompson"}
LINEAR: dict[str, Any] = {"kind": "linucb", "columns": {"area": ["sleep"], "weekday": ["friday", "saturday"]}}
FRIDAY = Features(weekday="friday")
PAGE = TipRequest(surface=Surface.PAGE)
KINDS = (FeedbackKind.SHOWN, FeedbackKind.ACTED, FeedbackKind.SHOWN, FeedbackKind.ACTED, FeedbackKind.OPENED)


def _log(world: World) -> list[signals.Signal]:
    """The signals of the log, as rows have them, in any order."""
    made = {row.id: Features(**{name: getattr(row, name) for name in FEATURES}) for row in world.rows(DECISIONS)}
    served = {(row.decision, row.tip): (number, row) for number, row in enumerate(world.rows(SERVED))}
    found = [
        signals.Signal(number, ArmChoice(row.arm, at := milliseconds(row.served_at), made[row.decision]), None, at)
        for number, row in served.values()
    ]
    for row in world.rows(FEEDBACK):
        if row.event in REACTIONS and (row.decision, row.tip) in served:  # feedback may outlive its tip by days
            number, at = served[row.decision, row.tip][0], milliseconds(row.at)
            found.append(signals.Signal(number, None, TipReaction(row.event), at))
    return found


def _check(world: World, policy: Policy, chance: random.Random) -> None:
    """The stored counts are the fold of the log signal by signal in another order, all at once, and by the database."""
    log = _log(world)
    chance.shuffle(log)
    with reading(world.engine) as connection:
        found, again = stored(connection, policy), folded(connection, policy)
    assert found is not None
    assert counts_hash(found[1]) == counts_hash(again) == counts_hash(signals.folded(policy, log))


def _course(world: World, modules: list[Any], chance: random.Random, steps: int) -> None:
    """Decisions and feedback of three users while the clock jumps to and fro; some feedback comes twice."""
    made = list[Any]()
    for number in range(steps):
        world.clock.now = START + chance.randrange(-20, 120) * HOUR_S + chance.random()
        world.recommender = chance.choice(modules)
        if number < 3 or chance.random() < 0.3:
            user = f"user-{number % 3}"
            area: dict[str, Any] = chance.choice([{}, {"area": "sleep"}, {"area": "work"}])
            made.append((user, world.ask(user, k=chance.randrange(1, 3), **area)))
            continue
        user, decision = chance.choice(made)
        for tip in decision.tips:
            given = {"user": user, "tip": tip.tip, "id": f"{chance.random()}"}
            world.say(decision, chance.choice(KINDS), **given)


@pytest.mark.parametrize("policy", [THOMPSON, LINEAR], ids=["thompson", "linucb"])
def test_the_state_is_the_fold_of_the_log(world: World, policy: dict[str, Any]) -> None:
    """After any course of signals, late, doubled and disordered, by two processes; without a user, and a year on."""
    chance = random.Random(7)  # noqa: S311  # a seeded course
    used = read_policy(policy)
    modules = [world.module(policy=policy), world.module(policy=policy)]
    for _ in range(3):
        _course(world, modules, chance, 16)
        _check(world, used, chance)
    assert sum(row.shown for row in world.rows(COUNTS)) > 5
    assert sum(row.acted for row in world.rows(COUNTS)) > 0
    tables = recommender_retention(world.sealer, world.home.storage)
    with world.engine.begin() as connection:
        erased = [each.erase(connection, "user-1") for each in tables if each.erase is not None]
    assert erased[0] > 0
    _check(world, used, chance)
    with world.engine.begin() as connection:
        pruned = [each.prune(connection, START + STORED_S + 50 * HOUR_S) for each in tables if each.prune is not None]
    assert 0 < pruned[0] < 60
    _check(world, used, chance)
    world.recommender = modules[0]
    world.clock.now = START
    world.ask("user-9")
    assert set(dict(decision_faults(world.engine)).values()) == {""}


def test_feedback_at_once_counts_once_each(world: World) -> None:
    """Eight users report at the same moment by two processes: no report is lost, and no version is twice the same."""
    modules = [world.module(policy=THOMPSON), world.module(policy=LINEAR)]
    made = {f"user-{number}": modules[number % 2].recommend(f"user-{number}", PAGE) for number in range(8)}

    def report(user: str) -> None:
        decision, module = made[user], modules[len(user) % 2]
        for event in (FeedbackKind.ACTED, FeedbackKind.SHOWN, FeedbackKind.ACTED):
            id_ = f"{user}-{event}"
            module.feedback(
                user, TipFeedback(decision=decision.decision, tip=decision.tips[0].tip, event=event, id=id_)
            )

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(report, made))
    for policy in (THOMPSON, LINEAR):
        _check(world, read_policy(policy), random.Random(1))  # noqa: S311  # a seeded order
    assert [row.version for row in world.rows(STATES)] == [9, 9]
    assert sum(row.acted for row in world.rows(COUNTS)) == sum(row.shown for row in world.rows(COUNTS)) == 16


def test_a_policy_that_comes_later_learns_from_all_that_was(here: World) -> None:
    """The first draw of another way of counting folds the log, and both go on from there."""
    chance = random.Random(3)  # noqa: S311  # a seeded course
    _course(here, [here.recommender], chance, 12)
    linear = here.module(policy=LINEAR)
    _course(here, [linear, here.recommender], chance, 12)
    for policy in (LINEAR, {"kind": "random"}):
        _check(here, read_policy(policy), chance)
    assert len(here.rows(STATES)) == 2


def test_policies_that_count_alike_share_a_state(here: World) -> None:
    """Reward and features alone decide what is counted; another reward makes another state."""
    hours = {"kind": "thompson", "reward_within_hours": 24}
    for policy in (THOMPSON, {"kind": "epsilon_greedy", "prior_weight": 3}, {"kind": "thompson", "floor": 0.5}, hours):
        here.recommender = here.module(policy=policy)
        here.ask()
    assert len(here.rows(STATES)) == 2
    assert [row.state_version for row in here.rows(DECISIONS)] == [1, 1, 1, 1]


def test_reactions_change_what_is_drawn(here: World) -> None:
    """Eight tips of one cell that were acted on make it the likelier one, and the log says with which state."""
    here.recommender = here.module(policy=THOMPSON)
    arm = here.ask("user-0").tips[0].cell.prompt
    for number in range(1, 9):
        made = here.ask(f"user-{number}", k=2)
        for tip in made.tips:
            given = {"user": f"user-{number}", "tip": tip.tip}
            here.say(made, FeedbackKind.SHOWN, **given)
            if tip.cell.prompt == arm:
                here.say(made, FeedbackKind.ACTED, **given)
    made = here.ask("user-9")
    rows = {row.id: row for row in here.rows(DECISIONS)}
    assert rows[made.decision].arms[f"template/{arm}"] > 0.9
    assert rows[made.decision].state_version == 1 + 8 * 3
    assert len({row.state_hash for row in rows.values()}) == 9
    assert set(dict(decision_faults(here.engine)).values()) == {""}


def test_what_was_rolled_back_was_not_learnt(here: World) -> None:
    """A state of a transaction that came to nothing is not drawn with."""
    policy, states = read_policy(THOMPSON), LearntStates()
    made = here.ask()
    with here.engine.connect() as connection:
        assert states.of(connection, policy, {}).state.counts == {}
        connection.rollback()
    here.say(made, FeedbackKind.SHOWN)
    with here.engine.begin() as connection:
        assert [own.shown for own in states.of(connection, policy, {}).state.counts.values()] == [1]


def test_probabilities_are_of_the_state_as_it_is(here: World) -> None:
    """The same state gives the same object again; a reaction or another score gives another, for other features too."""
    policy, states, scores = read_policy(THOMPSON), LearntStates(), {"template/terse": 0.5}
    made = here.ask()
    arms = ["template/coach", "template/terse"]

    def found(policy: Policy, scores: dict[str, float], features: Features = FRIDAY) -> Distribution:
        with here.engine.begin() as connection:
            return states.of(connection, policy, scores).distribution(policy, features, arms)

    first = found(policy, scores)
    assert found(policy, scores) is first
    better = found(policy, {"template/terse": 0.9})
    assert better.probabilities[1] > first.probabilities[1]
    here.say(made, FeedbackKind.SHOWN)
    here.say(made, FeedbackKind.ACTED)
    place = arms.index(f"template/{made.tips[0].cell.prompt}")
    assert found(policy, scores).probabilities[place] > first.probabilities[place]
    linear = read_policy({"kind": "linucb", "columns": {"weekday": ["friday"]}})
    found(linear, scores)
    here.say(here.ask("user-b"), FeedbackKind.SHOWN, user="user-b")
    assert found(linear, scores) is found(linear, scores)
    assert found(linear, scores) is not found(linear, scores, Features())


def test_counts_that_were_changed_are_found(here: World) -> None:
    """Doctor says that a state is not the fold of the log, and what to do; then it is made again."""
    here.recommender = here.module(policy=THOMPSON)
    here.say(here.ask(), FeedbackKind.SHOWN)
    with here.engine.begin() as connection:
        connection.execute(COUNTS.update().values(acted=COUNTS.c.acted + 1))
    faults = dict(decision_faults(here.engine))
    assert faults["policy state"].startswith("counts of 1 way of counting are not the fold of the log")
    with here.engine.begin() as connection:
        for table in (STATES, COUNTS):
            connection.execute(table.delete())
    here.ask("user-b")
    assert dict(decision_faults(here.engine))["policy state"] == ""
