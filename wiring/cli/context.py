"""What commands share: the benchmark context of the project that was named, and the options of a benchmark."""

import os
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from core.benchmark.spec import OPTIONS, Options
from core.judging.tasks import NOT_OFFERED, TaskNotOffered
from resources.bench_context import BenchContext
from resources.home_modes import tighten
from resources.lake.arrow_alone import keep_pandas_out
from resources.lake.specs import sweep_discarded
from resources.telemetry_optout import opt_out_of_telemetry
from wiring.bench_context import build_bench_context
from wiring.cli.progress import progress
from wiring.cli.terminal import say
from wiring.operations.options import options_of
from wiring.settings import Settings, read_settings

F = TypeVar("F", bound=Callable[..., Any])


def settings_of(ctx: click.Context) -> Settings:
    """Return settings of the project that `--project`, the environment or the current folder names.

    A home that others could enter is made its owner's alone, which is said on standard error.
    """
    settings = settings_as_found(ctx)
    if said := tighten(settings.home):
        say(f"tipbench: {said}", err=True)
    return settings


def settings_as_found(ctx: click.Context) -> Settings:
    """Return the same settings and leave the home's modes as they are."""
    opt_out_of_telemetry(os.environ)
    return read_settings(os.environ, Path.cwd(), ctx.find_root().obj)


def bench_context_of(ctx: click.Context) -> BenchContext:
    """Return the benchmark context of that project, with progress shown on standard error."""
    keep_pandas_out()
    bench = build_bench_context(settings_of(ctx), progress).for_request()
    sweep_discarded(bench.home)
    ctx.call_on_close(bench.tracker.close)
    return bench


def warn(sentence: str) -> None:
    """Print on standard error what did not work and does no harm to the results."""
    say(f"tipbench: {sentence}", err=True)


def next_command(*words: str) -> str:
    """Return a command to give next, quoted for a shell, with the `--project` that this one was given."""
    project = click.get_current_context().find_root().obj
    return shlex.join(["tipbench", *(["--project", str(project)] if project else []), *words])


def name_argument(command: F) -> F:
    """Add the positional argument NAME to a command."""
    return click.argument("name")(command)


def format_option(command: F) -> F:
    """Add `--format`, which every listing has."""
    choice = click.Choice(["table", "json", "csv"])
    return click.option("--format", "format_", type=choice, default="table", show_default=True)(command)


def judge_option(command: F) -> F:
    """Add `--judge ID[=KIND]`, which may be repeated."""
    text = "A judge taking part; kinds: human, agent, model, program. Repeatable."
    return click.option("--judge", "judges", metavar="ID[=KIND]", multiple=True, help=text)(command)


def pairwise_option(command: F) -> F:
    """Add `--pairwise`, a word of the contracts that is refused in a sentence until comparisons are offered."""

    def refused(_ctx: click.Context, _param: click.Parameter, given: bool) -> None:  # click's call
        if given:
            raise TaskNotOffered(f"--pairwise: {NOT_OFFERED}", ("pairwise",))

    return click.option("--pairwise", is_flag=True, hidden=True, is_eager=True, expose_value=False, callback=refused)(
        command
    )


def benchmark_options(command: F) -> F:
    """Return the command with all options of a benchmark; one left out is decided by the pin or the default."""
    for info in reversed(OPTIONS.values()):
        flag, several = f"--{info.name.replace('_', '-')}", info.kind is tuple
        if info.kind is bool:
            command = click.option(flag, is_flag=True, default=None, help=info.sentence)(command)
            continue
        kind = click.Choice(info.choices) if info.choices else str if several else info.kind
        metavar = None if info.choices else info.metavar
        command = click.option(flag, type=kind, metavar=metavar, multiple=several, help=info.sentence)(command)
    return command


def options_from(given: dict[str, Any]) -> Options:
    """Return options from click's keyword arguments; lists may be comma-separated or repeated."""
    lists = {name: _split(given[name]) for name in ("models", "prompts")}
    return options_of({**{name: given[name] for name in Options.__struct_fields__ if name in given}, **lists})


def _split(values: tuple[str, ...]) -> tuple[str, ...] | None:
    parts = tuple(part.strip() for value in values for part in value.split(","))
    return tuple(part for part in parts if part) if values else None
