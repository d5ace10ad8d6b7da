"""Parses GraphQL documents: the kinds of their operations, and their mutations with arguments."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    InlineFragmentNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    parse,
)
from graphql.utilities import value_from_ast_untyped

MOST_TOKENS = 20_000
MOST_FIELDS = 20


class UnreadableDocument(ValueError):
    """A document that does not parse, is too large, or hides its mutations."""


class Call(NamedTuple):
    """One root field of a mutation with its arguments as plain values."""

    name: str
    arguments: dict[str, Any]


def read_document(text: str) -> DocumentNode:
    """Return the parsed document; raise UnreadableDocument if it is no GraphQL or too long."""
    try:
        return parse(text, no_location=True, max_tokens=MOST_TOKENS)
    except (GraphQLError, RecursionError) as error:
        raise UnreadableDocument("the query cannot be read") from error


def kinds(document: DocumentNode) -> set[str]:
    """Return which of query, mutation and subscription occur in any operation of the document."""
    return {node.operation.value for node in document.definitions if isinstance(node, OperationDefinitionNode)}


def mutations(document: DocumentNode, variables: Mapping[str, Any]) -> list[Call]:
    """Return the root fields of every mutation in the document, through fragments, whichever operation runs."""
    fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}
    found: list[Call] = []
    for node in document.definitions:
        if isinstance(node, OperationDefinitionNode) and node.operation == OperationType.MUTATION:
            defaults = {
                each.variable.name.value: value_from_ast_untyped(each.default_value)
                for each in node.variable_definitions or ()
                if each.default_value is not None
            }
            values = {**defaults, **variables}
            for field in _fields(node.selection_set, fragments, frozenset()):
                arguments = {arg.name.value: value_from_ast_untyped(arg.value, values) for arg in field.arguments or ()}
                found.append(Call(field.name.value, arguments))
                if len(found) > MOST_FIELDS:
                    raise UnreadableDocument(f"over {MOST_FIELDS} mutations in one request")
    return found


def _fields(
    selections: SelectionSetNode, fragments: Mapping[str, FragmentDefinitionNode], inside: frozenset[str]
) -> Iterator[FieldNode]:
    for node in selections.selections:
        if isinstance(node, FieldNode):
            yield node
        elif isinstance(node, InlineFragmentNode):
            yield from _fields(node.selection_set, fragments, inside)
        elif isinstance(node, FragmentSpreadNode):
            name = node.name.value
            if name in inside or name not in fragments or len(inside) > MOST_FIELDS:
                raise UnreadableDocument("a fragment is not defined or spreads itself")
            yield from _fields(fragments[name].selection_set, fragments, inside | {name})
