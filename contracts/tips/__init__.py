"""What the tip app promises about tips: the catalog they come from, recommendations, feedback."""
