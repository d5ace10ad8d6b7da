"""Records of decisions on an experiment: what was chosen, shipped and taken back, and the pack that it came from."""

from collections.abc import Mapping
from typing import Literal

import msgspec


class ChoiceRecord(msgspec.Struct, frozen=True, tag="choice"):
    """A decision on the scores of the hash `data`; `cell` is what it found, with the options that it was given.

    `looks` and `max_scenarios` are the plan of looks, which the first one of an experiment and its extensions makes.
    """

    data: str
    scenarios: int
    decision: Literal["ship", "tie", "keep", "no", "not_enough"]
    cell: str | None
    margin: float
    options: Mapping[str, str]
    looks: int
    max_scenarios: int
    author: str
    at: str


class ShipRecord(msgspec.Struct, frozen=True, tag="shipped"):
    """A cell was handed over as the one to use; `cell_hash` is that of its model and prompt, whatever they are called.

    `number` names the stored hand-over, `verdict` is the decision for it on this data, None where it was shipped
    `anyway`, for that reason.
    """

    number: int
    cell: str
    cell_hash: str
    data: str
    verdict: str | None
    anyway: str | None
    replaces: str | None
    author: str
    at: str


class ShipUndone(msgspec.Struct, frozen=True, tag="ship_undone"):
    """The hand-over of a number no longer counts; the one before it does again."""

    number: int
    author: str
    at: str


class UnpackedRecord(msgspec.Struct, frozen=True, tag="unpacked"):
    """The experiment came from the pack with these bytes' SHA-256: it can be read and extended, and takes nothing.

    `data` is the hash of its scores where it was packed, by which decisions know them.
    """

    sha256: str
    data: str
    author: str
    at: str
