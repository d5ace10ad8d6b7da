"""Compiled templates beside compiled modules: taken again where they fit, made anew where not, never in the way."""

import sys
from pathlib import Path

import jinja2
import pytest

from resources.report.compiled_templates import CompiledTemplates


def _rendered(folder: Path, source: str) -> str:
    loader, compiled = jinja2.FunctionLoader(lambda _: source), CompiledTemplates(folder)
    return jinja2.Environment(autoescape=True, loader=loader, bytecode_cache=compiled).get_template("a").render()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with that of compiled modules, which may be written."""
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    (tmp_path / "__pycache__").mkdir()
    return tmp_path


def test_a_template_is_compiled_once_and_again_when_it_changes(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second time none is compiled; another source, or a damaged file, is."""
    assert _rendered(folder, "one") == "one"
    (made,) = (folder / "__pycache__").iterdir()
    with monkeypatch.context() as patched:
        patched.setattr(jinja2.Environment, "_compile", None)  # which nobody may call now
        assert _rendered(folder, "one") == "one"
    assert _rendered(folder, "two") == "two"
    made.write_bytes(made.read_bytes()[:-9])
    assert [_rendered(folder, "two"), _rendered(folder, "two")] == ["two", "two"]
    assert list((folder / "__pycache__").iterdir()) == [made]


def test_where_python_writes_no_modules_none_is_written(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With its switch set, or without the folder, a template is compiled and nothing is left."""
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert _rendered(folder, "one") == "one"
    assert not list((folder / "__pycache__").iterdir())
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    (folder / "__pycache__").rmdir()
    assert _rendered(folder, "one") == "one"
    assert not list(folder.iterdir())
