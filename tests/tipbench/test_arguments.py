"""Arguments of another type, and what is shown of an error."""

import traceback
from collections.abc import Callable, Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Any, Literal, cast

import numpy as np
import pytest

import tipbench
from tipbench.arguments import checked

NAME = "tip-bench-none"


@pytest.fixture
def bench(tmp_path: Path) -> tipbench.Bench:
    """A home that is not there yet."""
    return tipbench.open(home=tmp_path / "home", project=tmp_path)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda b: b.leaderboard(None), "name is None: give a text"),
        (lambda b: b.tips(NAME, limit="x"), "limit is 'x': give a whole number"),
        (lambda b: b.tips(NAME, limit=True), "limit is True: give a whole number"),
        (lambda b: b.import_scores(NAME, 3), "file is 3: give a text or a path"),
        (lambda b: b.run(NAME, judges=3), "judges is 3: give a text or a list, each a text"),
        (lambda b: b.export(NAME, judges=["anna", 3]), "judges is ['anna', 3]: give a text or a list, each a text"),
        (lambda b: b.run(NAME, judges=(each for each in "ab")), "give a text or a list, each a text"),
        (lambda b: b.run(NAME, accept_failures="no"), "accept_failures is 'no': give True or False"),
        (lambda b: b.adopt(NAME, "x.jsonl", 3), "files is 3: give a text or a path"),
        (lambda b: b.adopt(NAME, "x.jsonl", map={"text": 4}), "map is {'text': 4}: give a mapping to a text"),
        (lambda b: b.adopt(NAME, "x.jsonl", rename={"model": 4}), "give a mapping to a mapping to a text"),
        (lambda b: b.adopt(NAME), "files: name at least one file of outputs"),
        (lambda _: tipbench.open(cast("str", 3)), "home is 3: give a text or a path"),
        (lambda b: b.leaderboard("x" * 100_000), "is not valid"),
    ],
)
def test_another_type_is_refused_in_a_sentence(bench: tipbench.Bench, call: Callable[[Any], Any], said: str) -> None:
    """Which names the argument, its value and what it may be; nothing was done."""
    with pytest.raises(tipbench.Error) as refused:
        call(bench)
    assert said in str(refused.value)
    assert len(str(refused.value)) < 400
    assert refused.value.exit_code == 2


def test_what_an_argument_may_be_passes() -> None:
    """Paths, numbers and lists of other libraries too, and a choice is for what it is a choice of."""

    @checked
    def method(
        name: str | PathLike[str], *, number: int = 1, names: Sequence[str] = (), of: Mapping[str, str] | None = None,
        kind: Literal["a", "b"] = "a", **others: Any,
    ) -> tuple[Any, ...]:  # fmt: skip
        return name, number, names, of, kind, others

    given: dict[str, Any] = {"number": np.int64(3), "names": np.array(["a", "b"]), "of": {"a": "b"}, "kind": 7, "x": 1}
    assert method(Path("a"), **given)[4:] == (7, {"x": 1})
    with pytest.raises(TypeError, match=r"method\(\) missing 1 required positional argument: 'name'"):
        method()  # type: ignore[call-arg]  # as somebody may call it


def test_no_frame_of_ours_is_shown_with_an_error(bench: tipbench.Bench) -> None:
    """A script sees its own line and one of ours; a notebook the sentence alone."""
    with pytest.raises(tipbench.Error) as refused:
        bench.leaderboard(NAME)
    frames = [frame.filename for frame in traceback.extract_tb(refused.value.__traceback__)]
    assert [Path(frame).name for frame in frames] == [Path(__file__).name, "arguments.py"]
    assert refused.value._render_traceback_() == [f"tipbench.Error: {refused.value}"]
