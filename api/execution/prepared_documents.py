"""A cache of documents that are parsed, planned and validated."""

from collections import OrderedDict
from dataclasses import dataclass

from graphql import DocumentNode, GraphQLError, GraphQLSchema, GraphQLSyntaxError, parse
from strawberry.schema.schema import validate_document
from strawberry.types import ExecutionContext

from api.errors import BAD_REQUEST, coded
from api.limits.document_limits import DocumentLimits, OperationPlan, plan_operation
from api.limits.schema_info import SchemaInfo

NOTHING = parse("{__typename}")
"""The empty document that stands for a refused one, so that nothing of the refused one is used."""


@dataclass(frozen=True)
class PreparedDocument:
    """A document with its plan; without a plan it cannot run, and `errors` say why."""

    document: DocumentNode
    plan: OperationPlan | None
    errors: tuple[GraphQLError, ...] = ()


class PreparedDocuments:
    """A cache of one schema's documents, least recently used first out; `capacity` is in characters of text.

    A character of text takes about 200 times that in memory. `made` counts the documents prepared so far.
    """

    def __init__(
        self, schema: GraphQLSchema, limits: DocumentLimits, capacity: int = 200_000, longest: int = 16_384
    ) -> None:
        self._schema, self._limits, self._capacity, self._longest = schema, limits, capacity, longest
        self._schema_info = SchemaInfo(schema)
        self._rules = tuple(ExecutionContext("", None, ()).validation_rules)  # type: ignore[arg-type] # the default rules only
        self._documents: OrderedDict[str, PreparedDocument] = OrderedDict()
        self.made = 0

    def get(self, text: str) -> PreparedDocument:
        """Return the prepared document of a text, refused or not.

        Refused documents and those over `longest` characters are not cached, so that they displace nothing.
        """
        found = self._documents.get(text)
        if found is not None:
            self._documents.move_to_end(text)
            return found
        made = self._make(text)
        if not made.errors and len(text) <= self._longest:
            self._documents[text] = made
            self._capacity -= len(text)
            while self._capacity < 0:
                self._capacity += len(self._documents.popitem(last=False)[0])
        return made

    def __contains__(self, text: str) -> bool:
        """Return whether the text's document is cached."""
        return text in self._documents

    def _make(self, text: str) -> PreparedDocument:
        self.made += 1
        try:
            document = parse(text, max_tokens=self._limits.tokens)
            planned = plan_operation(self._schema_info, document, self._limits)
        except GraphQLSyntaxError as error:
            large = "tokens" in error.message or "too deeply" in error.message
            code = "TOO_COMPLEX" if large else BAD_REQUEST
            return PreparedDocument(NOTHING, None, (GraphQLError(error.message, extensions={"code": code}),))
        except GraphQLError as error:
            return PreparedDocument(NOTHING, None, (error,))
        except RecursionError:
            return PreparedDocument(NOTHING, None, (coded("TOO_COMPLEX", "The document is nested too deeply."),))
        errors = validate_document(self._schema, document, self._rules)
        return PreparedDocument(document, planned, tuple(_of_the_document(error) for error in errors))


def _of_the_document(error: GraphQLError) -> GraphQLError:
    """Return a syntax error as a fault of the document, also where a scalar fails on a literal of 5,000 digits."""
    if error.original_error is None:
        return error
    return GraphQLError("A value in the document cannot be read.", error.nodes, extensions={"code": BAD_REQUEST})
