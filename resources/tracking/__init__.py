"""The MLflow mirror of an experiment; importing this package does not import MLflow."""

from resources.tracking.beside import TrackerBeside
from resources.tracking.tracker import MlflowTracker

__all__ = ["MlflowTracker", "TrackerBeside"]
