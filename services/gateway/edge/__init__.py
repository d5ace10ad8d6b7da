"""What every request passes before its endpoint: host, size, caller, origin, rate, idempotency, telemetry."""
