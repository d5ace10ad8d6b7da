"""Modules in processes of their own: serves one, and asks one as if it were here."""

import os
import re
import socket
import time
import uuid
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import uvicorn

from contracts.auth import Auth, AuthUnavailable, Published
from contracts.profile import Person
from contracts.refusals import Unavailable
from resources.calls.client import Client, Place
from resources.calls.operations import Operation, operations
from resources.calls.server import CallDoor
from resources.calls.tokens import Asker, Signer, Verifier, public_key, signing_key
from resources.home import Home
from services.auth.caller import RememberingAuth
from services.profile.module import ProfileModule
from wiring.auth import build_auth
from wiring.database import open_database
from wiring.events import build_events
from wiring.house_keys import house_keys
from wiring.prompt import PromptProtocol
from wiring.settings import Settings, SettingsError
from wiring.up import LONGEST_SOCKET, listen

PLACE = re.compile(r"unix:(?P<socket>/.+)|http://127\.0\.0\.1:(?P<port>[0-9]{1,5})")
CONTRACTS: Mapping[str, tuple[Any, ...]] = {"auth": (Auth, Published), "profile": (Person,)}
"""What a module that may leave is asked for, by its name."""
ROLES_UNKNOWN = frozenset({"by_session", "by_bearer", "is_live"})
"""Operations of auth without whose answer nobody's role is known."""


def contract_of(module: str) -> Mapping[str, Operation]:
    """The operations of a module that may leave."""
    return operations(*CONTRACTS[module])


def place_of(module: str, text: str) -> Place:
    """Where `[modules]` says that a module is; SettingsError."""
    found = PLACE.fullmatch(text)
    if found is None:
        raise SettingsError(f"tipbench.toml: modules.{module} is no place: write unix:/PATH or http://127.0.0.1:PORT")
    return Place(found["socket"], int(found["port"]) if found["port"] else None)


def remote_auth(home: Home, text: str, clock: Callable[[], float] = time.time) -> RememberingAuth:
    """Auth in another process. Nothing is remembered here: the module does, a second at most."""
    client: Any = Client(
        "auth", contract_of("auth"), place_of("auth", text), Signer(signing_key(home), clock), _no_auth
    )
    client.remembered = lambda *_: None
    asked: RememberingAuth = client
    return asked


def remote_profile(home: Home, text: str, clock: Callable[[], float] = time.time) -> Person:
    """Profiles and consents in another process."""
    signer = Signer(signing_key(home), clock)
    client: Any = Client("profile", contract_of("profile"), place_of("profile", text), signer, _no_profile)
    asked: Person = client
    return asked


def own_things(asker: Asker, _: str, given: Mapping[str, Any]) -> bool:
    """Whether a call is about the user who asks; admins and the house itself may ask about any."""
    return asker.role in {"ADMIN", "INTERNAL"} or given.get("user") == asker.subject


def _no_profile(_: str) -> Exception:
    return Unavailable("profile does not answer: start it with tipbench serve profile")


def _no_auth(operation: str) -> Exception:
    said = "auth does not answer: start it with tipbench serve auth"
    return AuthUnavailable(said) if operation in ROLES_UNKNOWN else Unavailable(said)


def build_door(module: str, settings: Settings) -> CallDoor:
    """The door of a module alone; SettingsError without the gateway's public key."""
    public = public_key(settings.home)
    if public is None:
        raise SettingsError(
            f"{settings.home.keys} lacks internal.pub, the gateway's public key: tipbench keys make makes it there, or "
            "copy it from the gateway's home"
        )
    engine, keys = open_database(settings.home, settings.database_url), house_keys(settings.home)
    bus, verify = build_events(settings, engine, keys.sealer).bus, Verifier(public, module, time.time).verify
    if module == "auth":
        return CallDoor(build_auth(settings, engine, bus=bus), contract_of(module), verify)
    built = ProfileModule(engine, keys.sealer, bus, settings.home.secret("profile"), ids=lambda: str(uuid.uuid4()))
    return CallDoor(built, contract_of(module), verify, own_things)


def listen_at(place: Place) -> socket.socket:
    """A socket there: a Unix one is its owner's alone, and takes the place of one that nobody listens on any more."""
    if place.socket is None:
        return listen(place.port or 0)
    path = Path(place.socket)
    if len(os.fsencode(path)) > LONGEST_SOCKET:
        raise SettingsError(f"{path} is too long for a socket: name a shorter one with --socket")
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    found = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    if path.is_socket():
        if found.connect_ex(str(path)) == 0:
            raise SettingsError(f"{path} is listened on by another process: stop that one, or name another --socket")
        path.unlink()
        found.close()
        found = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    mask = os.umask(0o177)
    try:
        found.bind(str(path))
    finally:
        os.umask(mask)
    return found


def serve_alone(door: CallDoor, listening: socket.socket) -> None:
    """Until SIGINT or SIGTERM."""
    config = uvicorn.Config(
        door.app(), http=PromptProtocol, log_config=None, log_level="warning", access_log=False, server_header=False
    )
    uvicorn.Server(config).run(sockets=[listening])
