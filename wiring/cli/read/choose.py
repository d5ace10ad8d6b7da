"""`tipbench choose`: which cell to ship, or why none can be named yet."""

import json
from pathlib import Path
from typing import Any

import click
import msgspec

from core.choosing.choice import DECIDED, CellChoice
from core.choosing.limits import ShipLimits
from core.sanitize import visible
from resources.choosing.choosing import ChoiceOptions, choose_cell
from wiring.cli.context import bench_context_of, name_argument, next_command
from wiring.cli.terminal import say, say_json
from wiring.cli.written_file import check_output, write_output
from wiring.exit_codes import CHECK_FAILED, DONE, PARTIAL

FORMATS = ["table", "json", "markdown", "html"]


@click.command("choose")
@name_argument
@click.option("--margin", type=float, required=True, help="The difference in score that does not matter.")
@click.option("--max-cost-per-1k", type=click.FloatRange(0), help="Largest cost of 1,000 of its tips, in USD.")
@click.option("--max-p95-ms", type=click.FloatRange(0), help="Largest 95th percentile of its latency.")
@click.option("--floor", "floors", metavar="CRITERION=VALUE", multiple=True, help="Least value of a criterion.")
@click.option("--champion", metavar="MODEL/PROMPT", help="The cell in use; default: the last one that was shipped.")
@click.option("--judges", metavar="KIND|ID,…", help="Rest on these judges instead of the preferred kind.")
@click.option("--looks", type=click.IntRange(1), help="How often this will be chosen as data grow; the first time.")
@click.option("--max-scenarios", type=click.IntRange(1), help="With how many scenarios the last look is.")
@click.option("--format", "format_", type=click.Choice(FORMATS), default="table", show_default=True)
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="The file of the page, of html.")
@click.pass_context
def choose_command(
    ctx: click.Context, /, name: str, floors: tuple[str, ...], format_: str, output: Path | None, **given: Any
) -> int:
    """Say which cell of NAME to ship: the cheapest that is surely at most the margin worse than the best.

    Ends with 0 for ship, tie and keep, 1 where each cell breaks a limit, 3 where the data do not tell yet. What was
    decided goes on record; `ship` hands the cell over. As html it is one page for people who were not there.
    """
    if (format_ == "html") != (output is not None):
        raise click.UsageError("--format html and --output FILE go together: the page is one file")
    if output is not None:
        check_output(output)
    bench = bench_context_of(ctx)
    limits = ShipLimits(
        max_cost_per_1k=given.pop("max_cost_per_1k"), max_p95_ms=given.pop("max_p95_ms"), floors=_floors(floors)
    )
    spec, options = bench.on_record(name).pinned(), ChoiceOptions(limits=limits, **given)
    made = choose_cell(bench, spec, options)
    if output is not None:
        from resources.choosing.choice_page import page_of

        write_output(page_of(bench, spec, made, options).encode(), output)
        say(visible(f"{_verdict(made)}: {output}"))
    elif format_ == "json":
        say_json(json.dumps(msgspec.to_builtins(made), ensure_ascii=False))
    else:
        for line in _markdown(made) if format_ == "markdown" else _lines(made):
            say(line)
        if format_ == "table" and made.cell is not None and bench.on_record(name).unpacked is None:
            say(f"to hand it over: {next_command('ship', name, made.cell, '--output', 'DIR')}")
    return DONE if made.decision in DECIDED else CHECK_FAILED if made.decision == "no" else PARTIAL


def _floors(texts: tuple[str, ...]) -> dict[str, float]:
    found = {}
    for text in texts:
        name, _, value = text.partition("=")
        try:
            found[name] = float(value)
        except ValueError:
            said = f"{text!r} is not CRITERION=VALUE, for example respectful=4"
            raise click.BadParameter(said, param_hint="--floor") from None
    return found


def _lines(made: CellChoice) -> list[str]:
    """Return the decision for a terminal: the verdict first, then what it rests on."""
    return [visible(f"{_verdict(made)}: {made.reason}"), *(visible(line) for line in _facts(made))]


def _verdict(made: CellChoice) -> str:
    verdict = {"ship": "ship", "tie": "ship", "keep": "keep"}.get(made.decision)
    return f"{verdict} {made.cell}" if verdict else {"no": "no"}.get(made.decision, "not enough data")


def _facts(made: CellChoice) -> list[str]:
    board, look = made.board, made.look
    by = f"{board.judge_kind} ({', '.join(board.judges)})" if board.judge_kind else "nobody yet"
    found = [f"judged by {by}, {board.scenarios} scenarios compared, data {board.data_hash[:16]}"]
    if made.score is not None:
        limits = f", {made.low:.2f} to {made.high:.2f}" if made.low is not None and made.high is not None else ""
        high = f"; the best of {made.best_of} may be overstated by chance" if made.best_of > 1 else ""
        found.append(f"score {made.score:.2f}{limits}{high}")
    if look.of > 1 or look.unplanned:
        found.append(f"look {look.number} of {look.of}, the last at {look.max_scenarios} scenarios")
    found += [f"{each.cell} breaks {each.limit}: {_value(each.value)}" for each in made.failed]
    for cell in made.aside:
        gain = f"; it is {cell.gain:+.2f} in score" if cell.gain is not None else ""
        found.append(f"{cell.cell} took no part, {cell.why}{gain}")
    if made.scenarios_needed is not None:
        found.append(f"scenarios needed: about {made.scenarios_needed} more")
    return found


def _value(value: float | None) -> str:
    return "not known" if value is None else f"{value:.6g}"


def _markdown(made: CellChoice) -> list[str]:
    """Return the decision for a pull request."""
    title = {"ship": "Ship", "tie": "Ship", "keep": "Keep"}.get(made.decision)
    head = f"**{title} `{_code(made.cell or '')}`**" if title else f"**{'No' if made.decision == 'no' else 'Not yet'}**"
    return [f"{head}: {_text(made.reason)}", "", *(f"- {_text(line)}" for line in _facts(made))]


def _code(text: str) -> str:
    return visible(text).replace("`", "'")


def _text(text: str) -> str:
    """Return a text in which no name is read as Markdown or HTML."""
    return "".join(f"\\{sign}" if sign in "\\`*_{}[]<>#|!" else sign for sign in visible(text))
