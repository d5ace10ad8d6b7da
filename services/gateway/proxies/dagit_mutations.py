"""Which of Dagit's mutations pass, and the validation of launches among them."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from contracts.benchmark.launches import Launches
from contracts.refusals import InvalidInput, NotFound
from core.benchmark.names import InvalidName, experiment_name
from kit.refusals import refusal_of
from services.gateway.proxies.graphql_documents import Call

ReadConfig = Callable[[str], Any]
"""Reads a run config's text as Dagster does; ValueError when it cannot."""

LAUNCHES = frozenset({"launchRun", "launchPipelineExecution"})
REEXECUTIONS = frozenset({"launchRunReexecution", "launchPipelineReexecution"})
PLAIN = frozenset(
    {
        "cancelPartitionBackfill",
        "reloadRepositoryLocation",
        "reloadWorkspace",
        "resetSensor",
        "sensorDryRun",
        "setNuxSeen",
        "startSensor",
        "stopSensor",
        "terminatePipelineExecution",
        "terminateRun",
        "terminateRuns",
    }
)
"""Let through as they are."""

ALLOWED = LAUNCHES | REEXECUTIONS | PLAIN | {"launchMultipleRuns", "launchPartitionBackfill", "addDynamicPartition"}
OPENABLE = frozenset(
    {
        "deleteConcurrencyLimit",
        "deleteDynamicPartitions",
        "deleteRun",
        "download_debug",
        "freeConcurrencySlots",
        "freeConcurrencySlotsForRun",
        "notebook",
        "reportAssetCheckEvaluations",
        "reportRunlessAssetEvents",
        "resetSchedule",
        "resumePartitionBackfill",
        "scheduleDryRun",
        "setConcurrencyLimit",
        "setSensorCursor",
        "startSchedule",
        "stopRunningSchedule",
        "wipeAssets",
    }
)
"""Mutations and the first segments of pages that a setting may open; anything else stays shut."""

PARTITION = "dagster/partition"
RANGES = ("dagster/asset_partition_range_start", "dagster/asset_partition_range_end")
MOST_PARTITIONS = 1_000


def check_call(call: Call, launches: Launches, read_config: ReadConfig) -> str:
    """Return what the call is about, for the audit log; raise a Refusal for a launch that the API would refuse."""
    names = []
    for experiment, config in _launched(call, launches):
        given = read_config_of(config, read_config)
        launches.validate_run_config(experiment, given)
        names.append(experiment)
    if names:
        return ",".join(names)
    if call.name == "addDynamicPartition":
        return _partition(call)
    return str(call.arguments.get("runId") or call.arguments.get("backfillId") or "")[:64]


def _launched(call: Call, launches: Launches) -> Iterator[tuple[str, Any]]:
    """Every (experiment, run config) that the call would launch."""
    if call.name in LAUNCHES:
        yield _execution(_mapping(call.arguments, "executionParams"))
    elif call.name == "launchMultipleRuns":
        listed = call.arguments.get("executionParamsList")
        for params in listed if isinstance(listed, list) else [listed]:
            yield _execution(params if isinstance(params, dict) else {})
    elif call.name in REEXECUTIONS:
        yield from _again(call, launches)
    elif call.name == "launchPartitionBackfill":
        yield from _backfill(_mapping(call.arguments, "backfillParams"))


def _execution(params: Mapping[str, Any]) -> tuple[str, Any]:
    metadata = params.get("executionMetadata")
    tags = _tags(metadata.get("tags") if isinstance(metadata, dict) else None)
    return _experiment(tags), params.get("runConfigData")


def _again(call: Call, launches: Launches) -> Iterator[tuple[str, Any]]:
    if call.arguments.get("executionParams") is not None:
        yield _execution(_mapping(call.arguments, "executionParams"))
        return
    params = _mapping(call.arguments, "reexecutionParams")
    if set(_tags(params.get("extraTags"))) & {PARTITION, *RANGES}:
        raise InvalidInput("a run is executed again for its own experiment only", ("extraTags",))
    yield launches.run(str(params.get("parentRunId"))).experiment, None


def _backfill(params: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    names = params.get("partitionNames")
    if not isinstance(names, list) or not names or params.get("allPartitions") or params.get("partitionsByAssets"):
        raise InvalidInput("name the experiments of a backfill one by one", ("partitionNames",))
    if len(names) > MOST_PARTITIONS:
        raise InvalidInput(f"a backfill takes at most {MOST_PARTITIONS} experiments", ("partitionNames",))
    if set(_tags(params.get("tags"))) & {PARTITION, *RANGES}:
        raise InvalidInput("the experiments of a backfill stand in partitionNames", ("tags",))
    for name in names:
        yield _valid(name), params.get("runConfigData")


def _experiment(tags: Mapping[str, str]) -> str:
    if any(tag in tags for tag in RANGES):
        raise InvalidInput("launch one experiment at a time, or a backfill", ("partition",))
    if PARTITION not in tags:
        raise InvalidInput("choose the experiment (partition) to launch", ("partition",))
    return _valid(tags[PARTITION])


def _partition(call: Call) -> str:
    if call.arguments.get("partitionsDefName") != "experiment":
        raise NotFound("there are no such partitions")
    return _valid(call.arguments.get("partitionKey"))


def _valid(name: Any) -> str:
    try:
        return experiment_name(str(name))
    except InvalidName as error:
        raise refusal_of(error, ("partition",)) from error


def _tags(given: Any) -> dict[str, str]:
    pairs = given if isinstance(given, list) else []
    found: dict[str, str] = {}
    for pair in pairs:
        if isinstance(pair, dict):
            key = str(pair.get("key"))
            if key in found:
                raise InvalidInput(f"the tag {key:.60} is given twice", ("tags",))
            found[key] = str(pair.get("value"))
    return found


def _mapping(arguments: Mapping[str, Any], name: str) -> dict[str, Any]:
    value = arguments.get(name)
    if not isinstance(value, dict):
        raise InvalidInput(f"{name} is missing", (name,))
    return value


def read_config_of(value: Any, read_config: ReadConfig) -> dict[str, Any]:
    """Return a run config given as an object or as text; raise InvalidInput for anything else."""
    try:
        read = read_config(value) if isinstance(value, str) and value.strip() else value
    except ValueError as error:
        raise InvalidInput(str(error), ("runConfigData",)) from error
    if read is None or read == "":
        return {}
    if not isinstance(read, dict):
        raise InvalidInput("the run config is no mapping", ("runConfigData",))
    return read
