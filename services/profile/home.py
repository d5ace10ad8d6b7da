"""Profile's part of the app's first screen."""

from typing import Any

import msgspec
from starlette.concurrency import run_in_threadpool

from contracts.access.caller import Caller
from contracts.modules.profile import Consents, Profiles, Purpose


class ProfileSection(msgspec.Struct, frozen=True):
    """The user's name, time zone and consents; the last field is whether no profile was stored yet."""

    name: str | None
    time_zone: str
    consents: dict[Purpose, bool]
    new: bool


class ProfileHome:
    """Implements contracts.modules.home.HomeSection."""

    def __init__(self, profiles: Profiles, consents: Consents) -> None:
        self._profiles, self._consents = profiles, consents

    async def __call__(self, caller: Caller, budget_s: float, /) -> Any:  # noqa: ARG002  # two reads of one row each
        """What the caller's screen shows."""
        return await run_in_threadpool(self._section, caller.subject)

    def _section(self, user: str) -> ProfileSection:
        stored = self._profiles.profile(user)
        given = {consent.purpose: consent.given for consent in self._consents.consents(user)}
        profile = stored.profile
        return ProfileSection(profile.name, profile.preferences.time_zone, given, stored.version == 0)
