"""Tips from the lake: what published leaderboards say of cells, and what their models wrote."""
