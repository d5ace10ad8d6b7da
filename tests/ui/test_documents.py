"""The panel's documents hold the API's limits: a page that asks for more than one operation may would show nothing."""

from pathlib import Path

import pytest
from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    NameNode,
    OperationDefinitionNode,
    SelectionSetNode,
    Visitor,
    parse,
    visit,
)

from api.limits.costs import LARGEST_PAGE
from api.limits.document_limits import DocumentLimits, plan_operation
from api.limits.schema_info import SchemaInfo
from api.root import admin_schema

SOURCES = Path(__file__).parents[2] / "ui" / "src"
LIMITS = DocumentLimits()
SIZES = {"TipList": 500}
"""Rows that a document asks for at once, where they are more than PAGE."""
PAGE = 50
SPARE = 1_000
"""What every document stays below the limit by: ten more fields of each cell of a board, as they are foreseen."""


class _Named(Visitor):
    """Adds `__typename` to each selection below an operation's own, as the panel's client does."""

    def leave_selection_set(self, node: SelectionSetNode, _k: object, parent: object, *_: object) -> SelectionSetNode:
        """Return the set with the name of its type, unless it is an operation's."""
        if isinstance(parent, OperationDefinitionNode):
            return node
        named = FieldNode(name=NameNode(value="__typename"), arguments=(), directives=())
        return SelectionSetNode(selections=(*node.selections, named))


class _Spreads(Visitor):
    """Notes the fragments that a node spreads."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def enter_fragment_spread(self, node: FragmentSpreadNode, *_: object) -> None:
        """Note one."""
        self.found.add(node.name.value)


def _documents() -> dict[str, DocumentNode]:
    """Every operation of the panel and of the page of judges with the fragments that it spreads, by its name."""
    found: dict[str, DocumentNode] = {}
    for judging in (False, True):
        files = [
            path for path in sorted(SOURCES.rglob("*.graphql")) if (SOURCES / "judging" in path.parents) is judging
        ]
        parts = [part for path in files for part in parse(path.read_text("utf-8")).definitions]
        fragments = {part.name.value: part for part in parts if isinstance(part, FragmentDefinitionNode)}
        for part in parts:
            if isinstance(part, OperationDefinitionNode):
                assert part.name is not None, "the client names every operation"
                found[part.name.value] = _whole(part, fragments)
    return found


def _whole(operation: OperationDefinitionNode, fragments: dict[str, FragmentDefinitionNode]) -> DocumentNode:
    used: dict[str, FragmentDefinitionNode] = {}
    todo: list[OperationDefinitionNode | FragmentDefinitionNode] = [operation]
    while todo:
        spreads = _Spreads()
        visit(todo.pop(), spreads)
        for name in spreads.found - set(used):
            used[name] = fragments[name]
            todo.append(fragments[name])
    document = DocumentNode(definitions=(operation, *used.values()))
    named: DocumentNode = visit(document, _Named())
    return named


DOCUMENTS = _documents()
SCHEMA_INFO = SchemaInfo(admin_schema().graphql_schema)


def _cost(document: DocumentNode, size: int) -> int:
    plan = plan_operation(SCHEMA_INFO, document, LIMITS)
    sizes = {each: size for term in plan.cost.terms for each in term}
    return plan.cost.given(sizes, plan.defaults)


@pytest.mark.parametrize("name", sorted(DOCUMENTS))
def test_every_document_holds_the_limits(name: str) -> None:
    """In selections, depth and the rest, and in cost, by a margin, with the page size that the panel asks for."""
    assert _cost(DOCUMENTS[name], SIZES.get(name, PAGE)) <= LIMITS.cost - SPARE


def test_a_count_is_asked_of_one_row() -> None:
    """`totalCount` is charged once for each row of the page that it is asked with."""
    counted = parse('query A($first: Int!) { tips(experiment: "tip-bench-a", first: $first) { totalCount } }')
    assert _cost(counted, 1) <= LIMITS.cost < _cost(counted, PAGE)


def test_the_table_of_sizes_names_documents() -> None:
    """A size for a document that is not there any more says nothing, and no page is larger than the API's largest."""
    assert set(SIZES) <= set(DOCUMENTS)
    assert max(SIZES.values()) <= LARGEST_PAGE
