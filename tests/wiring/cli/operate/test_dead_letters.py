"""`tipbench dead-letters` on a home of its own."""

import json
from pathlib import Path

import click
from click.testing import CliRunner, Result

from resources.home import Home
from resources.privacy.user_keys import open_user_keys
from tests.migrated_home import open_migrated
from tests.services.events.world import EFFECTS, RecordingConsumer, World, rated
from wiring.cli import tipbench


def _run(home: Path, *arguments: str) -> Result:
    given = {"TIPBENCH_HOME": str(home)}
    return CliRunner().invoke(tipbench, ["letters", *arguments], env=given, standalone_mode=False)


def _world(home: Path) -> World:
    database = open_migrated(Home(home), None)
    EFFECTS.create(database)
    return World(database, open_user_keys(Home(home)), [RecordingConsumer("one"), RecordingConsumer("two")], None)


def _failing(world: World, *names: str) -> None:
    for consumer in world.consumers:
        consumer.fails = lambda event, name=consumer.name: event.id.startswith("bad") and name in names  # type: ignore[misc]  # mypy knows no default of a lambda


def test_dead_letters_are_shown_and_given_back(tmp_path: Path) -> None:
    """Those of the consumer and ids that are named, or all of the consumer; then they are handled, once each."""
    world = _world(tmp_path)
    _failing(world, "one", "two")
    world.publish(rated("bad-1", comment="CANARY"), rated("bad-2"))
    for _ in range(8):
        world.settle()
        world.clock.now += 100
    shown = _run(tmp_path, "--format", "json")
    assert [(each["consumer"], each["id"], each["error"]) for each in json.loads(shown.stdout)] == [
        (consumer, id_, "RuntimeError") for id_ in ("bad-1", "bad-2") for consumer in ("one", "two")
    ]
    assert "CANARY" not in shown.stdout
    _failing(world)
    assert _run(tmp_path, "--consumer", "one", "--again", "bad-2").stdout == "gave 1 event back to one\n"
    assert _run(tmp_path, "--consumer", "two", "--again").stdout == "gave 2 events back to two\n"
    world.clock.now = 4_000_000_000.0
    world.settle()
    assert (world.effects("one"), world.effects("two")) == (["bad-2"], ["bad-1", "bad-2"])
    left = json.loads(_run(tmp_path, "--format", "json").stdout)
    assert [(each["consumer"], each["id"]) for each in left] == [("one", "bad-1")]
    world.engine.dispose()


def test_what_is_given_back_is_named(tmp_path: Path) -> None:
    """Never all of everybody; without letters the list is empty."""
    for arguments in (["--again"], ["bad-1"], ["--consumer", "one", "bad-1"]):
        assert isinstance(_run(tmp_path, *arguments).exception, click.UsageError)
    assert json.loads(_run(tmp_path, "--format", "json").stdout) == []
