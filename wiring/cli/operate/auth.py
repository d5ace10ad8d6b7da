"""`tipbench token`, `tipbench link` and `tipbench keys`: ways in for whoever owns the home."""

import re

import click

from contracts.access.caller import Role
from services.auth.module import AuthModule
from wiring.cli.context import settings_of
from wiring.cli.terminal import say
from wiring.database import open_database, opening
from wiring.keys import make_keys
from wiring.modules.auth import build_auth
from wiring.modules.rotation import rotate, rotations
from wiring.settings import Settings

SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
DURATION = re.compile(r"(?:\d{1,9}[smhd])+", re.ASCII)


class Duration(click.ParamType[int]):
    """A length of time such as 90s, 15m, 1h30m or 7d, as whole seconds."""

    name = "duration"

    def convert(self, value: str | int, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Return seconds; raise a usage error that shows what a duration looks like."""
        if isinstance(value, int):
            return value
        if not DURATION.fullmatch(value):
            self.fail(
                f"{value!r} is no duration: write numbers with s, m, h or d, such as 15m, 1h30m or 7d", param, ctx
            )
        return sum(int(part[:-1]) * SECONDS[part[-1]] for part in re.findall(r"\d+[smhd]", value))


@click.command("token")
@click.option("--role", type=click.Choice(["admin", "judge", "user"], case_sensitive=False), required=True)
@click.option("--ttl", type=Duration(), default="1h", show_default=True, help="How long it counts, at most 90d.")
@click.option("--judge", metavar="ID", help="The judge id that the script answers as.")
@click.pass_context
def token_command(ctx: click.Context, role: str, ttl: int, judge: str | None) -> None:
    """Print a bearer token, alone on standard output, for `Authorization: Bearer …`.

    It is a key to this home: hand it over as you would a password.
    """
    say(_auth(settings_of(ctx)).issue_token(Role[role.upper()], ttl, judge))


@click.command("link")
@click.option("--port", type=click.IntRange(1, 65535), help="Port of the server; default: [up] port of tipbench.toml.")
@click.pass_context
def link_command(ctx: click.Context, port: int | None) -> None:
    """Print an address that signs one browser in as the local admin, once, within 10 minutes."""
    settings = settings_of(ctx)
    link = _auth(settings).local_link()
    say(f"http://127.0.0.1:{port or settings.port}/auth/link#{link.secret}")


@click.group("keys")
def keys_command() -> None:
    """Make or rotate the keys that this home signs with."""


@keys_command.command("make")
@click.pass_context
def make_command(ctx: click.Context) -> None:
    """Make the keys that are missing and print their names; `tipbench up` does so itself on a home's own database."""
    settings = settings_of(ctx)
    for name in make_keys(settings.home, settings.keys):
        say(name)


@keys_command.group("rotate")
def rotate_command() -> None:
    """Make a new key; what the old one signed goes on counting until it expires."""


def _rotation(name: str, says: str) -> click.Command:
    """The command that rotates a key which a module declares."""

    @click.command(name, help=says)
    @click.pass_context
    def command(ctx: click.Context) -> None:
        say(rotate(settings_of(ctx), name))

    return command


for _name, _declared in rotations().items():
    rotate_command.add_command(_rotation(_name, _declared.says))


def _auth(settings: Settings) -> AuthModule:
    with opening():
        return build_auth(settings, open_database(settings.home, settings.database_url))
