"""Reads the answers given on pages if there is a database; reading never creates one."""

import secrets
from threading import Lock

from contracts.judging import AnswerBatch, PageAnswers, Unpublished
from resources.home import Home


class OptionalPageAnswers:
    """Implements contracts.judging.PageAnswers over a database that may not exist yet."""

    def __init__(self, home: Home, url: str | None) -> None:
        self._home, self._url = home, url
        self._opened: PageAnswers | None = None
        self._lock = Lock()

    def unpublished(self) -> dict[str, Unpublished]:
        """Return the number of waiting answers by experiment."""
        answers = self._answers()
        return answers.unpublished() if answers else {}

    def batches(self, experiment: str) -> list[AnswerBatch]:
        """Return at most one batch of answers per judge."""
        answers = self._answers()
        return answers.batches(experiment) if answers else []

    def settle(self, published: list[str], refused: list[str]) -> None:
        """Mark these batches, so that they are not returned again."""
        answers = self._answers()
        if answers:
            answers.settle(published, refused)

    def _answers(self) -> PageAnswers | None:
        with self._lock:
            if self._opened is None and (self._url is not None or self._home.has_database):
                from resources.judging.rounds.batches import AnswerBatches
                from wiring.database import open_database

                engine = open_database(self._home, self._url)
                self._opened = AnswerBatches(engine, lambda: secrets.token_hex(8))
            return self._opened
