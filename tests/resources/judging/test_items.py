"""The items ledger and the ids that it keeps."""

import shutil
from pathlib import Path
from typing import Any

from resources.home import Home
from resources.judging.items import Items

NAME = "tip-bench-ledger"


def test_a_lost_secret_leaves_noted_ids_as_they_are(tmp_path: Path) -> None:
    """What was exported keeps its ids under another secret; what is new gets ids of the new one, noted as given."""
    home = Home(tmp_path)
    items = Items(home, NAME)
    items.add("anna", ["a", "b"], 1)
    before = items.ids("anna", ["a", "b"])
    would = items.ids("anna", ["c"])
    shutil.rmtree(home.keys)
    assert items.ids("anna", ["b", "a"]) == before[::-1]
    after = items.ids("anna", ["a", "c", "b"])
    assert [after[0], after[2]] == before
    assert after[1] != would[0]
    items.add("anna", ["c", "a"], 2)
    table = items.table("anna")
    assert dict(zip(table["candidate_id"].to_pylist(), table["item"].to_pylist(), strict=True)) == {
        "a": before[0],
        "b": before[1],
        "c": after[1],
    }
    assert not set(items.ids("bot", ["a", "b", "c"])) & set(after)


def test_pending_items_are_taken_after_the_secret_changed(bench: Any, lines: Any) -> None:
    """The half that stays pending is exported again under another secret, and its answers are taken."""
    first = bench.export()
    bench.drop("half.jsonl", lines(bench.answers(first)[:8]))
    assert bench.ingest().accepted == ["half.jsonl"]
    (bench.home.keys / "blinding").write_text("ab" * 32)
    second = bench.export()
    assert second != first
    bench.drop("rest.jsonl", lines(bench.answers(second)))
    assert bench.ingest().accepted == ["rest.jsonl"]
    assert bench.scores().current().num_rows == 16
