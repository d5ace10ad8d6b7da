"""The REST endpoints of the benchmark and the app, described by OpenAPI."""
