"""`tipbench decisions` on a home of its own."""

import time
from pathlib import Path

from click.testing import CliRunner

from contracts.modules.profile import TEXTS, Purpose
from contracts.tips.recommendations import Surface, TipRequest
from resources.decisions.parts import DecisionPartFiles
from tests.migrated_home import open_migrated
from wiring.cli import tipbench
from wiring.keys import home_keys
from wiring.modules.auth import build_auth
from wiring.modules.events import build_events
from wiring.modules.running import build_modules
from wiring.modules.signals import publish_decisions_of
from wiring.settings import read_settings

SETTLED_S = 2 * 72 * 3_600.0


def test_only_those_who_agreed_are_published(tmp_path: Path) -> None:
    """To the purpose `improve`, and no decision before its outcome is settled."""
    settings = read_settings({"TIPBENCH_HOME": str(tmp_path)}, tmp_path, None)
    database = open_migrated(settings.home, None)
    keys = home_keys(settings.home)
    events = build_events(settings, database, keys.sealer)
    modules = build_modules(settings, database, build_auth(settings, database), events, keys)
    version = TEXTS[Purpose.IMPROVE].version
    modules.service("profile").decide("yes", Purpose.IMPROVE, given=True, version=version, channel="app")
    for user in ("yes", "never-asked"):
        modules.service("recommender").recommend(user, TipRequest(surface=Surface.PAGE))
    database.dispose()
    called = CliRunner().invoke(tipbench, ["decisions"], env={"TIPBENCH_HOME": str(tmp_path)}, standalone_mode=False)
    assert called.exception is None
    assert called.stdout.startswith("wrote 0 rows")
    assert publish_decisions_of(settings, lambda: time.time() + SETTLED_S + 60) == 1
    (day,) = DecisionPartFiles(settings.home.storage).days()
    assert (day.counts.published, day.counts.withheld) == (1, 1)
