"""Lists of flat rows, completed column by column; anything out of the ordinary is left to graphql-core.

The slow way starts from the untouched rows, so data, errors and paths are those of graphql-core in every case.
"""

import inspect
from collections.abc import Callable
from functools import partial
from itertools import chain
from math import isfinite
from operator import attrgetter
from typing import Any

from graphql import (
    FieldNode,
    GraphQLAbstractType,
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLField,
    GraphQLFloat,
    GraphQLID,
    GraphQLInt,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLResolveInfo,
    GraphQLString,
    is_leaf_type,
)
from graphql.pyutils import Path
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from api.access import check_type, required
from api.execution.computed import COLUMN
from api.limits.schema_info import DEFINITION

READER = "tipbench-reader"
FEWEST = 5
"""The shortest list, in rows, for which the fast way pays."""

INT_MIN, INT_MAX = -(2**31), 2**31 - 1
Column = list[Any]
Complete = Callable[[Column], Column]


class Slow(Exception):
    """Raised for what graphql-core must decide: a wrong type, a null, a resolver, an interface."""


def _texts(values: Column) -> Column:
    if set(map(type, values)) != {str}:
        raise Slow
    return values


def _truths(values: Column) -> Column:
    if set(map(type, values)) != {bool}:
        raise Slow
    return values


def _ints(values: Column) -> Column:
    if set(map(type, values)) != {int} or min(values) < INT_MIN or max(values) > INT_MAX:
        raise Slow
    return values


def _floats(values: Column) -> Column:
    kinds = set(map(type, values))
    if kinds != {float}:
        if not kinds <= {float, int}:
            raise Slow
        values = [float(value) for value in values]
    if not all(map(isfinite, values)):
        raise Slow
    return values


def _by_value(kind: Any, values: Column) -> Column:
    """Return the column of an enum or text scalar, each distinct value serialized once; raise Slow for mixed types."""
    kinds = set(map(type, values))
    if len(kinds) != 1 or (kinds != {str} and not isinstance(kind, GraphQLEnumType)):
        raise Slow
    names = {value: kind.serialize(value) for value in set(values)}
    if not all(type(name) is str for name in names.values()):
        raise Slow
    return [names[value] for value in values]


CHECKS: dict[Any, Complete] = {
    GraphQLString: _texts,
    GraphQLID: _texts,
    GraphQLBoolean: _truths,
    GraphQLInt: _ints,
    GraphQLFloat: _floats,
}


def _leaf(kind: Any) -> Complete:
    """Return the function that completes a whole column of a scalar or enum without nulls."""
    return CHECKS.get(kind) or partial(_by_value, kind)


def _reader(field: GraphQLField) -> tuple[Callable[[Any], Any], Complete | None]:
    """Return how the field is read from a row, and what completes its column, None unless it is a leaf without nulls.

    Found once a field. Raise Slow for a field with a resolver, an argument, an extension or a role.
    """
    known: tuple[Callable[[Any], Any], Complete | None] | None = field.extensions.get(READER)
    if known is None:
        kind = field.type.of_type if isinstance(field.type, GraphQLNonNull) else None
        known = field.extensions[READER] = _found_reader(field), _leaf(kind) if is_leaf_type(kind) else None
    return known


def _found_reader(field: GraphQLField) -> Callable[[Any], Any]:
    definition: Any = field.extensions.get(DEFINITION)
    if definition is None or definition.extensions or field.args or required(definition.directives) is not None:
        raise Slow
    computed = definition.metadata.get(COLUMN)
    if computed is not None:
        reader: Callable[[Any], Any] = computed
        return reader
    if not definition.is_basic_field or definition.default_resolver is not getattr:
        raise Slow
    return attrgetter(definition.python_name)


class FastLists(StrawberryGraphQLCoreExecutionContext):
    """graphql-core's execution with a fast way for lists and a role check behind interfaces and unions."""

    def complete_list_value(
        self,
        return_type: GraphQLList[GraphQLOutputType],
        field_nodes: list[FieldNode],
        info: GraphQLResolveInfo,
        path: Path,
        result: Any,
    ) -> Any:
        """Return the list completed column by column where all rows allow it, else as graphql-core completes it."""
        if type(result) is list and len(result) >= FEWEST and not getattr(self.middleware_manager, "middlewares", ()):
            try:
                return self._column(return_type.of_type, field_nodes, info, result)
            except Exception:  # noqa: BLE001, S110 - graphql-core meets the same fault and reports it
                pass
        return super().complete_list_value(return_type, field_nodes, info, path, result)

    def ensure_valid_runtime_type(
        self,
        runtime_type_name: Any,
        return_type: GraphQLAbstractType,
        field_nodes: list[FieldNode],
        info: GraphQLResolveInfo,
        result: Any,
    ) -> GraphQLObjectType:
        """Return the object's type behind an interface or union.

        Raise FORBIDDEN for a caller who may not read that type.
        """
        found = super().ensure_valid_runtime_type(runtime_type_name, return_type, field_nodes, info, result)
        check_type(getattr(self.context_value, "caller", None), found.extensions.get(DEFINITION))
        return found

    def _column(self, kind: Any, nodes: list[FieldNode], info: GraphQLResolveInfo, values: Column) -> Column:
        """Return all values of one field, completed; raise Slow when any is out of the ordinary."""
        if isinstance(kind, GraphQLNonNull):
            return self._present(kind.of_type, nodes, info, values)
        there = [value for value in values if value is not None]
        if len(there) == len(values):
            return self._present(kind, nodes, info, values)
        done = iter(self._present(kind, nodes, info, there) if there else ())
        return [None if value is None else next(done) for value in values]

    def _present(self, kind: Any, nodes: list[FieldNode], info: GraphQLResolveInfo, values: Column) -> Column:
        if not values:
            return []
        if is_leaf_type(kind):
            return _leaf(kind)(values)
        if isinstance(kind, GraphQLObjectType):
            return self._rows(kind, nodes, info, values)
        if isinstance(kind, GraphQLList) and set(map(type, values)) == {list}:
            flat = iter(self._column(kind.of_type, nodes, info, list(chain.from_iterable(values))))
            return [[next(flat) for _ in value] for value in values]
        raise Slow

    def _rows(
        self, kind: GraphQLObjectType, nodes: list[FieldNode], info: GraphQLResolveInfo, rows: Column
    ) -> list[dict[str, Any]]:
        if len(set(map(type, rows))) != 1 or inspect.isawaitable(rows[0]):
            raise Slow
        if kind.is_type_of is not None and kind.is_type_of(rows[0], info) is not True:
            raise Slow
        fields = self.collect_subfields(kind, nodes)
        if not fields:
            return [{} for _ in rows]  # all skipped by directives
        columns = [self._field(kind, below, info, rows) for below in fields.values()]
        names = tuple(fields)
        return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]

    def _field(self, kind: GraphQLObjectType, nodes: list[FieldNode], info: GraphQLResolveInfo, rows: Column) -> Column:
        name = nodes[0].name.value
        if name == "__typename":
            return [kind.name] * len(rows)
        field = kind.fields[name]
        reader, complete = _reader(field)
        values = list(map(reader, rows))
        return self._column(field.type, nodes, info, values) if complete is None else complete(values)
