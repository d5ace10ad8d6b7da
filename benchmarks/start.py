"""CPU time of what commands import first, over that of `python -c "import dagster"`, in turn in one run.

usage: python -m benchmarks.start [ROUNDS] [REPOSITORY]

Medians of ROUNDS, 5 by default. A second REPOSITORY, such as a clone at an older commit, is measured in pairs with this
one. Bytecode is compiled first, as an installed package's is.
"""

import compileall
import os
import subprocess
import sys
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[1]
MAIN = "from wiring.cli import main; main()"
COMMANDS = ("--help", "leaderboard", "check", "run", "adopt", "serve", "link", "prune", "erase", "doctor")
MODULES = ("wiring.database", "wiring.container", "wiring.server.serve")
PACKAGES = ("api", "assets", "contracts", "core", "kit", "resources", "services", "tipbench", "wiring")


def cpu_seconds(code: str, arguments: list[str], repository: Path) -> float:
    """Return the CPU time of a Python that runs `code`; raise RuntimeError if it fails."""
    environ = {**os.environ, "PYTHONPATH": str(repository)}
    command = [sys.executable, "-c", code, *arguments]
    process = subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{arguments or code} of {repository} ended with {process.returncode}")
    return used.ru_utime + used.ru_stime


def cases() -> dict[str, tuple[str, list[str]]]:
    """Return by name what is run: the help of commands, which imports all that the command does, and imports."""
    helped = {name: (MAIN, [name] if name == "--help" else [name, "--help"]) for name in COMMANDS}
    return helped | {f"import {name}": (f"import {name}", []) for name in MODULES}


def main() -> None:
    """Measure every case in turn and print the medians."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    repositories = [ROOT, *(Path(text).resolve() for text in sys.argv[2:])]
    for repository in repositories:
        for package in PACKAGES:
            compileall.compile_dir(repository / package, quiet=1)
    base: list[float] = []
    found: dict[tuple[str, Path], list[float]] = {}
    for _ in range(rounds):
        base.append(cpu_seconds("import dagster", [], ROOT))
        for name, (code, arguments) in cases().items():
            for repository in repositories:
                found.setdefault((name, repository), []).append(cpu_seconds(code, arguments, repository))
    print(f"import dagster: {median(base):.2f} s of CPU time, load {os.getloadavg()[0]:.1f}")
    for name in cases():
        spent = [median(found[name, repository]) for repository in repositories]
        pair = f", {spent[0] / spent[1]:.2f} of the other's {spent[1]:.2f} s" if len(spent) > 1 else ""
        print(f"{name}: {spent[0] / median(base):.2f} ×, {spent[0]:.2f} s{pair}", flush=True)


if __name__ == "__main__":
    main()
