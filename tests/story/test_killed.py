"""A collecting run killed at any moment goes on without paying twice for what the journal holds."""

import os
import random
import re
import signal
from functools import partial

import pytest

from tests.deadline import DEADLINE_S
from tests.story.peers.model_server import ModelServer
from tests.story.peers.project import Project
from tests.story.peers.up import wait_for

pytestmark = pytest.mark.slow
NAME = "tip-bench-killed"
OPTIONS = ["--models", "plain", "--prompts", "terse,coach", "--n-scenarios", "18", "--n-tips", "5", "--seed", "1"]
TOTAL = 180
SEEDS = [1, 2, 3]


def _has_sent(server: ModelServer, count: int) -> bool:
    return server.requested.total() >= count


@pytest.mark.parametrize("seed", SEEDS)
def test_kill_nine_at_a_random_point(project: Project, server: ModelServer, seed: int) -> None:
    """Killed twice and run again: every expected row once, and every second request is owned up to."""
    server.delay_s = 0.02
    points = sorted(random.Random(seed).sample(range(3, TOTAL - 20), 2))  # noqa: S311  # a seeded choice of moments
    for point in points:
        server.held_from = point + 12  # it cannot be done before it is killed
        process = project.start("run", NAME, *OPTIONS)
        wait_for(partial(_has_sent, server, point), process, pause_s=0.002)
        os.kill(process.pid, signal.SIGKILL)
        process.communicate(timeout=DEADLINE_S)
        server.held_from = None
        assert project("runs", NAME, "--format", "json").json()[-1]["status"] == "interrupted"
    done = project("run", NAME)
    tips = project("tips", NAME, "--format", "json").json()
    places = {(tip["model"], tip["prompt"], tip["scenario_id"], tip["tip_index"]) for tip in tips}
    assert len(tips) == len(places) == TOTAL
    report = re.search(r"(\d+) requests? (?:was|were) sent again", done.out)
    paid_twice = sum(count - 1 for count in server.requested.values())
    assert report is not None or paid_twice == 0
    assert len(server.requested) == TOTAL
    assert paid_twice <= 2 * 8, "more requests were repeated than were in flight at the two kills"
    assert max(server.requested.values()) <= 3
    project("check", NAME, code=0)
    assert "sent again" not in project("run", NAME).out


def test_interrupting_keeps_what_is_there(project: Project, server: ModelServer) -> None:
    """Ctrl-C ends the run with exit code 130; running again goes on from there."""
    server.delay_s, server.held_from = 0.05, 60
    process = project.start("run", NAME, *OPTIONS)
    wait_for(partial(_has_sent, server, 40), process, pause_s=0.002)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=DEADLINE_S)
    server.held_from = None
    assert process.returncode == 130, out + err
    assert "run again to go on" in err
    project("run", NAME)
    assert sum(server.requested.values()) <= TOTAL + 8
