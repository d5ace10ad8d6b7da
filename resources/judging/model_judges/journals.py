"""The journal of a judge in an experiment, in which every answer is paid once, and what its lines mean."""

from collections.abc import Sequence

from core.benchmark.outcome import Outcome
from core.judging.model_judges.definition import JudgeDefinition
from core.judging.model_judges.prompt import ShownItem, parts_of
from core.judging.model_judges.reading import AnswerReader, NoScore, Reading
from core.judging.model_judges.standing import DueRequest, NumberedAnswer, Standing, answer_of, standing_of
from core.judging.rubric import Rubric
from resources.home import Home
from resources.lake.journal import Index, JournalStore, OutcomeReader, read_index
from resources.lake.lock import JUDGING


def judge_journal_of(home: Home, name: str, judge: str) -> JournalStore:
    """Return where the journal of a judge is, whether there is one or not."""
    return JournalStore(home.storage.logs, home.key(name, JUDGING, judge, "journal.jsonl"))


def spent_by(home: Home, name: str, judge: str) -> float:
    """Return the USD that a judge has cost in an experiment, at most, where its server did not say."""
    index = read_index(judge_journal_of(home, name, judge))
    return index.cost + index.at_most


class JudgeAnswers:
    """What is known of a judge's requests: `outcomes` of its journal, each read once, and those that come.

    `parts` are what it is put of items with must_not, and behind these, where that differs, of items without.
    """

    def __init__(self, outcomes: OutcomeReader, index: Index, rubric: Rubric, definition: JudgeDefinition) -> None:
        self._outcomes, self._index = outcomes, index
        self._definition, whole = definition, parts_of(rubric, definition)
        without = parts_of(rubric, definition, has_must_not=False) if rubric.conditional else []
        self._whole, self.parts = len(whole), [*whole, *without]
        tags = definition.model.priced.reasoning_tags
        self._readers = [AnswerReader(part, tags) for part in self.parts]
        self._read: dict[str, Reading | NoScore] = {}

    def parts_for(self, item: ShownItem) -> tuple[list[Rubric], int]:
        """Return the parts that are put to the model of an item, and the number of the first."""
        if item.has_must_not or len(self.parts) == self._whole:
            return self.parts[: self._whole], 0
        return self.parts[self._whole :], self._whole

    def standing(self, item: ShownItem) -> Standing:
        """Return how far an item is."""
        parts, first = self.parts_for(item)
        return standing_of(item, parts, self._definition, self.look, first)

    def answer(self, item: ShownItem, number: int) -> tuple[list[DueRequest], NumberedAnswer | None]:
        """Return what is due of one answer to an item, and that answer."""
        parts, first = self.parts_for(item)
        due, _, answer = answer_of(item, parts, self._definition, self.look, number, first)
        return due, answer

    def look(self, key: str, part: int) -> Reading | NoScore | None:
        """Return what came of a request about a part; None where it has no final outcome."""
        if key not in self._index.final:
            return None
        if key not in self._read:
            self._read[key] = self._meaning(self._outcomes.at(self._index.places[key]), part)
        return self._read[key]

    def raw(self, keys: Sequence[str]) -> str | None:
        """Return what the model wrote to these requests, one after the other; None where it wrote nothing."""
        found = [self._outcomes.at(self._index.places[key]).raw for key in keys if key in self._index.final]
        return "\n\n".join(text for text in found if text) or None

    def take(self, outcome: Outcome, part: int) -> None:
        """Take in an outcome that was journaled just now."""
        if outcome.final:
            self._read[outcome.key] = self._meaning(outcome, part)

    def _meaning(self, outcome: Outcome, part: int) -> Reading | NoScore:
        if outcome.kind == "text":
            return self._readers[part].read(outcome.raw)
        return NoScore(outcome.error or "the model refused", is_last=outcome.accepted)
