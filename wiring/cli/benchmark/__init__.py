"""Commands that run, judge and read benchmarks."""
