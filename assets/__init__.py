"""The Dagster assets, one file each, the checks over them, the sensor on the inbox and the nightly pruning."""
