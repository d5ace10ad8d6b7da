"""Modules in processes of their own: serves one, and calls one as if it were local."""

import os
import re
import socket
import time
import uuid
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import uvicorn

from contracts.access.auth import Auth, PublishedKeys
from contracts.modules.profile import Person
from contracts.refusals import Unavailable
from resources.home import Home
from resources.rpc.client import Client, ModuleAddress
from resources.rpc.internal_tokens import Principal, Signer, Verifier, public_key, signing_key
from resources.rpc.operations import Operation, operations
from resources.rpc.server import RpcEndpoint
from services.auth.sessions.caller import CachingAuth
from services.profile.module import ProfileModule
from wiring.database import open_database
from wiring.keys import home_keys
from wiring.modules.auth import build_auth
from wiring.modules.events import build_events
from wiring.processes.up import LONGEST_SOCKET, listen
from wiring.server.slow_clients import SlowClientProtocol
from wiring.settings import Settings, SettingsError

PLACE = re.compile(r"unix:(?P<socket>/.+)|http://127\.0\.0\.1:(?P<port>[0-9]{1,5})")
CONTRACTS: Mapping[str, tuple[Any, ...]] = {"auth": (Auth, PublishedKeys), "profile": (Person,)}
"""What a module that may leave is asked for, by its name."""


def contract_of(module: str) -> Mapping[str, Operation]:
    """Return the operations of a module that may run in a process of its own."""
    return operations(*CONTRACTS[module])


def place_of(module: str, text: str) -> ModuleAddress:
    """Return the address of a module in `[modules]`; raise SettingsError for an invalid one."""
    found = PLACE.fullmatch(text)
    if found is None:
        raise SettingsError(
            f"tipbench.toml: modules.{module} is no place: write unix:/PATH or http://127.0.0.1:PORT",
            (f"modules.{module}",),
        )
    return ModuleAddress(found["socket"], int(found["port"]) if found["port"] else None)


def remote_auth(home: Home, text: str, clock: Callable[[], float] = time.time) -> CachingAuth:
    """Return a client for auth in another process; it caches nothing, the module does for a second at most."""
    client: Any = Client(
        "auth", contract_of("auth"), place_of("auth", text), Signer(signing_key(home), clock), _no_auth
    )
    client.cached = lambda *_: None
    typed: CachingAuth = client
    return typed


def remote_profile(home: Home, text: str, clock: Callable[[], float] = time.time) -> Person:
    """Return a client for profiles and consents in another process."""
    signer = Signer(signing_key(home), clock)
    client: Any = Client("profile", contract_of("profile"), place_of("profile", text), signer, _no_profile)
    typed: Person = client
    return typed


def own_things(principal: Principal, _: str, given: Mapping[str, Any]) -> bool:
    """Return whether a call concerns its own user; admins and the server itself may call for any user."""
    return principal.role in {"ADMIN", "INTERNAL"} or given.get("user") == principal.subject


def _no_profile(_: str) -> Exception:
    return Unavailable("profile does not answer: start it with tipbench serve profile")


def _no_auth(_: str) -> Exception:
    return Unavailable("auth does not answer: start it with tipbench serve auth")


def build_rpc_endpoint(module: str, settings: Settings) -> RpcEndpoint:
    """Return the endpoint that serves one module; raise SettingsError without the gateway's public key."""
    public = public_key(settings.home)
    if public is None:
        raise SettingsError(
            f"{settings.home.keys} lacks internal.pub, the gateway's public key: tipbench keys make makes it there, or "
            "copy it from the gateway's home",
            ("internal.pub",),
        )
    engine, keys = open_database(settings.home, settings.database_url), home_keys(settings.home)
    bus, verify = build_events(settings, engine, keys.sealer).bus, Verifier(public, module, time.time).verify
    if module == "auth":
        return RpcEndpoint(build_auth(settings, engine, bus=bus), contract_of(module), verify)
    built = ProfileModule(engine, keys.sealer, bus, settings.home.secret("profile"), ids=lambda: str(uuid.uuid4()))
    return RpcEndpoint(built, contract_of(module), verify, own_things)


def listen_at(place: ModuleAddress) -> socket.socket:
    """Return a socket that listens at `place`; raise SettingsError when it cannot.

    A Unix socket is its owner's alone, and replaces one that no process listens on any more.
    """
    if place.socket is None:
        return listen(place.port or 0)
    path = Path(place.socket)
    if len(os.fsencode(path)) > LONGEST_SOCKET:
        raise SettingsError(f"{path} is too long for a socket: name a shorter one with --socket", ("socket",))
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    found = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    if path.is_socket():
        if found.connect_ex(str(path)) == 0:
            raise SettingsError(
                f"{path} is listened on by another process: stop that one, or name another --socket", ("socket",)
            )
        path.unlink()
        found.close()
        found = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    mask = os.umask(0o177)
    try:
        found.bind(str(path))
    finally:
        os.umask(mask)
    return found


def serve_alone(endpoint: RpcEndpoint, listening: socket.socket) -> None:
    """Serve the module until SIGINT or SIGTERM."""
    config = uvicorn.Config(
        endpoint.app(),
        http=SlowClientProtocol,
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
    )
    uvicorn.Server(config).run(sockets=[listening])
