"""Writes statsmodels.json from the CSV files beside it; run with statsmodels 0.14 or later, which no test needs.

Variants: OLS with cov_type cluster and use_correction (G/(G-1) · (N-1)/(N-K)); multipletests holm and fdr_bh;
proportion_confint wilson, of counts that need not be whole.
"""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import statsmodels.api as sm
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint

HERE = Path(__file__).parent
SHARES = [(0, 12), (1, 12), (3.5, 24), (30, 60), (59, 60), (200, 200)]


def main() -> None:
    """Write the file."""
    balanced = pd.read_csv(HERE / "balanced.csv")
    design = np.eye(balanced["cell"].max() + 1)[balanced["cell"]]
    fitted = sm.OLS(balanced["y"], design).fit(
        cov_type="cluster", cov_kwds={"groups": balanced["scenario"], "use_correction": True}
    )
    p = pd.read_csv(HERE / "p_values.csv")["p"].to_numpy()
    found = {
        "clustered_se": fitted.bse.tolist(),
        "rows": len(balanced),
        "cells": int(design.shape[1]),
        "holm": multipletests(p, method="holm")[1].tolist(),
        "benjamini_hochberg": multipletests(p, method="fdr_bh")[1].tolist(),
        "wilson": [
            {"mean": count / n, "n": n, "low": float(low), "high": float(high)}
            for count, n in SHARES
            for low, high in [proportion_confint(count, n, method="wilson")]
        ],
    }
    (HERE / "statsmodels.json").write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
