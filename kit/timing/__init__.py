"""When something may reach a user: quiet hours and caps, as pure functions of wall clocks and preferences."""
