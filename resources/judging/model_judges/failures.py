"""Which tips stay without a score because a model judge gave none: counted by cell and scenario, and as a check."""

from collections.abc import Iterable, Sequence

import numpy as np
import pyarrow.compute as pc

from core.benchmark.records import Record, definitions_of
from core.benchmark.spec import Spec
from core.estimate.design import Ints
from core.judging.model_judges.failure_shares import judge_failures as checked
from core.scoring.checks import CheckResult
from resources.bench_context import BenchContext
from resources.home import Home
from resources.judging.model_judges.taking import candidates_without_score, items_without_score
from resources.judging.scores import Scores
from resources.lake.candidates import candidates


def without_score_on_record(home: Home, spec: Spec, records: Sequence[Record]) -> dict[str, dict[str, str]]:
    """Return why items have no score, by judge and item, of judges that left any without; raise LakeBroken."""
    found = {judge: items_without_score(home, spec.experiment, judge) for judge in definitions_of(records)}
    return {judge: items for judge, items in found.items() if items}


def without_score(home: Home, spec: Spec, judges: Iterable[str]) -> Ints | None:
    """Return (K cells, G scenarios) counts of (tip, judge) pairs that these judges could not score; None for none."""
    shape = (len(spec.cells), len(spec.scenarios))
    lost = [candidate for judge in judges for candidate in candidates_without_score(home, spec.experiment, judge)]
    if not lost:
        return None
    tips = candidates(home, spec.experiment).table(["candidate_id", "cell", "scenario"])
    rows = pc.index_in(np.array(lost), value_set=tips["candidate_id"].combine_chunks()).drop_null().to_numpy()
    place = tips["cell"].to_numpy()[rows].astype(np.int64) * shape[1] + tips["scenario"].to_numpy()[rows]
    return np.bincount(place, minlength=shape[0] * shape[1]).reshape(shape)


def judge_failures(bench: BenchContext, spec: Spec) -> CheckResult:
    """Check whether model judges left few tips without a score, and no cell's tips much more often than another's."""
    name, home = spec.experiment, bench.home
    definitions = definitions_of(bench.on_record(name).records)
    counts = dict[str, dict[str, tuple[int, int]]]()
    for judge in definitions:
        lost = without_score(home, spec, [judge])
        if lost is None:
            continue
        tips = candidates(home, name).table(["candidate_id", "cell"])
        given = Scores(home, name, spec.rubric).in_force(["candidate_id", "judge"])
        own = given.filter(pc.equal(given["judge"].cast("string"), judge))["candidate_id"].combine_chunks()
        answered = tips.filter(pc.is_in(tips["candidate_id"], value_set=own))["cell"].to_numpy()
        scored, failed = np.bincount(answered, minlength=len(spec.cells)), lost.sum(axis=1)
        cells = ["/".join(cell) for cell in spec.cell_names()]
        counts[judge] = {cell: (int(failed[n]), int(failed[n] + scored[n])) for n, cell in enumerate(cells)}
    return checked(counts)
