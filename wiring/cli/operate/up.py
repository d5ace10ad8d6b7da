"""`tipbench up`: everything on this home in one command: the API, Dagit, the daemon and, when asked for, MLflow."""

import logging
import os

import click

from wiring.cli.context import bench_context_of, settings_of
from wiring.cli.terminal import say
from wiring.exit_codes import DONE
from wiring.settings import SettingsError

log = logging.getLogger("tipbench.up")


@click.command("up")
@click.option("--port", type=click.IntRange(1, 65535), help="Port on 127.0.0.1; default: [up] port of tipbench.toml.")
@click.pass_context
def up_command(ctx: click.Context, port: int | None) -> int:
    """Serve on 127.0.0.1 with the sensor on the inbox running; Ctrl-C stops all of it."""
    from wiring.keys import keys_for
    from wiring.processes.up import Engine, end_on_signals, listen, only_one

    settings = settings_of(ctx)
    _check_opened(settings.up.dagit_opened)
    end_on_signals()
    with listen(port or settings.port) as listening:
        only_one(settings.home)
        if made := keys_for(settings.home, settings.keys, settings.database_url):
            say(f"made in {settings.home.keys}: {', '.join(made)}", err=True)
        engine = Engine(settings, os.environ, lambda said: log.warning("%s", said))
        try:
            engine.code.start()
            from wiring.database import open_database
            from wiring.server.serve import serve  # heavy, beside the code server's own start

            database = open_database(settings.home, settings.database_url)
            serve(
                settings,
                bench_context_of(ctx),
                database,
                listening,
                engine,
                ready=lambda url, secret: say(
                    f"tipbench on {url} for {settings.home.root}; Ctrl-C stops it\n"
                    f"sign in once, within 10 minutes: {url}/auth/link#{secret}"
                ),
            )
        except KeyboardInterrupt:
            say("stopped", err=True)
        finally:
            engine.end()
    return DONE


def _check_opened(parts: tuple[str, ...]) -> None:
    """Raise SettingsError for a part of Dagit that no setting opens."""
    if not parts:
        return
    from services.gateway.proxies.dagit_mutations import OPENABLE  # half a second, for whoever opens something

    if shut := sorted(set(parts) - OPENABLE):
        known = ", ".join(sorted(OPENABLE))
        raise SettingsError(
            f"tipbench.toml: up.dagit_opened holds {', '.join(shut)}: use any of {known}", ("up.dagit_opened",)
        )
