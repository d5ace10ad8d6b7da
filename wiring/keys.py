"""The secret keys that a home and its server need: which are missing, and making them."""

import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from contracts.module import ModuleKey
from contracts.modules.sealing import UserSealer
from core.expected_error import OperatorError
from resources.home import Home
from resources.judging.rounds.webhook_secrets import webhook_secrets
from resources.privacy.user_keys import open_user_keys
from wiring.modules import all_modules

WEBHOOK_SECRETS, METRICS_SECRET = "TIPBENCH_WEBHOOK_SECRETS", "TIPBENCH_METRICS_SECRET"  # names of variables


class KeysMissing(OperatorError, ValueError):
    """A database that is not the home's own, and keys that are missing."""


@dataclass(frozen=True)
class HomeKeys:
    """The keys with which modules and migrations seal data."""

    sealer: UserSealer = field(repr=False)
    identity_key: bytes = field(repr=False)


def home_keys(home: Home) -> HomeKeys:
    """Return the home's keys, made at first use.

    They belong to its database; once the files are lost, sealed data cannot be read.
    """
    return HomeKeys(open_user_keys(home), home.secret("identities"))


def secret_names() -> tuple[str, ...]:
    """Return the names of files of 32 random bytes in the keys folder; the database is worth little without them."""
    return ("user-keys", *(secret for module in all_modules() for secret in module.secrets), "internal")


def missing_keys(home: Home, environ: Mapping[str, str]) -> list[str]:
    """Return the names of keys that serving needs and that are missing."""
    named = [name for name in secret_names() if not home.has_secret(name)]
    if not (environ.get(WEBHOOK_SECRETS) or "").split() and not home.has_secret("webhook"):
        named.append("webhook")
    if not environ.get(METRICS_SECRET) and not home.has_secret("metrics"):
        named.append("metrics")
    now = time.time()
    return [*named, *(name for name, key in _module_keys().items() if not key.is_there(home.keys, now))]


def make_keys(home: Home, environ: Mapping[str, str]) -> list[str]:
    """Make the missing keys, files of mode 0600; return their names."""
    from resources.rpc.internal_tokens import signing_key  # which most commands that open the database do without

    own, made = _module_keys(), missing_keys(home, environ)
    for name in made:
        if name == "webhook":
            webhook_secrets(home, None)
        elif name == "metrics":
            metrics_secret(home, environ)
        elif name in own:
            own[name].make(home.keys, time.time())
        elif name == "internal":
            signing_key(home)
        else:
            home.secret(name)
    return made


def _module_keys() -> dict[str, ModuleKey]:
    return {name: key for module in all_modules() for name, key in module.keys.items()}


def metrics_secret(home: Home, environ: Mapping[str, str]) -> str:
    """Return the secret of a metrics scraper: from the environment, else the home's own, made at first use."""
    return environ.get(METRICS_SECRET) or home.stored_secret("metrics", lambda: secrets.token_urlsafe(32) + "\n")


def keys_for(home: Home, environ: Mapping[str, str], database_url: str | None) -> list[str]:
    """Make the keys that serving needs and return their names; raise KeysMissing where the database is a server's.

    Keys made beside a database that was used with others would sign and seal what nobody else can read.
    """
    if database_url is None or database_url.startswith("sqlite"):
        return make_keys(home, environ)
    missing = missing_keys(home, environ)
    if missing:
        raise KeysMissing(
            f"{home.keys} lacks {', '.join(missing)}, and the database is not this home's own: bring the keys that it "
            "was used with, or make them once with tipbench keys make"
        )
    return []
