"""Writes the CSV files and obp.json beside it, by the Open Bandit Pipeline and scikit-learn.

usage: python make_obp.py FOLDER, with obp 0.5.7 on Python 3.10; FOLDER is obp/dataset/obd of that package. What
obp imports and none of these estimators uses, such as PyTorch, may be missing.

obp: InverseProbabilityWeighting (with lambda_ for clipped IPS), SelfNormalizedInverseProbabilityWeighting,
DirectMethod, DoublyRobust, SwitchDoublyRobust, on all rows; intervals by its bootstrap, which knows no users. The
reward model is scikit-learn's: Ridge of all actions, and for each action Ridge without intercept of what that leaves.
"""

import importlib.abc
import importlib.machinery
import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.linear_model import Ridge

HERE = Path(__file__).parent
FOLDS, LIMIT, RESAMPLES = 5, 1.5, 2_000
UNUSED = {"matplotlib", "seaborn", "torch"}


class AbsentClass(type):
    """Stands for a class of a missing library."""

    def __getattr__(cls, name: str) -> Any:
        """Return another such class."""
        return _absent(name)


class Absent(ModuleType):
    """Stands for a module of a missing library."""

    def __getattr__(self, name: str) -> Any:
        """Return a class without content."""
        return _absent(name)


def _absent(name: str) -> Any:
    if name.startswith("__"):
        raise AttributeError(name)
    return AbsentClass(name, (), {})


class Finder(importlib.abc.Loader):
    """Finds libraries that are not installed."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:  # noqa: ARG002  # Python's signature
        """Return a module that is `Absent`."""
        return importlib.machinery.ModuleSpec(name, self, is_package=True) if name.partition(".")[0] in UNUSED else None

    def create_module(self, spec: Any) -> ModuleType:
        """Return the module itself."""
        return Absent(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Leave it empty."""


def open_bandit(folder: Path) -> None:
    """Write the log of the sample's random policy, and as target the Thompson policy of the pipeline's own README."""
    from obp.policy import BernoulliTS

    log = pd.read_csv(folder / "random/all/all.csv", index_col=0)
    served = BernoulliTS(n_actions=80, len_list=3, is_zozotown_prior=True, campaign="all", random_state=12345)
    shares = served.compute_batch_action_dist(n_sim=100_000, n_rounds=1)[0]
    places = [(item, place) for place in range(3) for item in range(80)]
    rows = [{"action": item, "position": place + 1, "probability": shares[item, place]} for item, place in places]
    pd.DataFrame(rows).to_csv(HERE / "open_bandit_target.csv", index=False)
    columns: dict[str, Any] = {"decision": [f"d{number}" for number in range(len(log))]}
    for number in range(4):
        texts = log[f"user_feature_{number}"]
        names = {text: chr(97 + place) for place, text in enumerate(sorted(texts.unique()))}
        columns[f"x.user_{number}"] = texts.map(names)
    columns |= {"action": log["item_id"], "position": log["position"]}
    columns |= {"propensity": log["propensity_score"], "reward": log["click"]}
    pd.DataFrame(columns).to_csv(HERE / "open_bandit.csv", index=False)


def simulated() -> None:
    """Write a log of 600 decisions of 150 users with a target of their context."""
    rng = np.random.default_rng(18)
    n, names = 600, np.array(["a", "b", "c", "d"])
    hour, area = rng.integers(0, 24, n), rng.choice(["food", "sleep", "work"], n)
    scores = np.column_stack([hour / 24, 1 - hour / 24, (area == "work") * 1.0, np.full(n, 0.3)])
    logging, wanted = (np.exp(k * scores) / np.exp(k * scores).sum(axis=1, keepdims=True) for k in (0.7, 2.0))
    action = (logging.cumsum(axis=1) > rng.random(n)[:, None]).argmax(axis=1)
    reward = np.round(scores[np.arange(n), action] + rng.normal(0, 0.5, n), 3)
    log: dict[str, Any] = {
        "decision": [f"d{i:03}" for i in range(n)],
        "user": [f"u{i:03}" for i in rng.integers(0, 150, n)],
    }
    log |= {"x.area": area, "x.hour": hour, "action": names[action]}
    log |= {"propensity": logging[np.arange(n), action].round(6), "reward": reward}
    pd.DataFrame(log).to_csv(HERE / "simulated.csv", index=False)
    target = wanted.round(6)
    target[:, 0] = (1 - target[:, 1:].sum(axis=1)).round(6)
    rows = {"decision": np.repeat(log["decision"], 4), "action": np.tile(names, n), "probability": target.ravel()}
    pd.DataFrame(rows).to_csv(HERE / "simulated_target.csv", index=False)


def features(log: pd.DataFrame) -> NDArray[Any]:
    """Return the standardized context, places among it."""
    names = sorted(str(name) for name in log if str(name).startswith("x."))
    parts = []
    for name in [*names, *(["position"] if "position" in log else [])]:
        texts = log[name].dtype == object
        parts.append(pd.get_dummies(log[name], drop_first=True) if texts else log[[name]])
    found = np.column_stack([part.to_numpy(float) for part in parts])
    return np.asarray((found - found.mean(axis=0)) / found.std(axis=0))


def expected(
    x: NDArray[Any], action: NDArray[Any], reward: NDArray[Any], used: NDArray[Any], n_actions: int
) -> NDArray[Any]:
    """Return the expected reward of every action for every row, by a model of the rows that are `used`."""
    of_all = Ridge(alpha=1.0).fit(x[used], reward[used])
    base = of_all.predict(x)
    found = np.tile(base[:, None], n_actions)
    whole = np.column_stack([np.ones(len(x)), x])
    for number in range(n_actions):
        own = used & (action == number)
        if own.any():
            rest = Ridge(alpha=1.0, fit_intercept=False).fit(whole[own], reward[own] - base[own])
            found[:, number] += rest.predict(whole)
    return found


def answers(name: str) -> dict[str, Any]:
    """Return what obp says of a log and its target."""
    from obp.ope import DirectMethod, DoublyRobust, InverseProbabilityWeighting, SwitchDoublyRobust
    from obp.ope import SelfNormalizedInverseProbabilityWeighting as SelfNormalized

    log, target = (pd.read_csv(HERE / f"{each}.csv") for each in (name, f"{name}_target"))
    keys = [key for key in ("decision", "position") if key in target]
    names = sorted({*log["action"].astype(str), *target["action"].astype(str)})
    action = log["action"].astype(str).map(names.index).to_numpy()
    target["action"] = target["action"].astype(str)
    table = target.pivot_table(index=keys, columns="action", values="probability")[names]
    table = table.div(table.sum(axis=1), axis=0)
    wanted = table.loc[list(log[keys].itertuples(index=False, name=None)) if len(keys) > 1 else log[keys[0]]].to_numpy()
    user = np.unique(log["user" if "user" in log else "decision"], return_inverse=True)[1]
    fold = (np.random.default_rng(0).permutation(user.max() + 1) % FOLDS)[user]
    x, reward, everyone = features(log), log["reward"].to_numpy(float), np.ones(len(log), bool)
    model = expected(x, action, reward, everyone, len(names))
    crossed = np.empty_like(model)
    for number in range(FOLDS):
        crossed[fold == number] = expected(x, action, reward, fold != number, len(names))[fold == number]
    given = {
        "reward": reward,
        "action": action,
        "pscore": log["propensity"].to_numpy(),
        "action_dist": wanted[:, :, None],
        "position": np.zeros(len(log), int),
    }
    said = {}
    for estimator, which, q in (
        (InverseProbabilityWeighting(), "ips", None),
        (SelfNormalized(), "snips", None),
        (InverseProbabilityWeighting(lambda_=LIMIT), "clipped_ips", None),
        (DirectMethod(), "dm", model),
        (DoublyRobust(), "dr", crossed),
        (SwitchDoublyRobust(lambda_=LIMIT), "switch_dr", crossed),
    ):
        own = given if q is None else {**given, "estimated_rewards_by_reg_model": q[:, :, None]}
        if which == "dm":
            own = {key: own[key] for key in ("action_dist", "estimated_rewards_by_reg_model", "position")}
        found = estimator.estimate_interval(**own, n_bootstrap_samples=RESAMPLES, random_state=1)
        low, high = (value for key, value in found.items() if "lower" in key or "upper" in key)
        said[which] = {"value": float(estimator.estimate_policy_value(**own)), "low": float(low), "high": float(high)}
    return said


def main() -> None:
    """Write the files."""
    sys.meta_path.append(Finder())
    open_bandit(Path(sys.argv[1]))
    simulated()
    found = {name: answers(name) for name in ("open_bandit", "simulated")}
    (HERE / "obp.json").write_text(json.dumps({"limit": LIMIT, **found}, indent=1) + "\n")


if __name__ == "__main__":
    main()
