"""What experiments, catalog entries and judges may be called."""

import re

from core.expected_error import FieldError

EXPERIMENT = re.compile(r"tip-bench-[a-z0-9][a-z0-9-]{0,62}")
ENTRY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
MODEL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,199}")
JUDGE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}")


class InvalidName(FieldError):
    """A name that breaks its rule; the message quotes the name and says the rule."""


def experiment_name(name: str) -> str:
    """Return `name`; raise InvalidName if it is no valid experiment name."""
    if EXPERIMENT.fullmatch(name):
        return name
    raise InvalidName(
        f"experiment name {name!r:.90} is not valid: it starts with 'tip-bench-', then 1 to 63 of a-z, 0-9 and '-', "
        "the first not a '-'; for example tip-bench-first",
        ("experiment",),
    )


def judge_name(name: str, path: tuple[str, ...] = ("judge",)) -> str:
    """Return `name`; raise InvalidName, about the field of `path`, if it is no valid judge id."""
    if JUDGE.fullmatch(name):
        return name
    raise InvalidName(
        f"judge {name!r:.90} is not valid: use 1 to 63 letters, digits, '.', '_' and '-', the first a letter or digit",
        path,
    )
