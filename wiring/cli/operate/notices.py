"""`tipbench notices`: mails that came back, and addresses that get none."""

import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import sqlalchemy as sa

from core.plurals import counted
from kit.regular_files import STANDARD_INPUT, FileTooLarge, read_regular
from services.notifier.addresses.stored import StoredAddresses
from services.notifier.channels.mail.bounces import LARGEST
from services.notifier.channels.mail.message import read_address
from services.notifier.mail_addresses.return_paths import ReturnPaths
from services.notifier.mail_addresses.returned_mail import take_returned
from services.notifier.mail_addresses.suppressions import SuppressedFor, Suppressions
from wiring.cli.context import settings_of
from wiring.cli.terminal import say
from wiring.database import open_database, opening
from wiring.keys import home_keys
from wiring.modules.context import new_id
from wiring.settings import Settings

SAID = {
    "bounce": "came back: their addresses get no more mail",
    "complaint": "were complained of: their addresses get no more mail",
    "later": "came back for now",
    "unknown": "came back by no return path of this home, or too late",
    "other": "no report",
}
"""What becomes of a mail, by the word for it."""


@click.group("notices")
def notices_command() -> None:
    """Take mails that came back, and say to which addresses none is sent."""


@notices_command.command("bounces")
@click.argument("paths", metavar="FILE|MAILDIR|-...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.pass_context
def bounces_command(ctx: click.Context, paths: tuple[Path, ...]) -> None:
    """Read mails that came to the mailbox of bounces, as files, from a Maildir, or one on standard input.

    What came back for good, or was complained of, gets no more mail. Only the signed return path says whose address
    that was, so that nobody can have others left out. Mails of a Maildir move from new to cur once they are read.
    """
    found = Counter[str]()
    with _suppressions(settings_of(ctx)) as (engine, suppressions, paths_back):
        for path in paths:
            for mail in _mails(path):
                with engine.begin() as connection:
                    found[take_returned(connection, mail, paths_back, suppressions, time.time())] += 1
    for word, text in SAID.items():
        if found[word]:
            say(f"{counted(found[word], 'mail')} {text}")


@notices_command.command("suppress")
@click.argument("address")
@click.option("--lift", is_flag=True, help="Send mail to it again, whatever the reason was.")
@click.pass_context
def suppress_command(ctx: click.Context, address: str, lift: bool) -> None:
    """Send no more mail to ADDRESS, of which a keyed hash alone is stored."""
    address = read_address(address)
    with _suppressions(settings_of(ctx)) as (engine, suppressions, _), engine.begin() as connection:
        if lift:
            lifted = suppressions.lift(connection, address, *SuppressedFor)
            say("it gets mail again" if lifted else "it was not suppressed")
        else:
            suppressions.add(connection, suppressions.hash_of(address), SuppressedFor.ADMIN, time.time())
            say("it gets no more mail")


@contextmanager
def _suppressions(settings: Settings) -> Iterator[tuple[sa.Engine, Suppressions, ReturnPaths]]:
    home = settings.home
    with opening():
        engine = open_database(home, settings.database_url)
    addresses = StoredAddresses(home.secret("addresses"), home_keys(home).sealer, time.time, new_id)
    try:
        yield engine, Suppressions(addresses), ReturnPaths(home.secret("links"), "")
    finally:
        engine.dispose()


def _mails(path: Path) -> Iterator[bytes]:
    """The mails of an argument, one at a time; one of a Maildir is moved when the next one is taken."""
    if path == STANDARD_INPUT:
        yield sys.stdin.buffer.read(LARGEST + 1)
    elif path.is_dir():
        for each in sorted((path / "new").iterdir()):
            yield _read(each)
            each.rename(path / "cur" / f"{each.name}:2,S")
    else:
        yield _read(path)


def _read(path: Path) -> bytes:
    """The bytes of a file, none of one that is larger than any report."""
    try:
        return read_regular(path, LARGEST, ("paths",))
    except FileTooLarge:
        return b""
