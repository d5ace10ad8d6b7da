"""Launching on a real instance and code server: validation, keys, races, absence."""

import threading
from collections.abc import Callable
from typing import Any

import dagster as dg
import pytest
from msgspec.structs import replace

from contracts.benchmark.launches import Launched
from contracts.paging import PageRequest
from contracts.refusals import Conflict, InProgress, InvalidInput, NameTaken, NotFound, Refusal, Unavailable
from core.benchmark.grid import grid
from core.benchmark.outcome import Outcome
from core.benchmark.records import ArchiveRecord
from resources.dagster.instance import PARTITION
from resources.dagster.run_submitter import KEY
from resources.lake.journal import Journal, journal_of
from resources.lake.specs import add_records, pinned_spec, read_records, read_spec
from tests.resources.dagster.conftest import DagsterSetup

pytestmark = pytest.mark.slow


def _runs(setup: DagsterSetup, name: str) -> list[dg.RunRecord]:
    return list(setup.host.instance.get_run_records(dg.RunsFilter(tags={PARTITION: f"tip-bench-{name}"})))


def _given(run: dg.DagsterRun) -> Any:
    ops: Any = run.run_config["ops"]
    return ops["candidates"]["config"]


def _together(*calls: Callable[[], object]) -> list[object]:
    """What each call gave or raised, all started at the same moment."""
    found: list[object] = [None] * len(calls)
    gate = threading.Barrier(len(calls))

    def run(place: int) -> None:
        gate.wait()
        try:
            found[place] = calls[place]()
        except Refusal as error:
            found[place] = error

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def test_a_launch_pins_and_queues_one_run(setup: DagsterSetup) -> None:
    """The pin, the records with their author, the partition and a queued run are there when it answers."""
    launched = setup.launches.launch(setup.request("first", key="k"))
    run = setup.launches.run(launched.run_id)
    assert (run.status, run.job, run.launched_by, launched.repeated) == ("queued", "benchmark", "u1", False)
    assert read_spec(setup.bench.home, "tip-bench-first") is not None
    assert {getattr(record, "author", None) for record in read_records(setup.bench.home, "tip-bench-first")} == {"u1"}
    assert "tip-bench-first" in setup.host.instance.get_dynamic_partitions("experiment")


def test_a_dry_run_writes_nothing(setup: DagsterSetup) -> None:
    """A plan says what would be asked, and pins no name."""
    plan = setup.launches.plan(setup.request("planned", n_scenarios=3, n_tips=2))
    assert (plan.generations, plan.to_ask, plan.cost) == (6, 6, 0.0)
    assert read_spec(setup.bench.home, "tip-bench-planned") is None


def test_a_key_launches_once(setup: DagsterSetup) -> None:
    """The same key again gives the first run; with another body it is a conflict; another actor's key is its own."""
    first = setup.launches.launch(setup.request("keyed", key="a"))
    again = setup.launches.launch(setup.request("keyed", key="a"))
    assert (again.run_id, again.repeated) == (first.run_id, True)
    with pytest.raises(Conflict):
        setup.launches.launch(setup.request("keyed", key="a", n_scenarios=3))
    other = setup.launches.launch(replace(setup.request("keyed", key="a", actor="u2"), accept_failures=True))
    assert other.run_id != first.run_id
    assert len(_runs(setup, "keyed")) == 2


def test_many_at_once_with_one_key_launch_once(setup: DagsterSetup) -> None:
    """Of twelve callers at the same moment one launches, the others get its run or are told to ask again."""
    request = setup.request("crowd", key="c")
    found = _together(*[lambda: setup.launches.launch(request)] * 12)
    runs = {answer.run_id for answer in found if isinstance(answer, Launched)}
    assert len(runs) == 1
    assert all(isinstance(answer, Launched | InProgress) for answer in found)
    assert len(_runs(setup, "crowd")) == 1


def test_equal_launches_at_the_same_moment_are_one_run(setup: DagsterSetup) -> None:
    """Without keys too: what is queued does it; one that differs, or selects assets, is a run of its own."""
    request = setup.request("equal")
    found = _together(*[lambda: setup.launches.launch(request)] * 8)
    assert len({answer.run_id for answer in found if isinstance(answer, Launched)}) == 1
    assert len(_runs(setup, "equal")) == 1
    setup.launches.rematerialize("tip-bench-equal", "leaderboards", "u1")
    assert setup.launches.launch(request).repeated
    assert not setup.launches.launch(replace(request, accept_failures=True)).repeated


def test_failures_are_retried_where_the_launch_says_so(setup: DagsterSetup) -> None:
    """The run's config has the switch, and it is another launch than one without; a key knows the difference."""
    plain = setup.launches.launch(setup.request("retrying", key="retrying"))
    with pytest.raises(Conflict):
        setup.launches.launch(replace(setup.request("retrying", key="retrying"), retry_failed=True))
    retried = setup.launches.launch(replace(setup.request("retrying"), retry_failed=True))
    assert not retried.repeated
    runs = [record.dagster_run for record in _runs(setup, "retrying")]
    configs = {run.run_id: _given(run) for run in runs}
    assert configs == {
        plain.run_id: {"accept_failures": False},
        retried.run_id: {"accept_failures": False, "retry_failed": True},
    }


def test_the_plan_of_a_retry_counts_what_is_paid_again(setup: DagsterSetup) -> None:
    """A failure in the journal is still to ask only where the launch asks for failures again."""
    request = setup.request("paid-again", n_scenarios=3, n_tips=1)
    setup.launches.launch(request)
    spec = pinned_spec(setup.bench.home, "tip-bench-paid-again")
    with Journal(journal_of(setup.bench.home, spec.experiment)) as journal:
        journal.done(Outcome(key=next(grid(spec)).key, kind="failed", error="no", at=setup.bench.now()))
    for retry, due in ((False, 2), (True, 3)):
        plan = setup.launches.plan(replace(request, retry_failed=retry))
        assert (plan.to_ask, plan.journaled) == (due, 3 - due)


def test_a_run_config_of_dagit_may_retry_failures(setup: DagsterSetup) -> None:
    """The launchpad's switches are true or false, and no options of the benchmark."""
    config = {"models": ["template"], "accept_failures": True, "retry_failed": True}
    setup.launches.validate_run_config("tip-bench-config", {"ops": {"candidates": {"config": config}}})
    with pytest.raises(InvalidInput) as caught:
        setup.launches.validate_run_config(
            "tip-bench-config", {"ops": {"candidates": {"config": {"retry_failed": "yes"}}}}
        )
    assert caught.value.path == ("retry_failed",)


def test_a_key_is_printable(setup: DagsterSetup) -> None:
    """Control characters, nothing at all and more than 200 characters are no key."""
    for key in ("", "a\x00b", "line\n", "k" * 201):
        with pytest.raises(InvalidInput) as caught:
            setup.launches.launch(setup.request("unkeyed", key=key))
        assert caught.value.path == ("idempotency_key",)
    assert read_spec(setup.bench.home, "tip-bench-unkeyed") is None


def test_a_crash_between_row_and_launch_launches_nothing_twice(setup: DagsterSetup) -> None:
    """A row without a run is taken up by its tag when the run was launched, and by a launch when it was not."""
    request = setup.request("crashed", key="x")
    first = setup.launches.launch(request)
    with setup.database.begin() as connection:
        connection.exec_driver_sql("UPDATE bench_launches SET run_id = NULL, state = 'launching' WHERE key = 'x'")
    again = setup.launches.launch(request)
    assert (again.run_id, again.repeated) == (first.run_id, True)
    with setup.database.begin() as connection:
        connection.exec_driver_sql("UPDATE bench_launches SET run_id = NULL, state = 'launching' WHERE key = 'x'")
    setup.host.instance.delete_run(first.run_id)
    third = setup.launches.launch(request)
    assert (third.repeated, len(_runs(setup, "crashed"))) == (False, 1)


def test_two_launches_of_one_name_with_other_options_have_one_winner(setup: DagsterSetup) -> None:
    """At the same moment one pins and the other is told that the name is taken, with the option that differs."""
    found = _together(
        lambda: setup.launches.launch(setup.request("race", n_tips=1)),
        lambda: setup.launches.launch(setup.request("race", n_tips=2)),
    )
    refused = [answer for answer in found if isinstance(answer, NameTaken)]
    assert (len(refused), len(_runs(setup, "race"))) == (1, 1)
    assert refused[0].path == ("n_tips",)


def test_while_the_code_server_is_away_nothing_is_pinned(setup: DagsterSetup) -> None:
    """A launch is refused as unavailable, and the same key works when the server is back."""
    setup.launches.launch(setup.request("pinned"))
    request = setup.request("away", key="later")
    with setup.without_code_server():
        with pytest.raises(Unavailable):
            setup.launches.launch(request)
        assert read_spec(setup.bench.home, "tip-bench-away") is None
        with pytest.raises(Unavailable):
            setup.launches.publish("tip-bench-pinned", "u1")
    assert not setup.launches.launch(request).repeated


@pytest.mark.parametrize(
    ("options", "path"),
    [
        ({"n_tips": 10**9}, "n_tips"),
        ({"temperature": 3.0}, "temperature"),
        ({"models": ("no-such",)}, "models"),
        ({"prompts": ("no-such",)}, "prompts"),
        ({"models": ()}, "models"),
        ({"rubric": "no-such"}, "rubric"),
        ({"n_scenarios": 999_999}, "n_scenarios"),
        ({"baseline": "template/none"}, "baseline"),
        ({"baseline": "nonsense"}, "baseline"),
        ({"extends": "tip-bench-nowhere"}, "extends"),
        ({"extends": "../.."}, "extends"),
    ],
)
def test_a_wrong_option_is_named(setup: DagsterSetup, options: dict[str, Any], path: str) -> None:
    """The refusal's path is the option, and no name is used up."""
    with pytest.raises(InvalidInput) as refused:
        setup.launches.launch(setup.request("wrong", **options))
    assert refused.value.path == (path,)
    assert read_spec(setup.bench.home, "tip-bench-wrong") is None


@pytest.mark.parametrize("name", ["a,b", "a...b", "", "ﬁrst", "А", "a\tb", "a" * 64, "../x"])
def test_names_that_break_the_rule_are_refused(setup: DagsterSetup, name: str) -> None:
    """Commas, dots, look-alikes and paths are invalid input for the experiment."""
    with pytest.raises(InvalidInput) as refused:
        setup.launches.launch(setup.request(name))
    assert refused.value.path == ("experiment",)


def test_judges_are_checked(setup: DagsterSetup) -> None:
    """A judge of an unknown kind, and one whose kind would change, are refused by name."""
    with pytest.raises(InvalidInput) as refused:
        setup.launches.launch(replace(setup.request("judged"), judges=("x=robot",)))
    assert refused.value.path == ("judges",)
    with pytest.raises(InvalidInput):
        setup.launches.launch(replace(setup.request("judged"), judges=("x=human", "x=agent")))


def test_an_archived_experiment_takes_no_launch(setup: DagsterSetup) -> None:
    """Launch, rematerialize, backfill and Dagit's validation are conflicts."""
    setup.launches.launch(setup.request("old"))
    add_records(setup.bench.home, "tip-bench-old", [ArchiveRecord("u1", setup.bench.now())])
    for attempt in (
        lambda: setup.launches.launch(setup.request("old")),
        lambda: setup.launches.rematerialize("tip-bench-old", "leaderboards", "u1"),
        lambda: setup.launches.backfill(["tip-bench-old"], "u1"),
        lambda: setup.launches.validate_run_config("tip-bench-old", {}),
    ):
        with pytest.raises(Conflict):
            attempt()


def test_rematerializing_selects_the_asset_and_what_follows(setup: DagsterSetup) -> None:
    """From judge_scores on two assets run; an unknown asset or name is refused."""
    setup.launches.launch(setup.request("again"))
    launched = setup.launches.rematerialize("tip-bench-again", "judge_scores", "u1")
    run = setup.host.instance.get_run_by_id(launched.run_id)
    assert run is not None
    assert {key.to_user_string() for key in run.asset_selection or ()} == {"judge_scores", "leaderboards"}
    with pytest.raises(InvalidInput):
        setup.launches.rematerialize("tip-bench-again", "nothing", "u1")  # type: ignore[arg-type] # on purpose
    with pytest.raises(NotFound):
        setup.launches.rematerialize("tip-bench-unknown", "candidates", "u1")


def test_publishing_and_exporting_queue_at_most_one(setup: DagsterSetup) -> None:
    """Eight at the same moment share one queued run; another job has its own."""
    setup.launches.launch(setup.request("queue"))
    found = _together(*[lambda: setup.launches.publish("tip-bench-queue", "u1")] * 8)
    assert len({answer.run_id for answer in found if isinstance(answer, Launched)}) == 1
    export = setup.launches.export("tip-bench-queue", "u1")
    assert setup.launches.run(export.run_id).job == "export"


def test_a_backfill_validates_all_names_first(setup: DagsterSetup) -> None:
    """With one unknown name nothing is queued; with known ones each has a run under one tag that is listed."""
    for name in ("b1", "b2", "b3"):
        setup.launches.launch(setup.request(name))
    with pytest.raises(NotFound):
        setup.launches.backfill(["tip-bench-b1", "tip-bench-nothing"], "u1")
    assert len(_runs(setup, "b1")) == 1
    backfill = setup.launches.backfill(["tip-bench-b1", "tip-bench-b2", "tip-bench-b3"], "u1")
    assert (backfill.source, backfill.status, backfill.n_done) == ("tipbench", "running", 0)
    assert sorted(backfill.experiments) == ["tip-bench-b1", "tip-bench-b2", "tip-bench-b3"]
    page = setup.launches.backfills(PageRequest(first=1))
    assert (page.rows[0], page.more) == (backfill, False)
    assert len(_runs(setup, "b2")) == 2


def test_runs_are_paged_newest_first(setup: DagsterSetup) -> None:
    """Pages of one give every run once; a cursor of nothing here and an unknown status are refused."""
    launched = [setup.launches.launch(setup.request("paged")).run_id]
    launched += [setup.launches.rematerialize("tip-bench-paged", "leaderboards", "u1").run_id for _ in range(2)]
    found, after = [], None
    while True:
        page = setup.launches.runs("tip-bench-paged", PageRequest(first=1, after=after))
        found += [run.id for run in page.rows]
        if not page.more:
            break
        after = page.keys[-1]
    assert found == launched[::-1]
    with pytest.raises(InvalidInput):
        setup.launches.runs("tip-bench-paged", PageRequest(after=("nothing",)))
    with pytest.raises(InvalidInput):
        setup.launches.runs("tip-bench-paged", PageRequest(where={"status": "happy"}))
    with pytest.raises(NotFound):
        setup.launches.runs("tip-bench-none", PageRequest())


def test_a_queued_run_is_cancelled_and_retried(setup: DagsterSetup) -> None:
    """Cancelling ends it, again changes nothing; a retry is a new run of the same partition, refused while it waits."""
    launched = setup.launches.launch(setup.request("ended", key="once"))
    with pytest.raises(Conflict):
        setup.launches.retry(launched.run_id, "u1")
    assert setup.launches.cancel(launched.run_id).status == "canceled"
    assert setup.launches.cancel(launched.run_id).status == "canceled"
    retried = setup.launches.retry(launched.run_id, "u2")
    run = setup.host.instance.get_run_by_id(retried.run_id)
    assert run is not None
    assert (run.parent_run_id, run.tags[PARTITION]) == (launched.run_id, "tip-bench-ended")
    assert KEY not in run.tags
    with pytest.raises(NotFound):
        setup.launches.run("no-such-run")


def test_dagits_run_config_passes_the_same_validation(setup: DagsterSetup) -> None:
    """Good options pass and pin nothing; wrong ones, unknown ones and a name without pin or options are refused."""
    validate = setup.launches.validate_run_config
    good = {"ops": {"candidates": {"config": {"models": ["template"], "prompts": ["terse"], "judges": ["a=human"]}}}}
    validate("tip-bench-dagit", good)
    assert read_spec(setup.bench.home, "tip-bench-dagit") is None
    for config, path in (
        ({}, "experiment"),
        ({"ops": {"candidates": {"config": {"n_tips": "many"}}}}, "n_tips"),
        ({"ops": {"candidates": {"config": {"n_tips": 10**9}}}}, "n_tips"),
        ({"ops": {"candidates": {"config": {"extra": 1}}}}, "extra"),
        ({"ops": {"candidates": {"config": {"n_tips": 1, "judges": "a"}}}}, "judges"),
        ({"ops": []}, "experiment"),
    ):
        with pytest.raises(InvalidInput) as refused:
            validate("tip-bench-dagit", config)
        assert refused.value.path == (path,), config


def test_keys_are_kept_for_a_week(setup: DagsterSetup) -> None:
    """A row older than seven days is gone at the next launch with a key."""
    setup.launches.launch(setup.request("week", key="old"))
    setup.clock.append("2026-11-09T12:00:00.000000+00:00")
    setup.launches.launch(setup.request("week2", key="new"))
    setup.clock.pop()
    with setup.database.connect() as connection:
        keys = [row[0] for row in connection.exec_driver_sql("SELECT key FROM bench_launches")]
    assert ("old" in keys, "new" in keys) == (False, True)
