"""The asset `judge_scores`: what judges answered, taken from the inbox, from programs and from what was extended."""

import dagster as dg

from assets.failures import in_one_sentence
from assets.judge_exports import judge_exports
from assets.partitions import experiments
from resources.bench_context import BenchContext
from resources.dagster.summaries import score_summary
from resources.judging.steps import take_scores
from resources.lake.specs import pinned_spec


@dg.asset(partitions_def=experiments, group_name="benchmark", deps=[judge_exports], kinds={"parquet"})
def judge_scores(
    context: dg.AssetExecutionContext, bench: dg.ResourceParam[BenchContext]
) -> dg.MaterializeResult[None]:
    """The latest answer of every judge for every item; an empty typed table before anyone has scored."""
    name = context.partition_key
    with in_one_sentence():
        spec = pinned_spec(bench.home, name)
        report = take_scores(bench, spec)
        summary = score_summary(bench.home, spec)
    for rejected, kept in report.rejected.values():
        context.log.warning("%s See %s.", str(rejected).splitlines()[0], kept)
    for file, remarks in report.remarks.items():
        context.log.info("%s: %s", file, "; ".join(remarks))
    return dg.MaterializeResult(
        metadata={
            "accepted_files": len(report.accepted),
            "repeated_files": len(report.repeated),
            "rejected_files": len(report.rejected),
            "judges": dg.MetadataValue.md(summary),
        }
    )
