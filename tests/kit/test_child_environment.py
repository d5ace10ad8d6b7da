"""A child knows no key that it does not need, as a real one prints its environment."""

import ast
import json
import subprocess
import sys

import pytest

from kit.child_environment import needed, needed_by_mirror
from tests.structure.sources import named, sources, tree_of

PRINT = "import json, os; print(json.dumps(dict(os.environ)))"
KEYS = {
    "OPENAI_API_KEY": "k1", "GOOGLE_API_KEY": "k2", "TIPBENCH_DATABASE_URL": "k3", "TIPBENCH_WEBHOOK_SECRETS": "k4",
    "TIPBENCH_METRICS_SECRET": "k5", "OTEL_EXPORTER_OTLP_HEADERS": "k6", "NATS_URL": "k7", "PGPASSWORD": "k8",
}  # fmt: skip
MIRROR = {"MLFLOW_TRACKING_TOKEN": "t1", "AWS_SECRET_ACCESS_KEY": "t2"}
PLAIN = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "HTTPS_PROXY": "http://127.0.0.1:9", "TIPBENCH_HOME": "/h"}
STARTERS = {
    "kit/processes/bounded.py": "{**needed(os.environ), 'ARROW_DEFAULT_MEMORY_POOL': 'system'}",
    "kit/processes/commands.py": "dict(env)",
    "resources/dagster/recorder_process.py": "needed(os.environ)",
    "resources/tracking/subprocess_tracker.py": "needed_by_mirror(os.environ)",
    "wiring/processes/children.py": "dict(self._environ)",
}
"""What starts processes, and with which environment; a judge's command and children of `tipbench up` get theirs."""


@pytest.mark.parametrize(("choose", "more"), [(needed, {}), (needed_by_mirror, MIRROR)])
def test_a_child_is_given_what_it_needs(choose: object, more: dict[str, str]) -> None:
    """Paths, locale and proxies of everybody, MLflow's own of the mirror, and no key."""
    assert callable(choose)
    environ = choose({**KEYS, **MIRROR, **PLAIN})
    printed = subprocess.run([sys.executable, "-c", PRINT], env=environ, capture_output=True, check=True).stdout
    assert json.loads(printed) == PLAIN | more


def test_every_process_is_started_with_a_chosen_environment() -> None:
    """None inherits this one's by saying nothing."""
    found = {
        named(path): next((ast.unparse(each.value) for each in node.keywords if each.arg == "env"), "inherited")
        for path in sources()
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {"subprocess.Popen", "subprocess.run"}
    }
    assert found == STARTERS
