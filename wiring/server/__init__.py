"""The ASGI application of `tipbench up`: edge, endpoints, telemetry, graceful stop."""
