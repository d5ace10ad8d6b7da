"""`tipbench ship`: hands a cell over as the one to use, or takes that back."""

from pathlib import Path

import click

from core.choosing.hand_over import ShippedCell, prompt_page
from core.sanitize import visible
from kit.private_files import handed_over
from resources.choosing.shipping import ship, undo_ship
from resources.storage.files import pretty, write_whole
from wiring.cli.context import bench_context_of, name_argument
from wiring.cli.terminal import say
from wiring.exit_codes import CHECK_FAILED, DONE


@click.command("ship")
@name_argument
@click.argument("cell", metavar="[MODEL/PROMPT]", required=False)
@click.option("--output", type=click.Path(file_okay=False, path_type=Path), help="The folder for both files.")
@click.option("--anyway", metavar="REASON", help="Ship without a decision for it; the reason is recorded.")
@click.option("--undo", is_flag=True, help="Take the last hand-over of NAME back.")
@click.pass_context
def ship_command(
    ctx: click.Context, name: str, cell: str | None, output: Path | None, anyway: str | None, undo: bool
) -> int:
    """Write the cell MODEL/PROMPT of NAME as ship.json and prompt.md, and record who shipped it and why.

    Ends with 1 where no decision on today's scores is for it; --anyway ships it for a reason, but never a cell that is
    provisional or without a score. It is the champion of the project from then on.
    """
    bench = bench_context_of(ctx)
    spec = bench.on_record(name).pinned()
    if undo == (cell is not None):
        raise click.UsageError("give the cell to ship, MODEL/PROMPT, or --undo alone")
    if not undo and output is None:
        raise click.UsageError("name the folder for ship.json and prompt.md: --output DIR")
    made = undo_ship(bench, spec) if cell is None else ship(bench, spec, cell, anyway)
    if isinstance(made, str):
        say(f"tipbench: {visible(made)}", err=True)
        return CHECK_FAILED
    if made is None:
        say("taken back; nothing is shipped now")
        return DONE
    if output is not None:
        _write(output, made)
    replaced = f", in place of {made.replaces}" if made.replaces and not undo else ""
    where = f": {output / 'ship.json'} and {output / 'prompt.md'}" if output is not None else ""
    say(
        visible(
            f"{'shipped again, as before' if undo else 'shipped'}: {made.cell} of {made.experiment}{replaced}{where}"
        )
    )
    return DONE


def _write(folder: Path, made: ShippedCell) -> None:
    """Write both files, each whole; what stood there under these names is replaced."""
    with handed_over():
        folder.mkdir(parents=True, exist_ok=True)
        write_whole(folder.resolve() / "ship.json", pretty(made))
        write_whole(folder.resolve() / "prompt.md", prompt_page(made).encode())
