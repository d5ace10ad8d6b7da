"""Global ids: the Node interface, and the way from an id to its object, past the role of the object's type."""

import base64
import binascii
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import strawberry

from api.access import check_type
from api.context import ApiContext
from api.execution.computed import computed
from contracts.refusals import InvalidInput

LONGEST_ID = 512


class InvalidId(InvalidInput):
    """Raised for an id that no Node type could have."""

    code = "INVALID_ID"


def accepts(*records: type) -> Callable[[object, object], bool]:
    """Return an `is_type_of` function for a type that shows these contract records."""

    def is_type_of(value: object, info: object) -> bool:  # noqa: ARG001 - graphql-core passes the info
        return isinstance(value, records)

    return is_type_of


def global_id(type_name: str, key: str) -> str:
    """Return an opaque id, unique over all types."""
    return base64.urlsafe_b64encode(f"{type_name}:{key}".encode()).decode()


def parsed_id(value: str) -> tuple[str, str]:
    """Return the type name and key in a global id; raise InvalidId for any other text."""
    refused = InvalidId("This is not an id.", ("id",))
    if len(value) > LONGEST_ID:
        raise refused
    try:
        type_name, colon, key = base64.b64decode(value.encode(), altchars=b"-_", validate=True).decode().partition(":")
    except (ValueError, binascii.Error) as error:
        raise refused from error
    if not colon or not key:
        raise refused
    return type_name, key


@strawberry.interface(description="Something with an id of its own, which `node(id)` finds again.")
class Node:
    """The interface of types with a global id; each carries a role and makes its id with `node_id`."""

    id: strawberry.ID = strawberry.field(description="The id over all types, opaque.")


def node_id(type_name: str, key: str = "name") -> Any:
    """Return the field to assign to a Node type's `id: strawberry.ID`; `key` is the attribute that identifies a row."""
    return computed(
        lambda row: global_id(type_name, str(getattr(row, key))), strawberry.ID, "The id over all types, opaque."
    )


Finder = Callable[[ApiContext, str], Awaitable[Any]]


async def find_node(context: ApiContext, finders: Mapping[type, Finder], value: str) -> Any:
    """Return the object of a global id, None when there is none; the type's role is checked before anything is read.

    `finders` reads an object by its key, one for each Node type. Raise InvalidId for an id of no such type.
    """
    type_name, key = parsed_id(value)
    for node, finder in finders.items():
        definition = node.__strawberry_definition__  # type: ignore[attr-defined] # every Node is a strawberry type
        if definition.name == type_name:
            check_type(context.caller, definition)
            return await finder(context, key)
    raise InvalidId("This is not an id.", ("id",))
