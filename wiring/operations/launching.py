"""Launches a benchmark, or goes on with it, and says what a person should know before it collects."""

from dataclasses import dataclass

from core.benchmark.grid import size_in_words
from core.benchmark.names import experiment_name
from core.benchmark.spec import Options, Spec
from core.plurals import counted
from core.sanitize import visible
from kit.cancellation import Cancelled
from resources.bench_context import BenchContext
from resources.collect.launch import prepared, record_launch
from resources.collect.model_changes import sentences
from resources.lake.candidates import failed_keys
from resources.lake.runs import read_runs
from resources.launching.launch_warnings import warnings_of
from resources.steps.chain import BENCHMARK
from wiring.operations.chain import CommandChain


@dataclass(frozen=True)
class PinnedLaunch:
    """The pin in force; `notes` say what is launched and by which defaults, `warnings` what may be wrong with it."""

    spec: Spec
    notes: list[str]
    warnings: list[str]


class RunInterrupted(KeyboardInterrupt):
    """Ctrl-C while a benchmark ran; the message says what is kept."""


def launch_benchmark(
    bench: BenchContext, name: str, options: Options, judges: tuple[str, ...], *, retry: bool = False
) -> PinnedLaunch:
    """Pin the benchmark or agree with its pin; raise what `launch` raises.

    With `retry` the notes say how many failures are paid again.
    """
    state = bench.on_record(experiment_name(name)).open()
    new = state.spec is None
    launched = record_launch(bench, prepared(bench, state, options, judges, by_default=True))
    spec = launched.spec
    notes = launch_notes(spec, new=new)
    if new and options == Options():
        models, prompts = (", ".join(entry.name for entry in entries) for entries in (spec.models, spec.prompts))
        notes.append(f"no option is given, so the defaults hold: models {models}; prompts {prompts}")
    notes += [visible(line) for line in sentences(launched.changes)]
    if (
        new
        and options.n_scenarios is None
        and not spec.extends
        and len(spec.scenarios) < (bench.defaults.n_scenarios or 0)
    ):
        notes.append(f"the catalog holds {counted(len(spec.scenarios), 'scenario')}: no more can be taken")
    if retry:
        failed = counted(len(failed_keys(bench.home, name)), "failure is", "failures are")
        notes.append(f"{failed} asked for again and paid again")
    return PinnedLaunch(spec, notes, warnings_of(bench, spec, new=new))


def launch_notes(spec: Spec, *, new: bool) -> list[str]:
    """Return one line on what is pinned, and one for each skipped model."""
    limit = spec.options.max_model_b
    return [
        f"{spec.experiment}: {'pinned' if new else 'going on with'} {size_in_words(spec)}",
        *(
            f"skipped {skipped.model}: {skipped.parameters_b:g} billion parameters, over max_model_b {limit:g}"
            for skipped in spec.skipped
        ),
    ]


def run_benchmark(
    bench: BenchContext, name: str, chain: CommandChain, *, accept: bool = False, retry: bool = False
) -> bool:
    """Make all assets of the benchmark; return False where a blocking check failed, and nothing is published.

    Raise RunInterrupted at Ctrl-C, and once it was cancelled.
    """
    try:
        return chain.run(BENCHMARK, accept=accept, retry=retry)
    except (KeyboardInterrupt, Cancelled):
        last = read_runs(bench.home, name)[-1:]
        stored = f"{last[0].done} of {last[0].expected} generations are final and kept" if last else "nothing is lost"
        said = f"interrupted; {stored}, what was under way is asked again: run again to go on"
        raise RunInterrupted(said) from None
