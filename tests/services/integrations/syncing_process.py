"""Authorizes, syncs, watches or removes a home's one connection and kills itself before a step: tests.killed_steps."""

import msgspec

from contracts.integrations.connections import ProviderReturn
from resources.home import Home
from tests.killed_steps import answer_with_forks, kill_before
from tests.services.integrations.calendar_peer import CalendarPeer
from tests.services.integrations.oauth_peer import OAuthPeer
from tests.services.integrations.provider_apis import TodoistApi
from tests.services.integrations.world import World


class Plan(msgspec.Struct, frozen=True):
    """What is to be done at what time, with the provider at which port; it lies beside the home.

    `back` is what the browser brought back, where an authorization is to be ended.
    """

    work: str
    now: float
    port: int
    back: ProviderReturn | None = None


def act(home: Home, step: int) -> None:
    """Do what the plan says, counting commits and connections to the provider."""
    plan = msgspec.json.decode((home.root.parent / "plan.json").read_bytes(), type=Plan)
    provider = OAuthPeer(TodoistApi(), lambda: plan.now, port=plan.port)
    world = World(home.root, CalendarPeer({}), provider=provider)
    world.now = plan.now
    made = world.integrations.connections("user-a").connections
    kill_before(step, {"socket.connect"}, world.engine)
    if plan.back is not None:
        world.integrations.authorized("user-a", "session-a", "todoist", plan.back)
    elif plan.work == "sync":
        world.integrations.sync("user-a", made[0].id)
    elif plan.work == "watch":
        world.integrations.watch_due()
    else:
        world.integrations.disconnect("user-a", made[0].id)


if __name__ == "__main__":
    answer_with_forks(act)
