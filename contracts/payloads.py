"""What events say: the base of all, and what happened here that others may want to know.

Outgoing webhooks pass the latter on as they are. What receivers rely on: within a version fields are only added.
"""

from typing import ClassVar

import msgspec


class Payload(msgspec.Struct, frozen=True, kw_only=True):
    """What an event of one type and version says; `personal` payloads are sealed per user before they are stored."""

    type: ClassVar[str]
    personal: ClassVar[bool] = False


class LeaderboardPublishedV1(Payload, frozen=True):
    """A leaderboard of the experiment was published; `data_hash` names its snapshot. The envelope has no user."""

    type: ClassVar[str] = "leaderboard.published.v1"
    experiment: str
    data_hash: str
    published_at: str


class RunFinishedV1(Payload, frozen=True):
    """A collecting run of the experiment ended; `status` says how, `cost` is the experiment's total in USD."""

    type: ClassVar[str] = "run.finished.v1"
    experiment: str
    run_id: str
    status: str
    started_at: str
    ended_at: str
    done: int
    expected: int
    failed: int
    cost: float


class ExportReadyV1(Payload, frozen=True):
    """A folder of `items` is there for a judge, the export of that number; `judge` is the id on the record."""

    type: ClassVar[str] = "export.ready.v1"
    experiment: str
    judge: str
    export: int
    items: int


class CheckFailedV1(Payload, frozen=True):
    """A check of the experiment failed that did not before, or failed on other data.

    `cell` is the one that a limit is about, `other` the experiment that it was held against, `numbers` what the check
    counted. `data_hash` names the leaderboard that was current then; None before the first.
    """

    type: ClassVar[str] = "check.failed.v1"
    experiment: str
    check: str
    severity: str
    cell: str | None
    other: str | None
    numbers: dict[str, int | float]
    data_hash: str | None
    failed_at: str


class PolicyPromotedV1(Payload, frozen=True):
    """Another promotion is in force: promoted, rolled_back or stopped; `canary` draws for `share` of users."""

    type: ClassVar[str] = "policy.promoted.v1"
    version: int
    kind: str
    policy: str
    policy_hash: str
    canary: str | None
    canary_hash: str | None
    share: float


OCCURRENCES: tuple[type[Payload], ...] = (
    RunFinishedV1,
    ExportReadyV1,
    LeaderboardPublishedV1,
    CheckFailedV1,
    PolicyPromotedV1,
)
