"""Writes a file where the user named one: whole, by the user's own mask, and through no link that stands there."""

from pathlib import Path

import click

from kit.private_files import handed_over
from resources.storage.files import write_whole


def check_output(output: Path) -> None:
    """Return if a file can stand there; raise a usage error without its folder, and where no regular file is."""
    if not output.parent.is_dir():
        raise click.BadParameter(f"folder {output.parent} does not exist: make it first", param_hint="--output")
    if output.is_symlink() or (output.exists() and not output.is_file()):
        raise click.BadParameter(f"{output} is there and no regular file: name another", param_hint="--output")


def write_output(data: bytes, output: Path) -> None:
    """Write the file that `check_output` let pass; it is replaced whole."""
    with handed_over():
        write_whole(output.parent.resolve() / output.name, data)
