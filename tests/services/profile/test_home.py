"""Profile's part of the first screen."""

import asyncio

import msgspec

from contracts.access.caller import Caller, Role
from contracts.modules.profile import Purpose
from services.profile.home import ProfileHome
from tests.services.profile.world import FULL, World


def test_the_section_is_the_callers_own(world: World) -> None:
    """Name, zone and consents of whoever asks; somebody who wrote nothing yet is new."""
    section = ProfileHome(world.profile, world.profile)
    world.profile.put_profile("user-a", FULL, 0)
    world.profile.decide("user-a", Purpose.PUSH, given=True, version=1, channel="session")

    def of(user: str) -> dict[str, object]:
        caller = Caller(user, Role.USER, "session", "s", 2e9)
        found: dict[str, object] = msgspec.to_builtins(asyncio.run(section(caller, 1.0)))
        return found

    no = dict.fromkeys((purpose.value for purpose in Purpose), False)
    full = {"name": "CANARY Ada", "time_zone": "Europe/Berlin", "consents": {**no, "push": True}, "new": False}
    assert of("user-a") == full
    assert of("user-b") == {"name": None, "time_zone": "UTC", "consents": no, "new": True}
