"""Repeats an experiment: its whole pinned spec again under another name, with request seeds of its own."""

import hashlib
from collections.abc import Mapping
from typing import Any

import msgspec

from core.benchmark.names import experiment_name
from core.benchmark.options import OptionError
from core.benchmark.records import JudgeRecord, definitions_of, raters_of
from core.benchmark.spec import Spec, SpecMismatch
from resources.bench_context import BenchContext
from resources.collect.model_changes import reached_today
from resources.lake.specs import add_records, pin, pinned_spec
from resources.models.registry import check_keys

NOT_PINNED = ("baseline", "max_cost")
"""Options that may stand beside `repeats`, since no pin holds them."""


def repeat(bench: BenchContext, name: str, old: str, given: Mapping[str, Any]) -> Spec:
    """Pin what `old` pinned as the experiment `name`, with the judges of `old`, and return it; idempotent.

    Nothing of it is taken over: tips are collected anew, by seeds that follow from the new name, and every judge has
    all of them to judge, those of the catalog by the definitions that `old` has on record. Raise OptionError for an
    option of `given` that a pin holds, and for adopted outputs; SpecMismatch where the name has another pin, or
    MissingKey.
    """
    for option, value in given.items():
        if value not in (None, ()) and option not in NOT_PINNED:
            said = f"{option} cannot stand beside repeats, which takes all that {old} pinned: leave one of both out"
            raise OptionError(said, (option,))
    state = bench.on_record(experiment_name(name)).open()
    wanted = repeated(pinned_spec(bench.home, old, ("repeats",)), name, bench.now())
    check_keys(reached_today(bench, wanted.models), bench.keys)
    spec = state.spec or pin(bench.home, wanted)[0]
    if msgspec.structs.replace(spec, created_at="", models=()) != msgspec.structs.replace(
        wanted, created_at="", models=()
    ):
        said = f"{name} is pinned already and does not repeat {old}: repeat it under another name"
        raise SpecMismatch(said, ("repeats",))
    records = bench.on_record(old).records
    definitions, known = definitions_of(records), raters_of(bench.on_record(name, anew=True).records)
    new = [
        JudgeRecord(judge, kind, bench.author, bench.now(), definition=definitions.get(judge))
        for judge, kind in raters_of(records).items()
        if judge not in known
    ]
    add_records(bench.home, name, new)
    return spec


def repeated(spec: Spec, name: str, now: str) -> Spec:
    """Return the pin of an experiment that repeats another; raise OptionError where its outputs were adopted."""
    if spec.source == "adopt":
        said = f"{spec.experiment} holds adopted outputs, which nothing here can collect again: repeat one that was run"
        raise OptionError(said, ("repeats",))
    seed = int.from_bytes(hashlib.sha256(f"{spec.seed}|{name}".encode()).digest()[:4], "big") >> 1
    options = msgspec.structs.replace(spec.options, seed=seed, extends=None, anchors=None, baseline=None, max_cost=None)
    return msgspec.structs.replace(spec, experiment=name, options=options, seed=seed, extends=None, created_at=now)
