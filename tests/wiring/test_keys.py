"""Keys that serving needs: made on a home's own database, demanded by name on a server's."""

import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from resources.home import Home
from services.auth.tokens.signing_keys import KeyRing
from tests.deadline import DEADLINE_S
from tests.ports import reserved_port
from wiring.keys import KeysMissing, keys_for, make_keys, missing_keys, secret_names

ROOT = Path(__file__).parents[2]
SERVER = "postgresql+psycopg://planted:secret@db.example/tipbench"
ALL = [*secret_names(), "webhook", "metrics", "jwt", "vault", "vapid"]


def test_a_homes_own_database_gets_its_keys(tmp_path: Path) -> None:
    """Each once, readable by the owner alone; the second start makes none."""
    home = Home(tmp_path / "home")
    assert keys_for(home, {}, None) == ALL
    assert keys_for(home, {}, f"sqlite:///{tmp_path}/other.db") == []
    assert {stat.S_IMODE(path.stat().st_mode) for path in home.keys.iterdir() if path.suffix != ".pub"} == {0o600}
    assert stat.S_IMODE(home.keys.stat().st_mode) == 0o700


def test_on_a_server_what_is_missing_is_named(tmp_path: Path) -> None:
    """Nothing is made and no address shown; a key that is there, or a secret in the environment, is not asked for."""
    home = Home(tmp_path / "home")
    with pytest.raises(
        KeysMissing,
        match="lacks user-keys, identities, profile, erasures, integrations, links, addresses, internal, webhook",
    ) as refused:
        keys_for(home, {}, SERVER)
    assert "planted" not in str(refused.value)
    assert "db.example" not in str(refused.value)
    assert not home.keys.exists()
    home.secret("identities")
    assert "identities" not in missing_keys(home, {})
    assert "webhook" not in missing_keys(home, {"TIPBENCH_WEBHOOK_SECRETS": "whsec_planted"})
    make_keys(home, {})
    assert keys_for(home, {}, SERVER) == []


def test_a_signing_key_that_ends_is_not_enough(tmp_path: Path) -> None:
    """One without an end is needed, or the next token would make one."""
    home = Home(tmp_path / "home")
    key = KeyRing(home.keys).signing(1_800_000_000.0)
    assert "jwt" not in missing_keys(home, {})
    (home.keys / f"jwt-{key.kid}.until").write_text("4102444800\n")
    assert "jwt" in missing_keys(home, {})


def test_every_secret_of_the_sources_is_named() -> None:
    """A new file in the keys folder is demanded too; `blinding` belongs to the lake."""
    used = set()
    for rounds in ("resources", "services", "wiring"):
        for path in (ROOT / rounds).rglob("*.py"):
            used |= set(re.findall(r'\.secret\("([a-z-]+)"\)', path.read_text("utf-8")))
    assert used == {*secret_names(), "blinding"}


def test_the_server_does_not_start_beside_a_server_without_keys(tmp_path: Path) -> None:
    """`tipbench up` ends with one sentence before it reaches for the database or starts anything."""
    others = {name: value for name, value in os.environ.items() if not name.startswith("TIPBENCH")}
    environ = {**others, "TIPBENCH_HOME": str(tmp_path / "home"), "TIPBENCH_DATABASE_URL": SERVER}
    command = [sys.executable, "-c", "from wiring.cli import main; main()", "--project", str(tmp_path), "up", "--port"]
    with reserved_port() as port:
        done = subprocess.run(
            [*command, str(port)],
            cwd=ROOT,
            env=environ,
            capture_output=True,
            text=True,
            timeout=DEADLINE_S,
            check=False,
        )
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert "lacks user-keys, identities" in done.stderr
    assert "planted" not in done.stderr
    assert not (tmp_path / "home" / "dagster").exists()
