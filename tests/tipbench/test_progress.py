"""The bar of a notebook, and where there is none."""

import io
import sys

import pytest

from resources.collect.progress import Progress
from tipbench.progress import hidden, is_notebook, one_line, shown


class OutStream(io.StringIO):
    """A stream that a kernel's module defines, as a cell's standard error."""


OutStream.__module__ = "ipykernel.iostream"


def test_a_notebooks_bar_is_written_over_itself_and_removed() -> None:
    """At most four times a second, each line as long as the one before at least."""
    times = iter([0.0, 0.0, 0.0, 0.0, 0.1, 0.1, 1.0, 1.0, 1.0, 1.0])
    stream = OutStream()
    with one_line("collecting x", stream, lambda: next(times, 2.0)) as advance:
        for done in (1, 2, 48):
            advance(Progress(done, 48))
    drawn = stream.getvalue().split("\r")
    assert drawn[0] == ""
    assert [line.split()[-1] for line in drawn[1:-2] if "/48" in line]
    assert all("collecting x" in line for line in drawn[1:-2])
    assert drawn[-2].strip() == ""
    assert len(drawn[-2]) >= len(drawn[-3].rstrip())
    assert drawn[-1] == ""


def test_nothing_is_shown_where_nobody_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a stream that is no terminal and no notebook's."""
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    with shown("collecting x", 2) as advance:
        advance(Progress(1, 2))
    with hidden("collecting x", 2) as advance:
        advance(Progress(1, 2))
    assert stream.getvalue() == ""
    assert not is_notebook(stream)


def test_a_kernels_stream_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    """By the module that defines it; the bar goes there."""
    stream = OutStream()
    monkeypatch.setattr(sys, "stderr", stream)
    assert is_notebook(stream)
    with shown("collecting x", 2) as advance:
        advance(Progress(1, 2))
    assert "collecting x" in stream.getvalue()
