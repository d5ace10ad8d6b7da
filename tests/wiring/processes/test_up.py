"""What `tipbench up` refuses before it starts anything."""

import os
import socket
from pathlib import Path

import pytest
from dagster._grpc.utils import default_grpc_timeout

from resources.home import Home
from wiring.processes.up import LONGEST_SOCKET, AlreadyUp, PortTaken, listen, only_one, patient, socket_path


def test_a_home_is_served_once(tmp_path: Path) -> None:
    """A second server of one home is told so; when the first has ended it may start."""
    home = Home(tmp_path / "home")
    first = only_one(home)
    with pytest.raises(AlreadyUp, match="another tipbench up"):
        only_one(home)
    os.close(first)
    os.close(only_one(home))


def test_a_port_in_use_is_named() -> None:
    """The sentence says which port and what to do."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(PortTaken, match=f"port {port} .*--port"):
            listen(port)


def test_a_long_home_gets_a_short_socket(tmp_path: Path) -> None:
    """A Unix socket's path stays under what the kernel takes, however deep the home is."""
    home = Home(tmp_path.joinpath(*["deep-folder"] * 12))
    path = socket_path(home)
    assert len(os.fsencode(path)) <= LONGEST_SOCKET
    assert path.parent.is_dir()


def test_the_daemon_waits_for_a_run_that_is_slow_to_start(monkeypatch: pytest.MonkeyPatch) -> None:
    """Longer than Dagster's minute, by the variable that Dagster reads; one that somebody set is left as it is."""
    monkeypatch.setattr(os, "environ", patient({}))
    assert default_grpc_timeout() > 300
    monkeypatch.setattr(os, "environ", patient({"DAGSTER_GRPC_TIMEOUT_SECONDS": "7"}))
    assert default_grpc_timeout() == 7
