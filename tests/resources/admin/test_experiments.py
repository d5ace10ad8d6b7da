"""Reads of experiments."""

import io

import msgspec
import pyarrow.parquet as pq
import pytest

from contracts.benchmark.experiments import PublishedBytes, RecordedJudge
from contracts.paging import PageRequest
from contracts.refusals import InvalidInput, NotFound
from core.benchmark.spec import Options
from resources.admin.experiments import LakeExperiments
from resources.admin.records import ExperimentRecords
from resources.bench_context import BenchContext
from resources.collect.judges import record_judges
from resources.collect.launch import launch
from resources.lake.candidates import text_counts
from resources.lake.leaderboards import read_published
from resources.lake.specs import pinned_spec
from resources.scoring.publishing import publish_leaderboard
from tests.resources.admin.conftest import NAME, make


def test_an_experiment_is_described_by_its_pin_and_its_lake(published: BenchContext) -> None:
    """Counts, state, baseline and version come from what is there."""
    view = LakeExperiments(published).by_names([NAME, "tip-bench-none", "no name"])
    assert view[1:] == [None, None]
    assert view[0] is not None
    assert (view[0].n_cells, view[0].n_scenarios, view[0].n_tips, view[0].state) == (2, 9, 2, "judged")
    assert view[0].baseline == "template/terse"
    assert view[0].version == LakeExperiments(published).version(NAME)


def test_the_version_changes_with_what_a_reader_could_see(published: BenchContext) -> None:
    """A new judge changes it; reading does not."""
    reads = LakeExperiments(published)
    before = reads.version(NAME)
    reads.page(PageRequest())
    assert reads.version(NAME) == before
    record_judges(published, NAME, ["bert"])
    assert reads.version(NAME) != before


def test_archived_experiments_are_hidden_and_nothing_else(published: BenchContext) -> None:
    """They leave the default list, can be asked for, and keep their leaderboard."""
    reads = LakeExperiments(published)
    view = ExperimentRecords(published, reads).archive(NAME, "admin")
    assert view.archived
    assert reads.page(PageRequest()).rows == []
    assert [row.name for row in reads.page(PageRequest(where={"archived": True})).rows] == [NAME]
    assert reads.leaderboard(NAME, None, None, None).rows


def test_an_archived_experiment_comes_back_as_it_was(published: BenchContext) -> None:
    """It is listed again, and takes judges as before; of one that is not archived nothing is recorded."""
    reads = LakeExperiments(published)
    records = ExperimentRecords(published, reads)
    records.archive(NAME, "admin")
    assert not records.unarchive(NAME, "admin").archived
    before = reads.version(NAME)
    assert not records.unarchive(NAME, "admin").archived
    assert reads.version(NAME) == before
    assert [row.name for row in reads.page(PageRequest()).rows] == [NAME]
    record_judges(published, NAME, ["bert"])


def test_judges_are_read_as_they_are_recorded(published: BenchContext) -> None:
    """In order of first appearance with their kinds, a new one at once; an unknown experiment is not found."""
    reads = LakeExperiments(published)
    before = reads.judges(NAME)
    record_judges(published, NAME, ["bert", "claude=agent"])
    assert reads.judges(NAME) == [*before, RecordedJudge("bert", "human"), RecordedJudge("claude", "agent")]
    with pytest.raises(NotFound, match="tip-bench-none"):
        reads.judges("tip-bench-none")


def test_pages_of_experiments_follow_each_other(published: BenchContext) -> None:
    """By name and by time, up and down, a page of one at a time gives each once."""
    for name in ("tip-bench-a", "tip-bench-z"):
        make(published, name)
    reads = LakeExperiments(published)
    for sort, names in (("name", ["a", "small", "z"]), ("created_at", ["small", "a", "z"])):
        for descending in (False, True):
            found, after = [], None
            for _ in names:
                page = reads.page(PageRequest(first=1, after=after, sort=sort, descending=descending))
                found += [row.name.removeprefix("tip-bench-") for row in page.rows]
                after = page.keys[-1]
            assert not page.more
            assert found == (names[::-1] if descending else names)


def test_kept_leaderboards_are_found_by_hash_and_by_time(published: BenchContext) -> None:
    """A later publication leaves the earlier one readable; an unknown one is named."""
    reads = LakeExperiments(published)
    first = read_published(published.home, NAME)
    ExperimentRecords(published, reads).set_baseline(NAME, "template", "coach", "admin")
    publish_leaderboard(published, pinned_spec(published.home, NAME))
    snapshots = reads.snapshots(NAME)
    assert len(snapshots) == 2
    assert first is not None
    for at in (snapshots[0].snapshot, snapshots[0].snapshot[:16], snapshots[0].published_at):
        old = reads.leaderboard(NAME, None, None, at)
        assert (old.snapshot, msgspec.to_builtins(old.rows)) == (first.data_hash, msgspec.to_builtins(first.rows))
    assert reads.leaderboard(NAME, None, None, None).snapshot == snapshots[1].snapshot
    for at in ("f" * 64, "2020-01-01T00:00:00+00:00", "yesterday", "2026-01-01T00:00:00", snapshots[0].snapshot[:8]):
        with pytest.raises(NotFound, match="snapshots lists"):
            reads.leaderboard(NAME, None, None, at)


def test_a_leaderboard_by_other_judges_is_computed(published: BenchContext) -> None:
    """It is not a kept one; an unknown judge is refused by name."""
    reads = LakeExperiments(published)
    found = reads.leaderboard(NAME, "heuristics", "area", None)
    assert found.published_at is None
    assert {row.slice for row in found.slices} == {"area"}
    with pytest.raises(InvalidInput, match="nobody"):
        reads.leaderboard(NAME, "nobody", None, None)


def test_cells_and_tips_are_listed(published: BenchContext) -> None:
    """Every cell with its counts, every tip once."""
    reads = LakeExperiments(published)
    assert [(cell.expected, cell.n_text) for cell in reads.cells(NAME)] == [(18, 18), (18, 18)]
    assert [*text_counts(published.home, pinned_spec(published.home, NAME)).values()] == [18, 18]
    page = reads.candidates(NAME, PageRequest(first=1000))
    assert len({row.id for row in page.rows}) == 36
    assert not page.more


def test_unknown_names_are_not_found(published: BenchContext) -> None:
    """Also names that are none, such as paths."""
    reads = LakeExperiments(published)
    for name in ("tip-bench-none", "../keys", "tip-bench-", ""):
        with pytest.raises(NotFound):
            reads.cells(name)


def test_a_baseline_that_is_no_cell_is_refused(published: BenchContext) -> None:
    """The cells are named, and nothing is recorded; the same baseline twice is recorded once."""
    records = ExperimentRecords(published, LakeExperiments(published))
    with pytest.raises(InvalidInput, match="template/terse"):
        records.set_baseline(NAME, "template", "none", "admin")
    version = records.set_baseline(NAME, "template", "coach", "admin").version
    assert records.set_baseline(NAME, "template", "coach", "admin").version == version


def test_the_report_is_that_of_the_published_leaderboard(published: BenchContext) -> None:
    """Byte for byte; an experiment without one, and a name that is none, are not found."""
    reads = LakeExperiments(published)
    shown = read_published(published.home, NAME)
    assert shown is not None
    assert reads.published(NAME, "html", None) == PublishedBytes(shown.data_hash, shown.file("report.html"))
    launch(published, "tip-bench-unpublished", Options(), by_default=True)
    for name in ("tip-bench-unpublished", "tip-bench-none", "../tip-bench-small"):
        with pytest.raises(NotFound):
            reads.published(name, "html", None)


def test_a_published_leaderboard_is_had_as_the_files_that_it_is_stored_in(published: BenchContext) -> None:
    """CSV and Parquet of the one in force, and of an earlier one by its hash, each with the hash of its data."""
    reads = LakeExperiments(published)
    ExperimentRecords(published, reads).set_baseline(NAME, "template", "coach", "admin")
    publish_leaderboard(published, pinned_spec(published.home, NAME))
    first, second = [each.snapshot for each in reads.snapshots(NAME)]
    for at, snapshot in ((None, second), (first, first), (first[:16], first)):
        table = reads.published(NAME, "parquet", at)
        rows = pq.read_table(io.BytesIO(table.data)).to_pylist()
        assert table.snapshot == snapshot
        assert [(row["model"], row["prompt"], row["score"]) for row in rows] == [
            (row.model, row.prompt, row.score) for row in reads.leaderboard(NAME, None, None, at).rows
        ]
        assert reads.published(NAME, "csv", at).data.count(b"\n") == len(rows) + 1
    with pytest.raises(NotFound, match="snapshots lists"):
        reads.published(NAME, "csv", "f" * 64)
