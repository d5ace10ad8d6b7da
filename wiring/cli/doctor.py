"""The checks of `tipbench doctor`; each finding says what to do when something is wrong."""

import asyncio
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from importlib import metadata
from itertools import islice
from typing import Literal

import msgspec

from contracts.refusals import Unavailable
from core.benchmark.model import Endpoint, Model
from core.benchmark.spec import Spec
from core.plurals import counted
from core.sanitize import visible
from kit.regular_files import NotAFile
from resources.catalog import CatalogError, Layer, load_catalog
from resources.catalog.tips import read_templates
from resources.dagster.recording_queue import RecordingQueue
from resources.home import DamagedKey
from resources.home_modes import open_to_others
from resources.judging.scores import Scores
from resources.lake.broken import LakeBroken
from resources.lake.candidates import candidates
from resources.lake.specs import read_spec
from resources.models.embedded import PACKAGE, EmbeddedModelError, state
from resources.models.endpoint_check import EndpointFinding, examine_endpoint
from resources.models.reasoning import too_few_tokens
from resources.storage.files import write_whole
from resources.tips.published_tips import PublishedTips
from wiring.exit_codes import code_of, sentence_of
from wiring.keys import secret_names
from wiring.modules import tip_settings
from wiring.modules.context import check_modules
from wiring.settings import Settings

Status = Literal["fine", "note", "wrong"]
PACKAGES = (
    "dagster",
    "dagster-webserver",
    "mlflow",
    "duckdb",
    "pyarrow",
    "aiohttp",
    "xllamacpp",
    PACKAGE,
)
LOW_DISK_GB = 2.0
MOST_OPEN = 1_000
"""Files that are counted at most of those that others can read."""


class Finding(msgspec.Struct, frozen=True):
    """One thing that was checked, and its result."""

    what: str
    status: Status
    detail: str


def examine(settings: Settings, *, probe: bool = False) -> list[Finding]:
    """Return all findings, in the order in which things are needed.

    Every endpoint whose key is there is requested for its list of models; with `probe` each of its models for one
    token, which is paid.
    """
    looks: list[Callable[[Settings], Iterator[Finding]]] = [
        _python,
        _packages,
        _home,
        _modes,
        _embedded,
        _catalog,
        lambda settings: _endpoints(settings, probe=probe),
        _experiments,
        _recordings,
        _keys,
        _tips,
        _modules,
    ]
    return [finding for look in looks for finding in look(settings)]


def _python(_: Settings) -> Iterator[Finding]:
    version = ".".join(map(str, sys.version_info[:3]))
    right = (3, 11) <= sys.version_info[:2] <= (3, 13)
    yield Finding("python", "fine" if right else "wrong", version if right else f"{version}: use 3.11, 3.12 or 3.13")


def _packages(_: Settings) -> Iterator[Finding]:
    for package in PACKAGES:
        try:
            yield Finding(package, "fine", metadata.version(package))
        except metadata.PackageNotFoundError:
            yield Finding(package, "wrong", "not installed: run make demo, which sets everything up")


def _home(settings: Settings) -> Iterator[Finding]:
    root = settings.home.root
    try:
        probe = root.resolve() / ".doctor"  # the home itself may be a link
        write_whole(probe, b"")
        probe.unlink()
        yield Finding("home", "fine", str(root))
    except OSError as error:
        yield Finding("home", "wrong", f"{root} cannot be written ({error.strerror}): set TIPBENCH_HOME")
        return
    free = shutil.disk_usage(root).free / 1e9
    detail = f"{free:.1f} GB free"
    yield Finding("disk", "fine" if free >= LOW_DISK_GB else "note", detail)


def _modes(settings: Settings) -> Iterator[Finding]:
    """What others than the owner can reach: an open home is wrong, an open file below one that is closed a note."""
    home = settings.home
    found = list(islice(open_to_others(home), MOST_OPEN + 1))
    if not found:
        yield Finding("modes", "fine", "the home and all that is below is its owner's alone")
        return
    path, mode = found[0]
    others = counted(min(len(found) - 1, MOST_OPEN), "other")
    more = f", as {'is' if others == '1 other' else 'are'} {'more than ' * (len(found) > MOST_OPEN)}{others}"
    said = f"{path} is open to other accounts (mode {mode:04o}){more * (len(found) > 1)}: chmod -R go= {home.root}"
    closed = "; nobody else can enter the home" if path != home.root else ", which every other command does too"
    yield Finding("modes", "wrong" if path == home.root else "note", visible(said + closed))


def _embedded(settings: Settings) -> Iterator[Finding]:
    try:
        yield Finding("embedded model", "fine", state(settings.home.models))
    except EmbeddedModelError as error:
        yield Finding("embedded model", "wrong", str(error))


def _catalog(settings: Settings) -> Iterator[Finding]:
    try:
        catalog = load_catalog(settings.layers)
    except CatalogError as error:
        yield Finding("catalog", "wrong", str(error))
        return
    kinds = {"model": catalog.models, "prompt": catalog.prompts, "scenario": catalog.scenarios}
    yield Finding("catalog", "fine", ", ".join(counted(len(entries), kind) for kind, entries in kinds.items()))
    for sentence in too_few_tokens(list(catalog.models.values()), list(catalog.prompts.values())):
        yield Finding("max_tokens", "note", visible(sentence))


def _endpoints(settings: Settings, *, probe: bool) -> Iterator[Finding]:
    """What each endpoint says; that no server runs at an address of the program's own examples is nothing wrong."""
    try:
        models, examples = _reachable(settings.layers), _reachable(settings.layers[:1])
    except CatalogError:
        return  # said by the look at the catalog
    endpoints = {model.endpoint.name: model.endpoint for model in models if model.endpoint}
    usual = {model.endpoint.base_url for model in examples if model.endpoint}
    own = {name for name, endpoint in endpoints.items() if endpoint.base_url not in usual}
    usable = []
    for endpoint in endpoints.values():
        if endpoint.key_env and not settings.keys.get(endpoint.key_env):
            yield Finding(f"key of {endpoint.name}", "note", f"{endpoint.key_env} is not set; needed to use its models")
        else:
            usable.append(endpoint)
    for endpoint, found in zip(usable, asyncio.run(_requested(usable, models, settings, probe=probe)), strict=True):
        for each in found:
            wrong = each.usable is False and (each.reached or endpoint.name in own)
            status: Status = "wrong" if wrong else "fine" if each.usable else "note"
            yield Finding(each.what, status, visible(each.detail))


def _reachable(layers: Sequence[Layer]) -> list[Model]:
    return [model for model in load_catalog(layers).models.values() if model.endpoint]


async def _requested(
    endpoints: Sequence[Endpoint], models: Sequence[Model], settings: Settings, *, probe: bool
) -> list[list[EndpointFinding]]:
    """Return what each endpoint shows, all of them at once."""
    return await asyncio.gather(
        *(
            examine_endpoint(
                endpoint,
                [model for model in models if model.endpoint == endpoint],
                settings.keys.get(endpoint.key_env or ""),
                settings.keys,
                with_probe=probe,
            )
            for endpoint in endpoints
        )
    )


def _experiments(settings: Settings) -> Iterator[Finding]:
    names = settings.home.experiments()
    broken = []
    for name in names:
        try:
            spec = read_spec(settings.home, name)
            if spec is not None:
                broken += _exchanged(settings, name, spec)
        except LakeBroken as error:
            broken.append(str(error))
    yield Finding("experiments", "wrong" if broken else "fine", "; ".join(broken) or str(len(names)))


def _exchanged(settings: Settings, name: str, spec: Spec) -> list[str]:
    """Return what is to be restored of an experiment: files that are none of its own, or not as they were written."""
    found = [] if candidates(settings.home, name).is_what_was_written() else [f"lake/{name}/candidates"]
    found += Scores(settings.home, name, spec.rubric).exchanged()
    return [f"{place} is not what was written there: restore it from a backup" for place in found]


def _recordings(settings: Settings) -> Iterator[Finding]:
    queue = RecordingQueue(settings.home)
    if lost := queue.unreadable():
        yield Finding("recordings", "note", f"{len(lost)} cannot be read and are not in Dagster, such as {lost[0]}")
    late = queue.late()
    yield Finding("recordings", "wrong" if late else "fine", late or "Dagster has what commands made")


def _keys(settings: Settings) -> Iterator[Finding]:
    """Those that are there; a missing one is made at first use."""
    home, wrong = settings.home, []
    there = [name for name in ("blinding", *secret_names()) if home.has_secret(name)]
    for name in there:
        try:
            home.secret(name)
        except (DamagedKey, NotAFile, OSError) as error:
            wrong.append(str(error))
    yield Finding("keys", "wrong" if wrong else "fine", "; ".join(wrong) or str(len(there)))


def _tips(settings: Settings) -> Iterator[Finding]:
    """Which tips would be served, and what is left out of it."""
    rule = tip_settings(settings.module_settings).catalog
    try:
        served, left_out = PublishedTips(settings.home, rule, read_templates(settings.layers)).said()
    except CatalogError as error:
        yield Finding("tips", "wrong", str(error))
        return
    yield Finding("tips", "note" if left_out else "fine", f"{served}{'; ' * bool(left_out)}{left_out}")


def _modules(settings: Settings) -> Iterator[Finding]:
    try:
        for what, wrong in check_modules(settings):
            yield Finding(what, "wrong" if wrong else "fine", wrong or "as they should be")
    except Unavailable as error:
        yield Finding("database", "wrong", f"{error}: correct TIPBENCH_DATABASE_URL, or permissions of the home")
    except Exception as error:
        if code_of(error) is None:
            raise
        yield Finding("database", "wrong", sentence_of(error))  # a damaged key or file: the other findings count too
