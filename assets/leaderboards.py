"""The asset `leaderboards`: cells ranked with intervals, as Parquet, JSON, CSV and an HTML report."""

import dagster as dg

from assets.failures import in_one_sentence
from assets.judge_scores import judge_scores
from assets.links import tracking_metadata
from assets.partitions import experiments
from resources.bench_context import BenchContext
from resources.dagster.summaries import leaderboard_summary, plot_markdown
from resources.lake.specs import pinned_spec
from resources.scoring.publishing import publish_leaderboard
from resources.tracking.mirroring import mirror


@dg.asset(partitions_def=experiments, group_name="benchmark", deps=[judge_scores], kinds={"parquet"})
def leaderboards(
    context: dg.AssetExecutionContext, bench: dg.ResourceParam[BenchContext]
) -> dg.MaterializeResult[None]:
    """The leaderboard by (model, prompt); with nulls and provisional before anyone has scored."""
    name = context.partition_key
    with in_one_sentence():
        spec = pinned_spec(bench.home, name)
        published = publish_leaderboard(bench, spec)
        links = mirror(bench, spec, "judged", log=context.log.warning)
    return dg.MaterializeResult(
        metadata={
            "leaderboard": dg.MetadataValue.md(leaderboard_summary(published)),
            "plot": dg.MetadataValue.md(plot_markdown(published)),
            "report": dg.MetadataValue.path(str(published.folder / "report.html")),
            "provisional": published.provisional,
            "data_hash": published.data_hash,
            **tracking_metadata(links),
        }
    )
