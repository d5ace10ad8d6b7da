"""What the module learns of its own log, in the transaction of each change."""
