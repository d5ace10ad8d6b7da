"""Default-deny proxies in front of Dagit and MLflow."""
