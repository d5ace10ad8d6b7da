"""The audit of the locked packages: planted vulnerabilities are found, and what the lock files pin has none known."""

import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from scripts.audit import LOCKS, SNAPSHOT, advisories, findings, locked, main

PIN = "weak-package==1.5 \\\n    --hash=sha256:00\nother[extra]==2.0 ; python_version < '3.12'\n"
FIXED = {"introduced": "0"}, {"fixed": "1.6"}


def advisory(*events: dict[str, str], versions: tuple[str, ...] = (), **more: Any) -> dict[str, Any]:
    """An advisory on weak-package."""
    affected: dict[str, Any] = {"package": {"ecosystem": "PyPI", "name": "Weak.Package"}, "versions": list(versions)}
    affected["ranges"] = [{"type": "ECOSYSTEM", "events": list(events)}, {"type": "GIT", "events": [{"fixed": "abc"}]}]
    return {"id": "GHSA-1", "summary": "It is\n\x1b[31mweak", "affected": [affected], **more}


class Project:
    """A lock file, a folder of advisories and a list of ignored findings."""

    def __init__(self, folder: Path) -> None:
        self.lock, self.folder, self.ignored = folder / "lock", folder / "advisories", folder / "ignored.toml"
        self.folder.mkdir()
        self.lock.write_text(PIN)
        self.ignored.write_text("")

    def know(self, *known: dict[str, Any]) -> None:
        """Put advisories there."""
        for number, each in enumerate(known):
            (self.folder / f"{number}.json").write_text(json.dumps(each))

    def ignore(self, days: int, id: str = "GHSA-1", reason: str = "not used") -> None:  # noqa: A002  # as it is called
        """Ignore a finding for so many days from now on."""
        until = (datetime.now(UTC) + timedelta(days=days)).date()
        entry = f'package = "weak_package"\nid = "{id}"\nreason = "{reason}"\nuntil = {until}\n'
        self.ignored.write_text(f"[[ignore]]\n{entry}")

    def audit(self) -> int:
        """The exit code of the audit."""
        return main(["--advisories", str(self.folder), "--ignored", str(self.ignored), str(self.lock)])


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project without advisories."""
    return Project(tmp_path)


def test_what_the_lock_files_pin_has_no_vulnerability_known_here() -> None:
    """Every advisory of the folder is on a locked package, and finds its own last affected version."""
    pins, known = locked(LOCKS), advisories(SNAPSHOT)
    assert len(pins) > 150
    assert findings(pins, known) == []
    names = {name for name, _ in pins}
    assert {affected["package"]["name"] for each in known for affected in each["affected"]} <= names
    for each in known:
        start, end = each["affected"][0]["ranges"][0]["events"]
        version = end.get("last_affected") or (start["introduced"] if start["introduced"] != "0" else "0.1")
        planted = (each["affected"][0]["package"]["name"], version)
        assert [finding.id for finding in findings([planted], [each])] == [each["id"]]


def test_a_planted_vulnerability_is_found(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    """In one line with package, version, id, where it is mended and what it is; the exit code is 1."""
    project.know(advisory(*FIXED), advisory(*FIXED, id="PYSEC-1", aliases=["GHSA-1"]))
    assert project.audit() == 1
    out, err = capsys.readouterr()
    assert out == "weak-package 1.5  GHSA-1  fixed in 1.6  It is [31mweak\n"
    assert "2 locked versions against 2 advisories" in err


@pytest.mark.parametrize(
    ("known", "code"),
    [
        (advisory(*FIXED), 1),
        (advisory({"introduced": "0"}, {"fixed": "1.5"}), 0),
        (advisory({"introduced": "0"}, {"fixed": "1.5rc1"}), 0),
        (advisory({"introduced": "0"}, {"fixed": "1.5.post1"}), 1),
        (advisory({"introduced": "1.5"}), 1),
        (advisory({"introduced": "1.5.dev1"}, {"last_affected": "1.5"}), 1),
        (advisory({"introduced": "0"}, {"last_affected": "1.4"}), 0),
        (advisory({"fixed": "1.2"}, {"introduced": "0"}, {"introduced": "1.4"}, {"fixed": "1.10"}), 1),
        (advisory({"introduced": "0"}, {"fixed": "1.2"}, {"introduced": "1.6"}, {"fixed": "1.10"}), 0),
        (advisory(versions=("1.5.0", "0.1-old-name")), 1),
        (advisory(versions=("1.4",)), 0),
        (advisory(*FIXED, withdrawn="2026-01-01T00:00:00Z"), 0),
    ],
)
def test_versions_are_compared_as_pep_440_says(project: Project, known: dict[str, Any], code: int) -> None:
    """By ranges in any order and by lists; an advisory that is withdrawn counts no more."""
    project.know(known)
    assert project.audit() == code


def test_another_ecosystems_package_of_that_name_is_not_meant(project: Project) -> None:
    """Nor one whose name only begins so."""
    other, longer = advisory(*FIXED), advisory(*FIXED)
    other["affected"][0]["package"]["ecosystem"] = "npm"
    longer["affected"][0]["package"]["name"] = "weak-package-more"
    project.know(other, longer)
    assert project.audit() == 0


def test_what_is_ignored_has_a_reason_and_an_end(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    """By id or alias; past its day the finding counts again, and one that is not there any more is named."""
    project.know(advisory(*FIXED, aliases=["CVE-1"]))
    for name, days, code, said in (
        ("GHSA-1", 0, 0, "0 found, 1 ignored"),
        ("CVE-1", 3, 0, "0 found, 1 ignored"),
        ("CVE-1", -1, 1, "is ignored no longer"),
        ("CVE-2", 3, 1, "was not found: take it out"),
    ):
        project.ignore(days, name)
        assert (project.audit(), said in capsys.readouterr().err) == (code, True)
    project.ignore(3, reason=" ")
    assert project.audit() == 2


def test_where_nothing_can_be_checked_the_exit_code_is_two(
    project: Project, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Without advisories, with one that is none or cannot be compared, without pins, without the program that asks."""
    assert project.audit() == 2
    project.know({"name": "no advisory"})
    assert project.audit() == 2
    project.know(advisory({"introduced": "one"}))
    assert project.audit() == 2
    project.know(advisory(*FIXED))
    project.lock.write_text("weak-package>=1\n")
    assert project.audit() == 2
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    assert main(["--online", "--ignored", str(project.ignored)]) == 2
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 5
    assert "pip-audit is missing" in said[-1]


PIP_AUDIT = """#!{python}
import json, sys
wanted = open(sys.argv[sys.argv.index("--requirement") + 1]).read().split()
found = {{"id": "GHSA-1", "aliases": [], "fix_versions": ["1.6"], "description": "weak"}}
packages = [dict(zip(("name", "version"), pin.split("=="))) for pin in wanted]
answer = [{{**each, "vulns": [found] if each["name"] == "weak-package" else []}} for each in packages]
json.dump({{"dependencies": answer}}, open(sys.argv[sys.argv.index("--output") + 1], "w"))
sys.exit(1)
"""


def test_online_every_locked_version_is_requested(
    project: Project, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Also two versions of one package, which different Pythons get; what is ignored counts here too."""
    (tmp_path / "pip-audit").write_text(PIP_AUDIT.format(python=sys.executable))
    (tmp_path / "pip-audit").chmod(0o700)
    monkeypatch.setenv("PATH", str(tmp_path))
    project.lock.write_text(PIN + "weak-package==1.4\n")
    options = ["--online", "--ignored", str(project.ignored), str(project.lock)]
    assert main(options) == 1
    assert [line.split("  ")[0] for line in capsys.readouterr().out.splitlines()] == [
        "weak-package 1.4",
        "weak-package 1.5",
    ]
    project.ignore(1)
    assert main(options) == 0
    assert main(["--online", str(tmp_path / "missing")]) == 2
