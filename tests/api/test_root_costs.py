"""What root fields are charged is what they take, as measured."""

import json
from pathlib import Path
from typing import Any

from graphql import GraphQLObjectType

from api.limits.schema_info import DEFINITION
from api.root import admin_schema

TABLE = Path(__file__).parents[1] / "golden" / "root_costs.json"


def _charged(root: GraphQLObjectType | None) -> dict[str, Any]:
    fields = {} if root is None else root.fields
    metadata = {name: field.extensions[DEFINITION].metadata for name, field in fields.items()}
    return {name: {"": own["weight"], **own.get("with_argument", {})} for name, own in metadata.items()}


def test_every_root_field_is_charged_by_the_table() -> None:
    """In units of 10 µs, alone and what an argument adds; `python -m benchmarks.server.root_fields` measures it."""
    schema = admin_schema().graphql_schema
    charged = {"query": _charged(schema.query_type), "mutation": _charged(schema.mutation_type)}
    assert charged == json.loads(TABLE.read_text("utf-8"))
