"""What a policy would have earned on logged decisions, before anybody lets it draw."""

from collections.abc import Sequence
from enum import StrEnum

import msgspec

from core.off_policy.evaluate import PolicyEstimate


class GuardrailUnit(StrEnum):
    """What a guardrail's numbers are: a SHARE of users, from 0 to 1, or MILLISECONDS."""

    SHARE = "share"
    MILLISECONDS = "milliseconds"


class EvaluatedGuardrail(msgspec.Struct, frozen=True, kw_only=True):
    """What a policy must not make worse: `served` as it was, and what it would have been by cross-fitted DR.

    `refused` says why there is no interval, None where there is. Numbers are in the unit, None where not known.
    """

    name: str
    unit: GuardrailUnit
    served: float | None
    value: float | None
    low: float | None
    high: float | None
    refused: str | None


class EvaluatedPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """The share of tips that users would have acted on, a decision, had a policy drawn the first places of the log.

    `n` decisions from `since` on, of `n_users`, had a tip that was shown, and their outcome is settled; `n_simulated`
    users are played by a program, `served` is the mean reward as it was drawn, None without any. `value`, `low` and
    `high` are those of cross-fitted DR among `estimates`; `refused` says why there is no interval, None where there is.
    `guardrails` are of the same decisions.
    """

    kind: str
    hash: str
    since: str
    n: int
    n_users: int
    n_simulated: int
    served: float | None
    value: float | None
    low: float | None
    high: float | None
    refused: str | None
    estimates: Sequence[PolicyEstimate]
    guardrails: Sequence[EvaluatedGuardrail]
