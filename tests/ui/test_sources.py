"""The panel's sources: types, generated code and pure logic hold, and its lock file names no registry."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

UI = Path(__file__).parents[2] / "ui"
BIN = Path(sys.executable).parent


def _run(*command: str) -> None:
    assert (UI / "node_modules").is_dir(), "make setup-dev installs the panel's packages"
    env = {**os.environ, "PATH": f"{BIN}:/usr/bin:/bin", "CI": "true"}
    done = subprocess.run(command, cwd=UI, check=False, capture_output=True, text=True, env=env, timeout=1_200)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("script", ["types", "test", "codegen:check"])
def test_the_sources_pass(script: str) -> None:
    """TypeScript in its strict mode, vitest, and src/gql as schema.graphql and the documents give it."""
    _run(str(BIN / "npm"), "run", "--silent", script)


def test_the_lock_file_names_no_registry() -> None:
    """Versions and hashes of every package, no address, and each version in package.json is exact."""
    lock = json.loads((UI / "package-lock.json").read_text())
    packages = [entry for name, entry in lock["packages"].items() if name]
    assert not [entry for entry in packages if "resolved" in entry]
    assert all("integrity" in entry for entry in packages if not entry.get("inBundle"))
    wanted = json.loads((UI / "package.json").read_text())
    versions = {**wanted["dependencies"], **wanted["devDependencies"]}.values()
    assert all(version[0].isdigit() for version in versions)
