"""Makes tips that look alike to a judge in one scenario one item, which is asked once and counts for each."""

import pyarrow as pa
import pyarrow.compute as pc

from contracts.storage import Fence
from core.benchmark.spec import Spec
from resources.home import Home
from resources.judging.export_files import shown
from resources.judging.exports import last_export
from resources.judging.items import Items


def share_items(home: Home, spec: Spec, judge: str, tips: pa.Table, fence: Fence | None = None) -> None:
    """Make every tip with text an item of `judge`, those that look alike in one scenario one item.

    `tips` has the columns candidate_id, scenario, outcome and text. A tip that looks like one that is an item already
    becomes that item and has its answer, if there is one; not so in an adopted experiment, where a tip that came
    without a score is pending whatever an equal one was given. The caller holds the lease by its fence.
    """
    with_text = pc.equal(tips["outcome"].cast(pa.string()), "text")
    items = Items(home, spec.experiment, fence=fence)
    ids, known = tips["candidate_id"].filter(with_text), items.table(judge)["candidate_id"].combine_chunks()
    if pc.all(pc.is_in(ids, value_set=known)).as_py():
        return
    texts = tips.filter(with_text)
    looks = [shown(text) for text in texts["text"].to_pylist()]
    pairs = list(zip(texts["scenario"].to_pylist(), looks, strict=True))
    last = last_export(home, spec.experiment, judge)
    number = int(last.name) + 1 if last else 1
    own = spec.source == "run"
    items.share(judge, texts["candidate_id"].to_pylist(), pairs, number, with_known=own)
