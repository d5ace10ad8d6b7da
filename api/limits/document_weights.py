"""What a document costs to prepare, in units of 10 µs: measured weights, charged before the work is done.

`python -m benchmarks.server.documents` measures documents of every shape against them; its table is in the docs.
"""

from graphql import DocumentNode, OperationDefinitionNode, TokenKind

from api.limits.document_limits import OperationPlan

CHARACTER = 0.5
"""Reading one character: parsing and planning take up to 5 µs a token, which is two characters or more."""
DOCUMENT = 50
"""Validating the smallest document, whatever is in it."""
TOKEN = 1
SELECTION = 4
VARIABLE = 2
DEFINITION = 3


def reading_cost(text: str) -> float:
    """Return what parsing and planning a text costs at most, in units."""
    return len(text) * CHARACTER


def validation_cost(document: DocumentNode, plan: OperationPlan) -> int:
    """Return what validating a parsed document costs at most, in units, valid or not."""
    operations = [each for each in document.definitions if isinstance(each, OperationDefinitionNode)]
    variables = sum(len(each.variable_definitions) for each in operations)
    parts = TOKEN * _tokens(document) + SELECTION * plan.visits
    return DOCUMENT + parts + VARIABLE * variables + DEFINITION * len(document.definitions)


def _tokens(document: DocumentNode) -> int:
    """Return how many tokens the document was parsed from, comments aside."""
    count, token = 0, None if document.loc is None else document.loc.start_token.next
    while token is not None and token.kind is not TokenKind.EOF:
        count += token.kind is not TokenKind.COMMENT
        token = token.next
    return count
