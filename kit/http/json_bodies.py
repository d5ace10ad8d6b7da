"""JSON that comes in as the record that it is to be, refused by one rule where it is not."""

from collections.abc import Mapping
from typing import TypeVar

import msgspec

from contracts.refusals import InvalidInput, Refusal
from kit.http.headers import Malformed, media_type_of
from kit.validation import in_words, path_of

JSON = "application/json"
T = TypeVar("T")


class UnsupportedMediaType(Refusal):
    """A body that does not say it is of the type that is taken."""

    code = "UNSUPPORTED_MEDIA_TYPE"


def check_json(headers: Mapping[str, str]) -> None:
    """Raise UnsupportedMediaType unless the body says that it is JSON; `headers` have lower-case names."""
    if media_type_of(headers) != JSON:
        raise UnsupportedMediaType(f"the body comes as {JSON}", ("Content-Type",))


def decoded(body: bytes, kind: type[T]) -> T:
    """Return the body as that record; raise InvalidInput naming the field, Malformed for what is no JSON at all."""
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.ValidationError as error:
        raise InvalidInput(in_words(error, kind), path_of(error)) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Malformed("the body is no JSON") from None
