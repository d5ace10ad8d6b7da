"""What the log has of simulated users."""

from core.simulated_users.names import simulated_user
from kit.times import milliseconds
from tests.services.recommender.world import World


def test_simulated_decisions_are_told_from_those_of_people(world: World) -> None:
    """A home with simulated users alone has no people; each decision is known by its user and time."""
    users = [simulated_user("0a1b2c3d", number) for number in range(2)]
    module = world.recommender
    assert (module.has_people(), module.simulated_decisions()) == (False, {})
    made = {}
    for user in users:
        made[user, milliseconds(world.clock())] = world.ask(user).decision
        world.clock.now += 1
    assert module.simulated_decisions() == made
    assert not module.has_people()
    world.ask("simulated")  # whose id lacks the hyphen
    assert module.has_people()
    assert module.simulated_decisions() == made
