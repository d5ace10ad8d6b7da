"""The asset `leaderboards`: cells ranked with intervals, as Parquet, JSON, CSV and an HTML report."""

import dagster as dg

from assets.failures import in_one_sentence
from assets.judge_scores import judge_scores
from assets.partitions import experiments
from resources.bench_context import BenchContext
from resources.dagster.metadata import as_metadata, links_as_metadata
from resources.lake.specs import pinned_spec
from resources.steps.asset_steps import StepContext, leaderboards_step
from resources.tracking.mirroring import mirror


@dg.asset(partitions_def=experiments, group_name="benchmark", deps=[judge_scores], kinds={"parquet"})
def leaderboards(
    context: dg.AssetExecutionContext, bench: dg.ResourceParam[BenchContext]
) -> dg.MaterializeResult[None]:
    """The leaderboard by (model, prompt); with nulls and provisional before anyone has scored."""
    with in_one_sentence():
        spec = pinned_spec(bench.home, context.partition_key)
        step = leaderboards_step(StepContext(bench, context.run.run_id), spec)
    links = mirror(bench, spec, "judged", log=context.log.warning)
    return dg.MaterializeResult(metadata={**as_metadata(step), **links_as_metadata(links)})
