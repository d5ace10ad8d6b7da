"""What the environment and tipbench.toml say, read once into a frozen record; a wrong value names its key."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Literal

import msgspec

from core.benchmark.options import check_values, with_defaults
from core.benchmark.spec import BUILT_IN, Options
from core.expected_error import FieldError, OperatorError
from core.scoring.gates import Gates
from kit.egress.targets import TargetRefused, read_exceptions
from kit.regular_files import FileTooLarge, NotAFile, read_regular
from kit.tables.encoding import NotText, text_of
from kit.toml_lines import line_of_field
from kit.validation import in_words, path_of
from resources.catalog import KINDS, Layer
from resources.home import Home
from resources.home_format import check_format
from wiring.auth_settings import AuthTable

PACKAGE = Path(__file__).resolve().parents[1]
LARGEST = 1 << 20
"""The most bytes that tipbench.toml may have."""
ORIGIN = re.compile(r"https?://[a-z0-9.-]+(:[0-9]{1,5})?")


class SettingsError(OperatorError, ValueError):
    """A setting that cannot be used; the message names file or variable, key and the values allowed.

    `path` is its key in tipbench.toml as `table.key`, or the name of the variable, file or option.
    """

    def __init__(self, message: str, path: tuple[str, ...]) -> None:
        super().__init__(message, path)


class CatalogTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[catalog]`: which kinds of packaged entries this project sees beside its own."""

    packaged: tuple[str, ...] = KINDS


class UpTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[up]`: where `tipbench up` listens, always on the loopback interface, and whom it believes.

    Pages of `cors_origins` may read answers without cookies; X-Forwarded-For counts from `trusted_proxies`.
    `dagit_opened` names what Dagit may do here beyond the usual. `egress_exceptions` are HOST:PORT of what modules may
    send to though it is not public, or not https. JSON lines of `log_level` and above go to
    `logs/server.jsonl` in the home, or to standard error.
    """

    port: int = 3000
    cors_origins: tuple[str, ...] = ()
    trusted_proxies: tuple[str, ...] = ()
    dagit_opened: tuple[str, ...] = ()
    egress_exceptions: tuple[str, ...] = ()
    log_to: Literal["file", "stderr"] = "file"
    log_level: Literal["debug", "info", "warning", "error"] = "info"


class ProjectFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """tipbench.toml; `modules` are those with a process of their own, as unix:/PATH or http://127.0.0.1:PORT."""

    catalog: CatalogTable = CatalogTable()
    defaults: Options = Options()
    up: UpTable = UpTable()
    auth: AuthTable = AuthTable()
    modules: dict[str, str] = {}
    checks: Gates = Gates()


@dataclass(frozen=True)
class Settings:
    """Locations and options of one project and its home; `keys` is the environment and is never shown."""

    project: Path
    home: Home
    layers: tuple[Layer, ...]
    defaults: Options
    port: int
    sign_in: AuthTable
    tracking_uri: str | None
    database_url: str | None = field(repr=False)
    keys: Mapping[str, str] = field(repr=False)
    up: UpTable = field(default_factory=UpTable)
    modules: Mapping[str, str] = field(default_factory=dict)
    module_settings: Mapping[str, Any] = field(default_factory=dict)
    checks: Gates = field(default_factory=Gates)


def read_settings(environ: Mapping[str, str], cwd: Path, project: Path | None) -> Settings:
    """Return settings of `project`, or of the nearest folder from `cwd` upwards with a tipbench.toml, else of `cwd`."""
    named = project or (Path(environ["TIPBENCH_PROJECT"]) if environ.get("TIPBENCH_PROJECT") else None)
    if named is not None and not named.is_dir():
        raise SettingsError(f"project folder {named} does not exist: make one with tipbench init {named}", ("project",))
    folder = (named or _nearest(cwd)).resolve()
    file, module_settings = _read_project(folder / "tipbench.toml")
    home = Home(Path(environ.get("TIPBENCH_HOME") or folder / ".tipbench").expanduser().absolute())
    if home.root.exists() and not home.root.is_dir():
        raise SettingsError(
            f"TIPBENCH_HOME is {home.root}, which is no folder: name another, or remove that file", ("TIPBENCH_HOME",)
        )
    check_format(home)
    own = [Layer("project", folder / "catalog", frozenset(KINDS))] if folder != PACKAGE else []
    packaged = KINDS if folder == PACKAGE else file.catalog.packaged
    return Settings(
        project=folder,
        home=home,
        layers=(
            Layer("packaged", PACKAGE / "catalog", frozenset(packaged)),
            *own,
            Layer("home", home.catalog, frozenset(KINDS)),
        ),
        defaults=with_defaults(file.defaults, BUILT_IN),
        port=file.up.port,
        sign_in=file.auth,
        tracking_uri=environ.get("MLFLOW_TRACKING_URI") or None,
        database_url=environ.get("TIPBENCH_DATABASE_URL") or None,
        keys=environ,
        up=file.up,
        modules=file.modules,
        module_settings=module_settings,
        checks=file.checks,
    )


def read_project_file(path: Path) -> ProjectFile:
    """Return tipbench.toml as a record, without the tables of modules; the empty one where there is no file."""
    return _read_project(path)[0]


def _read_project(path: Path) -> tuple[ProjectFile, Mapping[str, Any]]:
    """The file as a record, and the tables of modules as their records."""
    try:
        text = text_of(read_regular(path, LARGEST, (path.name,)))
        raw: dict[str, Any] = tomllib.loads(text)
        kinds = _module_tables(raw)
        tables = msgspec.convert({name: raw[name] for name in kinds}, msgspec.defstruct("Tables", kinds.items()))
        file = msgspec.convert({name: raw[name] for name in raw if name not in kinds}, ProjectFile)
    except FileNotFoundError:
        return ProjectFile(), {}
    except msgspec.ValidationError as error:
        key = path_of(error)
        raise _unusable(_place(path, text, *key[:1]), in_words(error, ProjectFile), key) from error
    except (tomllib.TOMLDecodeError, NotText, NotAFile, FileTooLarge) as error:
        raise _unusable(str(path), str(error), ()) from error
    try:
        check_values(file.defaults)
    except FieldError as error:
        field = f"defaults.{error.path[0]}"
        raise _unusable(_place(path, text, field), f"defaults.{error}", (field,)) from None
    unknown = sorted(set(file.catalog.packaged) - set(KINDS))
    if unknown:
        raise SettingsError(
            f"{path}: catalog.packaged holds {', '.join(unknown)}: use any of {', '.join(KINDS)}",
            ("catalog.packaged",),
        )
    _check_modules(path, file.modules)
    for origin in file.up.cors_origins:
        if not ORIGIN.fullmatch(origin):
            raise SettingsError(
                f"{path}: up.cors_origins holds {origin}: an origin is https://HOST or https://HOST:PORT",
                ("up.cors_origins",),
            )
    try:
        read_exceptions(file.up.egress_exceptions, ("up.egress_exceptions",))
    except TargetRefused as error:
        raise SettingsError(f"{path}: {error}", error.path) from None
    for address in file.up.trusted_proxies:
        try:
            ip_address(address)
        except ValueError:
            raise SettingsError(
                f"{path}: up.trusted_proxies holds {address}: use IP addresses", ("up.trusted_proxies",)
            ) from None
    return file, msgspec.structs.asdict(tables)


def _module_tables(raw: Mapping[str, Any]) -> dict[str, Any]:
    """Return the types of tables of modules that are there, by their names."""
    if set(raw) <= set(ProjectFile.__struct_fields__):
        return {}
    from wiring.modules import all_modules  # as below

    own = {module.name: module.settings for module in all_modules() if module.settings is not None}
    return {name: kind for name, kind in own.items() if name in raw}


def _check_modules(path: Path, given: Mapping[str, str]) -> None:
    """Raise SettingsError for a module that cannot have a process of its own."""
    if not given:
        return
    from wiring.modules import remote_names  # what modules are made of is not imported by commands that need none

    if unknown := sorted(set(given) - set(remote_names())):
        raise SettingsError(
            f"{path}: modules.{unknown[0]} has no process of its own: use any of {', '.join(remote_names())}",
            (f"modules.{unknown[0]}",),
        )


def _place(path: Path, text: str, field: str = "") -> str:
    line = line_of_field(text, field) if field else None
    return f"{path}:{line}" if line else str(path)


def _unusable(place: str, said: str, key: tuple[str, ...]) -> SettingsError:
    return SettingsError(f"{place}: {said}; see docs/catalog.md for what tipbench.toml may hold", key)


def _nearest(cwd: Path) -> Path:
    return next((folder for folder in (cwd, *cwd.parents) if (folder / "tipbench.toml").is_file()), cwd)
