"""Which tests go to one process of pytest: those of a file, or of all files that share a served home."""

from pathlib import Path

import pytest
from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped] # it has no type hints

PANEL = "tests/story/panel"
SHARED_HOME = tuple(
    f"{PANEL}/{name}.py"
    for name in (
        "test_policies",  # while the settings' policy has drawn all along
        "test_operations",
        "adverse/test_bad_input",
        "test_catalog",
        "test_launching",
        "judging/test_judging",
        "test_users",
        "test_keyboard",
        "test_leaderboard",
        "test_rounds",
        "test_tips",
        "adverse/test_several_people",
        "live/test_runs",
        "live/test_connection",
        "adverse/test_hostile_tip",  # plants entries in the catalog
    )
)
"""Files of stories that share a home, in their order: in one process it is made once, and one server waits for them."""


class SharedHomeScheduling(LoadScopeScheduling):  # type: ignore[misc] # the same
    """Gives each process a file at a time, and the files that share a home to one process, one after another."""

    def _split_scope(self, nodeid: str) -> str:
        scope: str = super()._split_scope(nodeid)
        return PANEL if scope.partition("::")[0] in SHARED_HOME else scope


def check_shared(root: Path, sharing: dict[Path, bool]) -> None:
    """Return if those files share a home that are listed; raise UsageError, which names the first that differs."""
    for path, shares in sharing.items():
        name = path.relative_to(root).as_posix()
        if shares != (name in SHARED_HOME):
            said = "is not listed and shares a home" if shares else "is listed and shares no home"
            raise pytest.UsageError(f"{name} {said}: mend SHARED_HOME of tests/scheduling.py")
