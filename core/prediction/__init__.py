"""Whether a benchmark's scores predict how users react: rank correlation and corrected slope; docs/prediction.md."""
