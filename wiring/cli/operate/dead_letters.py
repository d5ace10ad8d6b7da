"""`tipbench dead-letters`: events that a consumer could not handle, looked at and given back."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import click
import sqlalchemy as sa

from core.plurals import counted
from kit.sql.sessions import reading
from services.events.dead_letters import dead_letters, redeliver
from wiring.cli.context import format_option, settings_of
from wiring.cli.output import print_records
from wiring.cli.terminal import say
from wiring.database import open_database, opening
from wiring.settings import Settings

MOST = 1_000


@click.command("dead-letters")
@click.argument("ids", metavar="[ID]...", nargs=-1)
@click.option("--consumer", help="Only those of this consumer.")
@click.option("--again", is_flag=True, help="Give these IDs, or all that it could not handle, back to --consumer.")
@format_option
@click.pass_context
def dead_letters_command(
    ctx: click.Context, ids: tuple[str, ...], consumer: str | None, again: bool, format_: str
) -> None:
    """List events that a consumer could not handle after all its tries, oldest first, the first thousand.

    With --again they are tried anew, eight times, by the server that runs on this home or by the next one.
    """
    if (ids or again) and not (again and consumer):
        raise click.UsageError("say which: tipbench dead-letters --consumer NAME --again [ID]...")
    with _opened(settings_of(ctx)) as engine:
        with reading(engine) as connection:
            found = dead_letters(connection, consumer, MOST)
        if not again or consumer is None:
            print_records(found, format_)
            return
        chosen = ids or [row.id for row in found]
        with engine.begin() as connection:
            count = redeliver(connection, consumer, chosen, time.time())
        say(f"gave {counted(count, 'event')} back to {consumer}")


@contextmanager
def _opened(settings: Settings) -> Iterator[sa.Engine]:
    with opening():
        engine = open_database(settings.home, settings.database_url)
    try:
        yield engine
    finally:
        engine.dispose()
