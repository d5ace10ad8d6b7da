"""Tips with what judges made of them: pages in any order, and one situation with the tips of all cells."""

from functools import partial
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from contracts.benchmark.tips import JudgementView, SituationView, TipRow, TipView
from contracts.paging import Key, Page, PageRequest
from contracts.refusals import InvalidInput, NotFound
from core.benchmark.names import EXPERIMENT
from core.benchmark.records import KINDS
from core.benchmark.scenario import Scenario
from core.benchmark.spec import Spec
from core.canonical import canonical
from core.dataset_columns import criterion_column
from kit.paging import key_after, page_of
from resources.admin.tips import GRID, after_sql, filter_sql, known_sort, order_sql, row_key
from resources.admin.versions import VersionedCache, pin_version, version_of
from resources.home import Home
from resources.judging.model_judges.every_answer import raw_answers
from resources.lake.leaderboards import read_published
from resources.lake.specs import experiment_state, read_records
from resources.scoring.engine import candidates_engine, scores_engine
from resources.scoring.tip_rows import score_sql

if TYPE_CHECKING:
    import duckdb

MEASURES = ("score", "disagreement", "latency_ms", "tokens_out", "cost")
SORTS = ("grid", "scenario", *MEASURES)
MOST_TIPS = 400
"""Of one situation; more would be a page that nobody reads."""
MOST_WORDS = 50
"""Of one search; each is looked for in every tip and scenario."""
_ROW = TipRow.__struct_fields__
_PLACE = ("cell", "scenario")
_MADE = {"id": "candidate_id as id", "n_judges": "coalesce(n_judges, 0) as n_judges"}


class LakeTips:
    """Implements contracts.benchmark.tips.Tips; scores by tip are remembered for the experiment as it is."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._specs: VersionedCache[Spec | None] = VersionedCache()
        self._marks: VersionedCache[pa.Table] = VersionedCache(most=2)

    def page(self, experiment: str, request: PageRequest) -> Page[TipRow]:
        """Return a page of tips, an empty one before anything is collected; raise InvalidInput for an unknown order."""
        spec = self._pinned(experiment)
        sort = known_sort(request, SORTS)
        clauses, values = _filters(spec, request.where)
        counted = " and ".join(clauses) or "true", list(values)
        after = key_after(
            request, *(((int, float, type(None)), int, int, int) if sort in MEASURES else (int, int, int))
        )
        if after is not None:
            clause, bound = _after(sort, after, descending=request.descending)
            clauses.append(clause)
            values += bound
        columns = ", ".join(_MADE.get(name, name) for name in (*_ROW, *_PLACE))
        query = (
            f"select {columns} from candidates left join marks using (candidate_id) "  # noqa: S608  # our own names
            f"where {' and '.join(clauses) or 'true'} order by {_order(sort, descending=request.descending)} "
            f"limit {request.first + 1}"
        )
        rows = self._rows(spec, query, values)
        count = partial(self._count, spec, *counted)
        page = page_of(rows, request.first, key=partial(_key, sort), view=_view)
        return Page(page.rows, page.keys, page.more, count)

    def situation(self, experiment: str, scenario_id: str) -> SituationView:
        """Return the first 400 tips of a scenario in grid order; raise NotFound for an unknown scenario."""
        spec = self._pinned(experiment)
        place = next((place for place, each in enumerate(spec.scenarios) if each.id == scenario_id), None)
        if place is None:
            raise NotFound(f"{experiment} has no scenario {scenario_id!r}", ("scenario_id",))
        columns = ", ".join(_MADE.get(name, name) for name in (*_ROW, "raw", "finish", "cut_off"))
        query = (
            f"select {columns} from candidates left join marks using (candidate_id) "  # noqa: S608  # our own names
            f"where scenario = ? order by {GRID} limit {MOST_TIPS}"
        )
        rows = self._rows(spec, query, [place])
        judged = self._judgements(spec, [row["id"] for row in rows])
        scenario = spec.scenarios[place]
        return SituationView(
            scenario_id=scenario.id,
            area=scenario.area,
            locale=scenario.locale,
            data=scenario.data,
            n_tips=self._count(spec, "scenario = ?", [place]),
            tips=[TipView(**row, judgements=judged.get(row["id"], [])) for row in rows],
        )

    def _pinned(self, name: str) -> Spec:
        state = partial(experiment_state, self._home, name)
        known = bool(EXPERIMENT.fullmatch(name))
        version = pin_version(self._home, name) if known else ""
        spec = (
            self._specs.get(name, version, lambda: state().spec, keep=lambda found: found is not None)
            if known
            else None
        )
        if spec is None:
            raise NotFound(f"no experiment is called {name!r}", ("experiment",))
        return spec

    def _rows(self, spec: Spec, query: str, values: list[Any]) -> list[dict[str, Any]]:
        marks = self._marks_of(spec)
        with candidates_engine(self._home, spec) as connection:
            connection.register("marks", marks)
            connection.execute(query, values)
            names = [column[0] for column in connection.description or ()]
            return [dict(zip(names, row, strict=True)) for row in connection.fetchall()]

    def _count(self, spec: Spec, where: str, values: list[Any]) -> int:
        with candidates_engine(self._home, spec) as connection:
            found = connection.execute(f"select count(*) from candidates where {where}", values).fetchone()  # noqa: S608  # our own names
        return int(found[0]) if found else 0

    def _marks_of(self, spec: Spec) -> pa.Table:
        """Return score, disagreement and number of judges by tip, by the kind that the leaderboard rests on."""
        name = spec.experiment
        return self._marks.get(name, version_of(self._home, name), lambda: self._build_marks(spec))

    def _build_marks(self, spec: Spec) -> pa.Table:
        value, scored = score_sql(spec.rubric)
        with scores_engine(self._home, spec) as connection:
            marks: pa.Table = connection.sql(
                f"""
                with given as (
                    select candidate_id, judge, kind::varchar as kind, {value} as score from scores s where {scored}
                )
                select candidate_id, avg(score) filter (kind = $kind) as score,
                       case when count(*) > 1 then max(score) - min(score) end as disagreement,
                       count(*)::int as n_judges
                from given group by candidate_id
                """,  # noqa: S608  # see score_sql
                params={"kind": self._kind(spec, connection)},
            ).to_arrow_table()
        return marks

    def _kind(self, spec: Spec, connection: "duckdb.DuckDBPyConnection") -> str:
        published = read_published(self._home, spec.experiment)
        if published is not None and published.rows and published.rows[0].judge_kind:
            return published.rows[0].judge_kind
        present = {kind for (kind,) in connection.execute("select distinct kind::varchar from scores").fetchall()}
        return next((kind for kind in KINDS if kind in present), KINDS[0])

    def _judgements(self, spec: Spec, tips: list[str]) -> dict[str, list[JudgementView]]:
        value, scored = score_sql(spec.rubric)
        names = spec.rubric.names
        columns = ", ".join(f's."{criterion_column(name)}"' for name in names)
        query = (
            f"select candidate_id, judge::varchar, kind::varchar, case when {scored} then {value} end, "  # noqa: S608  # see score_sql
            f"comment, unscorable, {columns} from scores s where list_contains(?, candidate_id) order by judge"
        )
        with scores_engine(self._home, spec) as connection:
            rows = connection.execute(query, [tips]).fetchall()
        raw = raw_answers(self._home, spec, read_records(self._home, spec.experiment), tips)
        found: dict[str, list[JudgementView]] = {}
        for tip, judge, kind, score, comment, unscorable, *values in rows:
            own = JudgementView(
                judge=judge,
                kind=kind,
                score=score,
                criteria=dict(zip(names, values, strict=True)),
                comment=comment,
                unscorable=unscorable,
                raw=raw.get(tip, {}).get(judge),
            )
            found.setdefault(tip, []).append(own)
        return found


def _filters(spec: Spec, where: dict[str, Any]) -> tuple[list[str], list[Any]]:
    clauses, values = filter_sql(where, others=("failed", "search"))
    if where.get("failed") is not None:
        clauses.append(f"(outcome {'<>' if where['failed'] else '='} 'text')")
    words = str(where.get("search") or "").lower().split()
    if len(words) > MOST_WORDS:
        raise InvalidInput(f"search has {len(words)} words: use {MOST_WORDS} at most", ("where", "search"))
    texts = [_words(scenario) for scenario in spec.scenarios] if words else []
    for word in words:
        places = [place for place, text in enumerate(texts) if word in text]
        clauses.append(
            "(contains(lower(coalesce(text, '')), ?) or contains(lower(model || '/' || prompt), ?) "
            "or list_contains(?::int[], scenario))"
        )
        values += [word, word, places]
    return clauses, values


def _words(scenario: Scenario) -> str:
    return f"{scenario.id} {canonical(scenario.data).decode()}".lower()


def _order(sort: str, *, descending: bool) -> str:
    if sort != "scenario":
        return order_sql(sort, descending=descending)
    way = "desc" if descending else "asc"
    return f"scenario {way}, cell {way}, tip_index {way}"


def _after(sort: str, key: Key, *, descending: bool) -> tuple[str, list[Any]]:
    if sort != "scenario":
        return after_sql(sort, key, descending=descending)
    return f"(scenario, cell, tip_index) {'<' if descending else '>'} (?, ?, ?)", list(key)


def _key(sort: str, row: dict[str, Any]) -> Key:
    return (row["scenario"], row["cell"], row["tip_index"]) if sort == "scenario" else row_key(sort, row)


def _view(row: dict[str, Any]) -> TipRow:
    return TipRow(**{name: value for name, value in row.items() if name not in _PLACE})
