"""Checks of files, here and in a process of their own."""

import json
import threading
from pathlib import Path
from typing import Any

import msgspec
import pytest

from contracts.refusals import Refusal
from kit.cancellation import Cancelled, cancelled_by
from resources.judging.checking.checking_process import SMALL, checked
from resources.judging.checking.file_check import receipt_of
from tests.children import running_children


def _file(setup: Any, data: bytes) -> Path:
    path: Path = setup.bench.home.root / "sent.jsonl"
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("kind", ["answers", "braces"])
def test_a_large_file_has_the_receipt_that_a_small_one_would_have(setup: Any, kind: str) -> None:
    """Whether its answers are good or every line is a problem; no process is left."""
    lines = b"".join(json.dumps(answer).encode() + b"\n" for answer in setup.folder())
    data = lines + b"\n" * SMALL if kind == "answers" else b"{\n" * SMALL
    path, bench = _file(setup, data), setup.bench
    receipt = checked(bench.home, bench.spec, path, "anna")
    assert receipt == receipt_of(bench.home, bench.spec, path, "anna")
    assert receipt.state == ("stored" if kind == "answers" else "rejected")
    assert running_children("file_check") == []


def test_a_check_that_nobody_waits_for_is_ended(setup: Any) -> None:
    """Its process too."""
    setup.folder()
    path, stop = _file(setup, b"{\n" * SMALL), threading.Event()
    stop.set()
    with cancelled_by(stop), pytest.raises(Cancelled):
        checked(setup.bench.home, setup.bench.spec, path, "anna")
    assert running_children("file_check") == []


def test_a_check_that_ends_by_a_defect_is_ours(setup: Any) -> None:
    """It says so, and nothing of what the process said."""
    path, spec = _file(setup, b"{\n" * SMALL), msgspec.structs.replace(setup.bench.spec, experiment="tip-bench-none")
    with pytest.raises(Refusal, match="the fault is ours") as refused:
        checked(setup.bench.home, spec, path, "anna")
    assert refused.value.code == "INTERNAL"
