"""Modules in processes of their own: serves one, and calls one as if it were local."""

import asyncio
import os
import re
import socket
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import uvicorn

from contracts.module import Module, ModuleContext
from contracts.refusals import Unavailable
from contracts.routes import Service
from kit.times import utc_now
from resources.home import Home
from resources.rpc.client import Client, ModuleAddress
from resources.rpc.internal_tokens import Principal, Signer, Verifier, public_key, signing_key
from resources.rpc.operations import Operation, operations
from resources.rpc.server import RpcEndpoint
from services.auth.sessions.caller import CachingAuth
from wiring.database import open_database
from wiring.keys import home_keys
from wiring.modules import module_named
from wiring.modules.context import for_module, module_context
from wiring.modules.traced_bus import build_bus
from wiring.modules.workers import ModuleWorkers
from wiring.processes.up import LONGEST_SOCKET, listen
from wiring.server.slow_clients import SlowClientProtocol
from wiring.settings import Settings, SettingsError

PLACE = re.compile(r"unix:(?P<socket>/.+)|http://127\.0\.0\.1:(?P<port>[0-9]{1,5})")


def contract_of(module: str) -> Mapping[str, Operation]:
    """Return the operations of a module that may run in a process of its own."""
    remote = module_named(module).remote
    if remote is None:
        raise LookupError(f"{module} is always part of the one process")
    return operations(*remote.protocols)


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
    client: Any = remote_service(home, "auth", text, clock)
    client.cached = lambda *_: None
    typed: CachingAuth = client
    return typed


def remote_service(home: Home, module: str, text: str, clock: Callable[[], float] = time.time) -> Service:
    """Return a client with the methods of a module's contract, for the module in another process."""
    signer = Signer(signing_key(home), clock)
    away = Unavailable(f"{module} does not answer: start it with tipbench serve {module}")
    remote = module_named(module).remote
    deadline_s = None if remote is None else remote.deadline_s
    return Client(module, contract_of(module), place_of(module, text), signer, lambda _: away, deadline_s)


def own_things(principal: Principal, _: str, given: Mapping[str, Any]) -> bool:
    """Return whether a call concerns its own user; admins and the server itself may call for any user."""
    return principal.role in {"ADMIN", "INTERNAL"} or given.get("user") == principal.subject


@dataclass(frozen=True)
class ServedModule:
    """One module of a process of its own: what the gateway calls, and what it does by itself."""

    module: Module
    context: ModuleContext
    service: Service
    endpoint: RpcEndpoint
    workers: ModuleWorkers

    @asynccontextmanager
    async def life(self, _app: object) -> AsyncIterator[None]:
        """Run what the module does beside answering, while the block runs."""
        async with AsyncExitStack() as stack:
            if self.module.lifespan is not None:
                await stack.enter_async_context(self.module.lifespan(self.context, self.service))
            stack.push_async_callback(asyncio.to_thread, self.workers.stop)
            self.workers.start()
            yield


def build_rpc_endpoint(module: str, settings: Settings) -> RpcEndpoint:
    """Return the endpoint that serves one module; raise SettingsError without the gateway's public key."""
    return build_served(module, settings).endpoint


def build_served(module: str, settings: Settings) -> ServedModule:
    """Return a module for a process of its own; raise SettingsError without the gateway's public key."""
    public = public_key(settings.home)
    if public is None:
        raise SettingsError(
            f"{settings.home.keys} lacks internal.pub, the gateway's public key: tipbench keys make makes it there, or "
            "copy it from the gateway's home",
            ("internal.pub",),
        )
    served, contract = module_named(module), contract_of(module)
    if served.remote is None or served.build is None:
        raise LookupError(f"{module} has nothing to serve")
    verify = Verifier(public, module, time.time).verify
    made = _context_with_data(settings) if served.remote.own_data else _context_without_data(settings)
    made = replace(made, service=lambda name: _service_for(name, made, settings))
    context = for_module(made, served, settings.module_settings, settings.keys)
    built = served.build(context)
    endpoint = RpcEndpoint(built, contract, verify, own_things if served.remote.own_users else lambda *_: True)
    workers = ModuleWorkers(served, context, built, settings.home.storage.leases, utc_now)
    return ServedModule(served, context, built, endpoint, workers)


def _service_for(name: str, context: ModuleContext, settings: Settings) -> Service:
    """What a module alone is built on: a client where `[modules]` has a place for it, else the service itself."""
    if name in settings.modules:
        return remote_service(settings.home, name, settings.modules[name])
    module = module_named(name)
    if module.build is None:
        raise LookupError(f"{name} has nothing to serve")
    return module.build(for_module(context, module, settings.module_settings, settings.keys))


def _context_with_data(settings: Settings) -> ModuleContext:
    engine, keys = open_database(settings.home, settings.database_url), home_keys(settings.home)
    return module_context(
        settings.home,
        engine,
        keys.sealer,
        build_bus(keys.sealer),
        egress_exceptions=settings.up.egress_exceptions,
        layers=settings.layers,
    )


def _context_without_data(settings: Settings) -> ModuleContext:
    """For a module that has no tables and no users: whatever it does, there is no database and no key to do it with."""
    nothing: Any = Absent()
    return module_context(settings.home, nothing, nothing, nothing, layers=settings.layers)


class Absent:
    """What a process does not have."""

    def __getattr__(self, name: str) -> Any:
        """Raise LookupError, whatever is wanted of it."""
        raise LookupError(f"this process has neither database nor users' keys: {name}")


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


def serve_alone(served: ServedModule, listening: socket.socket) -> None:
    """Serve the module until SIGINT or SIGTERM; its workers run and its lifespan lasts meanwhile.

    Raise Unavailable if that did not begin.
    """
    config = uvicorn.Config(
        served.endpoint.app(served.life),
        lifespan="on",
        http=SlowClientProtocol,
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
    )
    try:
        uvicorn.Server(config).run(sockets=[listening])
    except SystemExit:  # uvicorn's own end where a lifespan does not begin
        raise Unavailable(f"{served.module.name} did not start: its log says why") from None
