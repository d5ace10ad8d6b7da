"""What launching refuses, of which class and about which field."""

from collections.abc import Callable

import pytest

from contracts.refusals import Conflict, InvalidInput, NameTaken, Refusal, Unavailable
from resources.catalog import CatalogError
from resources.lake.broken import LakeBroken
from resources.lake.journal import JournalBroken
from resources.lake.lock import WriterBusy
from resources.lake.specs import Archived
from resources.launching.refusals import options_from, refusing
from resources.models.tape import TapeBroken
from tests.option_errors import OPTION_ERRORS, raised_by


def refused(error: Exception) -> Refusal:
    """The refusal that an error becomes."""
    with pytest.raises(Refusal) as raised, refusing():
        raise error
    return raised.value


def test_a_broken_journal_tells_no_path() -> None:
    """Neither where the home is nor what the parser said."""
    refusal = refused(JournalBroken("/there/lake/tip-bench-a/journal.jsonl:2: Input data was truncated"))
    assert isinstance(refusal, Unavailable)
    assert "/there" not in refusal.message
    assert "truncated" not in refusal.message


def test_an_experiment_archived_meanwhile_is_a_conflict() -> None:
    """Between the look and the launch, too, it is no defect."""
    refusal = refused(Archived("tip-bench-a is archived", ("experiment",)))
    assert isinstance(refusal, Conflict)
    assert refusal.path == ("experiment",)


@pytest.mark.parametrize(("raising", "field"), OPTION_ERRORS)
def test_an_option_is_refused_under_its_name(raising: Callable[[], object], field: str) -> None:
    """The field comes with the error, whatever its sentence says."""
    error = raised_by(raising)
    refusal = refused(error)
    kinds = {"INVALID_INPUT": InvalidInput, "NAME_TAKEN": NameTaken, "CONFLICT": Conflict}
    assert type(refusal) is kinds[error.code]
    assert (refusal.path, refusal.message, refusal.__cause__) == ((field,), str(error), error)


def test_what_no_option_is_to_blame_for_names_none() -> None:
    """A catalog that cannot be used or a full disk; a writer is busy with the experiment."""
    away = [refused(CatalogError("the catalog cannot be used")), refused(OSError(28, "No space left on device"))]
    assert [(type(refusal), refusal.path) for refusal in away] == [(Unavailable, ())] * 2
    busy = refused(WriterBusy("tip-bench-a is being written by another process", ("experiment",)))
    assert (type(busy), busy.path) == (Conflict, ("experiment",))


def test_refusals_pass_and_what_only_an_operator_can_mend_is_a_defect() -> None:
    """Each is raised as it is: the edge masks the second."""
    away = LakeBroken("lake/tip-bench-a/spec.json cannot be read")
    assert refused(away) is away
    with pytest.raises(TapeBroken), refusing():
        raise TapeBroken("/there/tape.jsonl:2: Input data was truncated; remove the line")


@pytest.mark.parametrize("given", [{"nonsense": 1}, {"n_tips": "many"}, {"models": [1]}, {"temperature": []}])
def test_an_option_of_another_type_is_refused_under_its_name(given: dict[str, object]) -> None:
    """An unknown one too."""
    with pytest.raises(InvalidInput) as raised:
        options_from(given)
    assert raised.value.path == tuple(given)
