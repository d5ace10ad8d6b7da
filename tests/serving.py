"""A module behind its real endpoint: a server of this process on a Unix socket, and the client that asks it."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

import resources.rpc.client
from resources.rpc.client import Client, ModuleAddress
from resources.rpc.internal_tokens import Signer, Verifier
from resources.rpc.server import RpcEndpoint
from tests.deadline import DEADLINE_S
from tests.running_server import running_in_thread
from wiring.modules.remote import contract_of, listen_at

PRIVATE = Ed25519PrivateKey.generate()


@contextmanager
def serving(endpoint: RpcEndpoint) -> Iterator[ModuleAddress]:
    """Where the endpoint is open until the block ends; one that a loaded machine makes slow is not away."""
    with tempfile.TemporaryDirectory(prefix="tipbench-") as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(resources.rpc.client, "DEADLINE_S", DEADLINE_S)
        place = ModuleAddress(socket=str(Path(folder) / "module.sock"))
        config = uvicorn.Config(endpoint.app(), log_level="warning", access_log=False)
        with listen_at(place) as listening, running_in_thread(config, listening):
            yield place


@contextmanager
def served_over_http(
    module: str, built: Any, clock: Callable[[], float], away: Callable[[str], Exception], **more: Any
) -> Iterator[Any]:
    """A client with the methods of the module's contract, which `built` carries out on the other side."""
    verifier = Verifier(PRIVATE.public_key(), module, clock)
    with serving(RpcEndpoint(built, contract_of(module), verifier.verify, **more)) as place:
        yield Client(module, contract_of(module), place, Signer(PRIVATE, clock), away)
