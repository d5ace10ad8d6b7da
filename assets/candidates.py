"""The asset `candidates`: every expected generation of an experiment, collected and folded into one table."""

import dagster as dg

from assets.cancellation import interrupted_when_canceled
from assets.failures import in_one_sentence
from assets.options import LaunchOptions
from assets.partitions import experiments
from resources.bench_context import BenchContext
from resources.collect.launch import launch
from resources.dagster.metadata import as_metadata, links_as_metadata
from resources.steps.asset_steps import StepContext, candidates_step
from resources.tracking.mirroring import mirror


@dg.asset(partitions_def=experiments, group_name="benchmark", kinds={"parquet", "mlflow"})
def candidates(
    context: dg.AssetExecutionContext, config: LaunchOptions, bench: dg.ResourceParam[BenchContext]
) -> dg.MaterializeResult[None]:
    """Tips of every cell of the experiment over the same scenarios; failed and refused generations are rows too.

    The first materialization pins the options; later ones request only what has no final outcome yet.
    """
    name = context.partition_key
    links: dict[str, str] = {}
    with in_one_sentence(), interrupted_when_canceled(context.instance, context.run.run_id):
        spec = launch(bench, name, config.options(), config.judges or (), by_default=False)
        how = StepContext(bench, context.run.run_id, accept=config.accept_failures, retry=config.retry_failed)
        step = candidates_step(how, spec)
        if step.left or step.refused:  # nothing comes after it: what there is is mirrored here
            links = mirror(bench, spec, "collected", log=context.log.warning)
    return dg.MaterializeResult(metadata={**as_metadata(step), **links_as_metadata(links)})
