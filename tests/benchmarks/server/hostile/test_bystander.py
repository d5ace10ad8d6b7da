"""What is counted of a bystander's calls and of an attack's answers."""

import time

import pytest

from benchmarks.server.hostile.__main__ import rows, shown
from benchmarks.server.hostile.attacks import outcome
from benchmarks.server.hostile.bystander import LANES, RATE, Seen, Timed, _repeat


def test_a_call_that_waits_holds_no_other_lane_up() -> None:
    """Each lane makes every eighth call, in order; refused ones are counted, and all are timed."""
    made, timed = list[int](), Timed()

    def call(number: int) -> bool:
        made.append(number)
        return number % 16 > 0

    began = time.perf_counter() - 10 * LANES / RATE  # all are due
    _repeat(call, timed, range(0, 5 * LANES, LANES), began)
    assert made == [0, 8, 16, 24, 32]
    assert (timed.refused, len(timed.seconds)) == (3, 5)
    assert all(took > 0 for took in timed.seconds)


@pytest.mark.parametrize(("share", "wanted"), [(0.5, 50.0), (0.99, 99.0), (1.0, 100.0), (0.0, 1.0)])
def test_a_percentile_is_a_time_that_was_seen(share: float, wanted: float) -> None:
    """The smallest within which that share of the calls was answered."""
    assert Timed([number / 1e3 for number in range(100, 0, -1)]).percentile(share) == pytest.approx(wanted)


def test_a_row_has_the_ratio_to_the_quiet_one() -> None:
    """Of the same call, in the same run; the table is Markdown."""
    quiet, seen = Seen({"`{me}`": Timed([0.002])}, 500.0), Seen({"`{me}`": Timed([0.01], 1)}, 520.0)
    table = rows("2 documents", seen, quiet, 500.0)
    assert table == [("2 documents", "`{me}`", "10.0", "10.0", "5.0", "1", "20")]
    assert shown(table).splitlines()[-1].startswith("| 2 documents | `{me}` |")


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (b"", "cut off"),
        (b"HTTP/1.1 431 Request Header Fields Too Large\r\n\r\nlarge", "431"),
        (b'HTTP/1.1 200 OK\r\n\r\n{"errors":[{"extensions":{"code":"RATE_LIMITED"}}]}', "200 RATE_LIMITED"),
    ],
)
def test_an_answer_is_counted_by_its_status_and_code(answer: bytes, said: str) -> None:
    """GraphQL refuses with status 200 too."""
    assert outcome(answer) == said
