"""The one table from errors to codes: what a client may read, what is masked, and what the log records of either."""

import logging
import re
import traceback
from collections.abc import Sequence
from typing import Any

from graphql import FieldNode, GraphQLError, GraphQLSyntaxError
from strawberry.exceptions import StrawberryGraphQLError

from contracts.access.caller import Caller, Role
from contracts.refusals import Refusal
from core.full_disk import is_full_disk

log = logging.getLogger("tipbench.api")
INTERNAL = "INTERNAL"
BAD_REQUEST = "BAD_REQUEST"
TIMEOUT = "TIMEOUT"
UNAVAILABLE = "UNAVAILABLE"
_SUGGESTION = re.compile(r"\s*Did you mean .*", re.DOTALL)
_CAUSES = 5


def coded(code: str, message: str, **more: Any) -> GraphQLError:
    """Return a GraphQL error with a code and further extensions."""
    return GraphQLError(message, extensions={"code": code, **more})


def _cause(error: BaseException) -> BaseException:
    """Return the error that GraphQL's own errors wrap."""
    for _ in range(_CAUSES):
        if not isinstance(error, GraphQLError) or error.original_error is None:
            break
        error = error.original_error
    return error


def _is_clients(error: GraphQLError, cause: BaseException) -> bool:
    """Return whether the document or its variables are at fault, and not what a resolver returned."""
    if isinstance(error, GraphQLSyntaxError | StrawberryGraphQLError):
        return True
    if error.path is None:
        return isinstance(cause, GraphQLError) or error.message.startswith("Variable '$")
    return isinstance(cause, GraphQLError) and cause.nodes is not None and cause is not error


def code_of(error: GraphQLError) -> str:
    """Return the error's stable code, INTERNAL for anything unforeseen."""
    cause = _cause(error)
    if isinstance(cause, Refusal):
        return cause.code
    if isinstance(cause, TimeoutError) and error.path is None:
        return TIMEOUT
    if is_full_disk(cause):
        return UNAVAILABLE
    if isinstance(cause, GraphQLError) and isinstance((cause.extensions or {}).get("code"), str):
        return str(cause.extensions["code"])  # type: ignore[index] # the line above has looked
    return BAD_REQUEST if _is_clients(error, cause) else INTERNAL


def shown(error: GraphQLError, caller: Caller | None, request_id: str) -> GraphQLError:
    """Return the error as this caller may read it.

    It has a code always, an id in place of anything internal, and no suggestions of field names below ADMIN.
    """
    code, cause = code_of(error), _cause(error)
    extensions: dict[str, Any] = {"code": code}
    message = error.message
    if code == INTERNAL:
        message, extensions["id"] = "Something went wrong here; the id leads to it in the log.", request_id
    elif isinstance(cause, Refusal):
        message, extensions["path"] = cause.message, list(cause.path)
    elif code == TIMEOUT:
        message = "The answer took too long; ask for less."
    elif code == UNAVAILABLE and is_full_disk(cause):
        message = "The disk has no room for this: an admin has to make some."
    elif isinstance(cause, GraphQLError):
        extensions = {**(cause.extensions or {}), "code": code}
        if caller is None or caller.role < Role.ADMIN:
            message = _SUGGESTION.sub("", message)
    return GraphQLError(message, error.nodes, error.source, error.positions, error.path, extensions=extensions)


def _frames(cause: BaseException) -> str:
    """Return where it was raised, innermost first: file, line and function, never a message or a line of code."""
    return " < ".join(
        f"{each.filename.rsplit('/', 1)[-1]}:{each.lineno} {each.name}"
        for each in reversed(traceback.extract_tb(cause.__traceback__)[-8:])
    )


def _place(error: GraphQLError) -> str:
    """Return the name of the schema's field, not the path, which has the caller's own aliases."""
    node = error.nodes[0] if error.path and error.nodes else None
    return node.name.value if isinstance(node, FieldNode) else ""


def record(errors: Sequence[GraphQLError], request_id: str) -> None:
    """Log each error: foreseen ones at INFO with code, others at ERROR with class and place.

    No text of query or message.
    """
    for error in errors:
        code, place = code_of(error), _place(error)
        if code == INTERNAL:
            cause = _cause(error)
            log.error("%s %s at %s: %s in %s", request_id, code, place, type(cause).__name__, _frames(cause))
        else:
            log.info("%s %s at %s", request_id, code, place)
