import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kit.tables.csv_rows import Row
from resources.adoption.options import AdoptOptions
from resources.adoption.read import read_adopted
from resources.adoption.remarks import notes_of, warnings_of
from resources.adoption.rows import AdoptRejected
from resources.adoption.tools.document import Document
from resources.adoption.tools.registry import recognised

GOLDEN = Path(__file__).parents[3] / "golden" / "adopt"
OTHERS: list[list[Any]] = [
    [], [3], [{}], [{"text": "x"}], [{"results": [1]}], [{"results": {"results": None}}], [{"eval": 1, "status": 2}],
    [{"doc_id": 1}], [{"input": "x"}], [{"data": [1, None]}], [{"fields": 3, "responses": None}],
    [{"id": 1, "input": 2}], [{"vars": 1, "provider": 2}], [[{"a": 1}], {"b": 2}],
]  # fmt: skip


@pytest.mark.parametrize("values", OTHERS)
def test_other_shapes_are_nobodys(values: list[Any]) -> None:
    """Whatever is in them; they are read as our own columns then."""
    assert recognised(Document(Path("a.json"), values=list(enumerate(values, 1)))) is None


@pytest.mark.parametrize("columns", [("a",), ("[x] y",), ("input",), ("Status", "Score")])
def test_other_tables_are_nobodys(columns: tuple[str, ...]) -> None:
    """Also with a row in them."""
    rows = [Row(2, 2, dict.fromkeys(columns, "x"))]
    assert recognised(Document(Path("a.csv"), columns=columns, rows=rows)) is None


FILES = [path for path in GOLDEN.rglob("*.json*") if not path.name.startswith("results_")]
ODD = st.one_of(
    st.none(), st.booleans(), st.integers(-3, 2**70), st.floats(), st.text(max_size=8), st.just([]), st.just({}),
    st.just([None]), st.just({"a": 1}), st.just('{"a": [1]}'), st.just("[" * 2000),
)  # fmt: skip


def _spoiled(value: Any, data: st.DataObject) -> Any:
    """The value with another one somewhere in it, or with a part left out."""
    if isinstance(value, dict) and value:
        key = data.draw(st.sampled_from(sorted(value)))
        if data.draw(st.integers(0, 9)) == 0:
            return {name: own for name, own in value.items() if name != key}
        return {**value, key: _spoiled(value[key], data)}
    if isinstance(value, list) and value:
        place = data.draw(st.integers(0, len(value) - 1))
        return [_spoiled(own, data) if number == place else own for number, own in enumerate(value)]
    return data.draw(ODD)


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(path=st.sampled_from(FILES), data=st.data())
def test_a_spoiled_file_is_read_or_refused(path: Path, data: st.DataObject, rubric_of: Any) -> None:
    """Whatever stands at any place of a tool's file, there are rows or problems in words."""
    text = path.read_text("utf-8")
    rows = [json.loads(line) for line in text.splitlines()] if path.suffix == ".jsonl" else [json.loads(text)]
    for _ in range(data.draw(st.integers(1, 3))):
        rows = _spoiled(rows, data)
    content = "\n".join(map(json.dumps, rows)).encode()
    rubric = rubric_of("pass", "clear", high=5)
    try:
        found = read_adopted([(path, content)], rubric, AdoptOptions(), stated=data.draw(st.booleans()))
    except AdoptRejected as refused:
        said = str(refused)
    else:
        said = "\n".join([*notes_of(found, rubric, []), *warnings_of(found)])
        assert found.rows
    assert "Expected `" not in said
