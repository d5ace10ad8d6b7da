"""The partitions: one an experiment, added when it is launched and never reused."""

import dagster as dg

experiments = dg.DynamicPartitionsDefinition(name="experiment")
