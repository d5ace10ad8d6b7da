"""The MLflow mirror of an experiment; importing this package does not import MLflow."""

from resources.tracking.subprocess_tracker import SubprocessTracker
from resources.tracking.tracker import MlflowTracker

__all__ = ["MlflowTracker", "SubprocessTracker"]
