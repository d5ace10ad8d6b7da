"""Set-up's part that builds the panel: what it covers, and that nothing else fails with it."""

import os
from pathlib import Path

import pytest

from scripts import setup


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose npm writes what it was called with into a file, and a panel when it builds."""
    ui, programs = tmp_path / "ui", tmp_path / ".venv" / "bin"
    (ui / "src").mkdir(parents=True)
    programs.mkdir(parents=True)
    for name in ("package.json", "package-lock.json", ".npmrc", "src/main.tsx"):
        (ui / name).write_text(name)
    _npm(
        tmp_path,
        'case "$1" in ci) mkdir -p node_modules; : > node_modules/.package-lock.json;; *) mkdir -p dist.new; '
        ": > dist.new/index.html;; esac",
    )
    for name, value in {"VENV": tmp_path / ".venv", "UI": ui, "DEV": ui / "package-lock.json"}.items():
        monkeypatch.setattr(setup, name, value)
    monkeypatch.setattr(setup, "pip", lambda *_: None)  # packages come from a registry
    return tmp_path


def _npm(folder: Path, does: str) -> None:
    program = folder / ".venv" / "bin" / "npm"
    program.write_text(f'#!/bin/sh\nset -e\necho "$1" >> ../calls\n{does}\n')
    program.chmod(0o755)


def _calls(folder: Path) -> list[str]:
    return (folder / "calls").read_text().split()


def test_the_panel_is_built_once_and_again_when_a_source_changed(folder: Path) -> None:
    """The packages are installed anew only when their lock changed; without its page a build counts as none.

    Each build is two: the panel, and the page of judges.
    """
    assert setup.set_up_panel()
    assert not setup.set_up_panel()
    (folder / "ui" / "src" / "main.tsx").write_text("changed")
    assert setup.set_up_panel()
    (folder / "ui" / "dist" / "index.html").unlink()
    assert setup.set_up_panel()
    assert _calls(folder) == ["ci", *["run"] * 6]


def test_without_a_registry_set_up_goes_on(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What npm said is shown, one line says what that means, and a build of before stays."""
    setup.set_up_panel()
    _npm(folder, "echo no route to the registry >&2; exit 1")
    (folder / "ui" / "package-lock.json").write_text("changed")
    assert setup.set_up_panel()
    said = capsys.readouterr()
    assert "no route to the registry" in said.err
    assert "the panel is not built: npm ci failed" in said.out
    assert (folder / "ui" / "dist" / "index.html").is_file()


def test_node_is_what_the_lock_for_the_tests_pins(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both of its packages with their hashes, and nothing else."""
    installed = []
    record = lambda given, _: installed.append(Path(given[-1]).read_text())  # noqa: E731  # a name for the argument
    monkeypatch.setattr(setup, "pip", record)  # packages come from a registry
    setup.install_node()
    lines = installed[0].splitlines()
    assert [line.split("==")[0] for line in lines if line[0] != " "] == list(setup.NODE)
    assert sum("--hash=sha256:" in line for line in lines) > len(setup.NODE)


def test_what_was_built_is_no_source() -> None:
    """Neither installed packages nor the build are covered; sources and the list of packages are."""
    names = {path.relative_to(setup.UI).as_posix() for path in setup.panel_sources()}
    assert {"package.json", "index.html", "src/main.tsx", "src/icon.svg"} <= names
    assert not [name for name in names if name.startswith(("node_modules/", "dist"))]


def test_debian_packages_are_installed_beside_the_rest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They begin with the block, which waits for them where it fails too; without need none begins."""
    (tmp_path / "scripts").mkdir()
    program = tmp_path / "scripts" / "debian-packages.sh"
    program.write_text(f"#!/bin/sh\necho begun >> {tmp_path}/said\ncat {tmp_path}/pipe\necho done >> {tmp_path}/said\n")
    program.chmod(0o755)
    os.mkfifo(tmp_path / "pipe")
    monkeypatch.setattr(setup, "ROOT", tmp_path)

    def fails(wanted: bool) -> None:
        with setup.debian_packages(wanted):
            if wanted:
                (tmp_path / "pipe").write_text("go on")  # once it is read: the packages are under way beside this
            raise setup.SetUpFailed("pip failed")

    for wanted in (True, False):
        with pytest.raises(setup.SetUpFailed):
            fails(wanted)
    assert (tmp_path / "said").read_text().split() == ["begun", "done"]
