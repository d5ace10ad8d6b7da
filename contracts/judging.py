"""Judging through a page, an upload or a webhook: rounds, items, answers and receipts."""

from collections.abc import AsyncIterator
from typing import Any, Literal, Protocol

import msgspec

from contracts.access.caller import Caller
from contracts.paging import Page, PageRequest
from core.benchmark.records import JudgeKind


class RoundView(msgspec.Struct, frozen=True, kw_only=True):
    """A judging round: one judge's pending items of one experiment, open until it is closed.

    `state` is preparing (its folder is being written), open or closed; `total` items, `answered` of them by now, also
    those not published yet.
    """

    id: str
    experiment: str
    judge: str
    kind: JudgeKind
    state: Literal["preparing", "open", "closed"]
    rubric: str
    opened_at: str
    closed_at: str | None
    total: int
    answered: int


class AnswerView(msgspec.Struct, frozen=True, kw_only=True):
    """A judge's answer in force for one item: scores by criterion, or why it cannot be judged."""

    item: str
    scores: dict[str, float] | None
    unscorable: str | None
    comment: str | None
    saved_at: str


class RoundItem(msgspec.Struct, frozen=True, kw_only=True):
    """What a judge sees of an item, in the judge's own order: nothing that says who wrote the tip."""

    item: str
    place: int
    scenario: dict[str, Any]
    tip: str
    answer: AnswerView | None


class GivenAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """An answer as it comes in, one of `scores` and `unscorable`."""

    item: str
    scores: dict[str, float] | None = None
    unscorable: str | None = None
    comment: str | None = None


class LineProblem(msgspec.Struct, frozen=True):
    """What is wrong on one line, from 1."""

    line: int
    message: str


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a file or webhook.

    `state` is stored (published later), repeated (the same bytes before) or rejected with its first 100 problems of
    `n_problems`; nothing of a rejected one is kept as scores. `read_over` says in words what stood around the answers,
    such as a Markdown fence; `n_blank` counts rows of a sheet without an answer, which stay pending.
    """

    sha256: str
    experiment: str
    judge: str | None
    state: Literal["stored", "repeated", "rejected"]
    n_answers: int
    n_problems: int = 0
    problems: list[LineProblem] = []
    n_blank: int = 0
    read_over: list[str] = []


class UploadLink(msgspec.Struct, frozen=True):
    """Where one file of scores may be PUT, once, until `expires_at`; `token` is shown only here."""

    token: str
    experiment: str
    judge: str | None
    max_bytes: int
    expires_at: str


class AnswerBatch(msgspec.Struct, frozen=True):
    """Answers of one judge that are published together, as the bytes of a score file: the same whenever asked.

    `saved_at` is when the last of them was given.
    """

    id: str
    judge: str
    saved_at: str
    data: bytes


class Unpublished(msgspec.Struct, frozen=True):
    """How many answers of an experiment wait, and the number of the newest one."""

    answers: int
    newest: int


class PageAnswers(Protocol):
    """Answers given one by one, on their way into the scores."""

    def unpublished(self) -> dict[str, Unpublished]:
        """What waits, by experiment."""
        ...

    def batches(self, experiment: str) -> list[AnswerBatch]:
        """At most one batch a judge: the one that was begun and not settled, else all that was given since.

        The caller holds the experiment's writer lock.
        """
        ...

    def settle(self, published: list[str], refused: list[str]) -> None:
        """These batches stand in the scores, or were refused by the validator, and are not offered again."""
        ...


class Rounds(Protocol):
    """Rounds and answers.

    Blocking but for `take_upload`. A caller who is no admin sees and answers only rounds of the judge it is; for others
    NotFound, so that nothing is learned of them.
    """

    def open(self, experiment: str, judge: str, kind: JudgeKind | None, caller: Caller) -> RoundView:
        """Record the judge, open a round and ask for its folder.

        Conflict while the judge has an open one or the experiment is archived, NotFound, InvalidInput (judge, kind; a
        program needs no round).
        """
        ...

    def close(self, round_id: str, caller: Caller) -> RoundView:
        """Close and publish at once, or right after the publishing run in progress; idempotent."""
        ...

    def round(self, round_id: str, caller: Caller) -> RoundView:
        """One round; NotFound."""
        ...

    def rounds(self, request: PageRequest, caller: Caller) -> Page[RoundView]:
        """Newest first; `where` may hold experiment, state."""
        ...

    def items(self, round_id: str, request: PageRequest, caller: Caller) -> Page[RoundItem]:
        """In the judge's own order; `where` may hold answered (bool)."""
        ...

    def submit(self, round_id: str, answer: GivenAnswer, caller: Caller) -> AnswerView:
        """Validate and store one answer durably.

        It supersedes the item's earlier one. Conflict when the round is closed, NotFound for an item of another round,
        InvalidInput with the criterion as path.
        """
        ...

    def undo(self, round_id: str, item: str, caller: Caller) -> AnswerView | None:
        """Take the item's last answer back.

        The one before it is in force again, or none. One that is published already is superseded, never deleted; with
        none before it, it becomes unscorable, withdrawn by the judge.
        """
        ...

    def make_upload(self, experiment: str, judge: str | None, size: int, caller: Caller) -> UploadLink:
        """A link for one file of at most `size` bytes, 512 MB at most, 15 minutes, bound to the caller."""
        ...

    async def take_upload(self, token: str, body: AsyncIterator[bytes], caller: Caller | None) -> Receipt:
        """Stream, validate and store a file for the sensor.

        The link is consumed when the whole file is accepted. NotFound for an unknown, spent or expired link or a caller
        who may no longer; of two at once one wins.
        """
        ...

    def take_webhook(self, endpoint: str, message_id: str, body: bytes) -> Receipt:
        """Validate and store a signed message's answers, `{"experiment".

        …, "answers": [answer, …]}`: the same id and body again gives the first receipt, another body under the id is
        Conflict.
        """
        ...
