"""`tipbench try-judge`: what a person sees of a trial, and its exit codes."""

import json
import sys

import pytest

from tests.resources.collect.conftest import Project, chat, error
from tests.resources.judging.model_judges.conftest import bench, endpoint, judged, project, scored
from tests.resources.judging.model_judges.runs import NAME, SMALL, run
from wiring.cli import run_command_line

__all__ = ["bench", "endpoint", "judged", "project"]


def test_a_trial_is_shown_and_one_that_nonsense_gets_past_ends_with_exit_code_1(
    judged: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The prompt, raw answers, planted tips, noise and price; 3 without an end, 0 with --anyway."""
    run(judged.bench, ("heuristics",), SMALL)
    (judged.folder / "tipbench.toml").write_text("")
    monkeypatch.setenv("TIPBENCH_HOME", str(judged.bench.home.root))
    monkeypatch.chdir(judged.folder)

    def tipbench(*more: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["tipbench", "try-judge", NAME, "luna", *more])
        return run_command_line(), *capsys.readouterr()

    judged.endpoint.answers["good"] = lambda _: error(404, "no such model")
    code, _, err = tipbench()
    assert code == 3
    assert "no such model" in err
    judged.endpoint.answers["good"] = lambda _: chat(scored(4))
    code, out, err = tipbench()
    assert code == 1
    for said in (
        "Judge.\n",
        '"reason": "It fits."',
        "nonsense (words without a meaning): 4",
        "by an sd of 0 in rubric",
    ):
        assert said in out
    assert "8 of 8 to judge, the price not known" in out
    assert "or go on with --anyway" in err
    code, out, err = tipbench("--anyway")
    assert (code, err) == (0, "")
    assert "nothing was sent now" in out
    code, out, err = tipbench("--format", "json")
    found = json.loads(out)
    assert (code, err, found["judge"], found["noise"], found["stop"]) == (0, "", "luna", 0, None)
    assert json.loads(found["planted"][0]["raw"][0])["reason"] == "It fits."
