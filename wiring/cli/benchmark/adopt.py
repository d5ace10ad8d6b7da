"""`tipbench adopt`: outputs made elsewhere become an experiment that everything after collecting works on."""

from pathlib import Path

import click

from core.benchmark.records import KINDS
from core.sanitize import visible
from resources.adoption.file_reader import USUAL_LIMITS, RowLimits
from resources.steps.chain import BENCHMARK
from wiring.cli.benchmark.ending import show_exports, show_leaderboard
from wiring.cli.context import bench_context_of, judge_option, name_argument, pairwise_option, warn
from wiring.cli.terminal import say
from wiring.exit_codes import CHECK_FAILED, DONE
from wiring.operations.adopting import adopt_files
from wiring.operations.chain import chain_of

LARGEST_ROW_MB = USUAL_LIMITS.row_bytes >> 20


@click.command("adopt")
@name_argument
@click.argument(
    "files",
    metavar="FILE...",
    nargs=-1,
    required=True,
    type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path),
)
@click.option("--map", "renames", metavar="THEIRS=OURS", multiple=True, help="A column's place, dotted. Repeatable.")
@click.option("--set", "sets", metavar="COLUMN=VALUE", multiple=True, help="A column's value in all rows. Repeatable.")
@click.option("--rename", "labels", metavar="prompt:OLD=NEW", multiple=True, help="Another name. Repeatable.")
@click.option("--judge-kind", "kinds", metavar="JUDGE=KIND", multiple=True, help=f"One of {', '.join(KINDS)}.")
@click.option(
    "--rubric", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="The rubric it was scored by."
)
@click.option("--without-scores", is_flag=True, help="Take the texts alone, to be judged here.")
@click.option("--failures", type=click.Choice(["worst", "excluded"]), default="worst", show_default=True)
@click.option("--baseline", metavar="MODEL/PROMPT", help="The cell that differences are taken to.")
@click.option("--seed", type=click.IntRange(0, 2**31 - 1), default=0, show_default=True)
@click.option("--max-rows", type=click.IntRange(1), default=USUAL_LIMITS.rows, show_default=True, help="Of each FILE.")
@click.option(
    "--max-row-mb",
    type=click.IntRange(1, 1024),
    default=LARGEST_ROW_MB,
    show_default=True,
    help="Of each row.",
)
@judge_option
@pairwise_option
@click.pass_context
def adopt_command(
    ctx: click.Context,
    name: str,
    files: tuple[Path, ...],
    renames: tuple[str, ...],
    sets: tuple[str, ...],
    labels: tuple[str, ...],
    kinds: tuple[str, ...],
    rubric: Path | None,
    without_scores: bool,
    failures: str,
    baseline: str | None,
    seed: int,
    max_rows: int,
    max_row_mb: int,
    judges: tuple[str, ...],
) -> int:
    """Adopt the outputs in FILE (JSON, JSONL or CSV) as experiment NAME and publish its leaderboard.

    A FILE has 1 GB at most, one that is a single JSON document 128 MB; - is standard input.

    One row each: model, prompt, scenario_id, scenario, text, and where known tip_index, latency_ms, tokens_in,
    tokens_out, cost, area, locale, and scores as {judge: {criterion: value}} or columns score.JUDGE.CRITERION. Files of
    promptfoo, inspect_ai, lm-eval, DeepEval, Langfuse and Argilla are read as they are. All or nothing; the same bytes
    and options again change nothing.
    """
    bench = bench_context_of(ctx)
    adopted = adopt_files(
        bench,
        name,
        files,
        renames=_pairs(renames, "--map"),
        sets=_sets(sets),
        labels=_labels(labels),
        judge_kinds=_pairs(kinds, "--judge-kind"),
        judges=judges,
        failures="excluded" if failures == "excluded" else "worst",
        baseline=baseline,
        seed=seed,
        without_scores=without_scores,
        rubric=rubric,
        limits=RowLimits(max_rows, max_row_mb << 20),
    )
    for number, note in enumerate(adopted.notes):
        say(visible(f"note: {note}" if number else note))
    for warning in adopted.warnings:
        say(visible(f"warning: {warning}"), err=True)
    with chain_of(bench, name, warn) as chain:
        passed = chain.run(BENCHMARK)
        show_leaderboard(bench, adopted.spec)
        show_exports(bench, adopted.spec)
        return DONE if passed else CHECK_FAILED


def _pairs(texts: tuple[str, ...], option: str) -> dict[str, str]:
    pairs = {}
    for text in texts:
        left, sign, right = text.rpartition("=")
        if not sign or not left or not right:
            raise click.UsageError(f"{option} {text!r} is not LEFT=RIGHT")
        pairs[left] = right
    return pairs


def _sets(texts: tuple[str, ...]) -> dict[str, str]:
    found = {}
    for text in texts:
        column, sign, value = text.partition("=")
        if not sign or not value:
            raise click.UsageError(f"--set {text!r} is not COLUMN=VALUE")
        found[column] = value
    return found


def _labels(texts: tuple[str, ...]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for text in texts:
        column, colon, rest = text.partition(":")
        old, sign, new = rest.rpartition("=")
        if not colon or not sign or not old or column not in {"model", "prompt"}:
            raise click.UsageError(f"--rename {text!r} is not prompt:OLD=NEW or model:OLD=NEW")
        found.setdefault(column, {})[old] = new
    return found
