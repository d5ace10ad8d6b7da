"""What integrations promises: connections of users to calendars and tasks, and when a calendar leaves an hour free."""
