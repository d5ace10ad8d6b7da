"""`tipbench signals` on a home of its own."""

import asyncio
from pathlib import Path

import msgspec
from click.testing import CliRunner

from contracts.modules.events import TipRatedV1
from contracts.modules.profile import TEXTS, Purpose
from resources.events.signal_parts import SignalParts
from tests.migrated_home import open_migrated
from tests.services.events.world import rated
from wiring.cli import tipbench
from wiring.keys import home_keys
from wiring.modules.auth import build_auth
from wiring.modules.events import build_events
from wiring.modules.running import build_modules
from wiring.settings import read_settings


def test_only_those_who_agreed_are_published(tmp_path: Path) -> None:
    """To the purpose `improve`; a withdrawal counts at once; a second call adds nothing."""
    settings = read_settings({"TIPBENCH_HOME": str(tmp_path)}, tmp_path, None)
    database = open_migrated(settings.home, None)
    keys = home_keys(settings.home)
    events = build_events(settings, database, keys.sealer)
    consents = build_modules(settings, database, build_auth(settings, database), events, keys).service("profile")
    version = TEXTS[Purpose.IMPROVE].version
    for user in ("yes", "withdrew"):
        consents.decide(user, Purpose.IMPROVE, given=True, version=version, channel="app")
    consents.decide("withdrew", Purpose.IMPROVE, given=False, version=None, channel="app")

    async def go() -> None:
        async with events.life():
            with database.begin() as connection:
                for user in ("yes", "withdrew", "never-asked"):
                    said = TipRatedV1(decision="d", rating=5)
                    events.bus.publish(connection, msgspec.structs.replace(rated(f"of-{user}", user), data=said))

    asyncio.run(go())
    database.dispose()
    for expected in ("published 1 signals", "published 0 signals"):
        result = CliRunner().invoke(tipbench, ["signals"], env={"TIPBENCH_HOME": str(tmp_path)}, standalone_mode=False)
        assert result.exception is None
        assert result.stdout.startswith(expected)
    assert [part.rows for part in SignalParts(settings.home.storage).manifest().parts] == [1]
