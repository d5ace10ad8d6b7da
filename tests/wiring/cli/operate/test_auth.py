import re
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from contracts.access.caller import Role
from contracts.refusals import InvalidInput, Unavailable
from resources.home import Home
from services.auth.module import AuthModule
from tests.migrated_home import open_migrated
from wiring.cli import tipbench
from wiring.cli.operate.auth import Duration
from wiring.exit_codes import PARTIAL, WRONG_INPUT, code_of
from wiring.modules.auth import build_auth
from wiring.settings import read_settings


def _run(home: Path, *arguments: str, **environ: str) -> Result:
    return CliRunner().invoke(tipbench, arguments, env={"TIPBENCH_HOME": str(home), **environ})


def _bench(home: Path) -> AuthModule:
    settings = read_settings({"TIPBENCH_HOME": str(home)}, home, None)
    return build_auth(settings, open_migrated(Home(home), None))


def test_a_token_stands_alone_on_standard_output(tmp_path: Path) -> None:
    """One line that the server takes, with the role and the judge asked for."""
    result = _run(tmp_path, "token", "--role", "judge", "--ttl", "1h30m", "--judge", "alice")
    assert result.exit_code == 0
    assert re.fullmatch(r"[\w-]+\.[\w-]+\.[\w-]+\n", result.stdout)
    caller = _bench(tmp_path).by_bearer(result.stdout.strip())
    assert caller is not None
    assert (caller.role, caller.judge) == (Role.JUDGE, "alice")


def test_rotated_keys_leave_tokens_valid(tmp_path: Path) -> None:
    """The new key's id alone on standard output; what was issued before and right after counts; both are published."""
    before = _run(tmp_path, "token", "--role", "user").stdout.strip()
    kid = _run(tmp_path, "keys", "rotate", "jwt").stdout.strip()
    after = _run(tmp_path, "token", "--role", "user").stdout.strip()
    bench = _bench(tmp_path)
    assert bench.by_bearer(before) is not None
    assert bench.by_bearer(after) is not None
    published = [key["kid"] for key in bench.jwks()]
    assert published[1:] == [kid]


def test_rotating_opens_no_database(tmp_path: Path) -> None:
    """None is made by it, and one that does not answer is in nobody's way."""
    database = {"TIPBENCH_DATABASE_URL": "postgresql+psycopg://nobody@127.0.0.1:1/nothing"}
    kids = [_run(tmp_path, "keys", "rotate", "jwt", **environ).stdout.strip() for environ in ({}, database)]
    assert {f"jwt-{kid}.pem" for kid in kids} <= {path.name for path in (tmp_path / "keys").iterdir()}
    assert not list(tmp_path.glob("tipbench.db*"))


def test_a_link_is_a_loopback_address_with_the_secret_in_its_fragment(tmp_path: Path) -> None:
    """The port is the settings' or the one given; the server takes the secret once."""
    (tmp_path / "tipbench.toml").write_text("[up]\nport = 4123\n")
    addresses = [_run(tmp_path, "--project", str(tmp_path), "link", *port).stdout for port in ([], ["--port", "5000"])]
    for address, port in zip(addresses, (4123, 5000), strict=True):
        assert re.fullmatch(rf"http://127\.0\.0\.1:{port}/auth/link#[\w-]{{43}}\n", address)
    caller = _bench(tmp_path).redeem(addresses[0].strip().partition("#")[2]).caller
    assert (caller.subject, caller.role) == ("local-admin", Role.ADMIN)


@pytest.mark.parametrize(
    ("text", "seconds"), [("90s", 90), ("15m", 900), ("1h", 3600), ("1h30m", 5400), ("7d", 604_800)]
)
def test_a_duration_is_numbers_with_units(text: str, seconds: int) -> None:
    """Seconds, minutes, hours, days, in any sum."""
    assert Duration().convert(text, None, None) == seconds


@pytest.mark.parametrize("text", ["", "5", "1w", "1.5h", "-1h", " 1h", "1h ", "h", "1H", "٣h", "1e3s", "9999999999s"])
def test_what_is_no_duration_is_shown_what_one_is(text: str) -> None:
    """The message quotes it and gives examples."""
    with pytest.raises(click.BadParameter, match="such as 15m, 1h30m or 7d"):
        Duration().convert(text, None, None)


def test_wrong_input_makes_no_token(tmp_path: Path) -> None:
    """A usage error or a refusal with exit code 2, and nothing on standard output."""
    for arguments in (["--role", "owner"], [], ["--role", "admin", "--ttl", "forever"]):
        result = _run(tmp_path, "token", *arguments)
        assert (result.exit_code, result.stdout) == (WRONG_INPUT, "")
    for arguments in (["--role", "admin", "--ttl", "91d"], ["--role", "user", "--judge", "alice"]):
        result = _run(tmp_path, "token", *arguments)
        assert isinstance(result.exception, InvalidInput)
        assert (code_of(result.exception), result.stdout) == (WRONG_INPUT, "")


def test_a_database_that_is_away_is_said_without_its_address(tmp_path: Path) -> None:
    """Exit code 3: it can be tried again."""
    result = _run(tmp_path, "link", TIPBENCH_DATABASE_URL=f"sqlite:///{tmp_path}/none/planted.db")
    assert isinstance(result.exception, Unavailable)
    assert code_of(result.exception) == PARTIAL
    assert "planted" not in str(result.exception)
