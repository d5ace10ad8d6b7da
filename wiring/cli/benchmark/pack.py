"""`tipbench pack` and `tipbench unpack`: an experiment as one file, and that file as an experiment of another home."""

from pathlib import Path

import click

from core.sanitize import visible
from kit.private_files import handed_over
from resources.packs.making import make_pack
from resources.packs.placing import unpack
from resources.steps.chain import PUBLISH
from resources.storage.files import write_whole
from wiring.cli.context import bench_context_of, name_argument, next_command, warn
from wiring.cli.terminal import say
from wiring.exit_codes import CHECK_FAILED, DONE
from wiring.operations.chain import chain_of


@click.command("pack")
@name_argument
@click.option(
    "--output", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The file, NAME.tipbench."
)
@click.option("--names", is_flag=True, help="Leave the names of people in: human judges, and who decided.")
@click.pass_context
def pack_command(ctx: click.Context, name: str, output: Path, names: bool) -> int:
    """Write all that others need of the experiment NAME into one file: pin, tips, scores with reasons, decisions.

    No key, address, journal or item is in it, and people are judge-1, judge-2 and so on. `check --against FILE` reads
    it in place, `unpack` makes it an experiment of another home.
    """
    bench = bench_context_of(ctx)
    data = make_pack(bench, name, names=names)
    with handed_over():
        output.parent.mkdir(parents=True, exist_ok=True)
        write_whole(output.resolve(), data)
    say(visible(f"packed: {name}, {len(data):,} bytes: {output}"))
    return DONE


@click.command("unpack")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path))
@click.pass_context
def unpack_command(ctx: click.Context, file: Path) -> int:
    """Make the pack FILE an experiment of this home, which can be read and extended.

    The same bytes again change nothing; a home that has another experiment of its name refuses it.
    """
    bench = bench_context_of(ctx)
    state, is_new = unpack(bench, file)
    with chain_of(bench, state.name, warn) as chain:
        passed = chain.run(PUBLISH)
    said = "unpacked" if is_new else "was unpacked before"
    say(f"{said}: {state.name}, to read: {next_command('leaderboard', state.name)}")
    return DONE if passed else CHECK_FAILED
