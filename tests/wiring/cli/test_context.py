"""What commands share."""

from pathlib import Path

import click

from wiring.cli.context import next_command


def test_a_command_to_give_next_names_the_project_that_this_one_named() -> None:
    """Quoted for a shell, and without the option where none was given."""
    command = click.Command("run")
    with click.Context(click.Group("tipbench"), obj=Path("my project")) as root, click.Context(command, parent=root):
        assert next_command("run", "tip-bench-x") == "tipbench --project 'my project' run tip-bench-x"
    with click.Context(click.Group("tipbench")) as root, click.Context(command, parent=root):
        assert next_command("import", "tip-bench-x", "a b.csv") == "tipbench import tip-bench-x 'a b.csv'"
