"""Published decisions as arrays: the first place of each, and what could have been drawn there."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from core.estimate.design import Floats, Ints
from core.off_policy.decisions import standardized
from core.policies.features import FEATURES
from resources.off_policy.columns import indicators, texts_in


@dataclass(frozen=True)
class FirstPlaces:
    """N decisions by their first place; `arms` (A) are names in order, `action` (N) codes of what was drawn.

    `chance` (N, A) is the logged probability of each arm, 0 of one that was not eligible. `reward` (N) is nan where the
    tip was not shown, `user` (N) are codes without gaps, `features` (N, p) standardized behind a column of ones.
    """

    arms: Sequence[str]
    action: Ints
    chance: Floats
    propensity: Floats
    reward: Floats
    user: Ints
    features: Floats
    fallback: np.ndarray
    simulated: np.ndarray


def first_places(table: pa.Table) -> FirstPlaces:
    """Return the first places of published decisions, of the columns that `resources.decisions.parts.SCHEMA` has."""
    table = table.filter(pc.equal(table["position"], 0)).combine_chunks()
    eligible = table["eligible"].combine_chunks()
    names, owner = eligible.flatten(), eligible.value_parent_indices()
    drawn = table["action"].cast(pa.string())
    arms = sorted(set(pc.unique(names).to_pylist()) | set(pc.unique(drawn).to_pylist()))
    codes = pa.array(arms, pa.string())
    chance = np.zeros((len(table), len(arms)))
    places = pc.index_in(names, codes).to_numpy()
    chance[owner.to_numpy(), places] = table["probabilities"].combine_chunks().flatten().to_numpy()
    users = table["user"].combine_chunks().dictionary_encode()
    return FirstPlaces(
        arms=arms,
        action=pc.index_in(drawn, codes).to_numpy().astype(np.int64),
        chance=chance,
        propensity=table["propensity"].to_numpy(),
        reward=table["reward"].to_numpy(),
        user=users.indices.to_numpy().astype(np.int64) if len(table) else np.zeros(0, np.int64),
        features=_features(table),
        fallback=table["fallback"].to_numpy(),
        simulated=table["simulated"].to_numpy(),
    )


def _features(table: pa.Table) -> Floats:
    """Return ones, and an indicator of each value of each feature but the first, with mean 0 and deviation 1."""
    columns = [table[f"x.{name}"] for name in FEATURES]
    found = [flags for column in columns for flags in indicators(column, texts_in(column))]
    return standardized(np.column_stack(found) if found else np.empty((len(table), 0)))
