"""Telemetry: log lines, metrics and spans."""
