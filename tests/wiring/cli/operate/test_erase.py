"""`tipbench erase` on a home of its own."""

import time
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result

from contracts.access.caller import Role
from contracts.modules.profile import Profile
from contracts.refusals import Conflict, NotFound
from resources.home import Home
from services.auth.oidc_client.id_tokens import Identity
from tests.migrated_home import open_migrated
from wiring.cli import tipbench
from wiring.exit_codes import PARTIAL, WRONG_INPUT, code_of
from wiring.keys import home_keys
from wiring.modules.auth import build_auth, build_identities
from wiring.modules.events import build_events
from wiring.modules.running import RunningModules, build_modules
from wiring.settings import read_settings


def _run(home: Path, *arguments: str) -> Result:
    return CliRunner().invoke(tipbench, ["erase", *arguments], env={"TIPBENCH_HOME": str(home)}, standalone_mode=False)


class ServedHome:
    """A person who signed in and wrote their name."""

    def __init__(self, home: Path) -> None:
        settings = read_settings({"TIPBENCH_HOME": str(home)}, home, None)
        self.database = open_migrated(settings.home, None)
        keys = home_keys(settings.home)
        events = build_events(settings, self.database, keys.sealer)
        self.auth = build_auth(settings, self.database, bus=events.bus)
        self.rounds: RunningModules = build_modules(settings, self.database, self.auth, events, keys)
        self.session = self.auth.redeem(self.auth.invite(Role.USER, None, "tester").secret)
        self.user = self.session.caller.subject
        self.rounds.service("profile").put_profile(self.user, Profile(name="Ada"), 0)


def test_a_user_is_erased_by_the_command_alone(tmp_path: Path) -> None:
    """No server runs: the command delivers to every module; their session counts no more; again it changes nothing."""
    bench = ServedHome(tmp_path)
    result = _run(tmp_path, bench.user, "--yes")
    assert (result.exit_code, result.exception) == (0, None)
    assert ": erased at " in result.stdout
    assert _run(tmp_path, bench.user, "--yes").stdout == result.stdout
    assert _run(tmp_path).stdout == result.stdout
    assert bench.auth.user(bench.user) is None
    bench.auth.forget()
    assert bench.auth.by_session(bench.session.secret) is None


def test_who_is_not_there_or_must_stay(tmp_path: Path) -> None:
    """An unknown user, the local admin and service accounts are refused, and so is the last admin."""
    bench = ServedHome(tmp_path)
    bench.auth.redeem(bench.auth.local_link().secret)
    bench.auth.issue_token(Role.ADMIN, 60)
    refused = {"user-nobody": NotFound, "local-admin": Conflict, "service-admin": Conflict}
    for user, kind in refused.items():
        result = _run(tmp_path, user, "--yes")
        assert isinstance(result.exception, kind), user
        assert code_of(result.exception) == WRONG_INPUT
    assert _run(tmp_path).stdout == ""


def test_a_grant_that_nobody_can_take_back_is_said(tmp_path: Path) -> None:
    """A provider that the project does not name any more is not waited for; the line says what stayed."""
    bench, identities = ServedHome(tmp_path), build_identities(home_keys(Home(tmp_path)))
    who = Identity("https://planted.example", "alice", None, None)
    with bench.database.begin() as connection:
        identities.add(connection, who, bench.user, time.time())
        identities.keep_grant(connection, who, bench.user, "planted-token")
    bench.rounds.erasure.saga.erase(bench.user, "self")
    assert "waiting for an identity provider to take its grant back" in _run(tmp_path).stdout
    result = _run(tmp_path, bench.user, "--yes")
    assert result.exit_code == 0
    assert "; an identity provider did not take its grant back" in result.stdout
    assert "planted" not in result.output
    assert bench.auth.user(bench.user) is None


def test_it_asks_first(tmp_path: Path) -> None:
    """Without --yes and with another answer than yes nothing happens."""
    bench = ServedHome(tmp_path)
    environ = {"TIPBENCH_HOME": str(tmp_path)}
    result = CliRunner().invoke(tipbench, ["erase", bench.user], env=environ, input="n\n")
    assert "nothing was erased" in result.stderr
    assert bench.auth.user(bench.user) is not None


def test_what_takes_too_long_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit 3, with the modules that are waited for; after a day the list says stuck."""
    bench = ServedHome(tmp_path)
    bench.rounds.erasure.saga.erase(bench.user, "self")
    monkeypatch.setattr("wiring.cli.operate.erase.WAIT_S", -1.0)
    listed = _run(tmp_path)
    assert "waiting for auth, benchmark, gateway, integrations, notifier, profile, recommender" in listed.stdout
    assert listed.return_value == 0
    with bench.database.begin() as connection:
        connection.execute(sa.text("UPDATE profile_erasures SET requested_at = :at"), {"at": time.time() - 90_000})
    stuck = _run(tmp_path)
    assert "stuck for over 24 hours" in stuck.stdout
    assert stuck.return_value == PARTIAL
