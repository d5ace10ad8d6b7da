"""An error as people meet it: one sentence and an exit code, of a defect without its values."""

import os
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import NamedTuple

from wiring.exit_codes import DEFECT, code_of, sentence_of


class ErrorReport(NamedTuple):
    """The exit code of an error, and the sentence that says what is wrong and what to do."""

    code: int
    sentence: str


def failure_of(error: Exception, home: Callable[[], Path]) -> ErrorReport:
    """Return what to say of an error; `home` is asked for the home's folder only where it is needed.

    The frames of a defect are written under the home's `logs/`.
    """
    code = code_of(error)
    if code is not None:
        return ErrorReport(code, f"{sentence_of(error)}{_experiments_hint(error, home)}")
    traceback_note = _keep_traceback(error, home())
    return ErrorReport(DEFECT, f"a defect: {type(error).__name__} in {_place(error)}{traceback_note}")


def _experiments_hint(error: Exception, home: Callable[[], Path]) -> str:
    """Return which experiment may be meant by a name that has no pin, and where it was looked for; else nothing."""
    from resources.home import Home
    from resources.lake.specs import NotPinned

    if not isinstance(error, NotPinned) or not error.experiment:
        return ""
    root = home()
    names = Home(root).experiments()
    if not names:
        return f"\nthere is no experiment yet in {root}; --project names another project folder"
    prefix = "tip-bench-"  # all begin with it, so it would make every name a close one
    own = {name.removeprefix(prefix): name for name in names}
    close = [own[found] for found in get_close_matches(error.experiment.removeprefix(prefix), own, n=3)]
    said = f"did you mean {', '.join(close)}? It is" if close else f"there are {', '.join(names[:10])}"
    more = " and more" if not close and len(names) > 10 else ""
    return f"\n{said}{more} in {root}"


def _place(error: Exception) -> str:
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{Path(frame.filename).name}:{frame.lineno} ({frame.name})"


def _keep_traceback(error: Exception, home: Path) -> str:
    """Write the frames without values, so that no text or key of the user lands in the file."""
    path = home / "logs" / f"defect-{datetime.now(UTC):%Y%m%dT%H%M%S}-{os.getpid()}.txt"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(traceback.format_tb(error.__traceback__)) + type(error).__name__ + "\n", "utf-8")
    except OSError:
        return ""
    return f"; its traceback is in {path}"
