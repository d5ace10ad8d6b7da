"""Channels outside the app as peers, and a user who is reached by them."""

import asyncio
from collections.abc import Callable, Sequence

import msgspec
import sqlalchemy as sa

from contracts.modules.events import ConsentChangedV1, PreferencesChangedV1
from contracts.modules.profile import Channel, Preferences, Quiet
from kit.timing.quiet_hours import DAYS
from services.notifier.channels.sender import HandOver, Notice, SendOutcome
from services.notifier.release import Release
from services.notifier.tables import DELIVERIES
from tests.services.notifier.world import START, World

NIGHTS = tuple(Quiet(day, "22:00", "07:00") for day in DAYS)
HOUR_S = 3_600.0
NIGHT = START + 15 * HOUR_S
MORNING = START + 23 * HOUR_S
TOOK = HandOver(outcome=SendOutcome.DELIVERED, reason="201")


class Peer:
    """A channel that notes what it gets and answers as planned, then that it took it; `dies` ends its process."""

    def __init__(self, channel: str, answers: Sequence[HandOver] = (), *, dies: bool = False) -> None:
        self.channel, self.answers, self.dies = channel, list(answers), dies
        self.got: list[str] = []
        self.notices: list[Notice] = []
        self.meanwhile: Callable[[], object] | None = None

    async def send(self, notice: Notice, address: str) -> HandOver:
        """Note the notice."""
        assert address.startswith(f"{self.channel}-address")
        self.got.append(notice.id)
        self.notices.append(notice)
        if self.meanwhile is not None:
            await asyncio.to_thread(self.meanwhile)
        if self.dies:
            raise SystemExit
        return self.answers.pop(0) if self.answers else TOOK


class Outside:
    """A world with a user who chose and agreed to push and e-mail, both of which are peers here."""

    def __init__(self, world: World, push: Peer | None = None, mail: Peer | None = None) -> None:
        self.world, self.push, self.mail = world, push or Peer("push"), mail or Peer("email")
        self.prefer()
        for channel in Channel:
            world.publish(ConsentChangedV1(purpose=channel.value, given=True, version=1))
            world.reach(channel, f"{channel}-address")
        world.release = self.worker()

    def prefer(self, version: int = 1, **given: object) -> None:
        """Change the user's preferences, as profile says it; a notice that nobody saw goes no further."""
        chosen = {"channels": tuple(Channel), "quiet": NIGHTS, "unseen_hours": 0, **given}
        preferences = msgspec.convert(chosen, Preferences)
        self.world.publish(PreferencesChangedV1(version=version, preferences=preferences))

    def worker(self) -> Release:
        """One more worker."""
        return Release(
            self.world.notifier.store,
            self.world.sealer,
            self.world.clock,
            senders={Channel.PUSH: self.push, Channel.EMAIL: self.mail},
            addresses=self.world.addresses,
        )

    def slots(self) -> list[tuple[str, str, str]]:
        """Channel, state and reason of every slot, in the order of channels."""
        chosen = sa.select(DELIVERIES.c.channel, DELIVERIES.c.state, DELIVERIES.c.reason)
        with self.world.engine.connect() as connection:
            return [tuple(row) for row in connection.execute(chosen.order_by(DELIVERIES.c.channel.desc()))]
