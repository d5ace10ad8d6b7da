"""The one printer of the command line: what acts on a terminal is shown as an escape, wherever it is from."""

from typing import TYPE_CHECKING

import click

from core.sanitize import escaped, escaped_json

if TYPE_CHECKING:
    from rich.text import Text


def say(text: object = "", *, err: bool = False, nl: bool = True) -> None:
    """Print text on standard output, or on standard error; without `nl` no line end follows."""
    click.echo(escaped(str(text)), err=err, nl=nl)


def say_heading(text: str) -> None:
    """Print a line of its own in bold, where the terminal has it."""
    click.echo(click.style(escaped(text), bold=True))


def say_json(text: str) -> None:
    """Print a JSON document that stays the same document: what acts on a terminal is escaped inside its strings."""
    click.echo(escaped_json(text))


def ask(question: str) -> bool:
    """Ask on standard error and return whether the answer is yes; raise click.Abort without an answer."""
    return click.confirm(escaped(question), err=True)


def drawn(text: str, *, one_line: bool = False) -> "Text":
    """Return text for a table or a bar that rich draws; with `one_line` it is cut off where the terminal ends."""
    from rich.text import Text

    return Text(escaped(text), no_wrap=one_line or None, overflow="ellipsis" if one_line else None)
