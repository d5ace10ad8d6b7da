"""How many threads BLAS has in a process of ours."""

import os
import subprocess
import sys

import pytest

from wiring.blas_threads import one_blas_thread

COUNT = """
from wiring.cli import main
import sys, threading
sys.argv = ["tipbench", "--version"]
try:
    main()
except SystemExit:
    import numpy, os
    numpy.linalg.eigh(numpy.eye(300))
    print(len(os.listdir("/proc/self/task")) if os.path.isdir("/proc/self/task") else 1)
"""


def test_a_command_computes_with_one_blas_thread() -> None:
    """NumPy starts no threads beside the command's own, unless the environment says how many."""
    counted = {name: value for name, value in os.environ.items() if name != "OPENBLAS_NUM_THREADS"}
    done = subprocess.run([sys.executable, "-c", COUNT], env=counted, capture_output=True, check=True, text=True)
    assert done.stdout.split()[-1] == "1"


@pytest.mark.parametrize("given", ["4", "1"])
def test_a_number_of_the_environment_is_kept(given: str) -> None:
    """Who sets the variable decides."""
    environ = {"OPENBLAS_NUM_THREADS": given}
    one_blas_thread(environ)
    assert environ == {"OPENBLAS_NUM_THREADS": given}
