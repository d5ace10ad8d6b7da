"""Publishes a home's answers and kills itself before a step; see tests.killed_steps."""

import os

from resources.home import Home
from resources.judging.import_export import take_scores
from resources.judging.rounds.batches import AnswerBatches
from resources.lake.specs import pinned_spec
from resources.sql.engine import open_engine
from tests.killed_steps import answer_with_forks, bare_bench, kill_before


def publish(home: Home, step: int) -> None:
    """Take the scores, counting steps."""
    engine = open_engine(f"sqlite:///{home.database}")
    bench = bare_bench(home, answers=AnswerBatches(engine, lambda: os.urandom(8).hex()))
    spec = pinned_spec(home, "tip-bench-judged")
    kill_before(step, {"os.rename", "os.remove"}, engine)
    take_scores(bench, spec)


if __name__ == "__main__":
    answer_with_forks(publish)
