"""What of pins and records others may read: without addresses, and with numbers in place of the names of people."""

import re
from collections.abc import Mapping, Sequence
from typing import TypeVar

import msgspec

from core.benchmark.model import Model
from core.benchmark.records import (
    BaselineRecord,
    CeilingRecord,
    CellTitle,
    DataWarning,
    JudgeRecord,
    MachineShared,
    ModelAmended,
    Record,
    judge_records,
)
from core.benchmark.spec import Spec
from core.choosing.hand_over import ShippedCell, without_transport
from core.choosing.records import ChoiceRecord, ShipRecord, ShipUndone
from core.judging.model_judges.ceiling import JudgeModelAmended

PACKED = (
    JudgeRecord,
    BaselineRecord,
    CeilingRecord,
    ModelAmended,
    JudgeModelAmended,
    CellTitle,
    DataWarning,
    MachineShared,
    ChoiceRecord,
    ShipRecord,
    ShipUndone,
)
"""The records that a pack holds; rounds, archiving and where models are reached stay where they are."""

Value = TypeVar("Value", bound=msgspec.Struct)


class Names:
    """Numbers for people: ids of human judges, and authors; with `shown` everybody has their own name."""

    def __init__(self, records: Sequence[Record], authors: Sequence[str], *, shown: bool) -> None:
        known = judge_records(records)
        people = [judge for judge, record in known.items() if record.kind == "human"]
        named = dict.fromkeys([*people, *(getattr(record, "author", "") for record in records), *authors])
        taken, number = {*known, ""}, 0
        self._judges = set(people)
        self._given: dict[str, str] = {}
        for name in named if not shown else ():
            if name and (name in self._judges or name not in known):
                number += 1
                while f"judge-{number}" in taken:
                    number += 1
                self._given[name] = f"judge-{number}"
        self._words = (
            re.compile("|".join(rf"(?<![\w.-]){re.escape(name)}(?![\w-])" for name in people)) if people else None
        )

    def of(self, name: str) -> str:
        """Return what a pack calls a judge or an author."""
        return self._given.get(name, name)

    def within(self, text: str) -> str:
        """Return a sentence with the numbers of the human judges that it names."""
        if self._words is None:
            return text
        return self._words.sub(lambda found: self.of(found.group()), text)

    def record(self, record: Record) -> Record:
        """Return a record without where models are reached, and with its author and judge as a pack calls them."""
        changed: dict[str, object] = {"author": self.of(record.author)} if hasattr(record, "author") else {}
        if isinstance(record, JudgeRecord):
            changed["judge"] = self.of(record.judge)
            if record.definition is not None:
                model = without_transport(record.definition.model)
                changed["definition"] = msgspec.structs.replace(record.definition, model=model)
        if isinstance(record, ModelAmended | JudgeModelAmended):
            changed["model"] = without_transport(record.model)
        if isinstance(record, DataWarning):
            changed["text"] = self.within(record.text)
        if isinstance(record, ChoiceRecord):
            changed["options"] = self._options(record.options)
        return msgspec.structs.replace(record, **changed)

    def ship(self, ship: ShippedCell) -> ShippedCell:
        """Return a hand-over with its author as a pack calls them."""
        return msgspec.structs.replace(ship, author=self.of(ship.author), options=self._options(ship.options))

    def _options(self, options: Mapping[str, str]) -> dict[str, str]:
        return {
            name: ",".join(map(self.of, value.split(","))) if name == "judges" else value
            for name, value in options.items()
        }


def packed_spec(spec: Spec) -> Spec:
    """Return the pin without where models are reached, and without what it extends, which is not in the pack."""
    models: tuple[Model, ...] = tuple(map(without_transport, spec.models))
    options = msgspec.structs.replace(spec.options, extends=None, anchors=None)
    return msgspec.structs.replace(spec, models=models, extends=None, options=options)
