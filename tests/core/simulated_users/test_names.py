"""Who is simulated is in the id."""

import uuid

from core.simulated_users.names import is_simulated, simulated_user


def test_a_simulated_user_is_known_by_the_id() -> None:
    """Of each run and number another one, and no random UUID and no admin has such an id."""
    found = {simulated_user(run, number) for run in ("0a1b2c3d", "0a1b2c3e") for number in (0, 1, 4_999)}
    assert len(found) == 6
    assert all(map(is_simulated, found))
    assert not any(map(is_simulated, (str(uuid.UUID(int=7)), "local-admin", "user-a")))
