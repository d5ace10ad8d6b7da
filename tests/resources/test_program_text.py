"""The hash of the program's text."""

from pathlib import Path

import pytest

from resources import program_text
from resources.program_text import CODE, program_hash


def test_any_module_or_template_changes_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is compiled or has another suffix does not."""
    monkeypatch.setattr(program_text, "SOURCE", tmp_path)
    hashes = []
    for name in ("a.py", "b/report.html.j2", "b/c.md", "a.pyc"):
        path = tmp_path / CODE[-1] / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("text")
        program_hash.cache_clear()
        hashes.append(program_hash())
    program_hash.cache_clear()
    assert len(set(hashes)) == 3
    assert hashes[-1] == hashes[-2]
