"""What every layer above the contracts needs and none owns: SQL sessions, HTTP bodies and headers, times, refusals."""
