"""The panel's sources: types, generated code and pure logic hold, and its lock file names no registry."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from resources.judging.importer import LARGEST

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


def test_the_page_refuses_the_files_that_the_server_refuses() -> None:
    """The largest file of scores is the server's own, so that nothing larger is sent and nothing smaller refused."""
    found = re.search(r"LARGEST_MB = (\d+);", (UI / "src" / "pages" / "rounds" / "pace.ts").read_text())
    assert found is not None
    assert int(found[1]) << 20 == LARGEST


def test_each_page_is_a_small_chunk() -> None:
    """At most 120 KB compressed; what every page loads is at most 200 KB."""
    assets = UI / "dist" / "assets"
    assert assets.is_dir(), "make setup-dev builds the panel"
    sizes = {path.name.removesuffix(".gz"): path.stat().st_size for path in assets.glob("*.js.gz")}
    pages = {name: size for name, size in sizes.items() if re.match(r"[A-Z]\w+Page-", name)}
    entry = re.findall(r'assets/([^"]+\.js)"', (UI / "dist" / "index.html").read_text())
    assert len(pages) >= 7
    assert max(sizes.values()) <= 120_000
    assert sum(sizes[name] for name in entry) <= 200_000
