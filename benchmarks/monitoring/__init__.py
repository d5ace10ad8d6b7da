"""How confidence sequences do, at the worst of all looks."""
