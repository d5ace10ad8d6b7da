"""Taking the inbox: all or nothing a file, history kept, safe at every point."""

import os
from typing import Any

import pytest

from contracts.storage import StaleFence
from resources.judging import inbox
from resources.judging.importer import LARGEST, Accepted
from resources.judging.ingest import ingest
from resources.judging.receiving.arrivals import arrivals, receive
from resources.judging.scores import answers_table
from tests.resources.judging.experiment import KINDS


def _values(bench: Any) -> list[float | None]:
    return bench.scores().current()["score.clear"].to_pylist()  # type: ignore[no-any-return]  # the fixture is untyped


def test_before_anyone_has_scored_the_table_is_empty_and_typed(bench: Any) -> None:
    """The scores dataset has its columns without a row."""
    table = bench.scores().current()
    assert table.num_rows == 0
    assert {"item", "judge", "score.clear", "score.kind", "unscorable"} <= set(table.column_names)


def test_one_bad_file_does_not_keep_a_good_one_out(bench: Any, lines: Any) -> None:
    """The good file is published, the bad one is kept beside its report, and the inbox is empty."""
    answers = bench.answers(bench.export())
    bench.drop("good.jsonl", lines(answers[:8]))
    bench.drop("bad.jsonl", lines([{**answers[9], "item": "nobody"}]))
    report = bench.ingest()
    assert report.accepted == ["good.jsonl"]
    assert list(report.rejected) == ["bad.jsonl"]
    assert len(_values(bench)) == 8
    folder = bench.home.inbox(bench.spec.experiment)
    assert (folder / "imported" / "good.jsonl").exists()
    assert (folder / "rejected" / "bad.jsonl").exists()
    assert "line 1" in (folder / "rejected" / "bad.jsonl.report.txt").read_text()
    assert inbox.pending(bench.home, bench.spec.experiment) == []


def test_the_same_bytes_are_taken_once(bench: Any, lines: Any) -> None:
    """A second file of equal bytes, in the same run or later, changes nothing."""
    text = lines(bench.answers(bench.export()))
    bench.drop("a.jsonl", text)
    bench.drop("b.jsonl", text)
    assert len(bench.ingest().accepted) == 1
    before = bench.scores().snapshot_hash
    bench.drop("c.jsonl", text)
    assert bench.ingest().repeated == ["c.jsonl"]
    assert bench.scores().snapshot_hash == before


def test_a_correction_supersedes_and_the_history_stays(bench: Any, lines: Any) -> None:
    """The later file counts, the earlier answer remains readable, with who and when."""
    answers = bench.answers(bench.export())
    bench.drop("a.jsonl", lines(answers))
    bench.ingest()
    bench.drop("b.jsonl", lines([_five(answers[0])]))
    bench.ingest()
    assert sorted(value for value in _values(bench) if value is not None) == [3.0] * 15 + [5.0]
    history = bench.scores().history(answers[0]["item"])
    assert [entry["score.clear"] for entry in history] == [3.0, 5.0]
    assert {entry["author"] for entry in history} == {"tester"}


def test_of_two_waiting_files_the_later_one_counts(bench: Any, lines: Any) -> None:
    """Files are taken by their time, so the newest answer to an item is in force."""
    answers = bench.answers(bench.export())
    late = bench.drop("a.jsonl", lines([_five(answers[0])]))
    early = bench.drop("b.jsonl", lines(answers))
    os.utime(early, (1, 1))
    os.utime(late, (2, 2))
    bench.ingest()
    assert max(value for value in _values(bench) if value is not None) == 5.0


def test_the_order_is_that_of_arrival_however_files_are_touched_later(bench: Any, lines: Any) -> None:
    """What was taken out of the folder has its rank in its key, and what the program received by other ways too."""
    answers = bench.answers(bench.export())
    name, home = bench.spec.experiment, bench.home
    receive(home, name, "page.jsonl", lines([_five(answers[0])]).encode(), "2026-01-01T00:00:02+00:00")
    dropped = bench.drop("dropped.jsonl", lines(answers))
    os.utime(dropped, ns=(at := 1_767_225_601_000_000_000, at))
    inbox.take_dropped(home, name)
    for file in (home.inbox(name) / "received").iterdir():
        os.utime(file, (1, 1) if "page" in file.name else (2, 2))
    assert [file.name for file in arrivals(home, name)] == ["dropped.jsonl", "page.jsonl"]
    assert bench.ingest().accepted == ["dropped.jsonl", "page.jsonl"]
    assert max(value for value in _values(bench) if value is not None) == 5.0


def test_a_crash_after_a_file_was_taken_leaves_it_waiting(bench: Any, lines: Any) -> None:
    """It is imported in its turn by the next run, from where it lies."""
    answers = bench.answers(bench.export())
    bench.drop("a.jsonl", lines(answers))
    inbox.take_dropped(bench.home, bench.spec.experiment)
    assert not (bench.home.inbox(bench.spec.experiment) / "a.jsonl").exists()
    bench.drop("b.jsonl", lines([_five(answers[0])]))
    assert inbox.pending(bench.home, bench.spec.experiment) == ["a.jsonl", "b.jsonl"]
    assert bench.ingest().accepted == ["a.jsonl", "b.jsonl"]
    assert max(value for value in _values(bench) if value is not None) == 5.0


def test_who_lost_the_lease_imports_nothing(bench: Any, lines: Any) -> None:
    """Another process took it since: the files wait on, for that one."""
    bench.drop("a.jsonl", lines(bench.answers(bench.export())))
    leases, key = bench.home.storage.leases, bench.home.key(bench.spec.experiment, "lock")
    fences = []
    for purpose in ("first", "second"):
        with leases.hold(key, purpose=purpose, now="2026-01-01T00:00:00+00:00") as fence:
            fences.append(fence)
    how = {"now": "2026-01-01T00:00:00+00:00", "author": "t"}
    with pytest.raises(StaleFence):
        ingest(bench.home, bench.spec, KINDS, fence=fences[0], **how)
    assert _values(bench) == []
    assert inbox.pending(bench.home, bench.spec.experiment) == ["a.jsonl"]
    assert ingest(bench.home, bench.spec, KINDS, fence=fences[1], **how).accepted == ["a.jsonl"]


def test_a_secret_is_taken_out_of_what_anybody_dropped(bench: Any, lines: Any) -> None:
    """Also of what is then rejected; nothing of it is left anywhere."""
    bench.export()
    bench.drop("a.jsonl", lines([{"item": "sk-0123456789", "rubric": "tips@1", "unscorable": "x"}]))
    report = ingest(bench.home, bench.spec, {}, now="2026-01-01T00:00:00+00:00", author="t", secrets=["sk-0123456789"])
    assert list(report.rejected) == ["a.jsonl"]
    for file in bench.home.inbox(bench.spec.experiment).rglob("*.*"):
        assert b"sk-0123456789" not in file.read_bytes()


def test_a_file_that_is_too_large_is_rejected_unread(bench: Any) -> None:
    """With the limit in its report."""
    bench.export()
    file = bench.drop("a.jsonl", "")
    os.truncate(file, LARGEST + 1)
    report = bench.ingest()
    assert "a.jsonl is larger than 512 MB" in str(report.rejected["a.jsonl"][0])
    assert (file.parent / "rejected" / "a.jsonl").stat().st_size == LARGEST + 1


def test_unscorable_is_null_and_never_zero(bench: Any, lines: Any) -> None:
    """An answer with a reason has no value on any criterion."""
    answers = bench.answers(bench.export())
    answers[0] = {"item": answers[0]["item"], "rubric": "tips@1", "unscorable": "cut off"}
    bench.drop("a.jsonl", lines(answers))
    bench.ingest()
    assert _values(bench).count(None) == 1
    assert 0.0 not in _values(bench)


def test_a_crash_after_the_switch_leaves_a_known_file(bench: Any, lines: Any) -> None:
    """A file that was published but not yet moved aside is recognized by its bytes."""
    text = lines(bench.answers(bench.export()))
    bench.drop("a.jsonl", text)
    bench.ingest()
    moved = bench.home.inbox(bench.spec.experiment) / "imported" / "a.jsonl"
    moved.rename(moved.parent.parent / "a.jsonl")
    assert bench.ingest().repeated == ["a.jsonl"]
    assert len(_values(bench)) == 16


def test_a_crash_before_the_switch_changes_nothing(bench: Any, lines: Any) -> None:
    """A part that no manifest names is not read, and the next publication removes it."""
    folder = bench.home.experiment(bench.spec.experiment) / "scores"
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_text("[]")  # which a writer leaves before its first part
    (folder / "part-orphan.parquet").write_bytes(b"half")
    assert _values(bench) == []
    bench.drop("a.jsonl", lines(bench.answers(bench.export())))
    bench.ingest()
    assert not (folder / "part-orphan.parquet").exists()


def test_a_part_that_was_exchanged_for_another_is_named(bench: Any, lines: Any) -> None:
    """By what it says of its file, and by its rows; parts of an import are what they say."""
    answers = bench.answers(bench.export())
    bench.drop("a.jsonl", lines(answers))
    bench.ingest()
    bench.drop("b.jsonl", lines(answers[1:]))
    bench.ingest()
    assert bench.scores().exchanged() == []
    folder = bench.home.experiment(bench.spec.experiment) / "scores"
    first, second = (folder / source.file for source in bench.scores().sources())
    second.write_bytes(first.read_bytes())
    assert bench.scores().exchanged() == [f"lake/{bench.spec.experiment}/scores/{second.name}"]


def test_what_is_no_plain_file_is_left_alone(bench: Any, lines: Any) -> None:
    """Links, folders, pipes, hidden and half-written names wait for nobody."""
    folder = bench.home.inbox(bench.spec.experiment)
    folder.mkdir(parents=True)
    (folder / "folder.jsonl").mkdir()
    (folder / "link.jsonl").symlink_to("/etc/passwd")
    os.mkfifo(folder / "pipe.jsonl")
    bench.drop(".hidden.jsonl", "x")
    bench.drop("scores.jsonl.part", "x")
    assert inbox.pending(bench.home, bench.spec.experiment) == []
    assert bench.ingest().accepted == []
    bench.drop("a name; with $(odd) ✓ signs.jsonl", lines(bench.answers(bench.export())))
    assert len(bench.ingest().accepted) == 1


def test_a_file_of_a_used_name_leaves_the_earlier_one(bench: Any, lines: Any) -> None:
    """Two refused files of one name are both kept, each with its report."""
    bench.export()
    for item in ("nobody", "nothing"):
        bench.drop("bad.jsonl", lines([{"item": item, "rubric": "tips@1", "unscorable": "x"}]))
        bench.ingest()
    rejects = bench.home.inbox(bench.spec.experiment) / "rejected"
    assert len(list(rejects.glob("*bad.jsonl"))) == 2
    assert len(list(rejects.glob("*.report.txt"))) == 2


def _five(answer: dict[str, Any]) -> dict[str, Any]:
    """The answer with the best value of each criterion."""
    return {**answer, "scores": {"clear": 5, "kind": 5}}


def test_scores_taken_over_anew_are_in_the_ledger_after_a_kill(bench: Any) -> None:
    """A part that was written again, before the ledger said so, is what the ledger says in the end."""
    scores, manifest = bench.scores(), bench.home.experiment(bench.spec.experiment) / "scores" / "manifest.json"
    values = {"clear": 3.0, "kind": 3.0}
    rows = [{"item": f"{n:016x}", "candidate_id": f"{n:032x}", "scores": values, "line": n} for n in (1, 2)]

    def take_over(count: int) -> list[int]:
        table = answers_table(bench.spec.rubric, rows[:count])
        accepted = Accepted("tip-bench-old", "anna", "extends:tip-bench-old", table)
        scores.publish([accepted], {"anna": "human"}, at="2026-01-01T00:00:00+00:00", author="x", inherited=True)
        return [source.rows for source in scores.sources()]

    take_over(1)
    before = manifest.read_bytes()
    take_over(2)
    manifest.write_bytes(before)  # as a kill before the switch leaves it
    assert take_over(2) == [2]
    assert scores.exchanged() == []
