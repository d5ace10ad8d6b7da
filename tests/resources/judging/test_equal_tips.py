"""Tips that look alike to a judge in one scenario: asked once, counted for each."""

from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.dataset_columns import CANDIDATES
from resources.home import Home
from resources.judging.equal_tips import share_items
from resources.judging.items import Items
from resources.lake.candidates import candidates
from tests.resources.judging.experiment import NAME, Bench, judged_experiment

PAIRS = 8


@pytest.fixture
def alike(tmp_path: Path) -> Bench:
    """Two models that give the same eight tips."""
    return judged_experiment(Home(tmp_path / "home"), ending="")


def _by_candidate(bench: Bench, judge: str = "anna") -> dict[str, float]:
    rows = bench.scores().current().to_pylist()
    return {row["candidate_id"]: row["score.clear"] for row in rows if row["judge"] == judge}


def _add(bench: Bench, texts: dict[str, tuple[int, str]]) -> None:
    """Append candidates: scenario and text by id."""
    table = candidates(bench.home, NAME).table()
    first = table.to_pylist()[0]
    rows = [
        {**first, "candidate_id": id_, "scenario": scenario, "text": text, "tip_index": 1}
        for id_, (scenario, text) in texts.items()
    ]
    whole = pa.concat_tables([table.cast(CANDIDATES), pa.Table.from_pylist(rows, CANDIDATES)]).unify_dictionaries()
    candidates(bench.home, NAME).publish(lambda writer: writer.write_table(whole), {})


def test_they_go_out_once_and_their_answer_counts_for_each(alike: Bench, lines: Any) -> None:
    """Eight items for sixteen tips; each tip has its pair's score, and the receipt counts eight answers."""
    folder = alike.export()
    assert len(alike.items(folder)) == PAIRS
    answers = [{**answer, "scores": {"clear": 1 + place % 5, "kind": 3}}
               for place, answer in enumerate(alike.answers(folder))]  # fmt: skip
    alike.drop("a.jsonl", lines(answers))
    alike.ingest()
    found = _by_candidate(alike)
    assert len(found) == 2 * PAIRS
    assert all(found[f"{0:016x}{n:016x}"] == found[f"{1:016x}{n:016x}"] for n in range(PAIRS))
    assert sorted(found.values()) == sorted(2 * [answer["scores"]["clear"] for answer in answers])
    assert [source.rows for source in alike.scores().sources()] == [PAIRS]
    assert alike.export() == folder


def test_a_later_answer_supersedes_for_each(alike: Bench, lines: Any) -> None:
    """Both tips of the pair have the later score, and the item's history keeps the earlier one."""
    answers = alike.answers(alike.export())
    alike.drop("a.jsonl", lines(answers))
    alike.ingest()
    alike.drop("b.jsonl", lines([{**answers[0], "scores": {"clear": 5, "kind": 5}}]))
    alike.ingest()
    assert sorted(_by_candidate(alike).values()) == [3.0] * 14 + [5.0] * 2
    assert [row["score.clear"] for row in alike.scores().history(answers[0]["item"])] == [3.0, 5.0]


def test_each_judge_is_asked_on_its_own(alike: Bench, lines: Any) -> None:
    """One judge's answers count for no other judge, whose ids are others."""
    mine, theirs = alike.export("anna"), alike.export("bot")
    assert not {item["item"] for item in alike.items(mine)} & {item["item"] for item in alike.items(theirs)}
    alike.drop("a.jsonl", lines(alike.answers(mine)[:3]))
    alike.ingest()
    assert (len(_by_candidate(alike, "anna")), len(_by_candidate(alike, "bot"))) == (6, 0)
    assert len(alike.items(alike.export("anna"))) == PAIRS - 3


def test_a_new_tip_like_an_answered_one_is_not_asked(alike: Bench, lines: Any) -> None:
    """It has the answer at once, typographic marks aside; the same text in another scenario is an item of its own."""
    alike.drop("a.jsonl", lines(alike.answers(alike.export())))
    alike.ingest()
    _add(alike, {"new": (1, "=HYPERLINK(“x”)"), "elsewhere": (2, '=HYPERLINK("x")')})
    folder = alike.export()
    assert [item["scenario"]["id"] for item in alike.items(folder)] == ["s2"]
    assert _by_candidate(alike)["new"] == 3.0
    assert "elsewhere" not in _by_candidate(alike)


def test_items_that_went_out_on_their_own_stay_so(alike: Bench, lines: Any) -> None:
    """In a home where equal tips had items of their own each is answered for itself; a new one joins the first."""
    items = Items(alike.home, NAME)
    ids = candidates(alike.home, NAME).table()["candidate_id"].to_pylist()
    items.add("anna", ids, 1)
    folder = alike.export()
    assert len(alike.items(folder)) == 2 * PAIRS
    alike.drop("a.jsonl", lines([{**answer, "scores": {"clear": 1 + place % 5, "kind": 3}}
                                 for place, answer in enumerate(alike.answers(folder))]))  # fmt: skip
    alike.ingest()
    _add(alike, {"new": (0, "Plain tip.")})
    alike.export()
    found = _by_candidate(alike)
    assert len(found) == 2 * PAIRS + 1
    assert found["new"] == found[ids[0]]


def test_a_kill_before_the_folder_leaves_it_to_the_next_export(alike: Bench) -> None:
    """Items that are noted and in no folder yet go out with the next one, each once, under the ids noted."""
    tips = candidates(alike.home, NAME).table()
    share_items(alike.home, alike.spec, "anna", tips)
    noted = alike.table()
    folder = alike.export()
    assert folder.name == "001"
    assert {item["item"] for item in alike.items(folder)} == set(noted["item"].to_pylist())
    assert alike.table().equals(noted)


def test_what_is_open_is_counted_by_items(alike: Bench) -> None:
    """Shared items count once, candidates that are no items yet one by one."""
    ids = candidates(alike.home, NAME).table()["candidate_id"].to_pylist()
    items = Items(alike.home, NAME)
    assert items.count("anna", ids) == 2 * PAIRS
    assert not (alike.home.keys / "blinding").exists()
    alike.export()
    assert items.count("anna", ids) == PAIRS


@settings(max_examples=15, deadline=None)
@given(texts=st.lists(st.tuples(st.integers(0, 7), st.sampled_from(["Go.", "Rest.", "“Go.”", '"Go."'])), min_size=1))
def test_every_tip_is_covered_once(tmp_path_factory: pytest.TempPathFactory, texts: list[tuple[int, str]]) -> None:
    """Whatever repeats: each tip is one item, the folder holds each pair once, and one answer each leaves nothing."""
    bench = judged_experiment(Home(tmp_path_factory.mktemp("home")), ending="")
    _add(bench, {f"c{place}": given for place, given in enumerate(texts)})
    folder = bench.export()
    table = bench.table()
    tips = candidates(bench.home, NAME).table()["candidate_id"].to_pylist()
    assert sorted(table["candidate_id"].to_pylist()) == sorted(tips)
    sent = bench.items(folder)
    assert len({(item["scenario"]["id"], item["tip"]) for item in sent}) == len(sent)
    assert {item["item"] for item in sent} == set(table["item"].to_pylist())
    bench.drop("a.jsonl", b"".join(msgspec.json.encode(answer) + b"\n" for answer in bench.answers(folder)))
    bench.ingest()
    assert len(_by_candidate(bench)) == len(tips)
