"""The launch service over a run backend that is not Dagster, and what it reads."""

import dataclasses
from pathlib import Path

import pytest
from msgspec.structs import replace

from contracts.benchmark.launches import LaunchRequest
from contracts.refusals import Conflict, InvalidInput, NotFound, Unavailable
from core.benchmark.records import ArchiveRecord
from core.benchmark.spec import Options
from resources.bench_context import BenchContext
from resources.catalog import Layer
from resources.collect.bounded.vetting import PromptVetting
from resources.lake.specs import add_records, is_pinned
from resources.launching.launch_keys import LaunchKeys
from resources.launching.launch_service import LaunchService
from tests.migrated_home import open_migrated
from tests.opened_files import counting_opened
from tests.resources.launching.memory_backend import MemoryBackend

NAME = "tip-bench-launched"
REQUEST = LaunchRequest(
    experiment=NAME, options=Options(prompts=("terse",), n_scenarios=3), judges=("anna",), actor="u1"
)


@pytest.fixture
def backend() -> MemoryBackend:
    """A backend that took nothing yet."""
    return MemoryBackend()


@pytest.fixture
def launches(bench: BenchContext, backend: MemoryBackend) -> LaunchService:
    """A launch service over it, with its keys in a database of the home."""
    return LaunchService(bench, backend, LaunchKeys(open_migrated(bench.home, None), bench.now))


def test_a_launch_pins_and_submits_one_run(
    launches: LaunchService, backend: MemoryBackend, bench: BenchContext
) -> None:
    """An equal launch while it is queued, and while it goes on, is that run; one after its end is another."""
    first = launches.launch(REQUEST)
    assert is_pinned(bench.home, NAME)
    assert backend.submitted[first.run_id].request.collecting == {"accept_failures": False}
    assert launches.launch(REQUEST) == replace(first, repeated=True)
    backend.become(first.run_id, "running")
    assert launches.launch(REQUEST).repeated
    backend.become(first.run_id, "success")
    assert not launches.launch(REQUEST).repeated
    assert len(backend.submitted) == 2


def test_a_launch_with_something_new_is_not_the_run_that_goes_on(
    launches: LaunchService, backend: MemoryBackend
) -> None:
    """A judge more is read by a run that starts, not by the one that started before."""
    first = launches.launch(REQUEST)
    backend.become(first.run_id, "running")
    assert not launches.launch(replace(REQUEST, judges=("anna", "ben"))).repeated


def test_a_relaunch_reads_the_pin_and_the_records_once(launches: LaunchService, backend: MemoryBackend) -> None:
    """The state is loaded once a request and passed on; the pin is opened once more, to be made if it is not there."""
    launches.launch(REQUEST)
    with counting_opened() as opened:
        assert launches.launch(REQUEST).repeated
    assert (opened["spec.json"], opened["records.jsonl"]) == (1, 1)
    with counting_opened() as opened:
        launches.plan(REQUEST)
    assert (opened["spec.json"], opened["records.jsonl"]) == (1, 1)
    assert len(backend.submitted) == 1


def test_a_plan_says_what_the_one_of_the_command_line_warns_of(
    bench: BenchContext, backend: MemoryBackend, tmp_path: Path
) -> None:
    """An embedded model and a server on this machine slow each other down."""
    models = [
        '[endpoints.near]\nbase_url = "http://localhost:11434/v1"',
        '[[models]]\nname = "a"\nprovider = "embedded"\napi = "completion"',
        '[[models]]\nname = "c"\nprovider = "openai"\nendpoint = "near"\nmodel = "c"',
    ]
    (tmp_path / "models.toml").write_text("\n".join(models))
    layered = dataclasses.replace(bench, layers=(*bench.layers, Layer("project", tmp_path, frozenset({"models"}))))
    launches = LaunchService(layered, backend, LaunchKeys(open_migrated(bench.home, None), bench.now))
    options = Options(models=("a", "c"), prompts=("terse", "continue"), n_scenarios=3)
    (warning,) = launches.plan(replace(REQUEST, options=options)).warnings
    assert warning.startswith("a and c share this machine's")
    assert launches.plan(replace(REQUEST, options=Options(models=("c",), prompts=("terse",)))).warnings == []


def test_a_prompt_that_is_too_heavy_to_render_is_refused(
    bench: BenchContext, backend: MemoryBackend, tmp_path: Path
) -> None:
    """By the plan and by the launch, before anything is pinned: it would be rendered for every scenario."""
    (tmp_path / "prompts").mkdir()
    loops = "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}"
    front = '+++\nname = "heavy"\nversion = "1"\ndescription = ""\nmode = "chat"\n+++\n## user\n'
    (tmp_path / "prompts" / "heavy@1.md").write_text(front + loops + "\n")
    layers = (*bench.layers, Layer("project", tmp_path, frozenset({"prompts"})))
    bounded = dataclasses.replace(bench, layers=layers, vet=PromptVetting(cpu_s=1))
    launches = LaunchService(bounded, backend, LaunchKeys(open_migrated(bench.home, None), bench.now))
    heavy = replace(REQUEST, options=Options(models=("template",), prompts=("terse", "heavy"), n_scenarios=3))
    for call in (launches.plan, launches.launch):
        with pytest.raises(InvalidInput, match="prompt heavy@1: rendering it takes more than 1 s") as refused:
            call(heavy)
        assert refused.value.path == ("prompts",)
    assert bench.home.experiments() == []
    assert not backend.submitted


def test_a_key_gives_the_same_run_again_even_after_a_crash(launches: LaunchService, backend: MemoryBackend) -> None:
    """A run that was submitted before the key's row knew it is found by the key."""
    keyed = replace(REQUEST, key="k1")
    first = launches.launch(keyed)
    backend.become(first.run_id, "success")
    assert launches.launch(keyed) == replace(first, repeated=True)
    with pytest.raises(Conflict, match="other options"):
        launches.launch(replace(keyed, judges=("ben",)))


def test_nothing_is_pinned_while_the_backend_is_away(
    launches: LaunchService, backend: MemoryBackend, bench: BenchContext
) -> None:
    """The refusal comes before the pin, so that the same launch can be repeated."""
    backend.is_away = True
    with pytest.raises(Unavailable):
        launches.launch(REQUEST)
    assert not is_pinned(bench.home, NAME)


def test_refusals_need_no_backend(launches: LaunchService, backend: MemoryBackend, bench: BenchContext) -> None:
    """Unknown names, wrong assets, archived experiments and runs that go on are refused, and nothing is submitted."""
    with pytest.raises(NotFound):
        launches.rematerialize(NAME, "candidates", "u1")
    first = launches.launch(REQUEST)
    with pytest.raises(Conflict, match="has not ended"):
        launches.retry(first.run_id, "u1")
    with pytest.raises(InvalidInput):
        launches.rematerialize(NAME, "nothing", "u1")  # type: ignore[arg-type]  # on purpose
    with pytest.raises(InvalidInput, match="never launched"):
        launches.launch(replace(REQUEST, options=Options(extends="tip-bench-none")))
    add_records(bench.home, NAME, [ArchiveRecord("u1", bench.now())])
    with pytest.raises(Conflict, match="archived"):
        launches.launch(REQUEST)
    assert len(backend.submitted) == 1


def test_runs_are_canceled_retried_and_grouped(launches: LaunchService, backend: MemoryBackend) -> None:
    """A canceled run can be retried by another user, and a backfill names its experiments in the order given."""
    first = launches.launch(REQUEST)
    assert launches.cancel(first.run_id).status == "canceled"
    again = launches.retry(first.run_id, "u2")
    assert backend.submitted[again.run_id].request.actor == "u2"
    launches.launch(replace(REQUEST, experiment="tip-bench-second"))
    assert launches.backfill(["tip-bench-second", NAME], "u1").experiments == ["tip-bench-second", NAME]


def test_an_experiment_without_tips_is_deleted_once_its_run_is_canceled(
    launches: LaunchService, backend: MemoryBackend, bench: BenchContext
) -> None:
    """While a run is queued it stays."""
    first = launches.launch(REQUEST)
    with pytest.raises(Conflict):
        launches.delete(NAME)
    launches.cancel(first.run_id)
    assert backend.run_under_way(NAME) is None
    assert launches.delete(NAME).experiment == NAME
    assert not is_pinned(bench.home, NAME)
