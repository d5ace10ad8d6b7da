"""Everything about a user from every module as one archive."""

import hashlib
import json
import os
from zipfile import ZipFile

import pytest

from contracts.modules.profile import Purpose
from contracts.modules.sealing import Unreadable
from contracts.refusals import Unavailable
from services.profile.tables import PROFILES
from tests.services.profile.conftest import way, world
from tests.services.profile.world import FULL, World

__all__ = ["way", "world"]


def fill(world: World, user: str, text: str) -> None:
    """A profile, a consent and a note."""
    world.profile.put_profile(user, FULL, 0)
    world.profile.decide(user, Purpose.PUSH, given=True, version=1, channel="session")
    with world.engine.begin() as connection:
        world.notes.add(connection, user, text)


def test_the_archive_holds_every_table_and_says_what_it_holds(world: World) -> None:
    """A file a table, opened for its user; the manifest's counts and hashes are those of the files, and it is last."""
    fill(world, "user-a", "CANARY mine")
    fill(world, "user-b", "CANARY theirs")
    with world.archives.export("user-a") as file, ZipFile(file) as archive:
        assert archive.testzip() is None
        manifest = json.loads(archive.read("manifest.json"))
        names = archive.namelist()
        assert names == [*(entry["path"] for entry in manifest["files"]), "manifest.json"]
        for entry in manifest["files"]:
            body = archive.read(entry["path"])
            assert hashlib.sha256(body).hexdigest() == entry["sha256"]
            assert body.count(b"\n") == entry["rows"]
        everything = b"".join(archive.read(name) for name in names)
        (profile,) = archive.read("profile/profile_profiles.jsonl").splitlines()
    exported = {
        f"{policy.name}/{retention.table.name}.jsonl"
        for policy in world.policies
        for retention in policy.tables()
        if retention.export
    }
    assert set(names) == exported | {"manifest.json"}
    assert json.loads(profile)["name"] == "CANARY Ada"
    assert json.loads(json.loads(profile)["preferences"])["time_zone"] == "Europe/Berlin"
    assert b"CANARY mine" in everything
    assert b"theirs" not in everything
    assert b"user-b" not in everything
    assert (manifest["user"], manifest["format"]) == ("user-a", 1)


def test_it_is_one_moment_of_the_database(world: World) -> None:
    """What is written while it is made is in none of its files."""
    fill(world, "user-a", "before")

    def late() -> None:
        with world.engine.begin() as other:
            world.notes.add(other, "user-a", "after")

    world.notes.on_export = late  # a write between two reads
    with world.archives.export("user-a") as file, ZipFile(file) as archive:
        assert archive.read("notes/notes_notes.jsonl").count(b"\n") == 1


def test_what_cannot_be_opened_is_said(world: World) -> None:
    """A damaged row of the profile does not keep the rest from its user."""
    fill(world, "user-a", "CANARY")
    with world.engine.begin() as connection:
        connection.execute(PROFILES.update().values(sealed=b"\x01damaged"))
    with world.archives.export("user-a") as file, ZipFile(file) as archive:
        assert archive.read("profile/profile_profiles.jsonl") == b'{"readable":false}\n'
        assert b"CANARY" in archive.read("notes/notes_notes.jsonl")


def test_a_disk_that_takes_nothing_is_a_refusal(world: World) -> None:
    """No defect: ask again when there is room."""
    (world.home.root / "tmp").write_text("in the way")
    with pytest.raises(Unavailable, match="cannot be written"):
        world.archives.export("user-a")


def test_nothing_of_it_stays(world: World) -> None:
    """Not when it was read, and not when it could not be made."""
    fill(world, "user-a", "CANARY")
    world.archives.export("user-a").close()
    with world.engine.begin() as connection:
        connection.execute(world.notes.table.update().values(sealed=b"\x01damaged"))
    with pytest.raises(Unreadable):
        world.archives.export("user-a")
    assert os.listdir(world.home.root / "tmp") == []  # noqa: PTH208  # names are all that is asked
