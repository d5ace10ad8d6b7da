"""What planning needs of a schema, looked up once: a field's role, type, weight and page size, a type's role."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    FieldNode,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    IntValueNode,
    VariableNode,
    get_named_type,
)

from api.access import required
from api.limits.costs import LARGEST_PAGE, Size, clamped
from contracts.access.caller import Role

DEFINITION = "strawberry-definition"
LIST_ROWS = 10
"""The rows counted for a list that neither takes `first` nor sets `rows`."""


@dataclass(frozen=True)
class FieldInfo:
    """What planning needs of one field; `rows` counts where it takes no `first`, `hidden` marks introspection.

    `with_argument` is what a given argument adds to `weight`.
    """

    type: GraphQLNamedType | None
    role: Role | None = None
    weight: int = 1
    rows: int = 1
    takes_page: bool = False
    hidden: bool = False
    with_argument: Mapping[str, int] = field(default_factory=dict)

    def cost(self, node: FieldNode) -> int:
        """Return the field's own cost with the arguments that it is given, in units; null counts as given."""
        return self.weight + sum(self.with_argument.get(argument.name.value, 0) for argument in node.arguments)

    def page(self, node: FieldNode) -> Size:
        """Return how many rows the field may give: a literal, the name of a variable, or `rows` without either."""
        if not self.takes_page:
            return self.rows
        for argument in node.arguments:
            if argument.name.value in {"first", "last"}:
                if isinstance(argument.value, IntValueNode):
                    return clamped(int(argument.value.value[:12]))
                return argument.value.name.value if isinstance(argument.value, VariableNode) else LARGEST_PAGE
        return self.rows


UNKNOWN = FieldInfo(None)
INTROSPECTION = {"__schema": "__Schema", "__type": "__Type"}
"""The root fields of introspection and their types; for admins."""


def _is_list(field: GraphQLField) -> bool:
    kind = field.type
    return isinstance(kind.of_type if isinstance(kind, GraphQLNonNull) else kind, GraphQLList)


def _metadata(field: GraphQLField) -> dict[str, Any]:
    definition = field.extensions.get(DEFINITION)
    return {} if definition is None else dict(definition.metadata)


class SchemaInfo:
    """Lookups in one built schema; unknown fields have a weight and need no role."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self.schema, self.types = schema, schema.type_map
        self._roles = {name: self._type_role(each) for name, each in self.types.items()}
        self._fields: dict[tuple[str, str], FieldInfo] = {}
        for name, each in self.types.items():
            if isinstance(each, GraphQLObjectType | GraphQLInterfaceType):
                for field_name, field in each.fields.items():
                    self._fields[name, field_name] = self._schema_info(each, field)

    @staticmethod
    def _type_role(named: GraphQLNamedType) -> Role | None:
        definition = named.extensions.get(DEFINITION)
        return required(getattr(definition, "directives", None) or ())

    def role(self, named: GraphQLNamedType | None) -> Role | None:
        """Return the role that a type itself requires, None for none."""
        return None if named is None else self._roles.get(named.name)

    def field(self, parent: GraphQLNamedType | None, name: str) -> FieldInfo:
        """Return what is known of a type's field; UNKNOWN for one that the schema lacks."""
        if name in INTROSPECTION:
            return FieldInfo(self.types[INTROSPECTION[name]], Role.ADMIN, weight=100, hidden=True)
        return UNKNOWN if parent is None else self._fields.get((parent.name, name), UNKNOWN)

    def _schema_info(self, parent: GraphQLObjectType | GraphQLInterfaceType, field: GraphQLField) -> FieldInfo:
        named = get_named_type(field.type)
        if parent.name.startswith("__"):
            return FieldInfo(named, Role.ADMIN, hidden=True)
        definition, metadata = field.extensions.get(DEFINITION), _metadata(field)
        own = required(definition.directives) if definition is not None else None
        beneath = self.role(named)
        role = own if beneath is None or own is None else max(own, beneath)
        page = next((field.args[name] for name in ("first", "last") if name in field.args), None)
        rows = 1
        if page is not None:
            rows = clamped(page.default_value)
        elif _is_list(field) and "pageInfo" not in parent.fields:
            rows = metadata.get("rows", LIST_ROWS)
        weight, more = metadata.get("weight", 1), metadata.get("with_argument", {})
        return FieldInfo(named, role or beneath, weight, rows, page is not None, with_argument=more)
