"""`tipbench erase`: erases a user from every module, for whoever owns the home."""

import asyncio
import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

import click

from contracts.modules.erasure import Erasure, GrantsLeft
from wiring.cli.context import settings_of
from wiring.cli.terminal import ask, say
from wiring.database import open_database, opening
from wiring.exit_codes import DONE, PARTIAL
from wiring.keys import home_keys
from wiring.modules.auth import build_auth
from wiring.modules.events import URL, build_events
from wiring.modules.running import RunningModules, build_modules
from wiring.settings import Settings

WAIT_S, LOOK_S = 60.0, 0.05


@click.command("erase")
@click.argument("user", required=False)
@click.option("--yes", is_flag=True, help="Do not ask whether you mean it.")
@click.pass_context
def erase_command(ctx: click.Context, user: str | None, yes: bool) -> int:  # click's own way
    """Erase a user by id from every module and destroy their key; without USER, list erasures.

    It cannot be taken back. Asking again for somebody who is erased changes nothing.
    """
    settings = settings_of(ctx)
    if user is None:
        return _listed(settings)
    if not yes and not ask(f"Erase {user} and everything of theirs, for good?"):
        say("nothing was erased", err=True)
        return DONE
    erasure = asyncio.run(_erased(settings, user))
    say(_line(erasure))
    return DONE if erasure.done_at else PARTIAL


async def _erased(settings: Settings, user: str) -> Erasure:
    """Ask, and deliver here until all is done; where a broker delivers, the server's own consumers go on with it."""
    modules, life = _built(settings)
    begun = await asyncio.to_thread(modules.erasure.saga.erase, user, "command")
    if settings.keys.get(URL, "").strip():
        return begun
    async with life(), modules.life():
        until = time.monotonic() + WAIT_S
        while begun.done_at is None and time.monotonic() < until:
            await asyncio.sleep(LOOK_S)
            begun = next(each for each in await asyncio.to_thread(modules.erasure.saga.erasures) if each.id == begun.id)
    return begun


def _listed(settings: Settings) -> int:
    found = _built(settings)[0].erasure.saga.erasures()
    for erasure in found:
        say(_line(erasure))
    return PARTIAL if any(erasure.stuck for erasure in found) else DONE


def _line(erasure: Erasure) -> str:
    if erasure.done_at:
        grant = "; an identity provider did not take its grant back" if erasure.grants == GrantsLeft.UNRETURNED else ""
        return f"{erasure.id}: erased at {erasure.done_at}{grant}"
    stuck = ", stuck for over 24 hours" if erasure.stuck else ""
    waiting = ", ".join(erasure.waiting) or "the last step"
    if erasure.grants == GrantsLeft.HELD:
        waiting = "an identity provider to take its grant back"
    return f"{erasure.id}: {erasure.user} is being erased{stuck}; waiting for {waiting}, due {erasure.due_at}"


def _built(settings: Settings) -> tuple[RunningModules, Callable[[], AbstractAsyncContextManager[None]]]:
    with opening():
        database = open_database(settings.home, settings.database_url)
    keys = home_keys(settings.home)
    events = build_events(settings, database, keys.sealer)
    auth = build_auth(settings, database, bus=events.bus)
    return build_modules(settings, database, auth, events, keys), events.life
