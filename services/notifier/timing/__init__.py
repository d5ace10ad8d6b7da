"""When a notice goes out: pure functions of wall clocks, caps and preferences."""
