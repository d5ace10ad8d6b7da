"""Bad input: one clear sentence, the right exit code, nothing spent and nothing lost."""

import subprocess
import sys
from typing import Any

import pytest

from resources.dagster.recording_queue import RecordingQueue
from resources.home import Home
from tests.deadline import DEADLINE_S
from tests.story.peers.up import wait_for

pytestmark = pytest.mark.slow
NAME = "tip-bench-refused"
GOOD = ["--models", "plain", "--prompts", "terse", "--n-scenarios", "9"]

WRONG = [
    (["--models", "nope"], "model 'nope' is not in the catalog"),
    (["--prompts", "nope"], "prompt 'nope' is not in the catalog"),
    (["--rubric", "nope"], "rubric 'nope' is not in the catalog"),
    (["--n-tips", "0"], "n_tips is 0"),
    (["--n-scenarios", "100000"], "n_scenarios"),
    (["--temperature", "2.5"], "temperature is 2.5"),
    (["--temperature", "nan"], "temperature is nan"),
    (["--seed", "-1"], "seed is -1"),
    (["--max-cost", "-1"], "max_cost"),
    (["--baseline", "terse"], "is not MODEL/PROMPT"),
    (["--baseline", "plain/coach"], "is no cell"),
    (["--judge", "a=alien"], "alien"),
    (["--judge", "heuristics=human"], "heuristics"),
    (["--judge", "other=program"], "no program 'other'"),
    (["--extends", "tip-bench-none"], "tip-bench-none has no pinned spec"),
    (["--models", "guarded"], "GUARDED_KEY"),
    (["--models", "refusing", "--max-cost", "1"], "refusing"),
    (["--models", "unsized-local", "--max-model-b", "3"], "unsized-local"),
]


@pytest.mark.parametrize(("arguments", "said"), WRONG, ids=[" ".join(arguments) for arguments, _ in WRONG])
def test_wrong_options_are_refused_before_anything(project: Any, server: Any, arguments: list[str], said: str) -> None:
    """Exit code 2, the field or name in one sentence, no pin and no request."""
    given = [*GOOD, *arguments]
    if "--models" in arguments:
        given = given[2:]
    refused = project("run", NAME, *given, code=2)
    assert said in refused.err
    assert "Traceback" not in refused.err
    assert not (project.home / "lake" / NAME / "spec.json").exists()
    assert not server.requested


@pytest.mark.parametrize(
    "name", ["first", "tip-bench-", "tip-bench-A", "tip-bench-../x", "tip-bench-a/b", "tip-bench-" + "a" * 64]
)
def test_names_that_are_none(project: Any, name: str) -> None:
    """A name outside the pattern is exit code 2 at every command."""
    for command in (["run", name], ["leaderboard", name], ["export", name], ["check", name]):
        assert "not valid" in project(*command, code=2).err


def test_a_used_name_keeps_its_pin(project: Any) -> None:
    """Other options under a used name are refused and name the field; the same ones are welcome."""
    project("run", NAME, *GOOD)
    assert "n_tips" in project("run", NAME, "--n-tips", "3", code=2).err
    assert "prompts" in project("run", NAME, "--prompts", "coach", code=2).err
    project("run", NAME, *GOOD)


def test_a_model_too_large_is_skipped_by_name(project: Any) -> None:
    """max_model_b leaves a large local model out, says so, and exempts remote ones."""
    said = project("run", NAME, "--models", "plain,large-local", *GOOD[2:], "--max-model-b", "8").out
    assert "skipped large-local: 70 billion parameters" in said
    assert {row["model"] for row in project("leaderboard", NAME, "--format", "json").json()} == {"plain"}


def test_a_broken_catalog_names_file_line_and_field(project: Any) -> None:
    """A prompt with an unknown variable and a scenario without a situation are listed with their places."""
    prompts = project.folder / "catalog" / "prompts"
    prompts.mkdir()
    (prompts / "bad.md").write_text(
        '+++\nname = "bad"\nversion = "1"\ndescription = "x"\nmode = "chat"\n+++\n## user\n{{ nonsense }}\n'
    )
    (project.folder / "catalog" / "scenarios").mkdir()
    (project.folder / "catalog" / "scenarios" / "own.jsonl").write_text('{"id": "a"\n')
    refused = project("run", NAME, *GOOD, code=2)
    assert "bad.md" in refused.err
    assert "nonsense" in refused.err
    assert "own.jsonl:1" in refused.err


def test_a_second_writer_fails_at_once_and_names_the_first(project: Any, server: Any) -> None:
    """While one run collects, another ends with exit code 3; the first is unharmed."""
    server.held_from = 0
    first = project.start("run", NAME, *GOOD)
    wait_for(lambda: server.requested, first)
    second = project("run", NAME, code=3)
    assert str(first.pid) in second.err
    server.held_from = None
    out, err = first.communicate(timeout=DEADLINE_S)
    assert first.returncode == 0, out + err


def test_an_endpoint_that_is_down_costs_nothing(project: Any, server: Any) -> None:
    """Transient failures end with 3 and publish nothing; when the endpoint is back, the run goes on."""
    server.broken = True
    failed = project("run", NAME, *GOOD, code=3)
    assert "answered 503" in failed.err
    assert "nothing new is published" in failed.err
    rows = project("leaderboard", NAME, "--format", "json").json()
    assert rows[0]["score"] is None
    said = f"collecting is not done, 0 of 9 generations are final; to go on: tipbench run {NAME}"
    assert said in project("leaderboard", NAME).err
    assert project("runs", NAME, "--format", "json").json()[0]["status"] == "partial"
    project("check", NAME, code=1)
    server.broken = False
    assert "9 of 9 generations are final" in project("run", NAME).out


def test_accepted_failures_are_rows_that_say_so(project: Any, server: Any) -> None:
    """--accept-failures makes what is left final, with the reason, and publishes."""
    server.broken = True
    project("run", NAME, *GOOD, "--accept-failures")
    tips = project("tips", NAME, "--format", "json").json()
    assert {tip["outcome"] for tip in tips} == {"failed"}
    assert all("503" in tip["error"] for tip in tips)


def test_refusals_and_bad_requests_are_final(project: Any, server: Any) -> None:
    """A refusal and a 400 are rows of their own and are never asked again."""
    said = project("run", NAME, "--models", "refusing,picky", *GOOD[2:]).out
    assert "× picky: local answered 400" in said
    tips = project("tips", NAME, "--format", "json").json()
    assert sum(tip["outcome"] == "refused" for tip in tips) == 9
    assert 0 < sum(tip["outcome"] == "failed" for tip in tips) < 9
    requested = sum(server.requested.values())
    project("run", NAME)
    assert sum(server.requested.values()) == requested


def test_the_ceiling_stops_and_a_higher_one_goes_on(project: Any, server: Any) -> None:
    """Collecting stops at max_cost, keeps what it has and says so; with a higher ceiling it ends."""
    stopped = project(
        "run", NAME, "--models", "plain", "--prompts", "terse", "--n-scenarios", "60", "--max-cost", "0.003", code=3
    )
    assert "max_cost" in stopped.err
    first = sum(server.requested.values())
    assert 0 < first < 60
    assert sum(tip["cost"] for tip in project("tips", NAME, "--format", "json").json()) <= 0.003
    project("run", NAME, "--max-cost", "1")
    assert sum(server.requested.values()) == 60


def test_what_a_server_does_not_say_counts_at_its_most(project: Any, server: Any) -> None:
    """Without token counts the cost is null, and the ceiling counts what each answer can have cost, at every run."""
    options = ["--models", "silent", "--prompts", "terse", "--n-scenarios", "40", "--max-cost", "0.004"]
    stopped = project("run", NAME, *options, code=3)
    assert "did not say" in stopped.err
    first = sum(server.requested.values())
    assert 0 < first < 40
    assert {tip["cost"] for tip in project("tips", NAME, "--format", "json").json()} == {None}
    project("run", NAME, code=3)
    assert sum(server.requested.values()) == first


def test_defaults_of_the_project_hold_for_baseline_and_ceiling(project: Any, server: Any) -> None:
    """tipbench.toml's max_cost and baseline are on record from the start; the command line raises them."""
    toml = '[defaults]\nmax_cost = 0.003\nbaseline = "plain/coach"\n'
    (project.folder / "tipbench.toml").write_text(toml)
    project("run", NAME, "--models", "plain", "--prompts", "terse,coach", "--n-scenarios", "40", code=3)
    assert 0 < sum(server.requested.values()) < 80
    project("run", NAME, "--max-cost", "1", "--judge", "heuristics")
    rows = project("leaderboard", NAME, "--format", "json").json()
    assert {row["prompt"]: row["diff"] is None for row in rows} == {"coach": True, "terse": False}


def test_a_version_asked_for_is_welcome_again(project: Any) -> None:
    """A run with NAME@VERSION pins it, and the same command goes on with it."""
    options = ["--models", "template", "--prompts", "terse@1", "--rubric", "tips@1", "--n-scenarios", "2"]
    project("run", NAME, *options)
    project("run", NAME, *options)
    project("run", NAME, "--prompts", "terse", "--rubric", "tips")
    assert "terse@9" in project("run", NAME, "--prompts", "terse@9", code=2).err


def test_a_report_goes_nowhere_that_is_not_there(project: Any) -> None:
    """--output into a folder that does not exist is one sentence."""
    project("run", NAME, "--models", "template", "--prompts", "terse", "--n-scenarios", "2")
    assert "does not exist" in project("report", NAME, "--output", "/nowhere/report.html", code=2).err


def _limited(project: Any, size: int, arguments: list[str]) -> "subprocess.CompletedProcess[str]":
    """Run a command in a process whose files may not grow over `size` bytes, as on a full disk."""
    code = (
        f"import resource, signal; resource.setrlimit(resource.RLIMIT_FSIZE, ({size}, {size}));"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); from wiring.cli import main; main()"
    )
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=project.folder, env=project.environ, capture_output=True, text=True, timeout=DEADLINE_S, check=False,
    )  # fmt: skip


def test_a_journal_on_a_full_disk_loses_nothing(project: Any, server: Any) -> None:
    """A write that the disk refuses ends with exit code 3; with room again every answer that was kept stays."""
    size = ["--prompts", "terse,coach,few-shot", "--n-scenarios", "60", "--n-tips", "24"]
    full = _limited(project, 900_000, ["run", NAME, "--models", "plain", *size])
    assert full.returncode == 3, full.stdout + full.stderr
    assert "journal" in full.stderr
    assert "Traceback" not in full.stderr
    assert len(server.requested) > 1000
    project("run", NAME)
    assert len(server.requested) == 4320
    assert sum(server.requested.values()) <= 4320 + 16


def test_a_full_disk_under_dagster_is_told_by_the_next_command(project: Any, server: Any) -> None:
    """Where Dagster's own database cannot be written the work is done and kept; with room again it is recorded."""
    full = _limited(project, 60_000, ["run", NAME, *GOOD])
    assert full.returncode == 0, full.stdout + full.stderr
    queue = RecordingQueue(Home(project.home))
    wait_for(queue.problem)
    requested = server.requested.total()
    again = project("run", NAME)
    assert "9 of 9 generations are final" in again.out
    assert "1 earlier result is not in Dagster yet" in again.err
    assert (queue.waiting(), queue.late()) == ([], None)
    assert server.requested.total() == requested == 9


def test_an_export_on_a_full_disk_is_one_sentence(project: Any) -> None:
    """Dagster's database is no defect when it cannot be written, whatever the command."""
    project("run", NAME, "--models", "template", "--prompts", "terse", "--n-scenarios", "2")
    full = _limited(project, 4_000, ["export", NAME, "--judge", "bea"])
    assert full.returncode == 3, full.stdout + full.stderr
    assert "defect" not in full.stderr
    project("export", NAME, "--judge", "bea")
