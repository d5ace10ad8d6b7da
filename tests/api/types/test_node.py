import asyncio
import base64
from typing import Any

import pytest

from api.types.node import InvalidId, global_id, parsed_id
from tests.api.memory_services import MemoryServices
from tests.api.serving import example

ASK = "query($id:ID!){node(id:$id){id ...on Experiment{name}}}"


def _node(value: str) -> Any:
    return asyncio.run(example().execute(ASK, {"id": value}, MemoryServices().context()))


@pytest.mark.parametrize("key", ["x", "a:b", "ü🙂", "x" * 200])
def test_an_id_leads_back_to_type_and_key(key: str) -> None:
    """Also when the key has a colon of its own."""
    assert parsed_id(global_id("Thing", key)) == ("Thing", key)


@pytest.mark.parametrize(
    "value",
    [
        "",
        "rubbish",
        "🙂",
        "F:abc",
        "x" * 600,
        *(base64.urlsafe_b64encode(raw).decode() for raw in (b"\xff:x", b"x", b"x:")),
    ],
)
def test_rubbish_is_no_id(value: str) -> None:
    """INVALID_ID, never a decoder's own text."""
    with pytest.raises(InvalidId):
        parsed_id(value)
    result = _node(value)
    assert [error.extensions for error in result.errors] == [{"code": "INVALID_ID", "path": ["id"]}]


def test_an_id_of_a_type_that_is_no_node_is_invalid() -> None:
    """Query, a scalar, something unknown."""
    for name in ("Query", "String", "Progress", "Nope"):
        assert _node(global_id(name, "1")).errors[0].extensions["code"] == "INVALID_ID"


def test_a_missing_object_is_null() -> None:
    """Not an error."""
    found, missing = _node(global_id("Experiment", "tip-bench-00001")), _node(global_id("Experiment", "tip-bench-none"))
    assert found.data["node"] == {"id": global_id("Experiment", "tip-bench-00001"), "name": "tip-bench-00001"}
    assert (missing.data, missing.errors) == ({"node": None}, None)
