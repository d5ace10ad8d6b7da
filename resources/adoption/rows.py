"""Checks rows of outputs made elsewhere one by one and lists everything that is wrong with them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from operator import attrgetter
from typing import Any

import msgspec

from core.benchmark.names import JUDGE
from core.expected_error import FieldError
from core.judging.rubric import Rubric, fits, yes_or_no
from resources.adoption.columns import Columns, nest_scores
from resources.adoption.file_reader import REQUIRED
from resources.adoption.labels import is_name
from resources.adoption.ordinary import OrdinaryRow, OrdinaryRows
from resources.adoption.tools.document import METRICS
from resources.adoption.tools.parts import decoded
from resources.adoption.values import Values, Wrong, shown


class AdoptRejected(FieldError):
    """Files that are not taken; the message lists up to 100 problems of each with their lines."""


class Adopted(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One output with the scores it came with; `scores` holds complete (judge, criterion values) pairs only.

    `tip_index` is None until the order of the rows gives it; `file` is the number of the file that it stands in.
    """

    file: int
    line: int
    model: str
    prompt: str
    scenario_id: str
    scenario: dict[str, Any]
    area: str | None
    locale: str | None
    tip_index: int | None
    text: str | None
    latency_ms: float | None
    tokens_in: int | None
    tokens_out: int | None
    cost: float | None
    scores: dict[str, dict[str, float]]


@dataclass
class ScoreCounts:
    """What rows hold in addition to outputs.

    `judges` are all that are named, in order of appearance; `complete` and `partial` count (tip, judge) pairs with
    every criterion and with some, `on_failures` scores on outputs without text; `strangers` are criteria that the
    rubric lacks, each with the line and the judge where it is first; `metrics` names a tool's own scores, or those that
    are left out on purpose, `taken` the criteria that these gave values for.
    """

    judges: dict[str, None] = field(default_factory=dict)
    complete: int = 0
    partial: int = 0
    on_failures: int = 0
    strangers: dict[str, tuple[int, str]] = field(default_factory=dict)
    metrics: dict[str, None] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)


@dataclass
class RowReader:
    """Reads rows of one file by a rubric; `stated` says that a person gave the rubric.

    With `without_scores` the names of scores are noted as metrics, and none is read. `in_columns` says that scores may
    stand in columns of their own.
    """

    rubric: Rubric
    stated: bool
    without_scores: bool
    values: Values
    counts: ScoreCounts
    file: int = 0
    in_columns: bool = False

    def __post_init__(self) -> None:
        self._ordinary = OrdinaryRows(self.rubric)

    def ordinary(self, data: bytes) -> list[Adopted] | None:
        """Return the rows of JSON lines that are all ordinary, read in one step; else None, and nothing is counted."""
        if self.without_scores:
            return None
        rows = self._ordinary.lines(data)
        if rows is None or not all(is_name(name, slash=True) for name in {row.scenario_id for row in rows}):
            return None
        self._count(rows)
        return [
            self._adopted(line, row, data)
            for line, (row, data) in enumerate(zip(rows, _scenarios(rows), strict=True), 1)
        ]

    def row(self, line: int, given: Columns, faults: list[str]) -> Adopted | None:
        """Return the row, or None with what is wrong with it in `faults`."""
        plain_row = None if self.without_scores or self.in_columns else self._ordinary.read(given)
        if plain_row is not None:
            self._count([plain_row])
            return self._adopted(line, plain_row, plain_row.scenario_data())
        absent = [name for name in REQUIRED if name != "tip_index" and name not in given]
        if absent:
            faults.append(f"no {', '.join(absent)} here, which other lines have: is the file cut off?")
            return None
        columns = nest_scores(given, self.rubric.names)
        fields: dict[str, Any] = {}
        for name, value in self._fields(columns):
            if isinstance(value, Wrong):
                faults.append(str(value))
            fields[name] = value
        scores = self._scores(line, columns, faults)
        if faults:
            return None
        data = fields["scenario"]
        for name in ("area", "locale"):
            own = data.get(name)
            fields[name] = fields[name] or (own if isinstance(own, str) and own else None)
        if fields["text"] is None:
            self.counts.on_failures += len(scores)
        return Adopted(file=self.file, line=line, scores=scores if fields["text"] else {}, **fields)

    def _count(self, rows: Sequence[OrdinaryRow]) -> None:
        """Count the scores of rows."""
        scored = [row for row in rows if row.scores]
        self.counts.judges |= dict.fromkeys(chain.from_iterable(map(attrgetter("scores"), scored)))
        self.counts.complete += sum(map(len, map(attrgetter("scores"), scored)))
        self.counts.on_failures += sum(len(row.judged()) for row in scored if _is_blank(row.text))

    def _adopted(self, line: int, row: OrdinaryRow, data: dict[str, Any]) -> Adopted:
        """Return what is adopted of an ordinary row, whose scenario is `data`."""
        area, locale = data.get("area"), data.get("locale")
        text = None if _is_blank(row.text) else row.text
        return Adopted(
            file=self.file,
            line=line,
            model=row.model,
            prompt=row.prompt,
            scenario_id=row.scenario_id,
            scenario=data,
            area=area if isinstance(area, str) and area else None,
            locale=locale if isinstance(locale, str) and locale else None,
            tip_index=row.tip_index,
            text=text,
            latency_ms=row.latency_ms,
            tokens_in=row.tokens_in,
            tokens_out=row.tokens_out,
            cost=row.cost,
            scores=(row.scores or {}) if text else {},
        )

    def _fields(self, columns: Columns) -> Iterator[tuple[str, Any]]:
        """Every field with its value, or with Wrong in its place."""
        read, get = self.values, columns.get
        whole = ("tip_index", "tokens_in", "tokens_out")
        for name in ("model", "prompt", "scenario_id"):
            yield name, _tried(lambda name=name: read.label(name, get(name)))
        yield "scenario", _tried(lambda: read.scenario(decoded(get("scenario"))))
        yield "text", _tried(lambda: read.text("text", get("text")))
        for name in ("area", "locale"):
            yield name, _tried(lambda name=name: read.word(name, get(name)))
        for name in (*whole, "latency_ms", "cost"):
            value = _tried(lambda name=name: read.number(name, get(name), whole=name in whole))
            yield name, int(value) if name in whole and isinstance(value, float | int) else value

    def _scores(self, line: int, columns: Columns, faults: list[str]) -> dict[str, dict[str, float]]:
        scores = columns["scores"]
        if not isinstance(scores, dict) or not all(own is None or isinstance(own, dict) for own in scores.values()):
            faults.append("scores is no object of the form {judge: {criterion: number}}")
            return {}
        if self.without_scores:
            own = [f"{judge}.{name}" for judge, given in scores.items() for name in given or {}]
            self.counts.metrics |= dict.fromkeys([*own, *_named(columns)])
            return {}
        complete: dict[str, dict[str, float]] = {}
        for judge, given in {**scores, **self._metrics(columns)}.items():
            self.counts.judges.setdefault(judge)
            if not JUDGE.fullmatch(judge):
                faults.append(f"judge {judge[:40]!r} is no judge id: use 1 to 63 letters, digits, '.', '_' and '-'")
            values = self._values(line, judge, given or {}, faults)
            if values.keys() >= set(self.rubric.averaged_names):
                complete[judge] = values
            elif values:
                self.counts.partial += 1
        self.counts.complete += len(complete)
        return complete

    def _values(self, line: int, judge: str, given: dict[str, Any], faults: list[str]) -> dict[str, float]:
        low, high = self.rubric.scale.low, self.rubric.scale.high
        yes_no = self.rubric.yes_no
        found: dict[str, float] = {}
        for name, value in given.items():
            if name not in self.rubric.names:
                if value not in (None, ""):
                    self.counts.strangers.setdefault(name, (line, judge))
                continue
            booleans = name in yes_no or (self.stated and (low, high) == (0, 1))
            word = yes_or_no(value) if name in yes_no else None
            try:
                number = self.values.score(f"scores.{judge}.{name}", value if word is None else word, booleans=booleans)
            except Wrong as error:
                faults.append(str(error))
                continue
            if number is not None and not fits(name, number, self.rubric):
                wanted = "neither 1 nor 0" if name in yes_no else f"outside {low:g} to {high:g}"
                faults.append(f"scores.{judge}.{name} is {number:g}, {wanted}")
            elif number is not None:
                found[name] = number
        return found

    def _metrics(self, columns: Columns) -> dict[str, dict[str, Any]]:
        """A tool's own scores as far as a stated rubric names them, blanks and capitals apart."""
        found: dict[str, dict[str, Any]] = {}
        names = {plain(name): name for name in self.rubric.names}
        self.counts.metrics |= dict.fromkeys(_named(columns))
        for judge, metrics in (columns.get(METRICS) or {}).items():
            own = {names[plain(name)]: value for name, value in metrics.items() if plain(name) in names}
            if self.stated and own:
                self.counts.taken |= own.keys()
                found[judge] = own
        return found


def _scenarios(rows: Sequence[OrdinaryRow]) -> Iterator[dict[str, Any]]:
    """Yield the scenario of each row as an object, one for all rows that have the same text."""
    known: dict[str, dict[str, Any]] = {}
    for row in rows:
        given = row.scenario
        yield known.setdefault(given, {"text": given}) if isinstance(given, str) else given


def _is_blank(text: str | None) -> bool:
    return not text or text.isspace()


def _named(columns: Columns) -> list[str]:
    """The names of a tool's own scores in a row, those without a value left out."""
    found = (columns.get(METRICS) or {}).values()
    return [name for metrics in found for name, value in metrics.items() if value is not None]


def _tried(read: Any) -> Any:
    try:
        return read()
    except Wrong as error:
        return error


def plain(name: str) -> str:
    """Return the letters and digits of a name in lower case, by which a metric is a criterion."""
    return "".join(character for character in name.lower() if character.isalnum())


def conflicts(rows: Sequence[Adopted], names: Sequence[str]) -> Iterator[tuple[Adopted, str]]:
    """Yield rows that say what another says otherwise, with the message; `names` are the files'."""
    places: dict[tuple[str, str, str, int | None], Adopted] = {}
    scenarios: dict[str, Adopted] = {}
    for row in rows:
        place = (row.model, row.prompt, row.scenario_id, row.tip_index)
        other = places.setdefault(place, row)
        if other is not row:
            yield row, f"{place} stands on {_where(other, row, names)} already; one row a generation"
        first = scenarios.setdefault(row.scenario_id, row)
        if (first.scenario, first.area, first.locale) == (row.scenario, row.area, row.locale):
            continue
        for field_ in ("scenario", "area", "locale"):
            if getattr(first, field_) != getattr(row, field_):
                yield row, f"{field_} of {row.scenario_id!r} is not what {_where(first, row, names)} says"


def _where(other: Adopted, row: Adopted, names: Sequence[str]) -> str:
    return f"line {other.line}" if other.file == row.file else f"{names[other.file]} line {other.line}"


def scenario_id_fault(row: Adopted) -> str | None:
    """Return what is wrong with a scenario's id, which is written in options and shown in tables."""
    if is_name(row.scenario_id, slash=True):
        return None
    return f"scenario_id {shown(row.scenario_id)} is not a name of 1 to 200 printable characters"
