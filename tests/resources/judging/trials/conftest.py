"""The project with a judge, over a real endpoint."""

from tests.resources.judging.model_judges.conftest import bench, endpoint, judged, project

__all__ = ["bench", "endpoint", "judged", "project"]
