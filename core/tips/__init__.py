"""Which cells of published leaderboards serve tips, and which of their texts may be shown."""
