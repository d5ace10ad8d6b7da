"""One pass over a parsed document before validation: its size, its cost and the role it needs.

Each fragment is measured once, so that the pass takes time by the text's length and not by what it expands to.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLNamedType,
    OperationDefinitionNode,
    OperationType,
    SelectionNode,
    SelectionSetNode,
    VariableDefinitionNode,
)

from api.limits.costs import Cost, page_defaults
from api.limits.schema_info import FieldInfo, SchemaInfo
from contracts.access.caller import Role


@dataclass(frozen=True)
class DocumentLimits:
    """The most that a document may have, with fragments expanded, except for tokens and nesting of spreads.

    `seconds` is how long a query may run; a mutation is never cut off.
    """

    tokens: int = 2_000
    selections: int = 500
    depth: int = 12
    introspection_depth: int = 20
    aliases: int = 60
    same_key: int = 10
    directives: int = 10
    spread_depth: int = 40
    visits: int = 5_000
    cost: int = 50_000
    seconds: float = 30.0


class TooComplex(GraphQLError):
    """Raised when the document asks for more than one operation may."""

    def __init__(self, message: str) -> None:
        super().__init__(message, extensions={"code": "TOO_COMPLEX"})


class BadDocument(GraphQLError):
    """Raised when the document is not exactly one operation that could run."""

    def __init__(self, message: str) -> None:
        super().__init__(message, extensions={"code": "BAD_REQUEST"})


@dataclass
class Measure:
    """The size of a selection set with all that it spreads.

    `keys` counts how often each response key would be merged.
    """

    selections: int = 0
    aliases: int = 0
    depth: int = 0
    introspection: int = 0
    keys: dict[str, int] = field(default_factory=dict)
    cost: Cost = field(default_factory=Cost)
    role: Role | None = None


@dataclass(frozen=True)
class OperationPlan:
    """What is known of a document with one operation; `visits` counts the steps that measuring took."""

    name: str | None
    operation: OperationType
    role: Role | None
    cost: Cost
    defaults: dict[str, int]
    measure: Measure
    visits: int


def higher(one: Role | None, other: Role | None) -> Role | None:
    """Return the higher of two roles; None is below all."""
    if one is None or other is None:
        return one or other
    return max(one, other)


class _Walk:
    """The state of measuring one document."""

    def __init__(
        self, schema_info: SchemaInfo, fragments: dict[str, FragmentDefinitionNode], limits: DocumentLimits
    ) -> None:
        self.schema_info, self.fragments, self.limits = schema_info, fragments, limits
        self.known: dict[str, Measure] = {}
        self.open: set[str] = set()
        self.visits = 0

    def visit(self, node: SelectionNode | FragmentDefinitionNode | OperationDefinitionNode) -> None:
        self.visits += 1
        if self.visits > self.limits.visits:
            raise TooComplex("The document has too many parts.")
        if len(node.directives) > self.limits.directives:
            raise TooComplex(f"More than {self.limits.directives} directives on one node.")

    def fragment(self, name: str) -> Measure:
        """Return the fragment's measure, taken once; one that is unknown or spreads itself is left to validation."""
        if name in self.known:
            return self.known[name]
        node = self.fragments.get(name)
        if node is None or name in self.open:
            return Measure()
        if len(self.open) >= self.limits.spread_depth:
            raise TooComplex(f"Fragments spread each other more than {self.limits.spread_depth} deep.")
        self.visit(node)
        self.open.add(name)
        target = self.schema_info.types.get(node.type_condition.name.value)
        measure = self.selections(node.selection_set, target, 0)
        measure.role = higher(measure.role, self.schema_info.role(target))
        self.open.discard(name)
        self.known[name] = measure
        return measure

    def selections(self, nodes: SelectionSetNode, parent: GraphQLNamedType | None, nesting: int) -> Measure:
        """Return the measure of a selection set on a type; `nesting` counts the braces around it in its fragment."""
        if nesting > self.limits.introspection_depth:
            raise TooComplex(f"The document is more than {self.limits.depth} deep.")
        total = Measure()
        for node in nodes.selections:
            self.visit(node)
            if isinstance(node, FieldNode):
                self.add_field(total, node, parent, nesting)
            elif isinstance(node, FragmentSpreadNode):
                self.merge(total, self.fragment(node.name.value))
            else:
                condition = node.type_condition  # type: ignore[attr-defined] # the third kind, an inline fragment
                target = parent if condition is None else self.schema_info.types.get(condition.name.value)
                total.role = higher(total.role, self.schema_info.role(target))
                self.merge(total, self.selections(node.selection_set, target, nesting + 1))  # type: ignore[attr-defined] # the same
        return total

    def add_field(self, total: Measure, node: FieldNode, parent: GraphQLNamedType | None, nesting: int) -> None:
        """Add a field with everything beneath it to `total`."""
        schema_info = self.schema_info.field(parent, node.name.value)
        beneath = Measure()
        if node.selection_set is not None:
            beneath = self.selections(node.selection_set, schema_info.type, nesting + 1)
        within = max(beneath.keys.values(), default=1)
        hidden = schema_info.hidden
        own = Measure(
            selections=1 + beneath.selections,
            aliases=beneath.aliases + (node.alias is not None),
            depth=0 if hidden else 1 + beneath.depth,
            introspection=1 + max(beneath.depth, beneath.introspection) if hidden else beneath.introspection,
            keys={(node.alias or node.name).value: within},
            cost=self.cost(schema_info, node, beneath),
            role=higher(schema_info.role, beneath.role),
        )
        self.merge(total, own)

    @staticmethod
    def cost(schema_info: FieldInfo, node: FieldNode, beneath: Measure) -> Cost:
        """Return the field's own cost plus its page size times the cost beneath it."""
        return beneath.cost.times(schema_info.page(node)).plus(Cost.fixed(schema_info.cost(node)))

    def merge(self, total: Measure, part: Measure) -> None:
        """Add a part that stands in the same place; raise TooComplex as soon as a limit is passed."""
        limits = self.limits
        self.visits += len(part.keys) // 8
        total.selections += part.selections
        total.aliases += part.aliases
        total.depth = max(total.depth, part.depth)
        total.introspection = max(total.introspection, part.introspection)
        total.role = higher(total.role, part.role)
        if total.selections > limits.selections:
            raise TooComplex(f"More than {limits.selections} selections once fragments are expanded.")
        if total.aliases > limits.aliases:
            raise TooComplex(f"More than {limits.aliases} aliases.")
        if total.depth > limits.depth or total.introspection > limits.introspection_depth:
            raise TooComplex(f"The document is more than {limits.depth} deep.")
        for key, times in part.keys.items():
            total.keys[key] = total.keys.get(key, 0) + times
            if total.keys[key] > limits.same_key:
                raise TooComplex(f"The same field more than {limits.same_key} times in one place.")
        total.cost = total.cost.plus(part.cost)


def _operation(document: DocumentNode) -> OperationDefinitionNode:
    operations = [each for each in document.definitions if isinstance(each, OperationDefinitionNode)]
    if len(operations) != 1:
        raise BadDocument("A document holds exactly one operation.")
    return operations[0]


def _fragments(document: DocumentNode) -> dict[str, FragmentDefinitionNode]:
    """Return the fragments by name; raise BadDocument for two of one name, of which only validation would see both."""
    named = [each for each in document.definitions if isinstance(each, FragmentDefinitionNode)]
    found = {each.name.value: each for each in named}
    if len(found) < len(named):
        raise BadDocument("Two fragments have the same name.")
    return found


def _check_variables(variables: Iterable[VariableDefinitionNode], limits: DocumentLimits) -> None:
    if any(len(variable.directives) > limits.directives for variable in variables):
        raise TooComplex(f"More than {limits.directives} directives on one node.")


def plan_operation(schema_info: SchemaInfo, document: DocumentNode, limits: DocumentLimits) -> OperationPlan:
    """Return the plan of a document.

    Raise BadDocument unless it has exactly one operation, TooComplex beyond a limit. Definitions that the operation
    does not use are measured too: validation would walk them.
    """
    operation = _operation(document)
    _check_variables(operation.variable_definitions, limits)
    fragments = _fragments(document)
    walk = _Walk(schema_info, fragments, limits)
    walk.visit(operation)
    root = schema_info.schema.get_root_type(operation.operation)
    measure = walk.selections(operation.selection_set, root, 0)
    for fragment in fragments:
        walk.fragment(fragment)
    defaults = page_defaults(operation.variable_definitions)
    name = None if operation.name is None else operation.name.value
    return OperationPlan(name, operation.operation, measure.role, measure.cost, defaults, measure, walk.visits)
