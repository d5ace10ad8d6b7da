"""`tipbench up`: Dagit, its code server and its daemon on this home, in one command."""

import os
import signal
import sys

import click

from wiring.cli.context import house_of, settings_of


@click.command("up")
@click.option("--port", type=click.IntRange(1, 65535), help="Port on 127.0.0.1; default: [up] port of tipbench.toml.")
@click.pass_context
def up_command(ctx: click.Context, port: int | None) -> None:
    """Serve Dagit on 127.0.0.1 with the sensor on the inbox running; Ctrl-C stops all of it."""
    from wiring.runs import prepare_instance

    settings = settings_of(ctx)
    prepare_instance(house_of(ctx))
    listen = str(port or settings.port)
    click.echo(f"Dagit on http://127.0.0.1:{listen} for {settings.home.root}; Ctrl-C stops it")
    sys.stdout.flush()
    # A shell that starts this in the background ignores SIGINT, and Dagster copies that onto SIGTERM.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    environ = {**os.environ, "TIPBENCH_HOME": str(settings.home.root), "TIPBENCH_PROJECT": str(settings.project)}
    command = [sys.executable, "-m", "dagster", "dev", "-m", "wiring.definitions", "-h", "127.0.0.1", "-p", listen]
    os.execve(sys.executable, command, environ)  # noqa: S606  # this interpreter, arguments made here
