"""Commands that run, adopt and judge benchmarks."""
