"""Reads judging rounds from an experiment's records."""

import msgspec

from core.benchmark.records import Record, RoundClosed, RoundOpened, RoundReady


class Round(msgspec.Struct, frozen=True):
    """One judge's round; `export` is its folder's number, None while that is being written, 0 without items."""

    id: str
    judge: str
    author: str
    opened_at: str
    export: int | None = None
    closed_at: str | None = None


def rounds_of(records: list[Record]) -> list[Round]:
    """Return the rounds in the order they were opened.

    A judge has one open round at a time: of two opened at once the first counts and the other is ignored. The first
    folder and the first closing of a round count.
    """
    rounds: dict[str, Round] = {}
    for record in records:
        if isinstance(record, RoundOpened):
            taken = any(round_.judge == record.judge and round_.closed_at is None for round_ in rounds.values())
            if not taken and record.round not in rounds:
                rounds[record.round] = Round(record.round, record.judge, record.author, record.at)
            continue
        round_ = rounds.get(record.round) if isinstance(record, RoundReady | RoundClosed) else None
        if round_ is None:
            continue
        if isinstance(record, RoundReady) and round_.export is None:
            rounds[round_.id] = msgspec.structs.replace(round_, export=record.export)
        if isinstance(record, RoundClosed) and round_.closed_at is None:
            rounds[round_.id] = msgspec.structs.replace(round_, closed_at=record.at)
    return list(rounds.values())


def open_rounds(records: list[Record]) -> list[Round]:
    """Return the rounds that take answers, in the order they were opened."""
    return [round_ for round_ in rounds_of(records) if round_.closed_at is None]
