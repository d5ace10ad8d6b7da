"""Judging through a page, an upload or a webhook: rounds, items, answers and receipts."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, BinaryIO, Literal, Protocol

import msgspec

from contracts.access.caller import Caller
from contracts.paging import Page, PageRequest
from core.benchmark.records import JudgeKind
from core.judging.rubric import Rubric
from core.judging.tasks import Task


class RoundView(msgspec.Struct, frozen=True, kw_only=True):
    """A judging round: one judge's pending items of one experiment, open until it is closed.

    `task` is what the judge does with an item; `state` is preparing (its folder is being written), failed (that took
    too long), open or closed; `total` items, `answered` of them by now, also those not published yet.
    """

    id: str
    experiment: str
    judge: str
    kind: JudgeKind
    task: Task
    state: Literal["preparing", "open", "failed", "closed"]
    rubric: Rubric
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
    """An answer as it comes in, one of `scores` and `unscorable`.

    `key` is what the page calls it: of answers to an item under one key the first counts.
    """

    item: str
    scores: dict[str, float] | None = None
    unscorable: str | None = None
    comment: str | None = None
    key: str | None = None


class LineProblem(msgspec.Struct, frozen=True):
    """What is wrong on one line, from 1."""

    line: int
    message: str


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a file or webhook.

    `state` is stored (published later), repeated (the same bytes before) or rejected with its first 100 problems of
    `n_problems`; no score of a rejected one is stored. `read_over` says in words what stood around the answers,
    such as a Markdown fence; `n_blank` counts rows of a sheet without an answer, which stay pending. `task` is what the
    answers are of.
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
    task: Task = "rating"


class UploadLink(msgspec.Struct, frozen=True):
    """Where one file of scores may be PUT, once, until `expires_at`; `token` is shown only here."""

    token: str
    experiment: str
    judge: str | None
    max_bytes: int
    expires_at: str


class AnswerBatch(msgspec.Struct, frozen=True):
    """Answers of one judge that are published together, as the bytes of a score file, the same at each call.

    `saved_at` is when the last of them was given.
    """

    id: str
    judge: str
    saved_at: str
    data: bytes


class Unpublished(msgspec.Struct, frozen=True):
    """The number of an experiment's answers that wait, and the number of the newest one."""

    answers: int
    newest: int


class PageAnswers(Protocol):
    """Answers given one by one on pages, until they are in the scores."""

    def unpublished(self) -> dict[str, Unpublished]:
        """Return what waits to be published, by experiment."""
        ...

    def batches(self, experiment: str) -> list[AnswerBatch]:
        """Return at most one batch per judge: the one begun and not settled, else all answers given since.

        The caller holds the experiment's writer lock.
        """
        ...

    def settle(self, published: list[str], refused: list[str]) -> None:
        """Record that these batches are in the scores or were rejected, so that they are not offered again."""
        ...


@dataclass(frozen=True)
class Packet:
    """What a judge gets as one ZIP file, at its start and to be closed by who asked, and a name for it."""

    file: BinaryIO
    name: str


class Rounds(Protocol):
    """Rounds and answers.

    Blocking. A caller who is no admin sees and answers only rounds of its own judge id; for
    others every call raises NotFound, which reveals nothing.
    """

    def open(self, experiment: str, judge: str, kind: JudgeKind | None, caller: Caller) -> RoundView:
        """Record the judge, open a round and request its folder.

        Raise Conflict while the judge has an open round or if the experiment is archived, NotFound for an unknown
        experiment, InvalidInput for a wrong judge or kind (a program needs no round).
        """
        ...

    def close(self, round_id: str, caller: Caller) -> RoundView:
        """Close the round and publish at once, or right after the publishing run in progress; again changes nothing."""
        ...

    def round(self, round_id: str, caller: Caller) -> RoundView:
        """Return one round; raise NotFound."""
        ...

    def rounds(self, request: PageRequest, caller: Caller) -> Page[RoundView]:
        """Return rounds, newest first; `where` may hold experiment and state."""
        ...

    def items(self, round_id: str, request: PageRequest, caller: Caller) -> Page[RoundItem]:
        """Return the round's items in the judge's own order.

        `where` may hold answered (bool) and place (int), the first one of the list.
        """
        ...

    def packet(self, round_id: str, caller: Caller) -> Packet:
        """Return the round's folder as one file; raise NotFound, or Conflict while it is being prepared."""
        ...

    def submit(self, round_id: str, answer: GivenAnswer, caller: Caller) -> AnswerView:
        """Validate and store one answer durably.

        It supersedes the item's earlier one; under a key that the item's answers have had nothing is stored. Raise
        Conflict if the round is closed, NotFound for an item of another round, InvalidInput with the criterion as path.
        """
        ...

    def undo(self, round_id: str, item: str, caller: Caller, key: str | None = None) -> AnswerView | None:
        """Withdraw the item's last answer and return the answer that is now in force, or None.

        With a key only the answer that was given under it is withdrawn, once; raise Conflict if it is not the last. The
        answer before it is in force again. A published one is superseded, never deleted; without one before it, the
        item becomes unscorable, withdrawn by the judge.
        """
        ...


class ScoreUploads(Protocol):
    """Links that take one file of scores each; the scores wait for the sensor."""

    def make(self, experiment: str, judge: str | None, size: int, caller: Caller) -> UploadLink:
        """Return a link for one file of at most `size` bytes, for 15 minutes, bound to the caller.

        An admin's file has at most 512 MB, a judge's twice the bytes of its items, at least 16 MB.
        """
        ...

    async def take(self, token: str, body: AsyncIterator[bytes], caller: Caller | None) -> Receipt:
        """Stream, validate and store an uploaded file for the sensor.

        The link is used up when the whole file is accepted; of two uploads at once one is accepted. Raise NotFound for
        an unknown, used or expired link or a caller who may no longer use it.
        """
        ...


class ScoreMessages(Protocol):
    """Signed messages of answers, each of which counts once; blocking."""

    def take(self, endpoint: str, message_id: str, body: bytes) -> Receipt:
        """Validate and store the answers of a signed message `{"experiment": …, "answers": [answer, …]}`.

        The same id and body again gives the first receipt; raise Conflict for another body under the id.
        """
        ...
