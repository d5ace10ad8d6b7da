"""The code location: what it loads each time that Dagster starts one, for a server and for every run."""

import subprocess
import sys

LOADED = """
import sys
import wiring.dagster.definitions
loaded = {".".join(name.split(".")[:2]) for name in sys.modules}
print(*sorted(name for name in loaded if name.startswith(("services", "wiring.modules"))))
"""


def test_it_loads_no_module_of_the_app() -> None:
    """They take a third of the time of its imports, and a run does without; the nightly prune loads them itself."""
    found = subprocess.run([sys.executable, "-c", LOADED], check=True, capture_output=True, text=True)
    assert found.stdout.split() == []
