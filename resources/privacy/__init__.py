"""Users' keys, retention of the benchmark's own tables, export, erasure and its ledger."""
