"""The steps of a benchmark as plain functions: what assets, the command line and tests all call."""
