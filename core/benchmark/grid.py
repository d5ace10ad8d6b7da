"""The generations an experiment expects, and the content hash that says two of them are the same."""

import hashlib
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from core.benchmark.spec import Spec
from core.expected_error import FieldError
from core.plurals import counted

MOST_SHARDS = 1_000


class ShardError(FieldError):
    """A shard that there cannot be, or of a step that is not split."""


class Shard(NamedTuple):
    """Part `number`, from 1, of `of` parts: the generations whose key, a content hash, falls to it.

    Every part has generations of every cell, nearly as many as the others, and the same ones at any time.
    """

    number: int
    of: int

    def holds(self, key: str) -> bool:
        """Return whether the generation with this key is of this part."""
        return int(key[:8], 16) % self.of == self.number - 1

    def __str__(self) -> str:
        return f"{self.number}/{self.of}"


def parse_shard(text: str) -> Shard:
    """Return the shard of a text like `2/3`; raise ShardError for another form, and for numbers out of range."""
    number, _, of = text.partition("/")
    if len(text) < 12 and all(part.isascii() and part.isdecimal() for part in (number, of)):
        shard = Shard(int(number), int(of))
        if 1 <= shard.number <= shard.of <= MOST_SHARDS:
            return shard
    raise ShardError(f"shard is {text!r:.40}: write N/OF, N from 1 to OF, OF at most {MOST_SHARDS}", ("shard",))


class Generation(NamedTuple):
    """One expected generation; `key` is 32 hex digits and becomes the candidate's id."""

    key: str
    cell: int
    scenario: int
    tip_index: int


def grid(spec: Spec, cells: Iterable[int] | None = None, shard: Shard | None = None) -> Iterator[Generation]:
    """Yield every generation of an experiment by cell, scenario and tip_index; `cells` limits it to those indices.

    With `shard`, only the generations of that part are yielded.

    The key covers model, prompt, scenario, temperature, seed and tip_index, so equal keys may share one answer
    (`extends`) and repeated tips stay independent.
    """
    scenarios = [scenario.hash for scenario in spec.scenarios]
    tail = f"{spec.temperature!r}|{spec.seed}"
    for cell in range(len(spec.cells)) if cells is None else cells:
        model, prompt = spec.cells[cell]
        head = f"{spec.models[model].generation_hash}|{spec.prompts[prompt].generation_hash}|{tail}"
        for scenario, scenario_hash in enumerate(scenarios):
            shared = hashlib.sha256(f"{head}|{scenario_hash}|".encode())
            for tip_index in range(spec.n_tips):
                own = shared.copy()
                own.update(str(tip_index).encode())
                key = own.hexdigest()[:32]
                if shard is None or shard.holds(key):
                    yield Generation(key, cell, scenario, tip_index)


def expected(spec: Spec, shard: Shard | None = None) -> int:
    """Return the number of generations in the grid: cells × scenarios × n_tips; those of `shard`, counted, with one."""
    if shard is not None:
        return sum(1 for _ in grid(spec, shard=shard))
    return len(spec.cells) * len(spec.scenarios) * spec.n_tips


def request_seed(spec: Spec, key: str) -> int:
    """Return the seed sent with a generation, derived from the experiment's seed and the key; 0 <= seed < 2**31."""
    return int.from_bytes(hashlib.sha256(f"{spec.seed}|{key}".encode()).digest()[:4], "big") >> 1


def size_in_words(spec: Spec) -> str:
    """Return how much is generated: the numbers of cells, of scenarios, and of tips for each of both."""
    cells, scenarios = counted(len(spec.cells), "cell"), counted(len(spec.scenarios), "scenario")
    return f"{cells} × {scenarios} × {counted(spec.n_tips, 'tip')}"
