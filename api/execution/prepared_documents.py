"""A cache of documents that are parsed, planned and validated."""

from collections import OrderedDict
from dataclasses import dataclass

from graphql import (
    ASTValidationRule,
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    GraphQLSyntaxError,
    parse,
    validate,
)
from strawberry.schema.validation_rules.maybe_null import MaybeNullValidationRule
from strawberry.schema.validation_rules.one_of import OneOfInputValidationRule
from strawberry.types import ExecutionContext

from api.errors import BAD_REQUEST, coded
from api.limits.document_limits import DocumentLimits, OperationPlan, plan_operation
from api.limits.schema_info import SchemaInfo

NOTHING = parse("{__typename}")
"""The empty document that stands for a refused one, so that nothing of the refused one is used."""


MOST_ERRORS = 3
"""The validation errors that are looked for; what is wrong beyond them is not."""


@dataclass(frozen=True)
class PreparedDocument:
    """A document with its plan; without a plan it cannot run, and `errors` say why."""

    document: DocumentNode
    plan: OperationPlan | None
    errors: tuple[GraphQLError, ...] = ()


class DocumentCache:
    """Documents by text, least recently used first out; `capacity` is in characters of text."""

    def __init__(self, capacity: int) -> None:
        self._left = capacity
        self._documents: OrderedDict[str, PreparedDocument] = OrderedDict()

    def get(self, text: str) -> PreparedDocument | None:
        """Return the document of a text, None if it is not there."""
        found = self._documents.get(text)
        if found is not None:
            self._documents.move_to_end(text)
        return found

    def add(self, text: str, document: PreparedDocument) -> None:
        """Add a document; what was not used for longest goes."""
        if text in self._documents:
            return
        self._documents[text] = document
        self._left -= len(text)
        while self._left < 0:
            self._left += len(self._documents.popitem(last=False)[0])


class PreparedDocuments:
    """One schema's documents: read and validated once, found again by their text.

    `capacity` is in characters of text; a character takes about 200 times that in memory. Refused documents have a
    cache of their own, a quarter as large, so that they displace nothing. `made` counts the documents read so far.
    """

    def __init__(
        self, schema: GraphQLSchema, limits: DocumentLimits, capacity: int = 200_000, longest: int = 16_384
    ) -> None:
        self._schema, self._limits, self._longest = schema, limits, longest
        self._schema_info = SchemaInfo(schema)
        own: tuple[type[ASTValidationRule], ...] = (MaybeNullValidationRule, OneOfInputValidationRule)
        self._rules = (*ExecutionContext("", None, ()).validation_rules, *own)  # type: ignore[arg-type] # the default rules only
        self._valid = DocumentCache(capacity)
        self._refused = {hints: DocumentCache(capacity // 4) for hints in (True, False)}
        self.made = 0

    def find(self, text: str, *, hints: bool) -> PreparedDocument | None:
        """Return the prepared document of a text, refused or not, None if it is not cached."""
        return self._valid.get(text) or self._refused[hints].get(text)

    def read(self, text: str) -> PreparedDocument:
        """Return a text parsed and planned, with the error where that is refused; it is not validated yet."""
        self.made += 1
        try:
            document = parse(text, max_tokens=self._limits.tokens)
            return PreparedDocument(document, plan_operation(self._schema_info, document, self._limits))
        except GraphQLSyntaxError as error:
            large = "tokens" in error.message or "too deeply" in error.message
            code = "TOO_COMPLEX" if large else BAD_REQUEST
            return PreparedDocument(NOTHING, None, (GraphQLError(error.message, extensions={"code": code}),))
        except GraphQLError as error:
            return PreparedDocument(NOTHING, None, (error,))
        except RecursionError:
            return PreparedDocument(NOTHING, None, (coded("TOO_COMPLEX", "The document is nested too deeply."),))

    def validated(self, read: PreparedDocument, *, hints: bool) -> PreparedDocument:
        """Return a document that was read with its first validation errors; `hints` True lets them suggest names."""
        found = validate(self._schema, read.document, self._rules, MOST_ERRORS, hide_suggestions=not hints)
        return PreparedDocument(read.document, read.plan, tuple(map(_of_the_document, found[:MOST_ERRORS])))

    def add(self, text: str, document: PreparedDocument, *, hints: bool) -> None:
        """Keep a document for its text, unless it is over `longest` characters."""
        if len(text) <= self._longest:
            (self._refused[hints] if document.errors else self._valid).add(text, document)


def _of_the_document(error: GraphQLError) -> GraphQLError:
    """Return a syntax error as a fault of the document, also where a scalar fails on a literal of 5,000 digits."""
    if error.original_error is None:
        return error
    return GraphQLError("A value in the document cannot be read.", error.nodes, extensions={"code": BAD_REQUEST})
