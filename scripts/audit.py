"""Checks what the lock files pin against known vulnerabilities: ends with 0 for none, 1 for some, 2 if it cannot.

usage: python scripts/audit.py [--advisories FOLDER | --online] [--ignored FILE] [LOCK…]

Without an option the advisories are the few of scripts/advisories; FOLDER holds JSON files in OSV's form, such as the
unpacked PyPI export of osv.dev; --online asks osv.dev by pip-audit, which it expects on the PATH.
"""

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

ROOT = Path(__file__).resolve().parent.parent
LOCKS = (ROOT / "requirements.lock", ROOT / "requirements-dev.lock")
SNAPSHOT = ROOT / "scripts" / "advisories"
IGNORED = ROOT / "scripts" / "audit-ignore.toml"
ONLINE_S = 600
_PIN = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])?==([^\s;\\]+)", re.MULTILINE)
_EVENTS = frozenset({"introduced", "fixed", "last_affected"})
Pin = tuple[str, str]
"""Name in its canonical form, and version."""


class CannotCheck(Exception):
    """The check cannot be made; the message is one sentence for the person."""


@dataclass(frozen=True)
class Finding:
    """A vulnerability of a locked version; `names` are its id and aliases."""

    pin: Pin
    id: str
    names: frozenset[str]
    fixed_in: tuple[str, ...]
    summary: str

    def line(self) -> str:
        """Return it in one line."""
        fixed = f"fixed in {', '.join(self.fixed_in)}" if self.fixed_in else "no fix is known"
        said = " ".join(self.summary.split())
        return "".join(c for c in f"{' '.join(self.pin)}  {self.id}  {fixed}  {said:.200}" if c.isprintable())


@dataclass(frozen=True)
class Ignored:
    """A finding that does not concern us, until a day."""

    package: str
    id: str
    reason: str
    until: date

    def covers(self, finding: Finding) -> bool:
        """Return whether it is this finding's."""
        return finding.pin[0] == canonicalize_name(self.package) and self.id in finding.names


def locked(paths: Sequence[Path]) -> list[Pin]:
    """Return what lock files pin, each version once; raise CannotCheck for a file that pins nothing."""
    found: dict[Pin, None] = {}
    for path in paths:
        try:
            pins = _PIN.findall(path.read_text("utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            raise CannotCheck(f"{path} cannot be read: {error}") from None
        if not pins:
            raise CannotCheck(f"{path} pins no package as NAME==VERSION")
        found |= {(canonicalize_name(name), version): None for name, version in pins}
    return sorted(found)


def advisories(folder: Path) -> list[dict[str, Any]]:
    """Return the advisories of a folder that are not withdrawn; raise CannotCheck without any, or for no OSV."""
    found = []
    for path in sorted(folder.rglob("*.json")):
        try:
            advisory = json.loads(path.read_bytes())
            if advisory["id"] and isinstance(advisory.get("affected", []), list):
                found.append(advisory)
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            raise CannotCheck(f"{path} is no advisory in OSV's form") from None
    if not found:
        raise CannotCheck(f"{folder} holds no advisories: unpack the PyPI export of osv.dev there")
    return [advisory for advisory in found if "withdrawn" not in advisory]


def findings(pins: Sequence[Pin], known: Sequence[dict[str, Any]]) -> list[Finding]:
    """Return a finding for each pin and vulnerability; advisories that are aliases of each other are one.

    Raises CannotCheck for an advisory on a locked package whose versions cannot be compared.
    """
    found: list[Finding] = []
    for advisory in known:
        names = frozenset({advisory["id"], *advisory.get("aliases", [])})
        for affected in advisory.get("affected", []):
            package = affected.get("package", {})
            if package.get("ecosystem") != "PyPI":
                continue
            name = canonicalize_name(package.get("name", ""))
            for pin in (pin for pin in pins if pin[0] == name):
                known_already = any(each.pin == pin and each.names & names for each in found)
                if not known_already and _is_affected(pin, affected, advisory["id"]):
                    summary = advisory.get("summary") or advisory.get("details", "")
                    found.append(Finding(pin, advisory["id"], names, _fixed_in(affected), summary))
    return sorted(found, key=lambda finding: (finding.pin, finding.id))


def _is_affected(pin: Pin, affected: dict[str, Any], id: str) -> bool:  # noqa: A002  # as an advisory calls it
    try:
        version = Version(pin[1])
        listed = any(_same(version, pin[1], each) for each in affected.get("versions", []))
        ranges = [each for each in affected.get("ranges", []) if each.get("type") == "ECOSYSTEM"]
        return listed or any(_within(version, each["events"]) for each in ranges)
    except (InvalidVersion, KeyError, TypeError, AttributeError) as error:
        raise CannotCheck(f"{id}: its versions of {pin[0]} cannot be compared with {pin[1]}: {error}") from None


def _same(version: Version, text: str, listed: str) -> bool:
    try:
        return Version(listed) == version
    except InvalidVersion:  # versions from before PEP 440 are listed too
        return listed == text


def _within(version: Version, events: Sequence[dict[str, str]]) -> bool:
    """Whether the last event up to a version left it vulnerable; events are ordered by their version, 0 first."""
    given = [(kind, text) for event in events for kind, text in event.items() if kind in _EVENTS]
    inside = False
    for kind, text in sorted(given, key=lambda event: (event[1] != "0", Version(event[1]))):
        if kind == "introduced":
            inside |= text == "0" or version >= Version(text)
        elif version > Version(text) or (kind == "fixed" and version == Version(text)):
            inside = False
    return inside


def _fixed_in(affected: dict[str, Any]) -> tuple[str, ...]:
    events = (
        event for each in affected.get("ranges", []) if each.get("type") == "ECOSYSTEM" for event in each["events"]
    )
    return tuple(event["fixed"] for event in events if "fixed" in event)


def ignored(path: Path) -> list[Ignored]:
    """Return what a file ignores; raise CannotCheck for an entry without package, id, reason or day."""
    try:
        entries = [Ignored(**entry) for entry in tomllib.loads(path.read_text("utf-8")).get("ignore", [])]
        usable = all(type(each.until) is date and each.reason.strip() for each in entries)
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise CannotCheck(f"{path} cannot be read: {error}") from None
    if not usable:
        raise CannotCheck(f"{path}: every entry says its reason, and until as a day such as 2027-01-31")
    return entries


def online(pins: Sequence[Pin]) -> list[Finding]:
    """Return what osv.dev knows of the pins, asked by pip-audit; raise CannotCheck where it gives no answer."""
    tool = shutil.which("pip-audit") or shutil.which("pip-audit", path=str(Path(sys.executable).parent))
    if tool is None:
        raise CannotCheck("pip-audit is missing: install it, as in pipx install pip-audit")
    return [finding for part in _once_each(pins) for finding in _requested(tool, part)]


def _once_each(pins: Sequence[Pin]) -> Iterator[dict[str, str]]:
    """The pins in parts that name no package twice, whatever Python or system they are for."""
    left = list(pins)
    while left:
        part = dict(reversed(left))
        yield part
        left = [pin for pin in left if part[pin[0]] != pin[1]]


def _requested(tool: str, part: dict[str, str]) -> Iterator[Finding]:
    with tempfile.TemporaryDirectory() as folder:
        wanted, answer = Path(folder) / "requirements.txt", Path(folder) / "answer.json"
        wanted.write_text("".join(f"{name}=={version}\n" for name, version in part.items()))
        command = [tool, "--vulnerability-service", "osv", "--no-deps", "--disable-pip", "--progress-spinner", "off"]
        command += ["--format", "json", "--output", str(answer), "--requirement", str(wanted)]
        try:
            ran = subprocess.run(command, check=False, capture_output=True, text=True, timeout=ONLINE_S)
            packages = json.loads(answer.read_bytes())["dependencies"]
        except (OSError, ValueError, KeyError, TypeError, subprocess.TimeoutExpired) as error:
            said = ran.stderr.strip().splitlines()[-1:] if isinstance(error, OSError | ValueError) else []
            raise CannotCheck(f"pip-audit gave no answer: {''.join(said) or error}") from None
        for package in packages:
            if "skip_reason" in package:
                raise CannotCheck(f"pip-audit left out {package['name']}: {package['skip_reason']}")
            for each in package["vulns"]:
                names = frozenset({each["id"], *each.get("aliases", [])})
                pin = (canonicalize_name(package["name"]), package["version"])
                yield Finding(pin, each["id"], names, tuple(each["fix_versions"]), each.get("description", ""))


def main(arguments: Sequence[str]) -> int:
    """Check and print: findings on standard output, what was checked on standard error."""
    parser = argparse.ArgumentParser(description="Check the lock files against known vulnerabilities.")
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--advisories", type=Path, default=SNAPSHOT, help="a folder of JSON files in OSV's form")
    source.add_argument("--online", action="store_true", help="ask osv.dev by pip-audit")
    parser.add_argument("--ignored", type=Path, default=IGNORED, help="findings that do not concern us")
    parser.add_argument("locks", type=Path, nargs="*", default=LOCKS, metavar="LOCK")
    given = parser.parse_args(arguments)
    today = datetime.now(UTC).date()
    try:
        pins, leave_out = locked(given.locks), ignored(given.ignored)
        if given.online:
            found, checked = online(pins), "what osv.dev knows"
        else:
            known = advisories(given.advisories)
            found, checked = findings(pins, known), f"{len(known)} advisories of {given.advisories}"
    except CannotCheck as error:
        print(f"audit: {error}", file=sys.stderr)
        return 2
    open_ones = [each for each in found if not any(entry.covers(each) and today <= entry.until for entry in leave_out)]
    for finding in open_ones:
        print(finding.line())
    for entry in leave_out:
        if today > entry.until:
            print(f"audit: {entry.package} {entry.id} is ignored no longer, since {entry.until}", file=sys.stderr)
        elif not any(entry.covers(each) for each in found):
            print(f"audit: {entry.package} {entry.id} is ignored and was not found: take it out", file=sys.stderr)
    said = (
        f"{len(pins)} locked versions against {checked}: {len(open_ones)} found, {len(found) - len(open_ones)} ignored"
    )
    print(f"audit: {said}", file=sys.stderr)
    if not given.online and given.advisories == SNAPSHOT:
        print("audit: these are few and get old: ONLINE=1 or ADVISORIES=FOLDER checks against all", file=sys.stderr)
    return 1 if open_ones else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
