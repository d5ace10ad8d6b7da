"""The service of judging rounds: opened and closed here, and answered item by item."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any

import sqlalchemy as sa

from contracts.access.caller import Caller, Role
from contracts.judging import AnswerView, GivenAnswer, Packet, RoundItem, RoundView
from contracts.paging import Page, PageRequest
from contracts.refusals import Conflict, Forbidden, InvalidInput, NotFound, Refusal
from core.benchmark.names import InvalidName, judge_name
from core.benchmark.records import (
    KINDS,
    JudgeConflict,
    JudgeKind,
    Record,
    RoundClosed,
    RoundOpened,
    judge_kind,
    judges_of,
    refuse_other_tasks,
)
from core.canonical import content_hash
from core.judging.answer_validator import AnswerShape
from core.judging.rubric import Rubric
from core.judging.tasks import TaskNotOffered
from kit.refusals import refusal_of
from resources.bench_context import BenchContext
from resources.collect.judges import new_judges, refuse_entries
from resources.judging.review.packets import packet_of
from resources.judging.rounds.answer_check import checked, checked_key
from resources.judging.rounds.answer_history import past_of
from resources.judging.rounds.batches import AnswerBatches
from resources.judging.rounds.page_answers import ItemPlace, PageAnswerTable
from resources.judging.rounds.preconditions import experiment_spec, is_judge, open_state, refuse_closed, storing
from resources.judging.rounds.published_scores import view_of
from resources.judging.rounds.round_reads import RoundReads
from resources.judging.rounds.round_store import Entry
from resources.lake.candidates import candidates
from resources.lake.specs import add_records

WHY_NOT_OPEN = {
    "preparing": "its items are being written",
    "failed": "the run that should write its items has not: open it again",
    "closed": "it is closed",
}
RequestRun = Callable[[str, str], object]
"""Requests a run: called with the experiment and the actor; may raise Unavailable."""


class RoundService:
    """Implements contracts.judging.Rounds.

    `clock` gives Unix seconds, `random_bytes(n)` n of them.
    """

    def __init__(
        self,
        bench: BenchContext,
        engine: sa.Engine,
        *,
        clock: Callable[[], float],
        random_bytes: Callable[[int], bytes],
        request_export: RequestRun,
        request_publish: RequestRun,
    ) -> None:
        self._bench, self._home, self._random_bytes = bench, bench.home, random_bytes
        self._request_export, self._request_publish = request_export, request_publish
        self._shapes: dict[str, AnswerShape] = {}
        self._table = PageAnswerTable(engine, bench.now)
        self._batches = AnswerBatches(engine, lambda: random_bytes(8).hex())
        self._reads = RoundReads(bench.home, self._table, clock)

    def open(self, experiment: str, judge: str, kind: JudgeKind | None, caller: Caller) -> RoundView:
        """Record the judge, open a round and request its folder; raise Forbidden if the caller is no admin.

        If the run cannot be requested, the round is closed again and the refusal raised.
        """
        if caller.role < Role.ADMIN:
            raise Forbidden("admins open rounds")
        records = open_state(self._home, experiment).records
        self._check_judge(experiment, judge, kind, records)
        if candidates(self._home, experiment).manifest() is None:
            raise Conflict(f"{experiment} has no tips yet: collect first", ("experiment",))
        round_id, at = self._random_bytes(10).hex(), self._bench.now()
        with storing():
            joining = new_judges([(judge, kind)], judges_of(records), caller.subject, at)
            with _about_the_judge():
                refuse_entries(self._bench, [judge], records)
            new: list[Record] = [*joining]
            new += [  # one whose folder never came makes room for this one
                RoundClosed(entry.round.id, caller.subject, at)
                for entry in self._reads.store.of(experiment)
                if entry.round.judge == judge and self._reads.state(entry) == "failed"
            ]
            add_records(self._home, experiment, [*new, RoundOpened(round_id, judge, caller.subject, at)])
        opened = next((e for e in self._reads.store.of(experiment) if e.round.id == round_id), None)
        if opened is None:
            raise _has_one(judge)
        try:
            self._check_kind(judge, kind, {judge: opened.judge.kind})  # somebody else may have been first
            self._request_export(experiment, caller.subject)
        except Refusal:
            add_records(self._home, experiment, [RoundClosed(round_id, caller.subject, self._bench.now())])
            raise
        return self._reads.view(opened)

    def close(self, round_id: str, caller: Caller) -> RoundView:
        """Take no more answers and request publication of those that wait; if that fails, the sensor publishes them."""
        entry = self._reads.entry(round_id, caller)
        if entry.round.closed_at is None:
            with storing():
                closed = RoundClosed(round_id, caller.subject, self._bench.now())
                add_records(self._home, entry.experiment, [closed])
                waits = entry.experiment in self._batches.unpublished()
            with suppress(Refusal):  # it is closed, and the sensor publishes what waits
                if waits:
                    self._request_publish(entry.experiment, caller.subject)
        return self.round(round_id, caller)

    def round(self, round_id: str, caller: Caller) -> RoundView:
        """Return one round that the caller may see; raise NotFound."""
        with storing():
            return self._reads.view(self._reads.entry(round_id, caller))

    def rounds(self, request: PageRequest, caller: Caller) -> Page[RoundView]:
        """Return a page of the rounds that the caller may see, newest first."""
        with storing():
            return self._reads.rounds(request, caller)

    def items(self, round_id: str, request: PageRequest, caller: Caller) -> Page[RoundItem]:
        """Return a page of the round's items in the judge's own order."""
        with storing():
            return self._reads.items(self._reads.entry(round_id, caller), request)

    def packet(self, round_id: str, caller: Caller) -> Packet:
        """Return the round's folder as a file that has no name on the disk; raise NotFound or Conflict."""
        with storing():
            entry = self._reads.entry(round_id, caller)
            return packet_of(self._home, entry.experiment, entry.round.judge, entry.round.export)

    def submit(self, round_id: str, answer: GivenAnswer, caller: Caller) -> AnswerView:
        """Validate and store one answer, which is on disk when this returns.

        Raise Forbidden unless the judge itself answers.
        """
        entry = self.answerable(round_id, answer.item, caller)
        spec = experiment_spec(self._home, entry.experiment)
        shape = self._shape(spec.rubric)
        has_must_not = bool(shape.conditional) and self._reads.has_must_not(entry, answer.item)
        rating = checked(answer, shape, has_must_not=has_must_not)
        key = checked_key(answer.key)
        with storing():
            return view_of(rating, self._table.save(_place(entry, answer.item), rating, caller.subject, key))

    def undo(self, round_id: str, item: str, caller: Caller, key: str | None = None) -> AnswerView | None:
        """Withdraw the item's last answer and return the one in force then, or None."""
        entry = self.answerable(round_id, item, caller)
        spec, place, key = experiment_spec(self._home, entry.experiment), _place(entry, item), checked_key(key)
        with storing():
            if self._is_withdrawn(place, key):
                return self._reads.in_force(entry, [item]).get(item)
            saved = self._table.latest(entry.experiment, place.judge, [item]).get(item)
            files = partial(self._table.batch_files, entry.experiment, place.judge, item)
            past = past_of(self._home, spec, item, files, waits=saved is not None and saved.waits)
            try:
                self._table.undo(place, caller.subject, past, key)
            except Conflict:
                if not self._is_withdrawn(place, key):  # by the same undo, sent twice
                    raise
            return self._reads.in_force(entry, [item]).get(item)

    def _is_withdrawn(self, place: ItemPlace, key: str | None) -> bool:
        known = self._table.under(place, key)
        return known is not None and known.withdrawn

    def _shape(self, rubric: Rubric) -> AnswerShape:
        key = content_hash(rubric)
        if key not in self._shapes:
            self._shapes[key] = AnswerShape(rubric)
        return self._shapes[key]

    def _check_judge(self, experiment: str, judge: str, kind: str | None, records: list[Record]) -> None:
        with _about_the_judge():
            judge_name(judge)
            refuse_other_tasks(records, [judge])
        if kind is not None and kind not in KINDS:
            raise InvalidInput(f"kind is {kind!r}: use one of {', '.join(KINDS)}", ("kind",))
        if self._check_kind(judge, kind, judges_of(records)) == "program":
            raise InvalidInput(f"{judge} is a program, which scores inside the run and needs no round", ("judge",))
        mine = [entry for entry in self._reads.store.of(experiment) if entry.round.judge == judge]
        if any(self._reads.state(entry) in {"preparing", "open"} for entry in mine):
            raise _has_one(judge)

    def _check_kind(self, judge: str, kind: Any, known: dict[str, JudgeKind]) -> JudgeKind:
        try:
            return judge_kind(judge, kind, known)
        except JudgeConflict as error:
            raise refusal_of(error, ("kind",)) from error

    def answerable(self, round_id: str, item: str, caller: Caller) -> Entry:
        """Return the round of an item that the caller may answer now.

        Raise NotFound, Forbidden, or Conflict where the round takes no answers.
        """
        entry = self._reads.entry(round_id, caller)
        if not is_judge(caller, entry.round.judge):
            raise Forbidden("only the judge itself answers", ("round",))
        state = self._reads.state(entry)
        if state != "open":
            said = WHY_NOT_OPEN[state]
            raise Conflict(f"this round takes no answers: {said}", ("round",))
        refuse_closed(entry.experiment, closed=entry.is_archived)
        if not entry.round.export or item not in self._reads.pages(entry).places:
            raise NotFound("no item of that id in this round", ("item",))
        return entry


@contextmanager
def _about_the_judge() -> Iterator[None]:
    try:
        yield
    except (InvalidName, JudgeConflict, TaskNotOffered) as error:
        raise refusal_of(error, ("judge",)) from error


def _place(entry: Entry, item: str) -> ItemPlace:
    return ItemPlace(entry.experiment, entry.round.id, entry.round.judge, item)


def _has_one(judge: str) -> Conflict:
    return Conflict(f"{judge} has an open round: close it first", ("judge",))
