"""Tipbench from Python: `bench = tipbench.open()`, then runs, imports, and every listing as a pandas DataFrame.

This package is the stable interface, described in docs/python.md; the packages below it are not.
"""

import os

from tipbench.arguments import checked
from tipbench.bench import Bench
from tipbench.errors import BenchWarning, Error
from tipbench.published import Published

__all__ = ["Bench", "BenchWarning", "Error", "Published", "open"]


@checked
def open(  # noqa: A001  # tipbench.open, as gzip.open
    home: str | os.PathLike[str] | None = None, project: str | os.PathLike[str] | None = None
) -> Bench:
    """Return the benchmark of a project folder and its home; nothing is read of it yet, and nothing is made.

    Without `project` it is the nearest folder upwards with a tipbench.toml, else the current one. Without `home` it is
    TIPBENCH_HOME, else `.tipbench` in the project; one that does not exist yet is empty, and made by the first run.
    Raise Error for a folder or setting that cannot be used.
    """
    return Bench(home, project)
