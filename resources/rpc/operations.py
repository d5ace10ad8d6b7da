"""The operations of a contract's Protocols: each method with a record of its parameters and the type of its answer."""

import inspect
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, get_type_hints

import msgspec


@dataclass(frozen=True)
class Operation:
    """One method of a contract; `params` is a Struct of its parameters by name."""

    name: str
    signature: inspect.Signature
    params: type[msgspec.Struct]
    returns: Any

    def packed(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> bytes:
        """Return a call's parameters as JSON, with `?` for what is no Unicode; raise TypeError as any wrong call."""
        bound = self.signature.bind(*args, **kwargs).arguments
        given = {name: _text(value) if isinstance(value, str) else value for name, value in bound.items()}
        return msgspec.json.encode(self.params(**given))

    def unpacked(self, body: bytes) -> dict[str, Any]:
        """Return the parameters from JSON; raise msgspec.DecodeError, which ValidationError is too."""
        read = msgspec.json.decode(body, type=self.params)
        return {name: getattr(read, name) for name in self.params.__struct_fields__}


def operations(*protocols: Any) -> Mapping[str, Operation]:
    """Return the public methods of all `protocols` as operations, by name."""
    found = {}
    for protocol in protocols:
        for name, function in inspect.getmembers(protocol, inspect.isfunction):
            if not name.startswith("_"):
                found[name] = _operation(name, function)
    return found


def _operation(name: str, function: Any) -> Operation:
    hints = get_type_hints(function, include_extras=True)
    signature = inspect.signature(function)
    taken = list(signature.parameters.values())[1:]
    fields = [_field(parameter, hints[parameter.name]) for parameter in taken]
    params = msgspec.defstruct(name, fields, kw_only=True, forbid_unknown_fields=True)
    return Operation(name, signature.replace(parameters=taken), params, hints["return"])


def _text(value: str) -> str:
    return value.encode("utf-8", "replace").decode()


def _field(parameter: inspect.Parameter, hint: Any) -> tuple[str, Any] | tuple[str, Any, Any]:
    if parameter.default is inspect.Parameter.empty:
        return (parameter.name, hint)
    return (parameter.name, hint, parameter.default)
