"""What `tipbench doctor` sees of modules, profile first."""

import time
from pathlib import Path

import pytest
import sqlalchemy as sa

from contracts.access.caller import Role
from contracts.modules.profile import Purpose
from tests.wiring.served_home import ServedHome
from wiring.modules.context import check_modules
from wiring.settings import read_settings


def test_a_home_without_a_database_has_nothing_to_see(tmp_path: Path) -> None:
    """And looking makes none."""
    settings = read_settings({"TIPBENCH_HOME": str(tmp_path / "home")}, tmp_path, None)
    assert list(check_modules(settings)) == []
    assert not settings.home.database.exists()


@pytest.mark.parametrize(
    "damage", [None, "UPDATE profile_consents SET given = 0", "DELETE FROM profile_consents WHERE number = 1"]
)
def test_a_log_that_was_changed_is_named(tmp_path: Path, damage: str | None) -> None:
    """By its pseudonym and the row, with what to do; one as it was written is fine."""
    bench = ServedHome(tmp_path / "home")
    user = bench.person()[0]
    for purpose in (Purpose.PUSH, Purpose.EMAIL):
        bench.modules.service("profile").decide(user, purpose, given=True, version=1, channel="session")
    if damage:
        with bench.database.begin() as connection:
            connection.execute(sa.text(damage))
    found = dict(check_modules(bench.settings))
    assert set(found) == {"consents", "erasures", "decisions", "policy state", "vault"}
    assert ("row 1 on: somebody changed the database" in found["consents"]) == bool(damage)
    bench.database.dispose()


def test_a_stuck_erasure_is_named(tmp_path: Path) -> None:
    """With the modules it waits for, after a day and not before."""
    bench = ServedHome(tmp_path / "home")
    erasure = bench.modules.erasure.saga.erase(bench.person(Role.JUDGE)[0], "self")
    assert dict(check_modules(bench.settings))["erasures"] == ""
    with bench.database.begin() as connection:
        connection.execute(sa.text("UPDATE profile_erasures SET requested_at = :at"), {"at": time.time() - 90_000})
    said = dict(check_modules(bench.settings))["erasures"]
    assert f"{erasure.id} waits for auth, benchmark, gateway, integrations, notifier, profile, recommender" in said
    bench.database.dispose()
