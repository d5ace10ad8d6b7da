"""What users told the app."""

import pytest
import sqlalchemy as sa

from contracts.modules.profile import Preferences, Profile
from contracts.refusals import Conflict, InvalidInput
from services.profile.profiles import MAX_ZONES
from services.profile.tables import PROFILES
from tests.services.profile.world import FULL, World

pytestmark = pytest.mark.parametrize("way", ["here", "served"])


def test_what_was_put_is_read(world: World) -> None:
    """Whole, with its version; the other user has nothing."""
    assert world.profile.profile("user-a").version == 0
    stored = world.profile.put_profile("user-a", FULL, 0)
    assert (stored.version, stored.profile) == (1, FULL)
    assert world.profile.profile("user-a") == stored
    assert world.profile.profile("user-b").profile == Profile()


def test_a_change_of_something_older_is_refused(world: World) -> None:
    """Two tabs that read the same do not overwrite each other; whoever says so may."""
    world.profile.put_profile("user-a", FULL, 0)
    with pytest.raises(Conflict, match="changed meanwhile"):
        world.profile.put_profile("user-a", Profile(name="other tab"), 0)
    assert world.profile.put_profile("user-a", Profile(name="forced"), None).version == 2


@pytest.mark.parametrize("zone", ["Europe/Atlantis", "../../etc/passwd", "localtime", "+02:00", "Europe/berlin\x00"])
def test_only_zones_there_are(world: World, zone: str) -> None:
    """An IANA name and nothing else; nothing is written."""
    with pytest.raises(InvalidInput) as refused:
        world.profile.put_profile("user-a", Profile(preferences=Preferences(time_zone=zone)), 0)
    assert refused.value.path == ("preferences", "time_zone")
    assert world.profile.profile("user-a").version == 0


def test_zones_are_remembered_since_when(world: World) -> None:
    """A row a change of zone, not a change of anything else; the last 50."""
    for zone in ("Europe/Berlin", "Europe/Berlin", "Asia/Kathmandu"):
        world.profile.put_profile("user-a", Profile(preferences=Preferences(time_zone=zone)), None)
        world.clock.now += 3600
    stored = world.profile.profile("user-a")
    assert [(entry.time_zone, entry.since[11:19]) for entry in stored.zones] == [
        ("Europe/Berlin", "08:00:00"),
        ("Asia/Kathmandu", "10:00:00"),
    ]
    for number in range(60):
        zone = ("UTC", "Asia/Tokyo")[number % 2]
        stored = world.profile.put_profile("user-a", Profile(preferences=Preferences(time_zone=zone)), None)
    assert len(stored.zones) == MAX_ZONES


def test_nothing_personal_is_in_the_clear(world: World) -> None:
    """The row holds sealed bytes, which open for this user at this place only."""
    world.profile.put_profile("user-a", FULL, 0)
    with world.engine.connect() as connection:
        row = connection.execute(sa.select(PROFILES)).one()
    assert b"CANARY" not in row.sealed
    assert b"Berlin" not in row.sealed
    assert b"CANARY" in world.sealer.open("user-a", "profile_profiles user-a", row.sealed)
