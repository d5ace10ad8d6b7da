"""What lists show of experiments."""

import msgspec

from contracts.paging import PageRequest
from core.benchmark.spec import Options
from resources.admin.experiments import LakeExperiments
from resources.bench_context import BenchContext
from resources.collect.launch import launch
from resources.lake.leaderboards import publications, read_published
from tests.resources.admin.conftest import NAME, make


def test_a_summary_says_who_leads_what_was_spent_and_when(published: BenchContext) -> None:
    """The leader is the first row of the published leaderboard, the last activity its publication or later."""
    (found, missing) = LakeExperiments(published).summaries([NAME, "tip-bench-none"])
    board = read_published(published.home, NAME)
    assert missing is None
    assert found is not None
    assert board is not None
    assert found.leader == board.rows[0]
    assert found.cost == 0
    assert found.last_activity_at >= publications(published.home, NAME)[-1].at


def test_before_anything_is_published_nobody_leads(published: BenchContext) -> None:
    """A pinned experiment has the time of its pin, nothing spent that is known, and no leader."""
    launch(published, "tip-bench-new", Options(), by_default=True)
    reads = LakeExperiments(published)
    (found,), (view,) = reads.summaries(["tip-bench-new"]), reads.by_names(["tip-bench-new"])
    assert found is not None
    assert view is not None
    assert msgspec.structs.asdict(found) == {"cost": None, "last_activity_at": view.created_at, "leader": None}


def test_a_damaged_experiment_has_no_summary(published: BenchContext) -> None:
    """The list goes on without it."""
    (published.home.experiment(NAME) / "leaderboards" / "manifest.json").write_text("{")
    assert LakeExperiments(published).summaries([NAME]) == [None]


def test_experiments_are_found_by_a_part_of_their_name(published: BenchContext) -> None:
    """Whatever the case, and with blanks around it; what is in no name finds nothing."""
    make(published, "tip-bench-other")
    reads = LakeExperiments(published)
    for search, names in (("OTHER ", ["tip-bench-other"]), ("tip-", ["tip-bench-other", NAME]), ("none", [])):
        page = reads.page(PageRequest(where={"search": search}))
        assert [row.name for row in page.rows] == sorted(names)
