"""Migrations of tables that have rows."""

import random
from typing import Any

import sqlalchemy as sa
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from core.policies.configuration import ThompsonPolicy
from kit.times import milliseconds
from services.recommender.learning.states import folded
from services.recommender.tables import DECISIONS, FEEDBACK, METADATA, SERVED
from tests.migrated_tables import differences_of
from tests.services.recommender.world import START, World
from wiring.database import HERE, branches

LATER = tuple(f"recommender_{number:04}" for number in range(2, 6))
DECISION = {
    "surface": "page",
    "k": 2,
    "policy": "random",
    "policy_hash": "0",
    "seed": 1,
    "fallback": True,
    "arms": {"m/a": 0.5, "m/b": 0.5},
    "left_out": {},
    "sealed": b"",
}
SECONDS = (-5.0, 0.0, 0.25, 60.125, 3_600.0, 300_000.0)
"""After the decision, in which a reaction came; the first one is none of it."""


def _moved(world: World, *, back: bool) -> None:
    """Take the later migrations away, the newest first, or make them again."""
    scripts = ScriptDirectory(str(HERE / "wiring" / "migrations"), version_locations=[*map(str, branches())])
    with world.engine.begin() as connection, Operations.context(MigrationContext.configure(connection)):
        for name in reversed(LATER) if back else LATER:
            revision: Any = scripts.get_revision(name)
            (revision.module.downgrade if back else revision.module.upgrade)()


def _filled(world: World, decisions: int) -> dict[tuple[str, str], list[tuple[str, float]]]:
    """Store what the first version stored: two tips a decision, with up to four reactions each, which it returns."""
    chance = random.Random(7)  # noqa: S311  # a seeded course
    rows, served, feedback = list[dict[str, Any]](), list[dict[str, Any]](), list[dict[str, Any]]()
    said: dict[tuple[str, str], list[tuple[str, float]]] = {}
    for number in range(decisions):
        id_, user, at = f"d{number}", f"user-{number % 5}", START + number
        rows.append({**DECISION, "id": id_, "user": user, "made_at": at})
        for place, arm in enumerate(("m/a", "m/b")):
            own = {"decision": id_, "place": place, "user": user, "tip": f"t{place}", "arm": arm, "area": "sleep"}
            served.append({**own, "surface": "page", "propensity": 0.5, "served_at": at, "hides": ""})
            events = [
                (chance.choice(("shown", "shown", "acted", "opened")), at + chance.choice(SECONDS))
                for _ in range(chance.randrange(5))
            ]
            said[id_, f"t{place}"] = events
            for event, when in events:
                row = {"user": user, "id": f"f{len(feedback)}", "decision": id_, "tip": f"t{place}", "event": event}
                feedback.append({**row, "at": when, "sealed": b""})
    with world.engine.begin() as connection:
        for table, filled in ((DECISIONS, rows), (SERVED, served), (FEEDBACK, feedback)):
            connection.execute(table.insert(), filled)
    return said


def test_filled_tables_are_brought_up(world: World) -> None:
    """The first times of each tip come from its feedback, and what is learnt of them is what the log says."""
    _moved(world, back=True)
    columns = {column["name"] for column in sa.inspect(world.engine).get_columns(SERVED.name)}
    assert {"shown_at", "acted_at", "source"}.isdisjoint(columns)
    said = _filled(world, 300)
    _moved(world, back=False)
    assert differences_of(world.engine, METADATA, "recommender_") == []
    counts = {"m/a": [0, 0], "m/b": [0, 0]}
    for row in world.rows(SERVED):
        first = {
            kind: min(
                (
                    milliseconds(when)
                    for event, when in said[row.decision, row.tip]
                    if event == kind and when >= row.served_at
                ),
                default=None,
            )
            for kind in ("shown", "acted")
        }
        assert (row.shown_at, row.acted_at) == (first["shown"], first["acted"])
        if first["shown"] is not None:
            in_time = first["acted"] is not None and first["acted"] <= first["shown"] + 72 * 3_600_000
            counts[row.arm] = [counts[row.arm][0] + 1, counts[row.arm][1] + in_time]
    assert all(shown > acted > 0 for shown, acted in counts.values())
    of_old = {(row.promotion, row.state_version, row.state_hash, row.took_ms) for row in world.rows(DECISIONS)}
    assert (of_old, {row.source for row in world.rows(SERVED)}) == ({(None,) * 4}, {""})
    with world.engine.connect() as connection:
        found = folded(connection, ThompsonPolicy())
    assert {arm: [own.shown, own.acted] for arm, own in found.items()} == counts
    world.recommender.promote("kind = 'thompson'", 1.0, "It learns.", "an-admin")
    (state,) = world.recommender.policy_states()
    assert {f"{arm.model}/{arm.prompt}": [arm.shown, arm.acted] for arm in state.arms if arm.shown} == counts
