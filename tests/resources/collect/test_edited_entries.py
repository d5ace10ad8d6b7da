"""What was edited without a new version is named, by what experiments pinned of it."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from core.benchmark.spec import Options, Spec
from resources.bench_context import BenchContext
from resources.catalog import KINDS, Layer
from resources.collect.edited_entries import edited_entries
from resources.collect.launch import draft, launch

FILES = {
    "prompts/own.md": '+++\nname = "own"\nversion = "1"\ndescription = "x"\nmode = "chat"\n+++\n## user\n'
    "{{ situation }}\n",
    "scenarios/own.csv": "id,situation\nbus,I miss the bus.\nbed,I sleep badly.\n",
    "rubrics/own.toml": 'name = "own"\nversion = "1"\n[scale]\nlow = 1\nhigh = 5\n[[criteria]]\nname = "kind"\n'
    'description = "Kind"\n',
}
EDITED = {
    "prompts/own.md": ("{{ situation }}", "Briefly: {{ situation }}"),
    "scenarios/own.csv": ("I sleep badly", "I sleep well"),
    "rubrics/own.toml": ('"Kind"', '"Kind and warm"'),
}
NAMES = {"prompts/own.md": "prompt own@1", "scenarios/own.csv": "scenario bed", "rubrics/own.toml": "rubric own@1"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A catalog of one's own."""
    for name, text in FILES.items():
        (tmp_path / "own" / name).parent.mkdir(parents=True)
        (tmp_path / "own" / name).write_text(text)
    return tmp_path / "own"


@pytest.fixture
def own(bench: BenchContext, folder: Path) -> BenchContext:
    """A bench that sees packaged models alone beside that catalog."""
    packaged = replace(bench.layers[0], kinds=frozenset({"models"}))
    options = Options(models=("template",), n_tips=1, temperature=0.7, seed=1, rubric="own")
    return replace(bench, layers=(packaged, Layer("own", folder, frozenset(KINDS))), defaults=options)


def _run(bench: BenchContext, name: str, **given: Any) -> Spec:
    return launch(bench, name, Options(**given), by_default=True)


@pytest.mark.parametrize("file", FILES)
def test_an_edited_entry_is_named_with_who_pinned_it(own: BenchContext, folder: Path, file: str) -> None:
    """Before a launch by the experiments that pinned another text; a new version or an unchanged one is not."""
    _run(own, "tip-bench-first")
    assert edited_entries(own, draft(own, "tip-bench-second", Options()), new=True) == []
    old, new = EDITED[file]
    (folder / file).write_text(FILES[file].replace(old, new))
    (said,) = edited_entries(own, draft(own, "tip-bench-second", Options()), new=True)
    assert said.startswith(
        f"{NAMES[file]} is not what tip-bench-first pinned under this name: give the edited one a new"
    )
    if file != "scenarios/own.csv":
        (folder / file).write_text(FILES[file].replace(old, new).replace('version = "1"', 'version = "2"'))
        assert edited_entries(own, draft(own, "tip-bench-second", Options()), new=True) == []


@pytest.mark.parametrize("file", FILES)
def test_a_run_that_goes_on_says_that_its_pin_holds(own: BenchContext, folder: Path, file: str) -> None:
    """An edit after the pin changes nothing there, and is said; what is gone from the catalog is no edit."""
    spec = _run(own, "tip-bench-first")
    assert edited_entries(own, spec, new=False) == []
    (folder / file).write_text(FILES[file].replace(*EDITED[file]))
    (said,) = edited_entries(own, _run(own, "tip-bench-first"), new=False)
    assert said.startswith(f"{NAMES[file]} was edited after the pin, which holds")
    assert said.endswith("--extends tip-bench-first")
    (folder / file).unlink()
    assert edited_entries(own, spec, new=False) == []


def test_a_description_and_an_unreadable_experiment_are_no_edit(own: BenchContext, folder: Path) -> None:
    """What shapes no answer may change; one damaged pin hides no warning about another."""
    _run(own, "tip-bench-first")
    _run(own, "tip-bench-damaged")
    (own.home.experiment("tip-bench-damaged") / "spec.json").write_text("{")
    path = folder / "prompts/own.md"
    path.write_text(path.read_text().replace('"x"', '"another"'))
    assert edited_entries(own, draft(own, "tip-bench-second", Options()), new=True) == []
    path.write_text(path.read_text().replace("{{ situation }}", "!{{ situation }}"))
    assert len(edited_entries(own, draft(own, "tip-bench-second", Options()), new=True)) == 1


def test_what_is_extended_keeps_its_rubric(own: BenchContext, folder: Path) -> None:
    """Also where the catalog has a newer version or an edited one; a rubric that is named comes from the catalog."""
    first = _run(own, "tip-bench-first")
    path = folder / "rubrics/own.toml"
    path.write_text(path.read_text().replace('"Kind"', '"Kinder"').replace('version = "1"', 'version = "2"'))
    assert draft(own, "tip-bench-second", Options(extends="tip-bench-first")).rubric == first.rubric
    second = draft(own, "tip-bench-second", Options(extends="tip-bench-first", rubric="own"))
    assert (second.rubric.ref, second.options.rubric) == ("own@2", "own")
