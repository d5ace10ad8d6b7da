"""How simulated users are told from people: by their ids, which no person can have."""

PREFIX = "simulated-"
"""What the id of a simulated user begins with; a person's is a random UUID, or `local-admin`."""


def simulated_user(run: str, number: int) -> str:
    """Return the id of a simulated user of a run; no two of one run or of two runs are equal."""
    return f"{PREFIX}{run}-{number:05d}"


def is_simulated(user: str) -> bool:
    """Return whether the user of an id is simulated, and no person."""
    return user.startswith(PREFIX)
