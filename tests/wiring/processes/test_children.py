"""The logs of children."""

from pathlib import Path

from wiring.processes.children import Child


def test_a_childs_log_is_bounded_while_it_runs(tmp_path: Path) -> None:
    """Beyond the bound it goes to the older file, once; who has it open goes on at its beginning."""
    log = tmp_path / "daemon.log"
    child = Child("the daemon", [], {}, tmp_path, log)
    child.rotate(100)
    assert not log.exists()
    with log.open("ab", buffering=0) as writing:
        writing.write(b"a" * 100)
        child.rotate(100)
        assert log.stat().st_size == 100
        for number in range(3):
            writing.write(b"%d" % number * 101)
            child.rotate(100)
            assert log.stat().st_size == 0
        writing.write(b"next")
    assert log.read_bytes() == b"next"
    assert (tmp_path / "daemon.log.1").read_bytes() == b"2" * 101
    assert sorted(path.name for path in tmp_path.iterdir()) == ["daemon.log", "daemon.log.1"]
