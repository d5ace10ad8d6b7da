"""The Dagster door: one file an asset, the checks over them and the sensor that watches the inbox."""
