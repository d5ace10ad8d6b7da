"""The asset `judge_scores`: what judges answered, taken from the inbox, from programs and from what was extended."""

import dagster as dg

from assets.failures import in_one_sentence
from assets.judge_exports import judge_exports
from assets.partitions import experiments
from resources.bench_context import BenchContext
from resources.dagster.metadata import as_metadata
from resources.lake.specs import pinned_spec
from resources.steps.asset_steps import StepContext, scores_step


@dg.asset(partitions_def=experiments, group_name="benchmark", deps=[judge_exports], kinds={"parquet"})
def judge_scores(
    context: dg.AssetExecutionContext, bench: dg.ResourceParam[BenchContext]
) -> dg.MaterializeResult[None]:
    """The latest answer of every judge for every item; an empty typed table before anyone has scored."""
    with in_one_sentence():
        step = scores_step(StepContext(bench, context.run.run_id), pinned_spec(bench.home, context.partition_key))
    for warning in step.warnings:
        context.log.warning("%s", warning)
    for remark in step.remarks:
        context.log.info("%s", remark)
    return dg.MaterializeResult(metadata=as_metadata(step))
