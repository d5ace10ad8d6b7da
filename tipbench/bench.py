"""The benchmark of one project and home: runs, imports, and listings with the columns of `--format csv`."""

import os
import warnings
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeVar, Unpack

from tipbench.arguments import checked
from tipbench.calls import call
from tipbench.errors import BenchWarning, Error, in_python
from tipbench.keywords import LimitKeywords, OptionKeywords
from tipbench.published import Published

if TYPE_CHECKING:
    import pandas as pd

    from resources.bench_context import BenchContext
    from tipbench.context import Context

T = TypeVar("T")
Names = str | Sequence[str]
PathLike = str | os.PathLike[str]


class Bench:
    """A project and its home, as the command line would use them; `tipbench.open()` makes one.

    Every method raises tipbench.Error with the sentence and the exit code of the command of its name. Several may be
    open on one home, in one process or many: what one publishes the others see at their next call, and of two that
    write to one experiment the second is refused. Ctrl-C ends a run with KeyboardInterrupt; the same call goes on.
    """

    def __init__(self, home: PathLike | None, project: PathLike | None) -> None:
        self._home = Path(home or ".tipbench")
        self._context: Context = call(lambda: _opened(home, project), lambda: self._home)
        self._home = self._context.home
        self._warn(self._context.warnings, 5)

    def __repr__(self) -> str:
        """Return where the home is."""
        return f"tipbench.open(home={str(self._home)!r})"

    # what writes

    @checked
    def run(
        self,
        name: str,
        *,
        judges: Names = (),
        accept_failures: bool = False,
        retry_failed: bool = False,
        progress: bool = True,
        **options: Unpack[OptionKeywords],
    ) -> Published:
        """Launch the benchmark `name`, or go on with it: collect, export, score, publish; return what was published.

        The first run pins the options; later ones need none and ask only for what is missing. `judges` are ID or
        ID=KIND. With `progress` a bar is shown on a terminal and in a notebook. Raise Error with exit code 3 where
        generations or items are left to be tried again, or max_cost or max_judge_cost was reached.
        """
        from tipbench import actions

        given, judging = dict(options), _several(judges)
        bench = self._context.request(progress=progress)
        launched = self._call(lambda _: actions.launch(bench, name, given, judging, retry=retry_failed))
        self._warn(launched.warnings)
        return self._publish(
            lambda warn: actions.run(bench, launched, warn, accept=accept_failures, retry=retry_failed)
        )

    @checked
    def adopt(
        self,
        name: str,
        *files: PathLike,
        map: Mapping[str, str] | None = None,  # noqa: A002  # the option's name everywhere
        set: Mapping[str, str] | None = None,  # noqa: A002  # the same
        rename: Mapping[str, Mapping[str, str]] | None = None,
        judge_kind: Mapping[str, str] | None = None,
        judges: Names = (),
        rubric: PathLike | None = None,
        without_scores: bool = False,
        failures: Literal["worst", "excluded"] = "worst",
        baseline: str | None = None,
        seed: int = 0,
        max_rows: int | None = None,
        max_row_mb: int | None = None,
    ) -> Published:
        """Bring outputs made elsewhere, with or without scores, and publish their leaderboard; all or nothing.

        `map` has our column for theirs (a path may be dotted), `set` a column's value in all rows, `rename` new names
        by "model" or "prompt" and old name, `judge_kind` the kind of a judge in the files. `rubric` is a file. A
        file has `max_rows` rows of `max_row_mb` MB at most, the usual numbers where they are left out.
        """
        from tipbench import actions

        shaping = actions.Shaping(
            renames=map or {},
            sets=set or {},
            labels=rename or {},
            judge_kinds=judge_kind or {},
            judges=_several(judges),
            failures=failures,
            baseline=baseline,
            seed=seed,
            without_scores=without_scores,
            limits=actions.row_limits(max_rows, max_row_mb),
        )
        if not files:
            raise Error("files: name at least one file of outputs", 2)
        given, of = [Path(file) for file in files], Path(rubric) if rubric is not None else None
        adopted = self._call(lambda bench: actions.adopt(bench, name, given, shaping, of))
        self._warn(adopted.warnings)
        return self._publish(lambda warn: actions.publish_adopted(self._context.request(), adopted, warn))

    @checked
    def export(self, name: str, *, judges: Names = ()) -> "pd.DataFrame":
        """Write the folder of items that a judge has not answered yet, for `judges` or for every recorded one.

        A judge named for the first time is recorded, as human unless ID=KIND says otherwise.
        Columns: judge, kind, pending, anchors, folder, answers.
        """
        from tipbench import actions

        return self._publish(lambda warn: actions.export(self._context.request(), name, _several(judges), warn))

    @checked
    def import_scores(self, name: str, file: PathLike, *, judge: str | None = None) -> Published:
        """Take the scores in a file (JSONL or CSV), all or none, and publish the leaderboard.

        The same file again changes nothing. `judge` must match the items, which say whose they are anyway. Raise Error
        with every line that is wrong.
        """
        from tipbench import actions

        return self._publish(lambda warn: actions.import_scores(self._context.request(), name, Path(file), judge, warn))

    # what reads

    @checked
    def experiments(self, *, archived: bool = False) -> "pd.DataFrame":
        """Return a row for each experiment, by name; archived ones only if asked for.

        Columns: name, state, created_at, n_cells, coverage, provisional.
        """
        from tipbench import listings

        return self._call(lambda bench: listings.experiments(bench, archived=archived))

    @checked
    def runs(self, name: str) -> "pd.DataFrame":
        """Return a row for each collecting run of an experiment, oldest first; `cost` is the experiment's by then.

        Columns: run_id, status, started_at, ended_at, done, expected, failed, cost, judged, to_judge, judge_cost.
        """
        from tipbench import listings

        return self._call(lambda bench: listings.runs(bench, name))

    @checked
    def tips(
        self,
        name: str,
        *,
        model: str | None = None,
        prompt: str | None = None,
        scenario: str | None = None,
        outcome: str | None = None,
        limit: int | None = None,
    ) -> "pd.DataFrame":
        """Return a row for each generation, failed and refused ones too, in the order of the grid.

        While a run goes on, what it has collected by now. What judges wrote is in reasons.JUDGE, the answers of models
        in raw_answers.JUDGE, where there are any. Columns: candidate_id, cell, model, prompt, scenario,
        scenario_id, area, locale, tip_index, outcome, text, raw, reasoning, finish, cut_off, tokens_in, tokens_out,
        tokens_reasoning, latency_ms, queue_ms, retry_ms, cost, attempts, error, origin, and scores.JUDGE for each judge
        who has scored.
        """
        from tipbench import listings

        wanted = {"model": model, "prompt": prompt, "scenario_id": scenario, "outcome": outcome}
        return self._call(lambda bench: listings.tips(bench, name, wanted, limit))

    @checked
    def scores(self, name: str) -> "pd.DataFrame":
        """Return a row for each answer in force, of every judge.

        Columns: item, candidate_id, judge, kind, score.CRITERION for each criterion, comment, unscorable, source, line.
        """
        from tipbench import listings

        return self._call(lambda bench: listings.scores(bench, name))

    @checked
    def leaderboard(
        self,
        name: str,
        *,
        judges: Names | None = None,
        slice: Literal["area", "locale"] | None = None,  # noqa: A002  # the option's name everywhere
    ) -> "pd.DataFrame":
        """Return a row for each (model, prompt), best first, as published; for other `judges` it is computed now.

        With `slice` a row for each of them and value of that column. docs/statistics.md explains every number.
        Columns: model, prompt, title, judge_kind, score, low, high, rank_low, rank_high, diff, diff_low, diff_high,
        diff_sim_low, diff_sim_high, p_holm, criteria.CRITERION.score, criteria.CRITERION.low and
        criteria.CRITERION.high for each criterion, criteria.CRITERION.gate and criteria.CRITERION.n for each gate,
        n_scenarios, n_scenarios_missing, n_judges, n_scored, n_pending, n_failed, n_refused, n_misconfigured, n_cut,
        n_unscorable, n_judge_failed, judge_noise, coverage, provisional, marks, mean_length, tokens, cost_per_1k,
        latency_p50_ms, latency_p95_ms, data_hash; of slices also slice, slice_value, p_bh.
        """
        from tipbench import listings

        shown = None if judges is None else ",".join(_several(judges))
        return self._call(lambda bench: listings.leaderboard(bench, name, shown, slice))

    @checked
    def checks(self, name: str, **limits: Unpack[LimitKeywords]) -> "pd.DataFrame":
        """Return a row for each check of an experiment and each limit; one that fails is a row and no Error.

        A limit has its cell, and what it is held against as other, an experiment.

        Columns: name, passed, severity, message, numbers.COUNT for what a check counted, undecided, cell, and other.
        """
        from tipbench import listings

        return self._call(lambda bench: listings.checks(bench, name, dict(limits)))

    @checked
    def plan(self, name: str, *, retry_failed: bool = False, **options: Unpack[OptionKeywords]) -> "pd.DataFrame":
        """Return what `run` with these options would ask for, a row for each cell; nothing is written.

        The tokens are estimated, the cost in USD is an upper estimate, null where a price is not known.
        Columns: model, prompt, generations, to_ask, tokens_in, tokens_out, cost.
        """
        from tipbench import listings

        table, said = self._call(lambda bench: listings.plan(bench, name, dict(options), retry=retry_failed))
        self._warn(said)
        return table

    @checked
    def catalog(self, kind: Literal["models", "prompts", "scenarios", "rubrics", "judges"]) -> "pd.DataFrame":
        """Return a row for each entry of the catalog; the columns are the entries' own fields, see docs/catalog.md."""
        from tipbench import listings

        return self._call(lambda bench: listings.catalog(bench, kind))

    def _call(self, work: "Callable[[BenchContext], T]") -> T:
        return call(lambda: work(self._context.request()), lambda: self._home)

    def _publish(self, work: Callable[[Callable[[str], None]], T]) -> T:
        """Return what `work` returns; what it warns of is warned of afterwards, and its mirror is closed."""
        said: list[str] = []
        try:
            return call(lambda: work(said.append), lambda: self._home)
        finally:
            self._context.bench.tracker.close()
            self._warn(said, 5)

    @staticmethod
    def _warn(sentences: Sequence[str], level: int = 4) -> None:
        """Warn at the caller's line, which is so many frames away."""
        for sentence in sentences:
            warnings.warn(in_python(sentence), BenchWarning, stacklevel=level)


def _opened(home: PathLike | None, project: PathLike | None) -> "Context":
    from tipbench.context import open_context

    return open_context(home, project)


def _several(names: Names) -> tuple[str, ...]:
    return (names,) if isinstance(names, str) else tuple(names)
