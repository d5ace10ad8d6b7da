"""What `plan` and `run` say on standard error before anything is requested."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from core.benchmark.spec import Options
from resources.collect.launch import draft
from resources.lake.specs import pin
from resources.launching.launch_warnings import warnings_of
from wiring.bench_context import build_bench_context
from wiring.cli import tipbench
from wiring.cli.progress import progress
from wiring.settings import read_settings

PROMPT = '+++\nname = "own"\nversion = "1"\ndescription = "x"\nmode = "chat"\n+++\n## user\n{{ situation }}\n'
OPTIONS = ("--models", "template", "--prompts", "own", "--n-scenarios", "3")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with a prompt of its own, the current folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TIPBENCH_HOME", str(tmp_path / "home"))
    (tmp_path / "catalog/prompts").mkdir(parents=True)
    (tmp_path / "catalog/prompts/own.md").write_text(PROMPT)
    (tmp_path / "tipbench.toml").write_text("")
    return tmp_path


def _plan(name: str, *more: str) -> Result:
    return CliRunner().invoke(tipbench, ["plan", name, *OPTIONS, "--format", "json", *more], standalone_mode=False)


def _pinned(folder: Path, name: str, **more: Any) -> Any:
    bench = build_bench_context(read_settings({"TIPBENCH_HOME": str(folder / "home")}, folder, None), progress)
    spec = draft(bench, name, Options(models=("template",), prompts=("own",), n_scenarios=3, **more))
    pin(bench.home, spec)
    return bench, spec


def test_a_plan_names_what_was_edited(folder: Path) -> None:
    """On standard error, so that JSON is alone on standard output; before the edit nothing is said."""
    bench, spec = _pinned(folder, "tip-bench-first")
    assert "warning" not in _plan("tip-bench-second").stderr
    (folder / "catalog/prompts/own.md").write_text(PROMPT.replace("## user", "## system\nBe brief.\n\n## user"))
    planned = _plan("tip-bench-second")
    assert "warning: prompt own@1 is not what tip-bench-first pinned under this name" in planned.stderr
    assert json.loads(planned.stdout)[0]["prompt"] == "own"
    (warning,) = warnings_of(bench, spec, new=False)
    assert warning.startswith("prompt own@1 was edited after the pin, which holds")


def test_a_plan_with_another_rubric_says_that_no_scores_are_taken_over(folder: Path) -> None:
    """What is extended keeps its rubric, tips@1 here, unless another is named."""
    _pinned(folder, "tip-bench-first", rubric="tips@1")
    assert "scores" not in _plan("tip-bench-second", "--extends", "tip-bench-first").stderr
    said = _plan("tip-bench-second", "--extends", "tip-bench-first", "--rubric", "tips").stderr
    assert "tips@3 is another rubric than that of tip-bench-first: no scores are taken over" in said


def test_a_plan_warns_of_few_tokens_for_a_model_that_reasons(folder: Path) -> None:
    """Reasoning counts against max_tokens; a model that does not reason gets no word."""
    entry = '[endpoints.e]\nbase_url = "http://127.0.0.1:1/v1"\n[[models]]\nname = "r"\nprovider = "openai"\n'
    (folder / "catalog/models.toml").write_text(f'{entry}endpoint = "e"\nmodel = "deepseek-r1"\n')
    arguments = ["plan", "tip-bench-first", "--models", "template,r", "--prompts", "terse", "--format", "json"]
    planned = CliRunner().invoke(tipbench, arguments, standalone_mode=False)
    assert "warning: model r reasons before it answers (its name, deepseek-r1, says so)" in planned.stderr
    assert "small in terse (60)" in planned.stderr
    assert "model template" not in planned.stderr


def test_a_plan_says_who_shares_the_machine(folder: Path) -> None:
    """An embedded model and a server on this machine; several embedded ones on few cores answer one at a time."""
    lines = ['[endpoints.near]\nbase_url = "http://localhost:11434/v1"']
    lines += [f'[[models]]\nname = "{name}"\nprovider = "embedded"\napi = "completion"' for name in ("a", "b")]
    lines += ['threads = 500\n[[models]]\nname = "c"\nprovider = "openai"\nendpoint = "near"\nmodel = "c"']
    (folder / "catalog/models.toml").write_text("\n".join(lines))

    def said(models: str) -> str:
        arguments = ["plan", "tip-bench-first", "--models", models, "--prompts", "terse,continue"]
        return CliRunner().invoke(tipbench, arguments, standalone_mode=False).stderr

    assert "share" not in said("a") + said("c")
    assert "warning: a and c share this machine's" in said("a,c")
    assert "latencies are longer than each would have alone" in said("a,c")
    assert "warning: a and b answer one at a time, for this machine has" in said("a,b")
