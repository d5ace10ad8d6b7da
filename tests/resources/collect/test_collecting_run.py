"""Collecting runs from lock to published candidates."""

import json
from pathlib import Path
from typing import Any

import pytest

from core.benchmark.records import MachineShared
from core.benchmark.spec import Options
from core.scoring.gates import Gates
from resources.adoption.adopt import adopt
from resources.adoption.options import AdoptOptions
from resources.collect.collecting_run import collect_experiment
from resources.collect.launch import launch
from resources.judging.import_export import take_scores
from resources.lake.specs import experiment_state, read_records
from resources.models.embedded import EmbeddedClient
from resources.scoring.checking import run_gates
from resources.scoring.publishing import publish_leaderboard


def test_an_adopted_experiment_counts_its_failures(bench: Any, tmp_path: Path) -> None:
    """Nothing is asked; outputs without text are reported as failed, as they are for collected ones."""
    rows = [
        {"model": "m", "prompt": "p", "scenario_id": f"s{n}", "scenario": "x", "tip_index": 0, "text": text}
        for n, text in enumerate(["Walk.", "", None, "Rest."])
    ]
    file = tmp_path / "outputs.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    spec = adopt(bench, "tip-bench-adopted", [file], AdoptOptions(), None).spec
    found = collect_experiment(bench, spec, run_id="run-1", accept=False)
    assert (found.expected, found.done, found.requested, found.failed, found.left) == (4, 4, 0, 2, 0)


class Completions:
    """Answers in place of llama.cpp."""

    def handle_completions(self, body: Any) -> Any:
        """The same tip, whatever the prompt is."""
        return {"choices": [{"text": f"Rest for {body['max_tokens']} minutes."}], "usage": {}}


def test_latencies_on_a_shared_machine_are_marked(project: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """An embedded model beside a server on this machine: on record once, in notes, report and the latency's check."""
    monkeypatch.setattr(EmbeddedClient, "_load", lambda *_: Completions())
    models = project.folder / "catalog" / "models.toml"
    models.write_text(models.read_text() + '[[models]]\nname = "small"\nprovider = "embedded"\napi = "completion"\n')
    bench, name = project.bench, "tip-bench-shared"
    options = Options(models=("good", "small"), prompts=("terse", "continue"), n_tips=1, n_scenarios=3)
    spec = launch(bench, name, options, ["heuristics"], by_default=True)
    for run in ("r1", "r2"):  # the second has nothing to request
        assert collect_experiment(bench, spec, run_id=run, accept=False).left == 0
    (shared,) = [record for record in read_records(bench.home, name) if isinstance(record, MachineShared)]
    assert shared.models == ("small", "good")
    take_scores(bench, spec)
    published = publish_leaderboard(bench, spec)
    said = "small and good shared one machine while they answered"
    assert [note.startswith(said) for note in published.notes()].count(True) == 1
    assert said in published.file("report.html").decode()
    (result,) = run_gates(bench, experiment_state(bench.home, name), Gates(max_p95_ms=1e9))
    assert result.message.endswith("measured while other models ran on the same machine, so it is shorter alone")
