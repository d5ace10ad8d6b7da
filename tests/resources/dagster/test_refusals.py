from contracts.refusals import Conflict, Unavailable
from resources.dagster.refusals import as_refusal
from resources.lake.journal import JournalBroken
from resources.lake.specs import Archived


def test_a_broken_journal_tells_no_path() -> None:
    """Neither where the home is nor what the parser said."""
    refusal = as_refusal(JournalBroken("/there/lake/tip-bench-a/journal.jsonl:2: Input data was truncated"))
    assert isinstance(refusal, Unavailable)
    assert "/there" not in refusal.message
    assert "truncated" not in refusal.message


def test_an_experiment_archived_meanwhile_is_a_conflict() -> None:
    """Between the look and the launch, too, it is no defect."""
    refusal = as_refusal(Archived("tip-bench-a is archived"))
    assert isinstance(refusal, Conflict)
    assert refusal.path == ("experiment",)
