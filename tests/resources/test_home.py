"""The paths of a home, and the secrets that it makes."""

import os
import resource
import signal
from pathlib import Path

import pytest

from kit.regular_files import NotAFile
from resources.home import DamagedKey, Home


@pytest.mark.parametrize("damaged", [b"", b"ab" * 16, b"zz" * 32, b"\xff\xfe" + b"a" * 62, b"ab" * 33])
def test_a_damaged_key_is_never_used(damaged: bytes, tmp_path: Path) -> None:
    """Empty or shortened, it would make item ids that anybody could repeat; it is named, and not made anew."""
    home = Home(tmp_path)
    home.secret("blinding")
    (home.keys / "blinding").write_bytes(damaged)
    with pytest.raises(DamagedKey, match=r"keys/blinding does not hold .*restore it from a backup") as raised:
        home.secret("blinding")
    assert "abab" not in str(raised.value)
    assert (home.keys / "blinding").read_bytes() == damaged


def test_a_pipe_in_the_place_of_a_key_is_not_waited_for(tmp_path: Path) -> None:
    """Nor is a link followed: keys are files of the home's own."""
    home = Home(tmp_path)
    home.keys.mkdir()
    os.mkfifo(home.keys / "blinding")
    (home.keys / "internal").symlink_to(__file__)
    for name in ("blinding", "internal"):
        with pytest.raises(NotAFile):
            home.secret(name)


def test_a_key_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    """A disk that is full in the middle of it: no part of a secret stays, and the next command makes a whole one."""
    home = Home(tmp_path)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (16, before[1]))
    try:
        with pytest.raises(OSError, match="File too large"):
            home.secret("blinding")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)
    assert list(home.keys.iterdir()) == []
    assert len(home.secret("blinding")) == 32
