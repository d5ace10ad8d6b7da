"""Export, erasure and retention of the recommender's tables, and the check that draws follow from their log."""

import json

from contracts.modules.events import PreferencesChangedV1
from contracts.modules.profile import Preferences
from contracts.tips.policy_administration import PauseKind
from contracts.tips.recommendations import FeedbackKind
from kit.times import iso
from services.recommender.retention import STORED_S, TEXTS_STORED_S, recommender_retention
from services.recommender.settings import AheadTable
from services.recommender.tables import METADATA, TEXTS
from services.recommender.writing.ahead import journal_folder
from tests.services.recommender.world import START, World
from tests.services.recommender.writing.writer import Writer


def _fill(world: World, user: str) -> None:
    world.publish(PreferencesChangedV1(version=1, preferences=Preferences(muted=("work",))), user)
    made = world.ask(user, area="sleep", said=f"CANARY {user}")
    world.say(made, FeedbackKind.ACTED, "CANARY word", user=user)


def _exported(world: World, user: str) -> str:
    with world.engine.begin() as connection:
        return json.dumps(
            [
                list(each.export(connection, user))
                for each in recommender_retention(world.sealer, world.home.storage)
                if each.export
            ]
        )


def test_a_user_takes_all_of_theirs_and_leaves_nothing(world: World) -> None:
    """The export has context, text, probabilities, feedback and preferences; erasing leaves the other user's rows."""
    for user in ("user-a", "user-b"):
        _fill(world, user)
    exported = _exported(world, "user-a")
    assert exported.count("CANARY") == 2
    assert "user-b" not in exported
    assert all(word in exported for word in ("template/terse", "probabilities", "muted", "acted"))
    mine = [table for table in METADATA.sorted_tables if "user" in table.c and table is not TEXTS]
    before = {table.name: len(world.rows(table)) for table in mine}
    with world.engine.begin() as connection:
        erased = [
            each.erase(connection, "user-a")
            for each in recommender_retention(world.sealer, world.home.storage)
            if each.erase
        ]
        again = [
            each.erase(connection, "user-a")
            for each in recommender_retention(world.sealer, world.home.storage)
            if each.erase
        ]
    assert (erased, again) == ([1, 1, 1, 1, 1, 0, 0, 0], [0] * 8)
    assert {table.name: len(world.rows(table)) for table in mine} == {name: count - 1 for name, count in before.items()}
    assert json.loads(_exported(world, "user-a")) == [[]] * 8


def test_an_admins_decisions_stay_without_the_admin(here: World) -> None:
    """They are in the admin's export; once erased, what was decided is in force and says no more who did it."""
    here.recommender.promote('kind = "thompson"', 1.0, "Because.", "admin-1")
    here.recommender.pause_tips(PauseKind.CELL, "template/terse", "Rude.", "admin-1")
    assert json.loads(_exported(here, "admin-1"))[-2:] == [
        [{"decided": "recommender_promotions", "kind": "promoted", "at": iso(START), "reason": "Because."}],
        [{"decided": "recommender_pauses", "kind": "cell", "at": iso(START), "reason": "Rude."}],
    ]
    with here.engine.begin() as connection:
        tables = recommender_retention(here.sealer, here.home.storage)
        assert [each.erase(connection, "admin-1") for each in tables if each.erase][-2:] == [1, 1]
    assert here.recommender.promotions()[0].by == here.recommender.pauses()[0].by == ""


def test_rows_go_after_a_year(here: World) -> None:
    """Decisions, tips and feedback, and not the preferences of who is still there."""
    _fill(here, "user-a")
    tables = [each for each in recommender_retention(here.sealer, here.home.storage) if each.table is not TEXTS]
    for now, pruned in ((here.clock.now + STORED_S, [0] * 4), (here.clock.now + STORED_S + 1, [1] * 4)):
        with here.engine.begin() as connection:
            assert [each.prune(connection, now) for each in tables if each.prune] == pruned
    assert [table.name for table in METADATA.sorted_tables if here.rows(table)] == [
        "recommender_people", "recommender_states",
    ]  # fmt: skip


def test_what_cannot_be_opened_is_said_in_the_export(here: World) -> None:
    """A damaged row hides none of the others."""
    _fill(here, "user-a")
    with here.engine.begin() as connection:
        for table in METADATA.sorted_tables:
            if "sealed" in table.c:
                connection.execute(table.update().values(sealed=b"damaged"))
    assert _exported(here, "user-a").count('"readable": false') == 3


def test_texts_written_ahead_leave_with_their_user(here: World) -> None:
    """So does a journal that a killed process left, and an export has what was written; after 30 days rows go."""
    here.recommender = here.module(writer=Writer(), ahead=AheadTable(cells=1))
    for user in ("user-a", "user-b"):
        here.ask(user, area="sleep")
        assert here.recommender.write_ahead()
    assert "wrote 1 time" in _exported(here, "user-a")
    assert "wrote 2 times" not in _exported(here, "user-a")
    storage, folder = here.home.storage, journal_folder(here.sealer, "user-a")
    with storage.logs.open(f"{folder}/left.jsonl") as log:
        log.append(b"sealed")
    (own,) = [each for each in recommender_retention(here.sealer, storage) if each.table is TEXTS]
    assert own.erase is not None
    assert own.prune is not None
    with here.engine.begin() as connection:
        assert own.erase(connection, "user-a") == 1
        assert own.erase(connection, "user-a") == 0
    assert storage.blobs.list(folder) == []
    here.sealer.destroy("user-a")
    with here.engine.begin() as connection:
        assert own.erase(connection, "user-a") == 0
        assert own.prune(connection, here.clock() + TEXTS_STORED_S) == 0
        assert own.prune(connection, here.clock() + TEXTS_STORED_S + 1) == 1
