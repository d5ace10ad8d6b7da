"""What another policy would have earned on logged decisions: estimators, intervals, refusals; docs/off-policy.md."""
