import os
import time
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from resources.home import Home
from resources.judging import inbox
from resources.judging.receiving.arrivals import arrivals, receive, settle_accepted

NAME = "tip-bench-odd"
GOOD = "good.jsonl"
STEMS = st.one_of(
    st.text(st.characters(exclude_characters="/\0", codec="utf-8"), min_size=1, max_size=60).map(str.encode),
    st.binary(min_size=1, max_size=60).map(lambda name: name.replace(b"/", b"_").replace(b"\0", b"_")),
    st.sampled_from([b"\xff", b"\xed\xa0\x80", b"a\nb", b"a" * 249, "é".encode() * 124, b"\x1b]0;x\x07", b" ", b"-"]),
)
KINDS = ["file", "empty", "large", "folder", "pipe", "link", "dangling", "unreadable"]
TIMES = st.sampled_from([0, -1, -(2**31), 2**31, 2**33, 1_700_000_000])
ENTRIES = st.lists(st.tuples(STEMS, st.sampled_from([b".jsonl", b".csv"]), st.sampled_from(KINDS), TIMES), max_size=8)


def make(path: Path, kind: str, at: int) -> None:
    """Put an entry of a kind into a folder."""
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind in {"link", "dangling"}:
        path.symlink_to(path.parent / GOOD if kind == "link" else "nowhere")
    else:
        path.write_bytes(b"x" if kind == "file" else b"")
        os.truncate(path, 1 << 40 if kind == "large" else path.stat().st_size)
        path.chmod(0 if kind == "unreadable" else 0o600)
    os.utime(path, (at, at), follow_symlinks=False)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(entries=ENTRIES)
def test_no_entry_keeps_another_out(tmp_path_factory: Any, entries: list[tuple[bytes, bytes, str, int]]) -> None:
    """Whatever stands in the inbox: files that can be taken wait, every other one named like them is said in words."""
    home = Home(tmp_path_factory.mktemp("home"))
    folder = home.inbox(NAME)
    folder.mkdir(parents=True)
    (folder / GOOD).write_bytes(b"x")
    made = 1
    for stem, suffix, kind, at in entries:
        path = folder / os.fsdecode(stem + suffix)
        if stem.startswith(b".") or len(stem + suffix) > 255 or os.path.lexists(path):
            continue
        make(path, kind, at)
        made += 1
    found = inbox.waiting(home, NAME)
    assert len(found.files) + len(found.left_alone) == made
    assert GOOD in [file.path.name for file in found.files]
    for said in [*found.left_alone, *(file.path.name for file in found.files)]:
        assert said.encode()
        assert said.isprintable()
    for file in found.files:
        assert file.path.is_file()
        assert not file.path.is_symlink()
    inbox.take_dropped(home, NAME)
    assert sorted(file.name for file in arrivals(home, NAME)) == sorted(file.path.name for file in found.files)
    for arrived in arrivals(home, NAME):
        settle_accepted(home, NAME, arrived)
    assert inbox.pending(home, NAME) == []


def test_an_inbox_that_is_not_there_holds_nothing(tmp_path: Path) -> None:
    """And a file that is gone when it is looked at does not wait."""
    assert inbox.waiting(Home(tmp_path), NAME) == ([], [])


def test_a_file_with_an_odd_name_is_placed_under_one_that_can_be_taken(tmp_path: Path) -> None:
    """A command may be given any file; what it puts into the inbox waits there."""
    home = Home(tmp_path)
    for stem in (b"\xff\xfe", b"a\nb", b"a\\b", b"x" * 240, "é".encode() * 60, "😀".encode() * 60):
        name = inbox.placed_name(Path(os.fsdecode(stem + b".csv")), stem)
        receive(home, NAME, name, stem, "2026-01-01T00:00:00+00:00")
        assert name in inbox.pending(home, NAME)
        assert name.endswith(".csv")


def test_settled_files_have_a_retention(tmp_path: Path) -> None:
    """Rejected ones 30 days, imported ones 90, waiting ones for ever; a link is not followed, a folder stays."""
    home, now = Home(tmp_path), time.time()
    folder = home.inbox(NAME)
    for part in ("imported", "rejected"):
        (folder / part).mkdir(parents=True)
        (folder / part / "a.jsonl").write_text("x")
    (folder / "rejected" / "a.jsonl.report.txt").write_text("x")
    (folder / "rejected" / "folder").mkdir()
    (folder / "waits.jsonl").write_text("x")
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "mine.jsonl").write_text("x")
    (tmp_path / "inbox" / "tip-bench-linked").mkdir()
    (tmp_path / "inbox" / "tip-bench-linked" / "imported").symlink_to(outside)
    days = [inbox.prune_settled(home, now + day * 86_400) for day in (0, 29, 31, 89, 91, 1_000)]
    assert days == [0, 0, 2, 0, 1, 0]
    assert (outside / "mine.jsonl").exists()
    assert inbox.pending(home, NAME) == ["waits.jsonl"]
