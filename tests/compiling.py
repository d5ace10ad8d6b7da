"""Shares out what a new clone's files cost to compile: each worker of pytest had compiled all, beside the others."""

import compileall
from itertools import chain
from pathlib import Path

import pytest
from _pytest.assertion.rewrite import PYC_TAIL, _rewrite_test, _write_pyc, get_cache_dir  # pytest is locked
from _pytest.assertion.rewrite import assertstate_key as state_key


def compile_share(config: pytest.Config) -> None:
    """Compile this worker's part of the files, which the others find then; without workers do nothing.

    Who comes too early for a file of another's compiles it by itself, as ever.
    """
    given: dict[str, int | str] = getattr(config, "workerinput", {})
    if not given or [config.rootpath / each for each in config.args] != [config.rootpath / "tests"]:
        return
    number, workers = int(str(given["workerid"]).removeprefix("gw")), int(given["workercount"])
    packages = sorted(path.parent for path in config.rootpath.glob("*/__init__.py"))
    found = chain.from_iterable(sorted(folder.rglob("*.py")) for folder in (*packages, config.rootpath / "tests"))
    for path in [each for each in found if "golden" not in each.parts][number::workers]:
        if path.name.startswith("test_") or path.name == "conftest.py":
            _rewrite(path, config)
        else:
            compileall.compile_file(path, quiet=2)


def _rewrite(path: Path, config: pytest.Config) -> None:
    pyc = get_cache_dir(path) / (path.name.removesuffix(".py") + PYC_TAIL)
    if not pyc.exists() or pyc.stat().st_mtime < path.stat().st_mtime:
        pyc.parent.mkdir(exist_ok=True)
        source_hash, code = _rewrite_test(path, config)
        _write_pyc(config.stash[state_key], code, source_hash, pyc)
