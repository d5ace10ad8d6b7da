"""`tipbench init` and `doctor`: a project folder of one's own, and a look at whether everything works."""

import shlex
from pathlib import Path

import click

from kit.private_files import handed_over
from resources.storage.files import create_exclusively
from wiring.cli.context import format_option, settings_as_found
from wiring.cli.output import print_records
from wiring.cli.project_files import FILES, LAST, NEXT
from wiring.cli.terminal import say
from wiring.exit_codes import CHECK_FAILED, DONE


@click.command("init")
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path(file_okay=False, path_type=Path))
@click.pass_context
def init_command(ctx: click.Context, folder: Path | None) -> None:
    """Make DIR, or this folder, a project: tipbench.toml and a catalog with examples to change. Existing files stay."""
    folder = folder or ctx.find_root().obj or Path()
    called = "tipbench" if folder == Path() else f"tipbench --project {shlex.quote(str(folder))}"
    for name, text in FILES.items():
        with handed_over():
            created = create_exclusively(folder.resolve() / name, text.encode())
        say(f"{'made' if created else 'kept'} {folder / name}")
    say("next:")
    for command, purpose in NEXT:
        say(f"  # {purpose}\n  {called} {command}")
    say(LAST)
    say(f"or do all of it in the browser: {called} up")


@click.command("doctor")
@click.option("--probe", is_flag=True, help="Request one token from every model whose key is set; it is paid.")
@format_option
@click.pass_context
def doctor_command(ctx: click.Context, probe: bool, format_: str) -> int:
    """Look at Python, packages, disk, home, catalog, endpoints and the embedded model; exit 1 if something is wrong.

    Each endpoint whose key is set is requested for its list of models, for 5 s at most.
    """
    from wiring.cli.doctor import examine

    findings = examine(settings_as_found(ctx), probe=probe)
    print_records(findings, format_)
    return CHECK_FAILED if any(finding.status == "wrong" for finding in findings) else DONE
