"""Calls a module in another process as if it were here: the same methods, records and failures."""

import http.client
import logging
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from contracts.refusals import Refusal
from contracts.trace import TRACEPARENT
from kit.refusals import PROBLEM
from resources.rpc.internal_tokens import ACTING, Signer
from resources.rpc.operations import Operation
from resources.rpc.server import KINDS, RpcFailure

logger = logging.getLogger(__name__)
DEADLINE_S = 10.0
LARGEST = 64 << 20


@dataclass(frozen=True)
class ModuleAddress:
    """The address of a module: a Unix socket by its path, or a port of 127.0.0.1."""

    socket: str | None = None
    port: int | None = None

    def connection(self, timeout_s: float) -> http.client.HTTPConnection:
        """Return a new connection, so that no call goes out on one that the other side has just closed."""
        if self.socket is not None:
            return UnixConnection(self.socket, timeout_s)
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout_s)


class UnixConnection(http.client.HTTPConnection):
    """An HTTP connection over the Unix socket at `path`."""

    def __init__(self, path: str, timeout_s: float) -> None:
        super().__init__("module", timeout=timeout_s)
        self._path = path

    def connect(self) -> None:
        """Open the socket; raise OSError if no process listens."""
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


class Client:
    """Has a method for each of `operations`; `away(operation)` is the error raised if the module does not answer.

    It has `deadline_s` to answer, by default DEADLINE_S. A call is made once: whether one that broke off was carried
    out is not known.
    """

    def __init__(
        self,
        module: str,
        operations: Mapping[str, Operation],
        place: ModuleAddress,
        signer: Signer,
        away: Callable[[str], Exception],
        deadline_s: float | None = None,
    ) -> None:
        self._module, self._operations, self._place = module, operations, place
        self._signer, self._away, self._deadline_s = signer, away, deadline_s

    def __getattr__(self, name: str) -> Callable[..., Any]:
        operation = self._operations.get(name)
        if operation is None:
            raise AttributeError(f"the contract of {self._module} has no {name}")
        return lambda *args, **kwargs: self._call(operation, operation.packed(args, kwargs))

    def _call(self, operation: Operation, body: bytes) -> Any:
        try:
            status, media_type, answer = self._send(operation.name, body)
        except (OSError, http.client.HTTPException) as error:
            logger.warning("%s does not answer: %s", self._module, type(error).__name__)
            raise self._away(operation.name) from None
        if status == 200:
            return msgspec.json.decode(answer, type=operation.returns)
        if media_type == PROBLEM:
            raise _failure(answer)
        logger.warning("%s answered %s to %s", self._module, status, operation.name)
        raise self._away(operation.name)

    def _send(self, name: str, body: bytes) -> tuple[int, str, bytes]:
        connection = self._place.connection(self._deadline_s or DEADLINE_S)
        try:
            token = self._signer.sign(self._module, ACTING.get())
            headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
            headers |= {"traceparent": trace} if (trace := TRACEPARENT.get()) else {}
            connection.request("POST", f"/call/{name}", body, headers)
            response = connection.getresponse()
            return response.status, response.headers.get_content_type(), response.read(LARGEST)
        finally:
            connection.close()


def _failure(answer: bytes) -> Exception:
    failure = msgspec.json.decode(answer, type=RpcFailure)
    kind = KINDS[failure.kind]
    if not issubclass(kind, Refusal):
        return kind(failure.message)
    return kind(failure.message, failure.path, failure.code)
