"""HTTP as every endpoint speaks it: bodies within limits, headers, JSON, problems, conditional answers."""
