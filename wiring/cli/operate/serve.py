"""`tipbench serve`: one module alone in this process, for a gateway that `[modules]` of tipbench.toml tells of it."""

from pathlib import Path

import click

from wiring.cli.context import settings_of
from wiring.cli.terminal import say
from wiring.exit_codes import DONE


def _remote(ctx: click.Context, param: click.Parameter, value: str) -> str:
    from wiring.modules import remote_names  # which imports every module, for a command that may only be asked for help

    names = remote_names()
    if value not in names:
        raise click.BadParameter(f"{value!r} is not one of {', '.join(names)}.", ctx, param)
    return value


@click.command("serve")
@click.argument("module", callback=_remote)
@click.option("--socket", "path", type=click.Path(path_type=Path), help="Default: run/MODULE.sock of the home.")
@click.option("--port", type=click.IntRange(1, 65535), help="A port of 127.0.0.1 instead.")
@click.pass_context
def serve_command(ctx: click.Context, module: str, path: Path | None, port: int | None) -> int:
    """Serve MODULE alone, for the gateway's calls only, until Ctrl-C; another word lists those that there are."""
    from resources.rpc.client import ModuleAddress
    from wiring.modules.remote import build_served, listen_at, serve_alone
    from wiring.processes.up import end_on_signals
    from wiring.server.telemetry import log_opened

    if path is not None and port is not None:
        raise click.UsageError("give --socket or --port, not both")
    settings = settings_of(ctx)
    own = str((path or settings.home.root / "run" / f"{module}.sock").absolute())
    place = ModuleAddress(port=port) if port else ModuleAddress(socket=own)
    served = build_served(module, settings)
    with listen_at(place) as listening:
        where = f"http://127.0.0.1:{port}" if port else f"unix:{place.socket}"
        say(f"{module} on {where}; Ctrl-C stops it")
        end_on_signals()
        try:
            with log_opened(settings, module):
                serve_alone(served, listening)
        except KeyboardInterrupt:
            say("stopped", err=True)
        finally:
            if place.socket:
                Path(place.socket).unlink(missing_ok=True)
    return DONE
